/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-client-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"

/* One that waits for rules to come (open) or to go (close). @ids: those it still waits for. */
typedef struct
{
  GTask *task;
  GHashTable *ids;
  gboolean opening;
  gulong cancelled_handler;
  gboolean cancelled; /* of an open: the rule is being closed again */
} Wait;

static void
wait_free (Wait *wait)
{
  GCancellable *cancellable = g_task_get_cancellable (wait->task);

  if (wait->cancelled_handler != 0)
    g_signal_handler_disconnect (cancellable, wait->cancelled_handler);
  g_hash_table_unref (wait->ids);
  g_object_unref (wait->task);
  g_free (wait);
}

static Wait *
wait_new (PtlClient *self, GTask *task, gboolean opening)
{
  Wait *wait = g_new0 (Wait, 1);

  wait->task = g_object_ref (task);
  wait->opening = opening;
  wait->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (self->waits, wait);
  return wait;
}

/* Takes @wait out, so that nothing that its task's callback does meets it again. */
static void
wait_take (PtlClient *self, Wait *wait)
{
  g_ptr_array_remove (self->waits, wait);
}

static void
wait_return_error (PtlClient *self, Wait *wait, GError *error)
{
  wait_take (self, wait);
  g_task_return_error (wait->task, error);
  wait_free (wait);
}

static GError *
closed_error (const PtlRule *rule)
{
  GError *error = ptl_rule_dup_error (rule);

  if (error != NULL)
    return error;
  return ptl_error_new (PTL_ERROR_STATE, _("Open it again if it is still wanted."), "%s",
                        _("The rule was closed before it was open."));
}

static GError *
cancelled_error (void)
{
  return ptl_error_new (PTL_ERROR_CANCELLED, _("Open it again if it is still wanted."), "%s",
                        _("Opening was stopped, and the rule was closed again."));
}

static gboolean
is_decided (PtlRuleState state)
{
  return state == PTL_RULE_STATE_OPEN || state == PTL_RULE_STATE_DEGRADED
         || ptl_rule_state_is_final (state);
}

static void
open_seen (PtlClient *self, Wait *wait, const PtlRule *rule)
{
  if (!is_decided (rule->state) || (wait->cancelled && !ptl_rule_state_is_final (rule->state)))
    return;
  if (wait->cancelled)
    {
      wait_return_error (self, wait, cancelled_error ());
      return;
    }
  if (ptl_rule_state_is_final (rule->state))
    {
      wait_return_error (self, wait, closed_error (rule));
      return;
    }
  wait_take (self, wait);
  g_task_return_pointer (wait->task, ptl_rule_copy (rule), (GDestroyNotify) ptl_rule_free);
  wait_free (wait);
}

static void
close_gone (PtlClient *self, Wait *wait, const char *id)
{
  g_hash_table_remove (wait->ids, id);
  if (g_hash_table_size (wait->ids) > 0)
    return;
  wait_take (self, wait);
  g_task_return_boolean (wait->task, TRUE);
  wait_free (wait);
}

static void find (PtlClient *self, const char *id);

/* What a task's callback does may end other waits, and may drop the last reference of a client. */
#define FOR_EACH_WAIT(self, i) \
  for (guint i = (self)->waits->len; i-- > 0; i = MIN (i, (self)->waits->len))

void
ptl_client_waits_seen (PtlClient *self, const PtlRule *rule)
{
  g_autoptr (PtlClient) keep = g_object_ref (self);

  FOR_EACH_WAIT (self, i)
    {
      Wait *wait = self->waits->pdata[i];

      if (wait->opening && g_hash_table_contains (wait->ids, rule->id))
        open_seen (self, wait, rule);
    }
}

void
ptl_client_waits_gone (PtlClient *self, const char *id)
{
  g_autoptr (PtlClient) keep = g_object_ref (self);

  FOR_EACH_WAIT (self, i)
    {
      Wait *wait = self->waits->pdata[i];

      if (!g_hash_table_contains (wait->ids, id))
        continue;
      if (wait->opening)
        find (self, id);
      else
        close_gone (self, wait, id);
    }
}

/* The rule is known to the worker's store, and a new worker decides what becomes of it. */
static GError *
left_open_error (void)
{
  return ptl_error_new (PTL_ERROR_WORKER,
                        _("Look at the list of rules: it may be open all the same."), "%s",
                        _("The background worker of Portolan ended while the rule was being opened."));
}

void
ptl_client_waits_fail (PtlClient *self, const GError *error)
{
  g_autoptr (PtlClient) keep = g_object_ref (self);

  FOR_EACH_WAIT (self, i)
    {
      Wait *wait = self->waits->pdata[i];

      wait_return_error (self, wait, wait->opening ? left_open_error () : g_error_copy (error));
    }
}

/* --- open --- */

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlClient *self = PTL_CLIENT (source);
  g_autoptr (GVariant) answer = ptl_client_call_finish (self, result, NULL);
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (PtlRule) rule = NULL;

  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(a{sv})")))
    return;
  properties = g_variant_get_child_value (answer, 0);
  rule = ptl_rule_from_variant (properties, NULL);
  if (rule != NULL)
    ptl_client_waits_seen (self, rule);
}

/* It may have left the bus before anybody here looked: the history knows what became of it. */
static void
find (PtlClient *self, const char *id)
{
  ptl_client_call_async (self, "FindRule", g_variant_new ("(s)", id), NULL, on_found, NULL);
}

static void
on_cancel_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlClient *self = PTL_CLIENT (source);
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (self, result, &error);

  if (answer != NULL)
    return;
  /* It has gone already, or cannot be closed: either way there is nothing to wait for. */
  for (guint i = 0; i < self->waits->len; i++)
    {
      Wait *wait = self->waits->pdata[i];

      if (wait->task == task)
        {
          wait_return_error (self, wait, g_steal_pointer (&error));
          return;
        }
    }
}

static gboolean
on_cancelled_idle (gpointer data)
{
  GTask *task = data;
  PtlClient *self = g_task_get_source_object (task);

  for (guint i = 0; i < self->waits->len; i++)
    {
      Wait *wait = self->waits->pdata[i];
      const char *ids[2] = { NULL, NULL };
      GHashTableIter iter;

      if (wait->task != task)
        continue;
      wait->cancelled = TRUE;
      g_hash_table_iter_init (&iter, wait->ids);
      g_hash_table_iter_next (&iter, (gpointer *) &ids[0], NULL);
      ptl_client_call_async (self, "CloseRules", g_variant_new ("(^ass)", ids, "revoked"), NULL,
                             on_cancel_asked, g_object_ref (task));
      break;
    }
  return G_SOURCE_REMOVE;
}

/* From an idle callback, because a handler of `cancelled` may not disconnect itself. */
static void
on_cancelled (GCancellable *cancellable, GTask *task)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled_idle, g_object_ref (task), g_object_unref);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlClient *self = PTL_CLIENT (source);
  g_autoptr (GTask) task = user_data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (self, result, &error);
  PtlRuleItem *item;
  const char *id;
  Wait *wait;

  if (answer == NULL)
    {
      /* It was there when it was asked: it may have written the rule before it ended. */
      if (g_error_matches (error, PTL_ERROR, PTL_ERROR_WORKER))
        {
          g_clear_error (&error);
          error = left_open_error ();
        }
      g_task_return_error (task, error);
      return;
    }
  g_variant_get (answer, "(&s)", &id);
  wait = wait_new (self, task, TRUE);
  g_hash_table_add (wait->ids, g_strdup (id));
  if (cancellable != NULL)
    wait->cancelled_handler
      = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), task, NULL);

  item = ptl_client_get_rule (self, id);
  if (item != NULL)
    open_seen (self, wait, ptl_rule_item_get_rule (item));
  else
    find (self, id);
}

static void
on_open_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlClient *self = PTL_CLIENT (source);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!ptl_client_connect_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      g_task_return_error (task, cancelled_error ());
      return;
    }
  /* Not with the cancellable: once asked, the id is needed to close the rule again. */
  ptl_client_call_async (self, "OpenRule",
                         g_variant_new ("(@a{sv})", g_task_get_task_data (task)), NULL, on_opened,
                         g_object_ref (task));
}

void
ptl_client_open_async (PtlClient *self,
                       GVariant *request,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PTL_IS_CLIENT (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ptl_client_open_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_variant_ref_sink (request), (GDestroyNotify) g_variant_unref);
  ptl_client_connect_async (self, NULL, on_open_ready, task);
}

PtlRule *
ptl_client_open_finish (PtlClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- close --- */

/* Ids may be given in either case, and are in lower case here. */
static char **
dup_lower (const char *const *ids)
{
  g_autoptr (GPtrArray) lower = g_ptr_array_new ();

  for (guint i = 0; ids[i] != NULL; i++)
    g_ptr_array_add (lower, g_ascii_strdown (ids[i], -1));
  g_ptr_array_add (lower, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&lower), FALSE);
}

/* Of the living rules those whose id begins with one of @ids. */
static void
add_living (PtlClient *self, Wait *wait, const char *const *ids)
{
  GListModel *rules = G_LIST_MODEL (self->rules);

  for (guint i = 0; ids[i] != NULL; i++)
    if (strlen (ids[i]) == 36)
      {
        if (ptl_client_get_rule (self, ids[i]) != NULL)
          g_hash_table_add (wait->ids, g_strdup (ids[i]));
      }
    else
      for (guint j = 0; j < g_list_model_get_n_items (rules); j++)
        {
          g_autoptr (PtlRuleItem) item = g_list_model_get_item (rules, j);
          const char *id = ptl_rule_item_get_rule (item)->id;

          if (g_str_has_prefix (id, ids[i]))
            g_hash_table_add (wait->ids, g_strdup (id));
        }
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlClient *self = PTL_CLIENT (source);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (self, result, &error);
  Wait *wait;

  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  wait = wait_new (self, task, FALSE);
  add_living (self, wait, g_task_get_task_data (task));
  if (g_hash_table_size (wait->ids) == 0)
    close_gone (self, wait, "");
}

static void
on_close_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlClient *self = PTL_CLIENT (source);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!ptl_client_connect_finish (self, result, &error))
    g_task_return_error (task, error);
  else
    ptl_client_call_async (self, "CloseRules",
                           g_variant_new ("(^ass)", g_task_get_task_data (task), "revoked"), NULL,
                           on_closed, g_object_ref (task));
}

void
ptl_client_close_async (PtlClient *self,
                        const char *const *ids,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task;

  g_return_if_fail (PTL_IS_CLIENT (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ptl_client_close_async);
  g_task_set_task_data (task, dup_lower (ids), (GDestroyNotify) g_strfreev);
  ptl_client_connect_async (self, cancellable, on_close_ready, task);
}

gboolean
ptl_client_close_finish (PtlClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
