/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-dial-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"

PtlDial *
ptl_dial_new (PtlDialConnect connect, gpointer way, GDestroyNotify free_way)
{
  PtlDial *self = g_new0 (PtlDial, 1);

  g_atomic_ref_count_init (&self->refs);
  self->connect = connect;
  self->way = way;
  self->free_way = free_way;
  return self;
}

PtlDial *
ptl_dial_new_direct (void)
{
  return ptl_dial_new (ptl_dial_connect_direct, NULL, NULL);
}

PtlDial *
ptl_dial_ref (PtlDial *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_dial_unref (PtlDial *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  if (self->free_way != NULL)
    self->free_way (self->way);
  g_free (self);
}

int
ptl_dial_connect (PtlDial *self,
                  GInetAddress *address,
                  guint16 port,
                  PtlProtocol protocol,
                  gint64 deadline_us,
                  GCancellable *cancellable,
                  PtlSeenState *state,
                  GError **error)
{
  PtlSeenState seen = PTL_SEEN_FAILED;
  int fd = self->connect (self, address, port, protocol, deadline_us, cancellable, &seen, error);

  if (state != NULL)
    *state = seen;
  return fd;
}

gboolean
ptl_dial_is_direct (PtlDial *self)
{
  return self->connect == ptl_dial_connect_direct;
}

/* Milliseconds until @deadline_us, rounded up; 0 = it is over. */
static int
left_ms (gint64 deadline_us)
{
  gint64 left = deadline_us - g_get_monotonic_time ();

  return left <= 0 ? 0 : (int) MIN ((left + 999) / 1000, G_MAXINT);
}

static gboolean
set_cancelled (GError **error)
{
  ptl_error_set (error, PTL_ERROR_CANCELLED, NULL, _ ("The check was cancelled."));
  return FALSE;
}

/* A cancellable is looked at this often: waiting for it by poll(2) would take a descriptor, and
 * GLib ends the program where there is none left. */
#define SLICE_MS 40

gboolean
ptl_dial_wait (int fd, short events, gint64 deadline_us, GCancellable *cancellable, GError **error)
{
  struct pollfd asked = { .fd = fd, .events = events };
  int n, left;

  do
    {
      left = left_ms (deadline_us);
      n = poll (&asked, 1, cancellable != NULL ? MIN (left, SLICE_MS) : left);
      if (g_cancellable_is_cancelled (cancellable))
        return set_cancelled (error);
    }
  while ((n < 0 && errno == EINTR) || (n == 0 && left > 0));
  if (n > 0)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_TIMED_OUT, NULL, _ ("Nobody answered in time."));
  return FALSE;
}

/* What a failed connect(2) proves. */
static PtlSeenState
seen_of_errno (int code)
{
  switch (code)
    {
    case ECONNREFUSED:
    case ECONNRESET:
      return PTL_SEEN_CLOSED;
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case EHOSTDOWN:
      return PTL_SEEN_FILTERED;
    default:
      return PTL_SEEN_FAILED;
    }
}

static int
give_up (int fd, int code, PtlSeenState *state, GError **error)
{
  *state = seen_of_errno (code);
  if (fd >= 0)
    close (fd);
  if (*state == PTL_SEEN_CLOSED)
    ptl_error_set (error, PTL_ERROR_TARGET, NULL,
                   _ ("The connection was refused: nothing listens there."));
  else if (*state == PTL_SEEN_FILTERED)
    ptl_error_set (error, PTL_ERROR_TIMED_OUT, NULL, _ ("Nobody answered in time."));
  else
    /* Translators: %s is what the system says went wrong: "Network is unreachable". */
    ptl_error_set (error, PTL_ERROR_FAILED, NULL, _ ("It could not be looked there: %s."),
                   g_strerror (code));
  return -1;
}

int
ptl_dial_finish_connect (int fd,
                         gint64 deadline_us,
                         GCancellable *cancellable,
                         PtlSeenState *state,
                         GError **error)
{
  int code = 0;
  socklen_t length = sizeof code;
  g_autoptr (GError) failure = NULL;

  if (!ptl_dial_wait (fd, POLLOUT, deadline_us, cancellable, &failure))
    {
      *state = failure->code == PTL_ERROR_TIMED_OUT ? PTL_SEEN_FILTERED : PTL_SEEN_FAILED;
      close (fd);
      g_propagate_error (error, g_steal_pointer (&failure));
      return -1;
    }
  if (getsockopt (fd, SOL_SOCKET, SO_ERROR, &code, &length) != 0)
    code = errno;
  if (code != 0)
    return give_up (fd, code, state, error);
  *state = PTL_SEEN_OPEN;
  return fd;
}

int
ptl_dial_connect_direct (PtlDial *self,
                         GInetAddress *address,
                         guint16 port,
                         PtlProtocol protocol,
                         gint64 deadline_us,
                         GCancellable *cancellable,
                         PtlSeenState *state,
                         GError **error)
{
  g_autoptr (GSocketAddress) to = g_inet_socket_address_new (address, port);
  int family = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 ? AF_INET6 : AF_INET;
  int type = protocol == PTL_PROTOCOL_UDP ? SOCK_DGRAM : SOCK_STREAM, fd;
  struct sockaddr_storage native;

  if (g_cancellable_is_cancelled (cancellable))
    {
      set_cancelled (error);
      return -1;
    }
  if (!g_socket_address_to_native (to, &native, sizeof native, error))
    return -1;
  fd = socket (family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return give_up (-1, errno, state, error);
  if (connect (fd, (struct sockaddr *) &native, g_socket_address_get_native_size (to)) != 0
      && errno != EINPROGRESS)
    return give_up (fd, errno, state, error);
  if (protocol == PTL_PROTOCOL_UDP)
    {
      *state = PTL_SEEN_FILTERED;
      return fd;
    }
  return ptl_dial_finish_connect (fd, deadline_us, cancellable, state, error);
}
