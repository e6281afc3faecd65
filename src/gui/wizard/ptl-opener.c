/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-opener.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"

struct _PtlOpener
{
  GObject parent_instance;
  PtlClient *client;
  GPtrArray *requests; /* of GVariant */
  GPtrArray *rules;    /* of PtlRule: those that are open */
  GHashTable *known;   /* ids that were there before the present request */
  char *watched;       /* id of the rule that is opening, or NULL */
  GError *error;       /* why all is being taken back */
  char *leftover;
};

G_DEFINE_FINAL_TYPE (PtlOpener, ptl_opener, G_TYPE_OBJECT)

static guint progress_signal;

static void open_next (GTask *task);

static void
emit_progress (PtlOpener *self, const char *step)
{
  g_signal_emit (self, progress_signal, 0, self->rules->len, step);
}

static void
item_changed_cb (PtlOpener *self, PtlRuleItem *item)
{
  const PtlRule *rule = ptl_rule_item_get_rule (item);

  if (g_strcmp0 (rule->id, self->watched) == 0 && rule->state == PTL_RULE_STATE_OPENING
      && *rule->step != '\0')
    emit_progress (self, rule->step);
}

static gboolean
fits_request (PtlOpener *self, const PtlRule *rule)
{
  GVariant *request;
  const char *name = NULL, *purpose = NULL;

  if (self->rules->len >= self->requests->len)
    return FALSE;
  request = self->requests->pdata[self->rules->len];
  g_variant_lookup (request, "Name", "&s", &name);
  g_variant_lookup (request, "Purpose", "&s", &purpose);
  return (name == NULL || g_str_equal (name, rule->name))
         && g_strcmp0 (purpose, rule->purpose) == 0;
}

/* The answer to OpenRule carries the id, but comes to the client's waits: here the new rule is
 * known by its request. */
static void
rules_changed_cb (PtlOpener *self, guint position, guint removed, guint added, GListModel *rules)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (PtlRuleItem) item = g_list_model_get_item (rules, i);
      const PtlRule *rule = ptl_rule_item_get_rule (item);

      if (g_hash_table_contains (self->known, rule->id) || !fits_request (self, rule))
        continue;
      g_free (self->watched);
      self->watched = g_strdup (rule->id);
      g_hash_table_add (self->known, g_strdup (rule->id));
      g_signal_connect_object (item, "changed", G_CALLBACK (item_changed_cb), self,
                               G_CONNECT_SWAPPED);
      item_changed_cb (self, item);
    }
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlOpener *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!ptl_client_close_finish (PTL_CLIENT (source), result, &error))
    {
      g_autofree char *what = ptl_error_dup_what (error);

      self->leftover
          /* Translators: %s is a sentence that says what went wrong. */
          = g_strdup_printf (_ ("What had been opened before could not be closed again: %s Close "
                                "it in the inventory."),
                             what);
    }
  g_task_return_error (task, g_steal_pointer (&self->error));
}

/* @error (transfer full): why. Returns it when nothing is open any more. */
static void
take_back (GTask *task, GError *error)
{
  PtlOpener *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  if (self->rules->len == 0)
    {
      g_task_return_error (task, error);
      return;
    }
  self->error = error;
  for (guint i = 0; i < self->rules->len; i++)
    g_ptr_array_add (ids, ((PtlRule *) self->rules->pdata[i])->id);
  g_ptr_array_add (ids, NULL);
  ptl_client_close_async (self->client, (const char *const *) ids->pdata, NULL, closed_cb,
                          g_object_ref (task));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlOpener *self = g_task_get_source_object (task);
  GError *error = NULL;
  PtlRule *rule = ptl_client_open_finish (PTL_CLIENT (source), result, &error);

  g_clear_pointer (&self->watched, g_free);
  if (rule == NULL)
    {
      take_back (task, error);
      return;
    }
  emit_progress (self, "open");
  g_ptr_array_add (self->rules, rule);
  open_next (task);
}

static void
open_next (GTask *task)
{
  PtlOpener *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (g_cancellable_is_cancelled (cancellable))
    {
      take_back (task, ptl_error_new (PTL_ERROR_CANCELLED, NULL, "%s", _ ("Opening was stopped.")));
      return;
    }
  if (self->rules->len == self->requests->len)
    {
      g_task_return_pointer (task, g_ptr_array_ref (self->rules),
                             (GDestroyNotify) g_ptr_array_unref);
      return;
    }
  emit_progress (self, "");
  ptl_client_open_async (self->client, self->requests->pdata[self->rules->len], cancellable,
                         opened_cb, g_object_ref (task));
}

static void
remember_known (PtlOpener *self)
{
  GListModel *rules = ptl_client_get_rules (self->client);

  for (guint i = 0; i < g_list_model_get_n_items (rules); i++)
    {
      g_autoptr (PtlRuleItem) item = g_list_model_get_item (rules, i);

      g_hash_table_add (self->known, g_strdup (ptl_rule_item_get_rule (item)->id));
    }
}

void
ptl_opener_run_async (PtlOpener *self,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (PTL_IS_OPENER (self));
  g_task_set_source_tag (task, ptl_opener_run_async);
  /* What was opened has to be told even when Cancel came a moment late. */
  g_task_set_check_cancellable (task, FALSE);
  remember_known (self);
  g_signal_connect_object (ptl_client_get_rules (self->client), "items-changed",
                           G_CALLBACK (rules_changed_cb), self, G_CONNECT_SWAPPED);
  open_next (task);
}

GPtrArray *
ptl_opener_run_finish (PtlOpener *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
ptl_opener_get_leftover (PtlOpener *self)
{
  g_return_val_if_fail (PTL_IS_OPENER (self), NULL);
  return self->leftover;
}

static void
ptl_opener_finalize (GObject *object)
{
  PtlOpener *self = PTL_OPENER (object);

  g_clear_object (&self->client);
  g_clear_pointer (&self->requests, g_ptr_array_unref);
  g_clear_pointer (&self->rules, g_ptr_array_unref);
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_error (&self->error);
  g_free (self->watched);
  g_free (self->leftover);
  G_OBJECT_CLASS (ptl_opener_parent_class)->finalize (object);
}

static void
ptl_opener_class_init (PtlOpenerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_opener_finalize;
  progress_signal = g_signal_new ("progress", PTL_TYPE_OPENER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
}

static void
ptl_opener_init (PtlOpener *self)
{
  self->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

PtlOpener *
ptl_opener_new (PtlClient *client, GPtrArray *requests)
{
  PtlOpener *self = g_object_new (PTL_TYPE_OPENER, NULL);

  g_return_val_if_fail (requests != NULL && requests->len > 0, NULL);
  self->client = g_object_ref (client);
  self->requests = g_ptr_array_ref (requests);
  return self;
}
