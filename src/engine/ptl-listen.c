/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-listen.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "ptl-port-holder.h"
#include "ptl-sockaddr.h"
#include "ptl-tcp-socket.h"
#include "ptl-udp.h"

/* From so many ports on, each belongs to one thread: descriptors are not endless. */
#define N_PORTS_SHARED 8
/* For `both` on any port: how often one that TCP got and UDP did not is given back. */
#define N_TRIES 64

typedef struct
{
  PtlSockaddr address;
  guint n_threads;
  GArray *sockets;
  PtlProtocol failed_protocol;
  guint16 failed_port;
} Binding;

void
ptl_listen_close (GArray *sockets)
{
  for (guint i = 0; i < sockets->len; i++)
    close (g_array_index (sockets, PtlListenSocket, i).fd);
  g_array_set_size (sockets, 0);
}

static gboolean
set_int (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value) == 0;
}

/* Two listeners with SO_REUSEADDR still exclude each other in TCP; in UDP they would share the
 * port. */
static int
open_socket (const Binding *self, gboolean udp)
{
  int family = self->address.any.sa_family;
  gboolean any = ptl_sockaddr_is_any (&self->address);
  int fd = socket (family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return -1;
  if (family == AF_INET6)
    set_int (fd, IPPROTO_IPV6, IPV6_V6ONLY, !any);
  if (udp)
    ptl_udp_set_options (fd, family, any);
  else
    {
      set_int (fd, SOL_SOCKET, SO_REUSEADDR, 1);
      ptl_tcp_socket_prepare_listener (fd, &self->address);
    }
  return fd;
}

static int
fail (Binding *self, int fd, gboolean udp, guint16 port)
{
  int saved = errno;

  if (fd >= 0)
    close (fd);
  self->failed_protocol = udp ? PTL_PROTOCOL_UDP : PTL_PROTOCOL_TCP;
  self->failed_port = port;
  errno = saved;
  return -1;
}

static guint16
get_bound_port (int fd)
{
  PtlSockaddr address;
  socklen_t length = sizeof address;

  return getsockname (fd, &address.any, &length) == 0 ? ptl_sockaddr_get_port (&address) : 0;
}

/* The first socket of a port is bound without SO_REUSEPORT: only so does the system say that
 * someone else of the same user has the port. The option is set afterwards, to let in the other
 * threads' sockets. Returns the descriptor, -1 with errno. */
static int
bind_one (Binding *self, gboolean udp, guint16 *port, gboolean first, gboolean shared)
{
  PtlSockaddr address = self->address;
  int fd = open_socket (self, udp);

  if (fd < 0)
    return fail (self, fd, udp, *port);
  ptl_sockaddr_set_port (&address, *port);
  if ((!first && !set_int (fd, SOL_SOCKET, SO_REUSEPORT, 1))
      || bind (fd, &address.any, ptl_sockaddr_get_length (&address)) < 0
      || (first && shared && !set_int (fd, SOL_SOCKET, SO_REUSEPORT, 1))
      || (!udp && listen (fd, SOMAXCONN) < 0))
    return fail (self, fd, udp, *port);
  if (*port == 0)
    *port = get_bound_port (fd);
  return fd;
}

static gboolean
bind_port (Binding *self, gboolean udp, guint16 *port, guint16 offset, gboolean shared)
{
  guint n = shared ? self->n_threads : 1;

  for (guint i = 0; i < n; i++)
    {
      PtlListenSocket made = {
        .fd = bind_one (self, udp, port, i == 0, n > 1),
        .thread = (offset + i) % self->n_threads,
        .offset = offset,
        .udp = udp,
      };

      if (made.fd < 0)
        return FALSE;
      g_array_append_val (self->sockets, made);
    }
  return TRUE;
}

static gboolean
bind_range (Binding *self, PtlProtocol protocol, guint16 *first, guint n_ports)
{
  gboolean shared = n_ports < N_PORTS_SHARED;

  for (guint i = 0; i < n_ports; i++)
    {
      guint16 port = *first ? *first + i : 0;

      if ((protocol & PTL_PROTOCOL_TCP) && !bind_port (self, FALSE, &port, i, shared))
        return FALSE;
      if ((protocol & PTL_PROTOCOL_UDP) && !bind_port (self, TRUE, &port, i, shared))
        return FALSE;
      if (i == 0)
        *first = port;
    }
  return TRUE;
}

static void
set_taken (const Binding *self, const char *protocol, GError **error)
{
  PtlSockaddr address = self->address;
  g_autofree char *holder = NULL;

  ptl_sockaddr_set_port (&address, self->failed_port);
  holder = ptl_port_holder_describe_at (self->failed_protocol, &address);
  if (holder)
    ptl_error_set (
        error, PTL_ERROR_PORT_TAKEN, _("Close that program, or choose another port."),
        /* Translators: protocol ("TCP"), port number, and the program that has the port. */
        _("%s port %u on this computer is already used by %s."), protocol, self->failed_port,
        holder);
  else
    ptl_error_set (error, PTL_ERROR_PORT_TAKEN,
                   _("Close the program that uses it, or choose another port."),
                   /* Translators: protocol ("TCP") and port number. */
                   _("%s port %u on this computer is already used by another program."), protocol,
                   self->failed_port);
}

static void
set_error (const Binding *self, const char *host, int number, GError **error)
{
  const char *protocol = self->failed_protocol == PTL_PROTOCOL_UDP ? "UDP" : "TCP";

  switch (number)
    {
    case EADDRINUSE:
      set_taken (self, protocol, error);
      break;
    case EACCES:
    case EPERM:
      ptl_error_set (error, PTL_ERROR_PERMISSION, _("Choose a port from 1024 on."),
                     /* Translators: protocol ("TCP") and port number. */
                     _("This system does not let you listen on %s port %u."), protocol,
                     self->failed_port);
      break;
    case EADDRNOTAVAIL:
    case ENODEV:
    case EAFNOSUPPORT:
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _("Listen on an address that this computer has, or on 127.0.0.1."),
                     /* Translators: %s is an IP address. */
                     _("This computer does not have the address %s."), host);
      break;
    case EMFILE:
    case ENFILE:
      ptl_error_set (error, PTL_ERROR_FAILED,
                     _("Close some rules, or raise the limit of open files."),
                     _("No more sockets can be opened: the limit of open files is reached."));
      break;
    default:
      ptl_error_set (error, PTL_ERROR_FAILED, _("Try again, or choose another port."),
                     /* Translators: protocol, port number, and the system's reason. */
                     _("Listening on %s port %u failed: %s."), protocol, self->failed_port,
                     g_strerror (number));
    }
}

GArray *
ptl_listen_bind (const PtlEndpoint *listen, guint n_threads, guint16 *port, GError **error)
{
  const char *host = ptl_sockaddr_get_listen_host (listen->host);
  Binding self = { .n_threads = n_threads };
  guint n_ports = listen->first ? listen->last - listen->first + 1u : 1;
  guint16 first = listen->first;
  gboolean bound = FALSE;
  int saved = EADDRNOTAVAIL;

  if (!ptl_sockaddr_parse (&self.address, host, 0))
    {
      set_error (&self, host, saved, error);
      return NULL;
    }
  self.sockets = g_array_new (FALSE, FALSE, sizeof (PtlListenSocket));
  for (guint i = 0; i < N_TRIES && !bound; i++)
    {
      first = listen->first;
      bound = bind_range (&self, listen->protocol, &first, n_ports);
      saved = errno;
      if (!bound)
        ptl_listen_close (self.sockets);
      if (listen->first || saved != EADDRINUSE)
        break;
    }
  if (bound)
    {
      *port = first;
      return self.sockets;
    }
  g_array_unref (self.sockets);
  set_error (&self, host, saved, error);
  return NULL;
}
