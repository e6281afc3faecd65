/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-reach.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "ptl-countdown.h"

/* Whoever asked for the tunnel hears first that it is open. */
#define FIRST_PAUSE_US (G_USEC_PER_SEC / 5)
#define SECOND_PAUSE_US (15 * G_USEC_PER_SEC)
#define LONGEST_PAUSE_US (600 * (gint64)G_USEC_PER_SEC)
#define TIMEOUT_SECONDS 5

/* A connection under way; it outlives the one that began it. */
typedef struct
{
  PtlReach *reach; /* NULL = nobody wants to know any more */
  GCancellable *cancellable;
} Attempt;

struct _PtlReach
{
  PtlClock *clock;
  char *host;
  guint16 port;
  PtlReachFunc func;
  gpointer user_data;
  PtlCountdown *next;
  gint64 pause_us;
  gboolean failed;
  Attempt *attempt;
};

static void try_now (gpointer user_data);

static GError *
describe_failure (const PtlReach *self, const GError *cause)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return ptl_error_new (PTL_ERROR_RELAY_REFUSED,
                          _ ("Set “GatewayPorts clientspecified” in the relay's sshd_config and "
                             "restart its ssh server, "
                             "or let a web server there pass connections on."),
                          /* Translators: a port, the host name of a relay */
                          _ ("Port %u is open on the relay %s for itself alone: it refuses "
                             "connections from outside."),
                          self->port, self->host);
  return ptl_error_new (
      PTL_ERROR_RELAY_REFUSED,
      _ ("Let the port in at the relay's firewall, and look at GatewayPorts in its sshd_config."),
      /* Translators: a port, the host name of a relay */
      _ ("Port %u is open on the relay %s, but it cannot be reached from here."), self->port,
      self->host);
}

static void
tell_failure (PtlReach *self, const GError *cause)
{
  g_autoptr (GError) error = describe_failure (self, cause);

  self->next = ptl_countdown_new (self->clock, self->pause_us, try_now, self);
  self->pause_us = MIN (self->pause_us * 2, LONGEST_PAUSE_US);
  if (self->failed)
    return;
  self->failed = TRUE;
  self->func (error, self->user_data);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *attempt = user_data;
  PtlReach *self = attempt->reach;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);

  g_object_unref (attempt->cancellable);
  g_free (attempt);
  if (self == NULL)
    return;
  self->attempt = NULL;
  if (connection == NULL)
    tell_failure (self, error);
  else
    self->func (NULL, self->user_data); /* may free self */
}

static void
try_now (gpointer user_data)
{
  PtlReach *self = user_data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_clear_pointer (&self->next, ptl_countdown_free);
  g_socket_client_set_timeout (client, TIMEOUT_SECONDS);
  g_socket_client_set_enable_proxy (client, FALSE);
  self->attempt = g_new0 (Attempt, 1);
  self->attempt->reach = self;
  self->attempt->cancellable = g_cancellable_new ();
  g_socket_client_connect_to_host_async (client, self->host, self->port, self->attempt->cancellable,
                                         on_connected, self->attempt);
}

PtlReach *
ptl_reach_new (
    PtlClock *clock, const char *host, guint16 port, PtlReachFunc func, gpointer user_data)
{
  PtlReach *self = g_new0 (PtlReach, 1);

  self->clock = g_object_ref (clock);
  self->host = g_strdup (host);
  self->port = port;
  self->func = func;
  self->user_data = user_data;
  self->pause_us = SECOND_PAUSE_US;
  self->next = ptl_countdown_new (clock, FIRST_PAUSE_US, try_now, self);
  return self;
}

void
ptl_reach_free (PtlReach *self)
{
  if (self == NULL)
    return;
  if (self->attempt != NULL)
    {
      self->attempt->reach = NULL;
      g_cancellable_cancel (self->attempt->cancellable);
    }
  g_clear_pointer (&self->next, ptl_countdown_free);
  g_object_unref (self->clock);
  g_free (self->host);
  g_free (self);
}
