/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-announce.h"

#include "ptl-pcp-codec.h"

#define GROUP "224.0.0.1"

struct _PtlAnnounce
{
  GSocket *socket;
  GSource *source;
  GInetAddress *gateway;
  PtlAnnounceFunc func;
  gpointer user_data;
};

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  PtlAnnounce *self = user_data;
  g_autoptr (GSocketAddress) from = NULL;
  guint8 buffer[PTL_PCP_MAX_SIZE + 4];
  gssize length = g_socket_receive_from (socket, &from, (char *) buffer, sizeof buffer, NULL, NULL);

  if (length > 0 && G_IS_INET_SOCKET_ADDRESS (from)
      && g_inet_address_equal (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from)),
                               self->gateway))
    self->func (buffer, (gsize) length, self->user_data);
  return G_SOURCE_CONTINUE;
}

static GSocket *
open_socket (const char *interface)
{
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) address
      = g_inet_socket_address_new_from_string (GROUP, PTL_PCP_ANNOUNCE_PORT);
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string (GROUP);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  /* Bound to the group's address: what is sent to us alone does not arrive here. */
  if (!g_socket_bind (socket, address, TRUE, NULL))
    return NULL;
  if (!g_socket_join_multicast_group (socket, group, FALSE, interface, NULL))
    return NULL;
  return g_steal_pointer (&socket);
}

PtlAnnounce *
ptl_announce_new (const char *gateway,
                  const char *interface,
                  PtlAnnounceFunc func,
                  gpointer user_data)
{
  g_autoptr (GSocket) socket = open_socket (interface);
  PtlAnnounce *self;

  if (socket == NULL)
    return NULL;
  self = g_new0 (PtlAnnounce, 1);
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
ptl_announce_free (PtlAnnounce *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_object_unref (self->socket);
  g_clear_object (&self->gateway);
  g_free (self);
}
