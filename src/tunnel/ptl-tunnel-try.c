/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tunnel-private.h"

#include <glib/gi18n-lib.h>

#include "ptl-backoff.h"
#include "ptl-key-scan.h"
#include "ptl-known-hosts.h"
#include "ptl-ssh-spawn.h"

/* ssh gives up a connection after 15 s by itself; the login may take some more. */
#define CONNECT_DEADLINE_US (45 * G_USEC_PER_SEC)
/* How often an open tunnel's ssh is looked at, whether it hangs. Twice in a row is hanging. */
#define CHECK_EVERY_US (15 * G_USEC_PER_SEC)
/* An open tunnel that held this long begins its back-off anew. */
#define STEADY_US (60 * G_USEC_PER_SEC)
/* Tries where the relay's port is held: about two minutes, in which a server notices that an old
 * session is dead. */
#define FEW_TRIES 8

/* Does not try again. @error: (transfer full) */
static void
give_up (PtlTunnel *self, GError *error)
{
  g_clear_pointer (&self->countdown, ptl_countdown_free);
  g_debug ("Tunnel to %s stopped: %s", self->relay->host, error->message);
  ptl_tunnel_set_state (self, PTL_TUNNEL_STATE_STOPPED, error);
  ptl_tunnel_end_start (self, g_error_copy (error));
}

static void
on_retry (gpointer user_data)
{
  PtlTunnel *self = user_data;

  g_clear_pointer (&self->countdown, ptl_countdown_free);
  ptl_tunnel_try (self);
}

/* @error: (transfer full) */
static void
wait_and_retry (PtlTunnel *self, GError *error)
{
  gint64 wait_us = ptl_backoff_get_us (self->attempt++, g_random_double ());

  g_clear_pointer (&self->countdown, ptl_countdown_free);
  self->countdown = ptl_countdown_new (self->clock, wait_us, on_retry, self);
  ptl_tunnel_set_state (self, PTL_TUNNEL_STATE_WAITING, error);
  ptl_tunnel_end_start (self, g_error_copy (error));
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
  g_signal_emit_by_name (self, "offered-key", key_line, fingerprint);
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

void
ptl_tunnel_drop_child (PtlTunnel *self)
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

  ptl_tunnel_drop_child (self);
  g_clear_pointer (&self->countdown, ptl_countdown_free);
  self->n_ever += ptl_ssh_output_get_n_ever (self->output);
  self->n_refused += ptl_ssh_output_get_n_refused (self->output);
  if (self->stopping != NULL)
    {
      ptl_tunnel_end_stop (self);
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
  ptl_tunnel_set_state (self, PTL_TUNNEL_STATE_OPEN, NULL);
  ptl_tunnel_end_start (self, NULL);
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

void
ptl_tunnel_try (PtlTunnel *self)
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
  ptl_tunnel_set_state (self, PTL_TUNNEL_STATE_CONNECTING,
             self->error != NULL ? g_error_copy (self->error) : NULL);
}
