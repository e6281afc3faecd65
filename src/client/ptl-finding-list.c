/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-finding-list.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"

struct _PtlFindingList
{
  GObject parent_instance;
  PtlClient *client;
  GCancellable *cancellable; /* of the fetch that is under way, else NULL */
  char *wanted;              /* the report that was fetched last, or is */
  guint changes;             /* as the worker counted them then */
  PtlReport *report;
  GPtrArray *items; /* of PtlFindingItem */
  GError *error;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PtlFindingList,
                               ptl_finding_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static guint changed_signal;

/* --- model --- */

static GType
get_item_type (GListModel *model)
{
  return PTL_TYPE_FINDING_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return PTL_FINDING_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  PtlFindingList *self = PTL_FINDING_LIST (model);

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
show (PtlFindingList *self, PtlReport *report)
{
  guint before = self->items->len;

  g_clear_pointer (&self->report, ptl_report_unref);
  self->report = report;
  g_ptr_array_set_size (self->items, 0);
  for (guint i = 0; report != NULL && i < report->findings->len; i++)
    g_ptr_array_add (self->items, ptl_finding_item_new (report, i));
  if (before > 0 || self->items->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->items->len);
}

/* --- fetching --- */

PtlReport *
ptl_report_from_answer (GVariant *answer, GError **error)
{
  g_autoptr (GVariant) head = NULL;
  g_autoptr (GVariant) findings = NULL;

  if (!g_variant_is_of_type (answer, G_VARIANT_TYPE ("(a{sv}aa{sv})")))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, "%s",
                     _ ("The worker’s answer is no report."));
      return NULL;
    }
  g_variant_get (answer, "(@a{sv}@aa{sv})", &head, &findings);
  return ptl_report_from_variants (head, findings, error);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlFindingList) self = data;
  GError *error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  PtlReport *report = NULL;

  if (g_error_matches (error, PTL_ERROR, PTL_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }
  g_clear_object (&self->cancellable);
  if (answer != NULL)
    report = ptl_report_from_answer (answer, &error);
  g_clear_error (&self->error);
  self->error = error;
  /* What was shown stays where the worker is away just now. */
  if (report != NULL)
    show (self, report);
  g_signal_emit (self, changed_signal, 0);
}

void
ptl_finding_list_reload (PtlFindingList *self)
{
  g_return_if_fail (PTL_IS_FINDING_LIST (self));
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->wanted == NULL || *self->wanted == '\0')
    {
      show (self, NULL);
      g_signal_emit (self, changed_signal, 0);
      return;
    }
  self->cancellable = g_cancellable_new ();
  ptl_client_call_async (self->client, "GetExposureReport", g_variant_new ("(s)", self->wanted),
                         self->cancellable, on_fetched, g_object_ref (self));
}

static void
on_state (PtlFindingList *self)
{
  GVariant *state = ptl_client_get_exposure_check (self->client);
  const char *last = NULL;
  guint changes = 0;

  /* The worker is not there: what is shown stays. */
  if (!g_variant_lookup (state, "LastReport", "&s", &last))
    return;
  g_variant_lookup (state, "Changes", "u", &changes);
  if (g_strcmp0 (last, self->wanted) == 0 && changes == self->changes)
    return;
  g_free (self->wanted);
  self->wanted = g_strdup (last);
  self->changes = changes;
  ptl_finding_list_reload (self);
}

/* --- life --- */

static void
ptl_finding_list_dispose (GObject *object)
{
  PtlFindingList *self = PTL_FINDING_LIST (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (ptl_finding_list_parent_class)->dispose (object);
}

static void
ptl_finding_list_finalize (GObject *object)
{
  PtlFindingList *self = PTL_FINDING_LIST (object);

  g_clear_pointer (&self->report, ptl_report_unref);
  g_clear_error (&self->error);
  g_ptr_array_unref (self->items);
  g_free (self->wanted);
  G_OBJECT_CLASS (ptl_finding_list_parent_class)->finalize (object);
}

static void
ptl_finding_list_class_init (PtlFindingListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_finding_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = ptl_finding_list_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_finding_list_init (PtlFindingList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

PtlFindingList *
ptl_finding_list_new (PtlClient *client)
{
  PtlFindingList *self = g_object_new (PTL_TYPE_FINDING_LIST, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::exposure-check", G_CALLBACK (on_state), self,
                           G_CONNECT_SWAPPED);
  on_state (self);
  return self;
}

PtlReport *
ptl_finding_list_get_report (PtlFindingList *self)
{
  g_return_val_if_fail (PTL_IS_FINDING_LIST (self), NULL);
  return self->report;
}

gboolean
ptl_finding_list_is_loading (PtlFindingList *self)
{
  g_return_val_if_fail (PTL_IS_FINDING_LIST (self), FALSE);
  return self->cancellable != NULL;
}

const GError *
ptl_finding_list_get_error (PtlFindingList *self)
{
  g_return_val_if_fail (PTL_IS_FINDING_LIST (self), NULL);
  return self->error;
}
