/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-notify.h"

#include "core/ptl-drop.h"

#define GROUP "239.255.255.250"
#define PORT 1900
/* A router tells of each of its services, and again and again while it runs. */
#define PAUSE_SECONDS 20

struct _PtlNotify
{
  GSocket *socket;
  GSource *source;
  GSource *pause; /* NULL = over */
  GInetAddress *gateway;
  PtlNotifyFunc func;
  gpointer user_data;
  gboolean heard; /* since the pause began */
};

static void tell (PtlNotify *self);

static gboolean
on_pause_over (gpointer user_data)
{
  PtlNotify *self = user_data;

  g_clear_pointer (&self->pause, g_source_unref);
  if (self->heard)
    tell (self);
  return G_SOURCE_REMOVE;
}

static void
tell (PtlNotify *self)
{
  self->heard = FALSE;
  self->pause = g_timeout_source_new_seconds (PAUSE_SECONDS);
  g_source_set_callback (self->pause, on_pause_over, self, NULL);
  g_source_attach (self->pause, g_main_context_get_thread_default ());
  self->func (self->user_data);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  PtlNotify *self = user_data;
  g_autoptr (GSocketAddress) from = NULL;
  char ignored[16];
  gssize length = g_socket_receive_from (socket, &from, ignored, sizeof ignored, NULL, NULL);

  if (length < 0 || !G_IS_INET_SOCKET_ADDRESS (from)
      || !g_inet_address_equal (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from)),
                                self->gateway))
    return G_SOURCE_CONTINUE;
  if (self->pause != NULL)
    self->heard = TRUE;
  else
    tell (self);
  return G_SOURCE_CONTINUE;
}

static GSocket *
open_socket (const char *interface)
{
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (GROUP, PORT);
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string (GROUP);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  if (!g_socket_bind (socket, address, TRUE, NULL)
      || !g_socket_join_multicast_group (socket, group, FALSE, interface, NULL))
    return NULL;
  return g_steal_pointer (&socket);
}

PtlNotify *
ptl_notify_new (const char *gateway, const char *interface, PtlNotifyFunc func, gpointer user_data)
{
  g_autoptr (GSocket) socket = open_socket (interface);
  PtlNotify *self;

  if (socket == NULL)
    return NULL;
  self = g_new0 (PtlNotify, 1);
  self->gateway = g_inet_address_new_from_string (gateway);
  self->func = func;
  self->user_data = user_data;
  self->source = g_socket_create_source (socket, G_IO_IN, NULL);
  self->socket = g_steal_pointer (&socket);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

void
ptl_notify_free (PtlNotify *self)
{
  ptl_drop_source (&self->source);
  ptl_drop_source (&self->pause);
  g_object_unref (self->socket);
  g_clear_object (&self->gateway);
  g_free (self);
}
