/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-announce.h"

#include <string.h>

#include "ptl-pcp-codec.h"

/* All hosts; RFC 6887, section 14.1.1 */
#define GROUP "224.0.0.1"
#define GROUP6 "ff02::1"

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
open_socket (const char *group_text, const char *interface)
{
  gboolean is_v6 = strchr (group_text, ':') != NULL;
  g_autofree char *scoped = is_v6 ? g_strconcat (group_text, "%", interface, NULL) : g_strdup (group_text);
  g_autoptr (GSocketAddress) address
      = g_inet_socket_address_new_from_string (scoped, PTL_PCP_ANNOUNCE_PORT);
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string (group_text);
  g_autoptr (GSocket) socket = g_socket_new (is_v6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4,
                                             G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  if (socket == NULL || address == NULL)
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
  g_auto (GStrv) parts = g_strsplit (gateway, "%", 2);
  g_autoptr (GSocket) socket = open_socket (strchr (gateway, ':') != NULL ? GROUP6 : GROUP, interface);
  PtlAnnounce *self;

  if (socket == NULL)
    return NULL;
  self = g_new0 (PtlAnnounce, 1);
  self->gateway = g_inet_address_new_from_string (parts[0]);
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
