/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-history-list.h"

#define PAGE 200
#define MAX_IN_FLIGHT 3

struct _PtlHistoryList
{
  GObject parent_instance;
  PtlClient *client;
  char *search;
  GPtrArray *items;     /* PtlRuleItem, or NULL for one that was never asked for */
  GHashTable
      *by_id; /* id -> PtlRuleItem, filled ones: the same object for the same rule after a reload */
  GQueue *wanted;       /* page numbers, the latest wish first */
  GHashTable *flying;   /* page numbers */
  guint generation;     /* answers to older questions are dropped */
  gboolean loading;
};

enum
{
  PROP_0,
  PROP_SEARCH,
  PROP_LOADING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void list_model_init (GListModelInterface *iface);
static void want_page (PtlHistoryList *self, guint page);

G_DEFINE_FINAL_TYPE_WITH_CODE (PtlHistoryList, ptl_history_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* --- the model --- */

static GType
get_item_type (GListModel *model)
{
  return PTL_TYPE_RULE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return PTL_HISTORY_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  PtlHistoryList *self = PTL_HISTORY_LIST (model);

  if (position >= self->items->len)
    return NULL;
  if (self->items->pdata[position] == NULL)
    self->items->pdata[position] = ptl_rule_item_new_placeholder ();
  if (ptl_rule_item_is_placeholder (self->items->pdata[position]))
    want_page (self, position / PAGE);
  return g_object_ref (self->items->pdata[position]);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
unref_item (gpointer item)
{
  if (item != NULL)
    g_object_unref (item);
}

/* --- filling --- */

static void
set_loading (PtlHistoryList *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
}

static void
remember (PtlHistoryList *self, PtlRuleItem *item)
{
  g_hash_table_insert (self->by_id, g_strdup (ptl_rule_item_get_rule (item)->id),
                       g_object_ref (item));
}

/* Puts @rule (transfer full) at @position; a placeholder that is shown already fills in. */
static void
fill (PtlHistoryList *self, guint position, PtlRule *rule)
{
  PtlRuleItem *known = g_hash_table_lookup (self->by_id, rule->id);
  gpointer *slot = &self->items->pdata[position];

  if (known != NULL && *slot == NULL)
    {
      *slot = g_object_ref (known);
      ptl_rule_item_update (known, rule);
      return;
    }
  if (*slot == NULL)
    *slot = ptl_rule_item_new (rule);
  else
    ptl_rule_item_update (*slot, rule);
  remember (self, *slot);
}

static void
fill_page (PtlHistoryList *self, guint offset, GVariant *rules)
{
  gsize n = g_variant_n_children (rules);

  for (gsize i = 0; i < n && offset + i < self->items->len; i++)
    {
      g_autoptr (GVariant) properties = g_variant_get_child_value (rules, i);
      PtlRule *rule = ptl_rule_from_variant (properties, NULL);

      if (rule != NULL)
        fill (self, offset + (guint) i, rule);
    }
}

/* A rule that closed meanwhile shifts what pages hold: rows that are still empty ask again. */
static void
want_missing (PtlHistoryList *self)
{
  for (guint i = 0; i < self->items->len; i++)
    if (self->items->pdata[i] != NULL && ptl_rule_item_is_placeholder (self->items->pdata[i]))
      {
        want_page (self, i / PAGE);
        i += PAGE - 1 - i % PAGE;
      }
}

static void
resize (PtlHistoryList *self, guint total)
{
  guint before = self->items->len;

  if (total == before)
    return;
  g_ptr_array_set_size (self->items, (int) total);
  if (total > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, total - before);
  else
    g_list_model_items_changed (G_LIST_MODEL (self), total, before - total, 0);
}

/* --- asking --- */

typedef struct
{
  PtlHistoryList *list; /* owned */
  guint generation;
  guint page;
} Question;

static void fly (PtlHistoryList *self);

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr (PtlHistoryList) self = question->list;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, NULL);
  g_autoptr (GVariant) rules = NULL;
  guint total;

  if (question->generation != self->generation)
    return;
  g_hash_table_remove (self->flying, GUINT_TO_POINTER (question->page));
  /* After a failure the next load (when the worker is back) asks anew. */
  if (answer != NULL && g_variant_is_of_type (answer, G_VARIANT_TYPE ("(aa{sv}u)")))
    {
      g_variant_get (answer, "(@aa{sv}u)", &rules, &total);
      if (self->items->len == 0 && total > 0)
        {
          /* The rows are full before they are told of. */
          g_ptr_array_set_size (self->items, (int) total);
          fill_page (self, question->page * PAGE, rules);
          g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, total);
        }
      else
        {
          resize (self, total);
          fill_page (self, question->page * PAGE, rules);
        }
      want_missing (self);
    }
  fly (self);
  set_loading (self, g_hash_table_size (self->flying) > 0);
}

static void
fly (PtlHistoryList *self)
{
  if (ptl_client_get_state (self->client) != PTL_CLIENT_STATE_READY)
    return;
  while (!g_queue_is_empty (self->wanted) && g_hash_table_size (self->flying) < MAX_IN_FLIGHT)
    {
      guint page = GPOINTER_TO_UINT (g_queue_pop_head (self->wanted)) - 1;
      Question *question = g_new0 (Question, 1);

      question->list = g_object_ref (self);
      question->generation = self->generation;
      question->page = page;
      g_hash_table_add (self->flying, GUINT_TO_POINTER (page));
      ptl_client_call_async (self->client, "ListClosed",
                             g_variant_new ("(uus)", page * PAGE, PAGE, self->search), NULL,
                             on_page, question);
    }
  set_loading (self, g_hash_table_size (self->flying) > 0);
}

static void
want_page (PtlHistoryList *self, guint page)
{
  gpointer key = GUINT_TO_POINTER (page + 1); /* a queue holds no 0 */

  if (g_hash_table_contains (self->flying, GUINT_TO_POINTER (page)))
    return;
  if (g_queue_peek_head (self->wanted) == key)
    return;
  g_queue_remove (self->wanted, key);
  g_queue_push_head (self->wanted, key);
  fly (self);
}

static void
forget_questions (PtlHistoryList *self)
{
  self->generation++;
  g_queue_clear (self->wanted);
  g_hash_table_remove_all (self->flying);
}

/* The rows go, but the objects are kept by id until the new rows are here. */
static void
clear_rows (PtlHistoryList *self)
{
  guint n = self->items->len;

  g_ptr_array_set_size (self->items, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

static void
reload (PtlHistoryList *self)
{
  forget_questions (self);
  clear_rows (self);
  want_page (self, 0);
}

static void
on_state (PtlClient *client, GParamSpec *pspec, PtlHistoryList *self)
{
  if (ptl_client_get_state (client) == PTL_CLIENT_STATE_READY)
    reload (self);
}

static void
on_rule_closed (PtlClient *client, PtlRuleItem *item, PtlHistoryList *self)
{
  const char *id = ptl_rule_item_get_rule (item)->id;

  /* Whether it fits the search is the worker's to say. */
  if (self->search[0] != '\0')
    {
      reload (self);
      return;
    }
  if (g_hash_table_contains (self->by_id, id))
    return;
  g_ptr_array_insert (self->items, 0, g_object_ref (item));
  remember (self, item);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, 1);
  want_missing (self);
}

/* --- the object --- */

static void
ptl_history_list_get_property (GObject *object, guint prop, GValue *value, GParamSpec *pspec)
{
  PtlHistoryList *self = PTL_HISTORY_LIST (object);

  if (prop == PROP_SEARCH)
    g_value_set_string (value, self->search);
  else if (prop == PROP_LOADING)
    g_value_set_boolean (value, self->loading);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
}

static void
ptl_history_list_set_property (GObject *object, guint prop, const GValue *value, GParamSpec *pspec)
{
  if (prop == PROP_SEARCH)
    ptl_history_list_set_search (PTL_HISTORY_LIST (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
}

static void
ptl_history_list_dispose (GObject *object)
{
  PtlHistoryList *self = PTL_HISTORY_LIST (object);

  self->generation++;
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (ptl_history_list_parent_class)->dispose (object);
}

static void
ptl_history_list_finalize (GObject *object)
{
  PtlHistoryList *self = PTL_HISTORY_LIST (object);

  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->flying);
  g_queue_free (self->wanted);
  g_free (self->search);
  G_OBJECT_CLASS (ptl_history_list_parent_class)->finalize (object);
}

static void
ptl_history_list_class_init (PtlHistoryListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ptl_history_list_get_property;
  object_class->set_property = ptl_history_list_set_property;
  object_class->dispose = ptl_history_list_dispose;
  object_class->finalize = ptl_history_list_finalize;
  props[PROP_SEARCH]
    = g_param_spec_string ("search", NULL, NULL, "",
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_LOADING]
    = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ptl_history_list_init (PtlHistoryList *self)
{
  self->search = g_strdup ("");
  self->items = g_ptr_array_new_with_free_func (unref_item);
  self->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->wanted = g_queue_new ();
  self->flying = g_hash_table_new (NULL, NULL);
}

PtlHistoryList *
ptl_history_list_new (PtlClient *client)
{
  PtlHistoryList *self;

  g_return_val_if_fail (PTL_IS_CLIENT (client), NULL);
  self = g_object_new (PTL_TYPE_HISTORY_LIST, NULL);
  self->client = g_object_ref (client);
  g_signal_connect (client, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect (client, "rule-closed", G_CALLBACK (on_rule_closed), self);
  want_page (self, 0);
  return self;
}

void
ptl_history_list_set_search (PtlHistoryList *self, const char *search)
{
  g_return_if_fail (PTL_IS_HISTORY_LIST (self));
  if (search == NULL)
    search = "";
  if (g_str_equal (self->search, search))
    return;
  g_free (self->search);
  self->search = g_strdup (search);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SEARCH]);
  reload (self);
}

const char *
ptl_history_list_get_search (PtlHistoryList *self)
{
  g_return_val_if_fail (PTL_IS_HISTORY_LIST (self), "");
  return self->search;
}

gboolean
ptl_history_list_is_loading (PtlHistoryList *self)
{
  g_return_val_if_fail (PTL_IS_HISTORY_LIST (self), FALSE);
  return self->loading;
}
