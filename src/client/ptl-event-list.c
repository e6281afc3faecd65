/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-event-list.h"

#define PAGE 200

struct _PtlEventList
{
  GObject parent_instance;
  PtlClient *client;
  char *rule_id;
  GPtrArray *items;  /* PtlEventItem, latest first */
  guint generation;  /* answers to older questions are dropped */
  gboolean loading;
  gboolean has_more;
};

enum
{
  PROP_0,
  PROP_LOADING,
  PROP_HAS_MORE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PtlEventList, ptl_event_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static GType
get_item_type (GListModel *model)
{
  return PTL_TYPE_EVENT_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return PTL_EVENT_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  PtlEventList *self = PTL_EVENT_LIST (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
set_flag (PtlEventList *self, gboolean *flag, gboolean value, guint prop)
{
  if (*flag == value)
    return;
  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static gint64
seq_at (PtlEventList *self, guint position)
{
  return ptl_event_item_get_event (self->items->pdata[position])->seq;
}

/* Appends those that are older than the oldest here: the same event never comes twice. */
static void
append (PtlEventList *self, GVariant *events)
{
  guint before = self->items->len;
  gsize n = g_variant_n_children (events);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) variant = g_variant_get_child_value (events, i);
      PtlEvent *event = ptl_event_from_variant (variant, NULL);

      if (event == NULL)
        continue;
      if (self->items->len > 0 && event->seq >= seq_at (self, self->items->len - 1))
        ptl_event_free (event);
      else
        g_ptr_array_add (self->items, ptl_event_item_new (event));
    }
  if (self->items->len > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->items->len - before);
}

typedef struct
{
  PtlEventList *list; /* owned */
  guint generation;
} Question;

static void
on_events (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr (PtlEventList) self = question->list;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, NULL);
  g_autoptr (GVariant) events = NULL;

  if (question->generation != self->generation)
    return;
  if (answer != NULL && g_variant_is_of_type (answer, G_VARIANT_TYPE ("(aa{sv})")))
    {
      events = g_variant_get_child_value (answer, 0);
      append (self, events);
      set_flag (self, &self->has_more, g_variant_n_children (events) == PAGE, PROP_HAS_MORE);
    }
  set_flag (self, &self->loading, FALSE, PROP_LOADING);
}

static void
load (PtlEventList *self)
{
  gint64 before = self->items->len > 0 ? seq_at (self, self->items->len - 1) : 0;
  Question *question;

  if (self->loading || ptl_client_get_state (self->client) != PTL_CLIENT_STATE_READY)
    return;
  question = g_new0 (Question, 1);
  question->list = g_object_ref (self);
  question->generation = self->generation;
  set_flag (self, &self->loading, TRUE, PROP_LOADING);
  ptl_client_call_async (self->client, "ListEvents",
                         g_variant_new ("(sxu)", self->rule_id, before, PAGE), NULL, on_events,
                         question);
}

/* The worker was away: what it logged meanwhile is not known, so the list begins anew. */
static void
on_state (PtlClient *client, GParamSpec *pspec, PtlEventList *self)
{
  guint n = self->items->len;

  self->generation++;
  set_flag (self, &self->loading, FALSE, PROP_LOADING);
  if (ptl_client_get_state (client) != PTL_CLIENT_STATE_READY)
    return;
  g_ptr_array_set_size (self->items, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
  load (self);
}

static void
on_event (PtlClient *client, PtlEvent *event, PtlEventList *self)
{
  if (self->rule_id[0] != '\0' && !g_str_equal (self->rule_id, event->rule_id))
    return;
  /* The first page is on its way, and will hold it or come before it. */
  if (self->items->len > 0 && event->seq <= seq_at (self, 0))
    return;
  g_ptr_array_insert (self->items, 0, ptl_event_item_new (ptl_event_copy (event)));
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, 1);
}

static void
ptl_event_list_get_property (GObject *object, guint prop, GValue *value, GParamSpec *pspec)
{
  PtlEventList *self = PTL_EVENT_LIST (object);

  if (prop == PROP_LOADING)
    g_value_set_boolean (value, self->loading);
  else if (prop == PROP_HAS_MORE)
    g_value_set_boolean (value, self->has_more);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
}

static void
ptl_event_list_dispose (GObject *object)
{
  PtlEventList *self = PTL_EVENT_LIST (object);

  self->generation++;
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (ptl_event_list_parent_class)->dispose (object);
}

static void
ptl_event_list_finalize (GObject *object)
{
  PtlEventList *self = PTL_EVENT_LIST (object);

  g_ptr_array_unref (self->items);
  g_free (self->rule_id);
  G_OBJECT_CLASS (ptl_event_list_parent_class)->finalize (object);
}

static void
ptl_event_list_class_init (PtlEventListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = ptl_event_list_get_property;
  object_class->dispose = ptl_event_list_dispose;
  object_class->finalize = ptl_event_list_finalize;
  props[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  props[PROP_HAS_MORE] = g_param_spec_boolean ("has-more", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ptl_event_list_init (PtlEventList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

PtlEventList *
ptl_event_list_new (PtlClient *client, const char *rule_id)
{
  PtlEventList *self;

  g_return_val_if_fail (PTL_IS_CLIENT (client), NULL);
  self = g_object_new (PTL_TYPE_EVENT_LIST, NULL);
  self->client = g_object_ref (client);
  self->rule_id = g_strdup (rule_id != NULL ? rule_id : "");
  g_signal_connect (client, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect (client, "event", G_CALLBACK (on_event), self);
  load (self);
  return self;
}

void
ptl_event_list_load_more (PtlEventList *self)
{
  g_return_if_fail (PTL_IS_EVENT_LIST (self));
  if (self->has_more)
    load (self);
}

gboolean
ptl_event_list_has_more (PtlEventList *self)
{
  g_return_val_if_fail (PTL_IS_EVENT_LIST (self), FALSE);
  return self->has_more;
}

gboolean
ptl_event_list_is_loading (PtlEventList *self)
{
  g_return_val_if_fail (PTL_IS_EVENT_LIST (self), FALSE);
  return self->loading;
}
