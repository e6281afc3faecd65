/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tunnel.h"

#include <glib/gi18n-lib.h>

#include "ptl-backoff.h"
#include "ptl-child.h"
#include "ptl-countdown.h"
#include "ptl-key-scan.h"
#include "ptl-known-hosts.h"
#include "ptl-ssh-output.h"
#include "ptl-ssh-spawn.h"

/* ssh gives up a connection after 15 s by itself; the login may take some more. */
#define CONNECT_DEADLINE_US (45 * G_USEC_PER_SEC)
/* How often an open tunnel's ssh is looked at, whether it hangs. Twice in a row is hanging. */
#define CHECK_EVERY_US (15 * G_USEC_PER_SEC)
#define TERM_PATIENCE_US (2 * G_USEC_PER_SEC)
/* An open tunnel that held this long begins its back-off anew. */
#define STEADY_US (60 * G_USEC_PER_SEC)
/* Tries where the relay's port is held: about two minutes, in which a server notices that an old
 * session is dead. */
#define FEW_TRIES 8

struct _PtlTunnel
{
  GObject parent;

  PtlClock *clock;
  PtlRelay *relay;
  gboolean remote;
  PtlEndpoint *listen;
  PtlEndpoint *target;
  char *state_dir;

  PtlTunnelState state;
  GError *error;
  PtlChild *child;
  PtlSshOutput *output;    /* of the run that goes on */
  PtlCountdown *countdown; /* to the deadline, the next look, the next try, or the end of patience:
                              by state */
  PtlSshCause ended_for;   /* why we ended ssh ourselves */
  gboolean seen_stopped;
  guint attempt;
  guint n_port_tries;
  guint16 port; /* to ask for: the one that was granted before, where any would do */
  gboolean stood;
  gint64 opened_us;
  gint64 used_us;
  guint64 n_ever; /* of the runs before */
  guint64 n_refused;

  GTask *starting;
  GSource *start_cancelled;
  GCancellable *scanning;
  GPtrArray *stopping; /* of GTask; NULL = is not being stopped */
};

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

static void tunnel_try (PtlTunnel *self);

/* @error: (transfer full), or NULL. */
static void
set_state (PtlTunnel *self, PtlTunnelState state, GError *error)
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

/* @error: (transfer full); NULL = it is open. */
static void
end_start (PtlTunnel *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->starting);
  g_autoptr (GError) owned = error;

  if (self->start_cancelled != NULL)
    g_source_destroy (self->start_cancelled);
  g_clear_pointer (&self->start_cancelled, g_source_unref);
  if (task == NULL)
    return;
  if (owned != NULL)
    g_task_return_error (task, g_steal_pointer (&owned));
  else
    g_task_return_boolean (task, TRUE);
}

/* Does not try again. @error: (transfer full) */
static void
give_up (PtlTunnel *self, GError *error)
{
  g_clear_pointer (&self->countdown, ptl_countdown_free);
  g_debug ("Tunnel to %s stopped: %s", self->relay->host, error->message);
  set_state (self, PTL_TUNNEL_STATE_STOPPED, error);
  end_start (self, g_error_copy (error));
}

static void
on_retry (gpointer user_data)
{
  PtlTunnel *self = user_data;

  g_clear_pointer (&self->countdown, ptl_countdown_free);
  tunnel_try (self);
}

/* @error: (transfer full) */
static void
wait_and_retry (PtlTunnel *self, GError *error)
{
  gint64 wait_us = ptl_backoff_get_us (self->attempt++, g_random_double ());

  g_clear_pointer (&self->countdown, ptl_countdown_free);
  self->countdown = ptl_countdown_new (self->clock, wait_us, on_retry, self);
  set_state (self, PTL_TUNNEL_STATE_WAITING, error);
  end_start (self, g_error_copy (error));
}

/* A port that was ours a moment ago is held by our own old session, which a server may keep for
 * hours. Where any port would do, another one is better than that. */
static gboolean
may_retry_port (PtlTunnel *self)
{
  self->n_port_tries++;
  if (self->listen->first == 0 && self->n_port_tries >= FEW_TRIES / 2)
    self->port = 0;
  return self->stood || self->n_port_tries < FEW_TRIES;
}

/* @error: (transfer full) */
static void
fail (PtlTunnel *self, PtlSshCause cause, GError *error)
{
  PtlSshRetry retry = ptl_ssh_cause_get_retry (cause);

  if (retry == PTL_SSH_RETRY_NEVER || (retry == PTL_SSH_RETRY_FEW && !may_retry_port (self)))
    give_up (self, error);
  else
    wait_and_retry (self, error);
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlTunnel) self = user_data;
  g_autofree char *fingerprint = NULL;
  g_autofree char *key_line = NULL;
  GError *error = NULL;

  key_line = ptl_key_scan_finish (result, &fingerprint, &error);
  g_clear_object (&self->scanning);
  if (self->state != PTL_TUNNEL_STATE_CONNECTING || self->child != NULL)
    {
      g_clear_error (&error);
      return;
    }
  if (key_line == NULL)
    {
      fail (self, PTL_SSH_CAUSE_LOST, error);
      return;
    }
  g_signal_emit (self, signals[SIGNAL_OFFERED_KEY], 0, key_line, fingerprint);
  give_up (
      self,
      ptl_error_new (
          PTL_ERROR_HOST_KEY_UNKNOWN,
          _ ("Compare it with the server's own (ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub "
             "there), and accept it if they are the same."),
          /* Translators: host, fingerprint of its key */
          _ ("The relay %s shows a host key that is not known yet: %s."), self->relay->host,
          fingerprint));
}

/* A relay of which another key is known has changed its key, whatever the kind of the new one. */
static void
host_key_unknown (PtlTunnel *self)
{
  if (ptl_known_hosts_contains (self->state_dir, self->relay))
    {
      give_up (self, ptl_ssh_cause_to_error (PTL_SSH_CAUSE_HOST_KEY_CHANGED, self->relay, 0, NULL));
      return;
    }
  self->scanning = g_cancellable_new ();
  ptl_key_scan_async (self->relay, ptl_ssh_output_get_key_type (self->output),
                      ptl_ssh_output_get_key_hash (self->output), self->scanning, on_scanned,
                      g_object_ref (self));
}

static void
end_stop (PtlTunnel *self)
{
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&self->stopping);

  g_clear_pointer (&self->countdown, ptl_countdown_free);
  set_state (self, PTL_TUNNEL_STATE_CLOSED, NULL);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (tasks->pdata[i], TRUE);
}

static void
drop_child (PtlTunnel *self)
{
  if (self->child != NULL)
    g_signal_handlers_disconnect_by_data (self->child, self);
  g_clear_object (&self->child);
}

static void
on_exited (PtlChild *child, int wait_status, gpointer user_data)
{
  g_autoptr (PtlTunnel) self = g_object_ref (user_data);
  PtlSshCause cause = self->ended_for != PTL_SSH_CAUSE_NONE
                          ? self->ended_for
                          : ptl_ssh_output_get_cause (self->output);

  drop_child (self);
  g_clear_pointer (&self->countdown, ptl_countdown_free);
  self->n_ever += ptl_ssh_output_get_n_ever (self->output);
  self->n_refused += ptl_ssh_output_get_n_refused (self->output);
  if (self->stopping != NULL)
    {
      end_stop (self);
      return;
    }
  if (self->state == PTL_TUNNEL_STATE_OPEN
      && ptl_clock_get_boot_us (self->clock) - self->opened_us >= STEADY_US)
    self->attempt = 0;
  if (cause == PTL_SSH_CAUSE_HOST_KEY_UNKNOWN)
    host_key_unknown (self);
  else
    fail (self, cause,
          ptl_ssh_cause_to_error (cause, self->relay, self->port,
                                  ptl_ssh_output_get_said (self->output)));
}

static void
end_hanging (PtlTunnel *self, PtlSshCause cause)
{
  self->ended_for = cause;
  ptl_child_kill (self->child);
}

static void
on_deadline (gpointer user_data)
{
  PtlTunnel *self = user_data;

  g_clear_pointer (&self->countdown, ptl_countdown_free);
  if (self->child != NULL)
    end_hanging (self, PTL_SSH_CAUSE_SILENT);
}

static void
on_check (gpointer user_data)
{
  PtlTunnel *self = user_data;
  gboolean stopped = ptl_child_is_stopped (self->child);

  g_clear_pointer (&self->countdown, ptl_countdown_free);
  if (stopped && self->seen_stopped)
    end_hanging (self, PTL_SSH_CAUSE_HUNG);
  else
    self->countdown = ptl_countdown_new (self->clock, CHECK_EVERY_US, on_check, self);
  self->seen_stopped = stopped;
}

static void
stands (PtlTunnel *self)
{
  self->n_port_tries = 0;
  self->stood = TRUE;
  self->port = ptl_ssh_output_get_port (self->output);
  self->seen_stopped = FALSE;
  self->opened_us = ptl_clock_get_boot_us (self->clock);
  g_clear_pointer (&self->countdown, ptl_countdown_free);
  self->countdown = ptl_countdown_new (self->clock, CHECK_EVERY_US, on_check, self);
  set_state (self, PTL_TUNNEL_STATE_OPEN, NULL);
  end_start (self, NULL);
}

static void
feed (PtlTunnel *self, const char *line)
{
  guint n_before = ptl_ssh_output_get_n_now (self->output);

  ptl_ssh_output_feed (self->output, line);
  if (ptl_ssh_output_get_n_now (self->output) != n_before)
    self->used_us = ptl_clock_get_boot_us (self->clock);
}

static void
on_line (PtlChild *child, gboolean is_error, const char *line, gpointer user_data)
{
  g_autoptr (PtlTunnel) self = g_object_ref (user_data);

  if (!is_error)
    return;
  feed (self, line);
  if (self->stopping != NULL || self->ended_for != PTL_SSH_CAUSE_NONE)
    return;
  if (self->state == PTL_TUNNEL_STATE_CONNECTING && ptl_ssh_output_is_ready (self->output))
    stands (self);
  /* ssh goes on when the relay does not let it through, but no connection will ever come to the
   * target. */
  else if (ptl_ssh_output_get_cause (self->output) == PTL_SSH_CAUSE_TARGET_POLICY)
    end_hanging (self, PTL_SSH_CAUSE_TARGET_POLICY);
}

static void
tunnel_try (PtlTunnel *self)
{
  g_autoptr (PtlEndpoint) listen = ptl_endpoint_copy (self->listen);
  GError *error = NULL;

  if (listen->first == 0)
    listen->first = listen->last = self->port;
  self->ended_for = PTL_SSH_CAUSE_NONE;
  g_clear_pointer (&self->output, ptl_ssh_output_free);
  self->output = ptl_ssh_output_new (self->remote, ptl_endpoint_n_ports (self->listen), self->port);
  self->child
      = ptl_ssh_spawn (self->relay, self->remote, listen, self->target, self->state_dir, &error);
  if (self->child == NULL)
    {
      give_up (self, error);
      return;
    }
  g_signal_connect (self->child, "line", G_CALLBACK (on_line), self);
  g_signal_connect (self->child, "exited", G_CALLBACK (on_exited), self);
  self->countdown = ptl_countdown_new (self->clock, CONNECT_DEADLINE_US, on_deadline, self);
  /* While it waits and tries again the reason stays to be seen. */
  set_state (self, PTL_TUNNEL_STATE_CONNECTING,
             self->error != NULL ? g_error_copy (self->error) : NULL);
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
  tunnel_try (self);
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
  end_start (self, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _ ("Cancelled.")));
  if (self->child == NULL)
    {
      end_stop (self);
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
  drop_child (self); /* which kills the group */
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
