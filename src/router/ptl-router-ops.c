/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking, probing, removing, reading back and listing: what a router does beside adding. */

#include <glib/gi18n-lib.h>

#include "ptl-router-cause.h"
#include "ptl-router-private.h"

/* --- asking several protocols --- */

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  guint *left = g_task_get_task_data (task);

  ptl_mapper_probe_finish (PTL_MAPPER (source), result, NULL);
  if (--*left == 0)
    g_task_return_boolean (task, TRUE);
}

void
ptl_router_ask_async (PtlRouter *self,
                      guint mask,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  guint *left = g_new0 (guint, 1);

  g_task_set_source_tag (task, ptl_router_ask_async);
  g_task_set_task_data (task, left, g_free);
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    *left += (mask & 1u << i) != 0;
  if (*left == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    if ((mask & 1u << i) != 0)
      ptl_mapper_probe_async (ptl_router_get_mapper (self, i), cancellable, on_probed,
                              g_object_ref (task));
}

void
ptl_router_ask_finish (PtlRouter *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

static guint
mask_of_state (PtlRouter *self, PtlMapperState state)
{
  guint mask = 0;

  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    if (ptl_mapper_get_settled_state (ptl_router_get_mapper (self, i)) == state)
      mask |= 1u << i;
  return mask;
}

static GError *
cancelled_error (void)
{
  return ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The request to the router was cancelled."));
}

static GTask *
new_task (PtlRouter *self,
          const PtlMapping *mapping,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, new_task);
  g_task_set_check_cancellable (task, FALSE);
  if (mapping != NULL)
    g_task_set_task_data (task, ptl_mapping_copy (mapping), (GDestroyNotify) ptl_mapping_free);
  return task;
}

/* --- probe --- */

static void
on_all_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlRouter *self = PTL_ROUTER (source);

  ptl_router_ask_finish (self, result);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_error (task, cancelled_error ());
  else if (ptl_router_works (self))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, ptl_router_dup_failure (self));
}

static void
on_cheap_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PtlRouter *self = PTL_ROUTER (source);

  if (ptl_router_works (self) || g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    on_all_asked (source, result, task);
  else
    {
      ptl_router_ask_finish (self, result);
      ptl_router_ask_async (self, PTL_ROUTER_ASK_ALL, g_task_get_cancellable (task), on_all_asked,
                            task);
    }
}

void
ptl_router_probe_async (PtlRouter *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = new_task (self, NULL, cancellable, callback, user_data);
  guint works = mask_of_state (self, PTL_MAPPER_WORKS);
  const guint cheap = 3; /* PCP and NAT-PMP: one datagram each */

  /* Only the one that said that there is no internet can say that it is back. */
  if (works == 0 || !ptl_router_is_connected (self))
    ptl_router_ask_async (self, PTL_ROUTER_ASK_ALL, cancellable, on_all_asked, task);
  else
    ptl_router_ask_async (self, (works & cheap) != 0 ? works & cheap : works, cancellable,
                          on_cheap_asked, task);
}

gboolean
ptl_router_probe_finish (PtlRouter *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- remove --- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (ptl_mapper_remove_finish (PTL_MAPPER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Where the protocol that granted it does not take it back, UPnP may: it shows and removes what any
 * protocol made. */
static void
on_removed_by_grantor (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlRouter *self = g_task_get_source_object (task);
  PtlMapper *igd = ptl_router_find_mapper (self, PTL_ROUTER_PROTOCOL_UPNP);
  GError *error = NULL;

  if (ptl_mapper_remove_finish (PTL_MAPPER (source), result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  ptl_mapper_note_failure (PTL_MAPPER (source), error);
  if (PTL_MAPPER (source) != igd && ptl_mapper_get_settled_state (igd) == PTL_MAPPER_WORKS &&
           ptl_error_code_of (error) != PTL_ERROR_CANCELLED)
    {
      GCancellable *cancellable = g_task_get_cancellable (task);
      const PtlMapping *mapping = g_task_get_task_data (task);

      g_error_free (error);
      ptl_mapper_remove_async (igd, mapping, cancellable, on_removed, g_steal_pointer (&task));
    }
  else
    g_task_return_error (task, error);
}

/* One that was never seen granted is looked for by each protocol in turn. */
static void
remove_by_next (GTask *task, guint index);

static void
on_removed_by_one (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PtlMapper *mapper = PTL_MAPPER (source);
  PtlRouter *self = g_task_get_source_object (task);
  GError *error = NULL;
  guint index = 0;

  while (ptl_router_get_mapper (self, index) != mapper)
    index++;
  if (ptl_mapper_remove_finish (mapper, result, &error) ||
      g_error_matches (error, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED) ||
      /* PCP: that nonce is not the one of whoever holds it */
      g_error_matches (error, PTL_ERROR, PTL_ERROR_ROUTER_REFUSED))
    {
      g_clear_error (&error);
      remove_by_next (task, index + 1);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
remove_by_next (GTask *task, guint index)
{
  PtlRouter *self = g_task_get_source_object (task);

  for (; index < PTL_ROUTER_N_MAPPERS; index++)
    {
      PtlMapper *mapper = ptl_router_get_mapper (self, index);

      if (ptl_mapper_get_settled_state (mapper) != PTL_MAPPER_WORKS)
        continue;
      ptl_mapper_remove_async (mapper, g_task_get_task_data (task), g_task_get_cancellable (task),
                               on_removed_by_one, task);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_asked_to_remove (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PtlRouter *self = PTL_ROUTER (source);

  ptl_router_ask_finish (self, result);
  if (ptl_router_works (self))
    {
      remove_by_next (task, 0);
      return;
    }
  g_task_return_error (task, ptl_router_dup_failure (self));
  g_object_unref (task);
}

void
ptl_router_delete_async (PtlRouter *self,
                         const PtlMapping *mapping,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = new_task (self, mapping, cancellable, callback, user_data);
  PtlMapper *grantor = ptl_router_find_mapper (self, mapping->system);

  if (grantor != NULL)
    ptl_mapper_remove_async (grantor, mapping, cancellable, on_removed_by_grantor, task);
  else
    ptl_router_ask_async (self, PTL_ROUTER_ASK_ALL & ~mask_of_state (self, PTL_MAPPER_WORKS),
                          cancellable, on_asked_to_remove, task);
}

gboolean
ptl_router_delete_finish (PtlRouter *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- read back and list: UPnP alone can --- */

static GError *
cannot_tell (PtlRouter *self)
{
  return ptl_error_new (PTL_ERROR_NOT_SUPPORTED,
                        _ ("Switch on UPnP in the router's settings to see what it holds."),
                        /* Translators: %s is the router's address */
                        _ ("The router %s does not show its mappings."),
                        ptl_router_get_address (self));
}

typedef void (*WithIgdFunc) (PtlRouter *self, PtlMapper *igd, GTask *task);

static void
on_igd_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PtlMapper *igd = PTL_MAPPER (source);
  PtlRouter *self = g_task_get_source_object (task);
  WithIgdFunc func = (WithIgdFunc) g_object_get_data (G_OBJECT (task), "func");

  if (ptl_mapper_probe_finish (igd, result, NULL))
    {
      func (self, igd, task);
      return;
    }
  g_task_return_error (task, cannot_tell (self));
  g_object_unref (task);
}

/* Takes over @task. Where the answer to whether there is UPnP is not known yet, it is waited for.
 */
static void
with_igd (PtlRouter *self, GTask *task, WithIgdFunc func)
{
  PtlMapper *igd = ptl_router_find_mapper (self, PTL_ROUTER_PROTOCOL_UPNP);

  switch (ptl_mapper_get_settled_state (igd))
    {
    case PTL_MAPPER_WORKS:
      func (self, igd, task);
      return;
    case PTL_MAPPER_ABSENT:
    case PTL_MAPPER_REFUSES:
      g_task_return_error (task, cannot_tell (self));
      g_object_unref (task);
      return;
    default:
      g_object_set_data (G_OBJECT (task), "func", (gpointer) func);
      ptl_mapper_probe_async (igd, g_task_get_cancellable (task), on_igd_asked, task);
    }
}

static void
on_read_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const PtlMapping *mapping = g_task_get_task_data (task);
  GError *error = NULL;

  if (ptl_mapper_read_back_finish (PTL_MAPPER (source), result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  /* It was there once: the router lost it, and perhaps more. */
  if (g_error_matches (error, PTL_ERROR, PTL_ERROR_NOT_FOUND) && mapping->read_back)
    ptl_router_lost_state (g_task_get_source_object (task));
  g_task_return_error (task, error);
}

static void
read_back_by (PtlRouter *self, PtlMapper *igd, GTask *task)
{
  ptl_mapper_read_back_async (igd, g_task_get_task_data (task), g_task_get_cancellable (task),
                              on_read_back, task);
}

void
ptl_router_read_back_async (PtlRouter *self,
                            const PtlMapping *mapping,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = new_task (self, mapping, cancellable, callback, user_data);

  if (mapping->system == PTL_ROUTER_PROTOCOL_NONE || mapping->granted_port == 0)
    {
      g_task_return_error (task, ptl_error_new (PTL_ERROR_INVALID, NULL,
                                                _ ("The mapping was not granted yet.")));
      g_object_unref (task);
      return;
    }
  with_igd (self, task, read_back_by);
}

gboolean
ptl_router_read_back_finish (PtlRouter *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *entries = ptl_mapper_list_finish (PTL_MAPPER (source), result, &error);

  if (entries != NULL)
    g_task_return_pointer (task, entries, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
list_by (PtlRouter *self, PtlMapper *igd, GTask *task)
{
  ptl_mapper_list_async (igd, g_task_get_cancellable (task), on_listed, task);
}

void
ptl_router_list_async (PtlRouter *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  with_igd (self, new_task (self, NULL, cancellable, callback, user_data), list_by);
}

GPtrArray *
ptl_router_list_finish (PtlRouter *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
