/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* RFC 1350: a read request for a name that nobody has. */
static const char request[] = "\0\1portolan-asks-for-no-file\0octet";

#define DATA 3
#define ERROR 5

/* The answer comes from a port of its own: no socket that is connected hears it. */
static int
open_unconnected (PtlProbing *probing, struct sockaddr_storage *native, gssize *length)
{
  g_autoptr (GSocketAddress) to = g_inet_socket_address_new (probing->address, probing->port);

  *length = g_socket_address_get_native_size (to);
  if (!g_socket_address_to_native (to, native, sizeof *native, NULL))
    return -1;
  return socket (native->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static gboolean
is_same_host (PtlProbing *probing, const struct sockaddr_storage *from, socklen_t length)
{
  g_autoptr (GSocketAddress) address = g_socket_address_new_from_native ((gpointer) from, length);

  return G_IS_INET_SOCKET_ADDRESS (address)
         && g_inet_address_equal (
             g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)), probing->address);
}

gboolean
ptl_tftp_hear (const guint8 *bytes, gsize length, PtlFound *found)
{
  if (length < 4 || bytes[0] != 0 || (bytes[1] != ERROR && bytes[1] != DATA) || bytes[2] != 0)
    return FALSE;
  ptl_found_set (found, "tftp", NULL, NULL);
  ptl_found_set_auth (found, PTL_AUTH_NONE);
  ptl_found_note (found, "A read request is answered: %s %u", bytes[1] == ERROR ? "error" : "data",
                  bytes[3]);
  return TRUE;
}

gboolean
ptl_ask_tftp (PtlProbing *probing)
{
  struct sockaddr_storage native = { 0 }, from = { 0 };
  socklen_t from_length = sizeof from;
  gssize length = 0, n;
  guint8 answer[1024];
  gboolean heard = FALSE;
  int fd = ptl_dial_is_direct (probing->dial) ? open_unconnected (probing, &native, &length) : -1;

  if (fd < 0)
    return FALSE;
  if (sendto (fd, request, sizeof request, MSG_NOSIGNAL, (struct sockaddr *) &native, length) > 0
      && ptl_dial_wait (fd, POLLIN, g_get_monotonic_time () + probing->patience_us,
                        probing->cancellable, NULL)
      && (n = recvfrom (fd, answer, sizeof answer, 0, (struct sockaddr *) &from, &from_length)) > 0)
    heard
        = is_same_host (probing, &from, from_length) && ptl_tftp_hear (answer, n, &probing->found);
  close (fd);
  if (heard)
    probing->state = PTL_SEEN_OPEN;
  return heard;
}
