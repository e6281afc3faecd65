/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-backend-engine.h"

#include <glib/gi18n-lib.h>

struct _PtlBackendEngine
{
  GObject parent;

  PtlEngine *engine;
  PtlClock *clock;
};

static void ptl_backend_engine_iface_init (PtlBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PtlBackendEngine,
                               ptl_backend_engine,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PTL_TYPE_BACKEND,
                                                      ptl_backend_engine_iface_init))

const PtlLease *
ptl_leases_find_engine (GPtrArray *leases)
{
  for (guint i = 0; leases != NULL && i < leases->len; i++)
    {
      const PtlLease *lease = leases->pdata[i];

      if (g_str_equal (lease->system, "engine"))
        return lease;
    }
  return NULL;
}

gboolean
ptl_engine_read_traffic (PtlEngine *engine, PtlClock *clock, const char *id, PtlTraffic *traffic)
{
  gint64 used, boot;

  if (!ptl_engine_get_traffic (engine, id, traffic))
    return FALSE;
  used = ptl_engine_get_last_used_boot_us (engine, id);
  boot = ptl_clock_get_boot_us (clock);
  if (used > 0)
    traffic->last_used = ptl_clock_get_wall (clock) - MAX (boot - used, 0) / G_USEC_PER_SEC;
  return TRUE;
}

static PtlLease *
lease_new (const PtlEndpoint *listen, const PtlEndpoint *target)
{
  PtlLease *lease = ptl_lease_new ("engine", "");

  lease->endpoint = ptl_endpoint_copy (listen);
  lease->inner = ptl_endpoint_copy (target);
  return lease;
}

static GPtrArray *
leases_new (PtlLease *lease)
{
  GPtrArray *leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  g_ptr_array_add (leases, lease);
  return leases;
}

static GPtrArray *
prepare (PtlBackend *backend, const PtlRule *rule, GError **error)
{
  return leases_new (lease_new (rule->public_endpoint, rule->target));
}

static void
open_async (PtlBackend *backend,
            const PtlRule *rule,
            GPtrArray *prepared,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  PtlBackendEngine *self = PTL_BACKEND_ENGINE (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  /* At a restart the lease tells the very port that was granted where any would have done. */
  const PtlLease *held = ptl_leases_find_engine (rule->leases);
  const PtlEndpoint *listen = held != NULL ? held->endpoint : rule->public_endpoint;
  g_autoptr (PtlForward) forward = ptl_forward_new (listen, rule->target, rule->audience);
  g_autoptr (PtlEndpoint) bound = NULL;
  PtlTraffic open_already;
  GError *error = NULL;
  PtlLease *lease;

  if (g_task_return_error_if_cancelled (task))
    return;
  ptl_forward_set_options (forward, rule->options);
  if (ptl_engine_get_traffic (self->engine, rule->id, &open_already)
          ? !ptl_engine_move (self->engine, rule->id, forward, &bound, &error)
          : !ptl_engine_open (self->engine, rule->id, forward, &bound, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  lease = lease_new (bound, rule->target);
  lease->granted = ptl_clock_get_wall (self->clock);
  g_task_return_pointer (task, leases_new (lease), (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
open_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
close_async (PtlBackend *backend,
             const PtlRule *rule,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  PtlBackendEngine *self = PTL_BACKEND_ENGINE (backend);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  /* One that the engine does not know is closed already. */
  ptl_engine_close (self->engine, rule->id, FALSE, NULL);
  g_task_return_pointer (task, g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free),
                         (GDestroyNotify) g_ptr_array_unref);
}

static void
take_back_async (PtlBackend *backend,
                 const char *rule_id,
                 const PtlLease *lease,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (backend, NULL, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static gboolean
take_back_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
edit (PtlBackend *backend, const PtlRule *before, const PtlRule *after, GError **error)
{
  PtlBackendEngine *self = PTL_BACKEND_ENGINE (backend);
  const PtlLease *held = ptl_leases_find_engine (before->leases);
  g_autoptr (PtlForward) forward = NULL;

  if (held == NULL || !ptl_endpoint_equal (before->public_endpoint, after->public_endpoint) ||
      before->target->protocol != after->target->protocol)
    {
      ptl_error_set (error, PTL_ERROR_NOT_SUPPORTED, NULL,
                     _("The listening side cannot be changed while it is open."));
      return FALSE;
    }
  forward = ptl_forward_new (held->endpoint, after->target, after->audience);
  ptl_forward_set_options (forward, after->options);
  return ptl_engine_edit (self->engine, after->id, forward, error);
}

static gboolean
can_move (PtlBackend *backend, const PtlRule *before, const PtlRule *after)
{
  return ptl_leases_find_engine (before->leases) != NULL;
}

static gboolean
get_traffic (PtlBackend *backend, const char *rule_id, PtlTraffic *traffic)
{
  PtlBackendEngine *self = PTL_BACKEND_ENGINE (backend);

  return ptl_engine_read_traffic (self->engine, self->clock, rule_id, traffic);
}

static GError *
dup_trouble (PtlBackend *backend, const PtlRule *rule)
{
  return ptl_engine_dup_trouble (PTL_BACKEND_ENGINE (backend)->engine, rule->id);
}

static void
ptl_backend_engine_iface_init (PtlBackendInterface *iface)
{
  iface->prepare = prepare;
  iface->open_async = open_async;
  iface->open_finish = open_finish;
  iface->close_async = close_async;
  iface->close_finish = open_finish;
  iface->take_back_async = take_back_async;
  iface->take_back_finish = take_back_finish;
  iface->edit = edit;
  iface->can_move = can_move;
  iface->get_traffic = get_traffic;
  iface->dup_trouble = dup_trouble;
}

static void
ptl_backend_engine_dispose (GObject *object)
{
  PtlBackendEngine *self = PTL_BACKEND_ENGINE (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_backend_engine_parent_class)->dispose (object);
}

static void
ptl_backend_engine_class_init (PtlBackendEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_backend_engine_dispose;
}

static void
ptl_backend_engine_init (PtlBackendEngine *self)
{
}

PtlBackend *
ptl_backend_engine_new (PtlEngine *engine, PtlClock *clock)
{
  PtlBackendEngine *self = g_object_new (PTL_TYPE_BACKEND_ENGINE, NULL);

  self->engine = g_object_ref (engine);
  self->clock = g_object_ref (clock);
  return PTL_BACKEND (self);
}
