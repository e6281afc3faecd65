/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asked-list.h"

struct _PtlAskedList
{
  GObject parent_instance;
  PtlClient *client;
  char *method;
  GVariant *arguments;
  PtlMakeItem make_item;
  GPtrArray *items;
  GVariant *list; /* that they were made of */
  GError *error;
  gboolean loading;
  gboolean known;
  gboolean steady;
};

enum
{
  PROP_0,
  PROP_LOADING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint loaded_signal;

static GType
get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *model)
{
  return PTL_ASKED_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GPtrArray *items = PTL_ASKED_LIST (model)->items;

  return position < items->len ? g_object_ref (items->pdata[position]) : NULL;
}

static void
init_list_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PtlAskedList, ptl_asked_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, init_list_model))

static gboolean
is_same (GVariant *a, gsize index_a, GVariant *b, gsize index_b)
{
  g_autoptr (GVariant) one = g_variant_get_child_value (a, index_a);
  g_autoptr (GVariant) other = g_variant_get_child_value (b, index_b);

  return g_variant_equal (one, other);
}

/* How many lines are the same at the beginning (@from_end: at the end), of those that @skip leaves. */
static gsize
count_same (GVariant *a, GVariant *b, gboolean from_end, gsize skip)
{
  gsize n_a = g_variant_n_children (a), n_b = g_variant_n_children (b), most = MIN (n_a, n_b) - skip, n = 0;

  while (n < most && is_same (a, from_end ? n_a - 1 - n : n, b, from_end ? n_b - 1 - n : n))
    n++;
  return n;
}

/* Lines that stay as they are keep their item, and so their row, its selection and its focus. */
static void
take_some (PtlAskedList *self, GVariant *list)
{
  gsize n_new = g_variant_n_children (list), begin, end;
  guint removed;

  begin = count_same (self->list, list, FALSE, 0);
  end = count_same (self->list, list, TRUE, begin);
  removed = self->items->len - (guint) (begin + end);
  if (removed > 0)
    g_ptr_array_remove_range (self->items, (guint) begin, removed);
  for (gsize i = begin; i < n_new - end; i++)
    {
      g_autoptr (GVariant) properties = g_variant_get_child_value (list, i);

      g_ptr_array_insert (self->items, (int) i, self->make_item (properties));
    }
  if (removed > 0 || n_new > begin + end)
    g_list_model_items_changed (G_LIST_MODEL (self), (guint) begin, removed, (guint) (n_new - begin - end));
}

static void
take_all (PtlAskedList *self, GVariant *list)
{
  guint removed = self->items->len;

  g_ptr_array_set_size (self->items, 0);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) properties = g_variant_get_child_value (list, i);
      gpointer item = self->make_item (properties);

      if (item)
        g_ptr_array_add (self->items, item);
    }
  if (removed > 0 || self->items->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, self->items->len);
}

static void
take_answer (PtlAskedList *self, GVariant *answer)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (answer, 0);

  self->known = TRUE;
  /* Where lines are left out, items and lines do not match one to one. */
  if (self->steady && self->list != NULL && g_variant_n_children (self->list) == self->items->len)
    take_some (self, list);
  else
    take_all (self, list);
  g_clear_pointer (&self->list, g_variant_unref);
  self->list = g_steal_pointer (&list);
}

void
ptl_asked_list_set_steady (PtlAskedList *self)
{
  self->steady = TRUE;
}

static void
set_loading (PtlAskedList *self, gboolean loading)
{
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlAskedList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  g_clear_error (&self->error);
  if (answer && g_variant_is_of_type (answer, G_VARIANT_TYPE ("(aa{sv})")))
    take_answer (self, answer);
  else
    self->error = g_steal_pointer (&error);
  set_loading (self, FALSE);
  g_signal_emit (self, loaded_signal, 0);
}

void
ptl_asked_list_refresh (PtlAskedList *self)
{
  if (self->loading || ptl_client_get_state (self->client) != PTL_CLIENT_STATE_READY)
    return;
  set_loading (self, TRUE);
  ptl_client_call_async (self->client, self->method, self->arguments, NULL, on_answer,
                         g_object_ref (self));
}

gboolean
ptl_asked_list_is_loading (PtlAskedList *self)
{
  return self->loading;
}

gboolean
ptl_asked_list_is_known (PtlAskedList *self)
{
  return self->known;
}

const GError *
ptl_asked_list_get_error (PtlAskedList *self)
{
  return self->error;
}

PtlAskedList *
ptl_asked_list_new (PtlClient *client, const char *method, GVariant *arguments, PtlMakeItem make_item)
{
  PtlAskedList *self = g_object_new (PTL_TYPE_ASKED_LIST, NULL);

  self->client = g_object_ref (client);
  self->method = g_strdup (method);
  self->arguments = arguments ? g_variant_ref_sink (arguments) : NULL;
  self->make_item = make_item;
  return self;
}

static void
ptl_asked_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, PTL_ASKED_LIST (object)->loading);
}

static void
ptl_asked_list_finalize (GObject *object)
{
  PtlAskedList *self = PTL_ASKED_LIST (object);

  g_clear_object (&self->client);
  g_free (self->method);
  g_clear_pointer (&self->arguments, g_variant_unref);
  g_clear_pointer (&self->list, g_variant_unref);
  g_ptr_array_unref (self->items);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (ptl_asked_list_parent_class)->finalize (object);
}

static void
ptl_asked_list_class_init (PtlAskedListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ptl_asked_list_get_property;
  object_class->finalize = ptl_asked_list_finalize;
  props[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  loaded_signal = g_signal_new ("loaded", PTL_TYPE_ASKED_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_asked_list_init (PtlAskedList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}
