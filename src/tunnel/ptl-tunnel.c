/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tunnel-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-drop.h"

#define TERM_PATIENCE_US (2 * G_USEC_PER_SEC)

G_DEFINE_FINAL_TYPE (PtlTunnel, ptl_tunnel, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATE,
  PROP_ERROR,
  N_PROPS
};

enum
{
  SIGNAL_OFFERED_KEY,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

void
ptl_tunnel_set_state (PtlTunnel *self, PtlTunnelState state, GError *error)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->error != NULL || error != NULL)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ERROR]);
  g_clear_error (&self->error);
  self->error = error;
  if (self->state != state)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  self->state = state;
  g_object_thaw_notify (G_OBJECT (self));
}

void
ptl_tunnel_end_start (PtlTunnel *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->starting);
  g_autoptr (GError) owned = error;

  ptl_drop_source (&self->start_cancelled);
  if (task == NULL)
    return;
  if (owned != NULL)
    g_task_return_error (task, g_steal_pointer (&owned));
  else
    g_task_return_boolean (task, TRUE);
}

void
ptl_tunnel_end_stop (PtlTunnel *self)
{
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&self->stopping);

  g_clear_pointer (&self->countdown, ptl_countdown_free);
  ptl_tunnel_set_state (self, PTL_TUNNEL_STATE_CLOSED, NULL);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (tasks->pdata[i], TRUE);
}

static gboolean
on_start_cancelled (GCancellable *cancellable, gpointer user_data)
{
  ptl_tunnel_stop_async (user_data, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (PtlTunnel *self, GCancellable *cancellable)
{
  if (cancellable == NULL)
    return;
  self->start_cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (self->start_cancelled, G_SOURCE_FUNC (on_start_cancelled), self, NULL);
  g_source_attach (self->start_cancelled, NULL);
}

void
ptl_tunnel_start_async (PtlTunnel *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (PTL_IS_TUNNEL (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ptl_tunnel_start_async);
  g_task_set_check_cancellable (task, FALSE);
  if (self->stopping != NULL
      || (self->state != PTL_TUNNEL_STATE_CLOSED && self->state != PTL_TUNNEL_STATE_STOPPED))
    {
      g_task_return_error (task, ptl_error_new (PTL_ERROR_STATE, _ ("Close it first."),
                                                _ ("The tunnel runs already.")));
      return;
    }
  self->starting = g_steal_pointer (&task);
  self->attempt = 0;
  self->n_port_tries = 0;
  self->port = self->listen->first;
  self->stood = FALSE;
  watch_cancellable (self, cancellable);
  g_clear_error (&self->error);
  ptl_tunnel_try (self);
}

gboolean
ptl_tunnel_start_finish (PtlTunnel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_patience_end (gpointer user_data)
{
  PtlTunnel *self = user_data;

  g_clear_pointer (&self->countdown, ptl_countdown_free);
  if (self->child != NULL)
    ptl_child_kill (self->child);
}

void
ptl_tunnel_stop_async (PtlTunnel *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  gboolean again;

  g_return_if_fail (PTL_IS_TUNNEL (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, ptl_tunnel_stop_async);
  again = self->stopping != NULL;
  if (!again)
    self->stopping = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->stopping, task);
  if (again)
    return;
  g_clear_pointer (&self->countdown, ptl_countdown_free);
  if (self->scanning != NULL)
    g_cancellable_cancel (self->scanning);
  ptl_tunnel_end_start (self, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _ ("Cancelled.")));
  if (self->child == NULL)
    {
      ptl_tunnel_end_stop (self);
      return;
    }
  ptl_child_terminate (self->child);
  self->countdown = ptl_countdown_new (self->clock, TERM_PATIENCE_US, on_patience_end, self);
}

gboolean
ptl_tunnel_stop_finish (PtlTunnel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

PtlTunnelState
ptl_tunnel_get_state (PtlTunnel *self)
{
  g_return_val_if_fail (PTL_IS_TUNNEL (self), PTL_TUNNEL_STATE_CLOSED);
  return self->state;
}

const GError *
ptl_tunnel_get_error (PtlTunnel *self)
{
  g_return_val_if_fail (PTL_IS_TUNNEL (self), NULL);
  return self->error;
}

guint16
ptl_tunnel_get_port (PtlTunnel *self)
{
  g_return_val_if_fail (PTL_IS_TUNNEL (self), 0);
  return self->state == PTL_TUNNEL_STATE_OPEN ? ptl_ssh_output_get_port (self->output) : 0;
}

GPid
ptl_tunnel_get_pid (PtlTunnel *self)
{
  g_return_val_if_fail (PTL_IS_TUNNEL (self), 0);
  return self->child != NULL ? ptl_child_get_pid (self->child) : 0;
}

void
ptl_tunnel_get_connections (PtlTunnel *self, guint64 *now, guint64 *ever, guint64 *refused)
{
  gboolean runs;

  g_return_if_fail (PTL_IS_TUNNEL (self));

  runs = self->child != NULL;
  *now = runs ? ptl_ssh_output_get_n_now (self->output) : 0;
  *ever = self->n_ever + (runs ? ptl_ssh_output_get_n_ever (self->output) : 0);
  *refused = self->n_refused + (runs ? ptl_ssh_output_get_n_refused (self->output) : 0);
}

gint64
ptl_tunnel_get_last_used_us (PtlTunnel *self)
{
  g_return_val_if_fail (PTL_IS_TUNNEL (self), 0);
  if (self->child != NULL && ptl_ssh_output_get_n_now (self->output) > 0)
    return ptl_clock_get_boot_us (self->clock);
  return self->used_us;
}

PtlTunnel *
ptl_tunnel_new (PtlClock *clock,
                const PtlRelay *relay,
                gboolean remote,
                const PtlEndpoint *listen,
                const PtlEndpoint *target,
                const char *state_dir)
{
  PtlTunnel *self;

  g_return_val_if_fail (PTL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (relay != NULL && listen != NULL && target != NULL, NULL);
  g_return_val_if_fail (state_dir != NULL && g_path_is_absolute (state_dir), NULL);

  self = g_object_new (PTL_TYPE_TUNNEL, NULL);
  self->clock = g_object_ref (clock);
  self->relay = ptl_relay_copy (relay);
  self->remote = remote;
  self->listen = ptl_endpoint_copy (listen);
  self->target = ptl_endpoint_copy (target);
  self->state_dir = g_strdup (state_dir);
  return self;
}

static void
ptl_tunnel_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PtlTunnel *self = PTL_TUNNEL (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int)self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ptl_tunnel_dispose (GObject *object)
{
  PtlTunnel *self = PTL_TUNNEL (object);

  g_clear_pointer (&self->countdown, ptl_countdown_free);
  ptl_tunnel_drop_child (self); /* which kills the group */
  G_OBJECT_CLASS (ptl_tunnel_parent_class)->dispose (object);
}

static void
ptl_tunnel_finalize (GObject *object)
{
  PtlTunnel *self = PTL_TUNNEL (object);

  g_clear_object (&self->clock);
  g_clear_pointer (&self->relay, ptl_relay_free);
  g_clear_pointer (&self->listen, ptl_endpoint_free);
  g_clear_pointer (&self->target, ptl_endpoint_free);
  g_clear_pointer (&self->output, ptl_ssh_output_free);
  g_clear_error (&self->error);
  g_free (self->state_dir);
  G_OBJECT_CLASS (ptl_tunnel_parent_class)->finalize (object);
}

static void
ptl_tunnel_class_init (PtlTunnelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ptl_tunnel_get_property;
  object_class->dispose = ptl_tunnel_dispose;
  object_class->finalize = ptl_tunnel_finalize;

  props[PROP_STATE]
      = g_param_spec_int ("state", NULL, NULL, PTL_TUNNEL_STATE_CLOSED, PTL_TUNNEL_STATE_STOPPED,
                          PTL_TUNNEL_STATE_CLOSED, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR,
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_OFFERED_KEY]
      = g_signal_new ("offered-key", PTL_TYPE_TUNNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
ptl_tunnel_init (PtlTunnel *self)
{
}
