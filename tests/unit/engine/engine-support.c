/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "engine/ptl-sockaddr.h"

struct _Peer
{
  int fd;
  int stop[2];
  guint16 port;
  PeerFunc func;
  gpointer data;
  GThread *thread;
  GPtrArray *served;
  guint n_accepted; /* atomic */
};

typedef struct
{
  Peer *peer;
  int fd;
} Served;

static void
set_timeouts (int fd)
{
  struct timeval wait = { .tv_sec = WAIT_S };

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

static gpointer
serve (gpointer data)
{
  g_autofree Served *served = data;

  set_timeouts (served->fd);
  served->peer->func (served->fd, served->peer->data);
  return NULL;
}

static void
join (gpointer thread)
{
  g_thread_join (thread);
}

static gpointer
accept_all (gpointer data)
{
  Peer *self = data;
  struct pollfd polls[] = { { self->fd, POLLIN, 0 }, { self->stop[0], POLLIN, 0 } };

  while (poll (polls, 2, -1) > 0 && !polls[1].revents)
    {
      Served *served = g_new (Served, 1);

      served->peer = self;
      served->fd = accept (self->fd, NULL, NULL);
      g_assert_cmpint (served->fd, >=, 0);
      g_atomic_int_inc (&self->n_accepted);
      g_ptr_array_add (self->served, g_thread_new ("served", serve, served));
    }
  return NULL;
}

static Peer *
peer_start (int fd, PeerFunc func, gpointer data)
{
  Peer *self = g_new0 (Peer, 1);

  self->fd = fd;
  self->func = func;
  self->data = data;
  self->served = g_ptr_array_new_with_free_func (join);
  g_assert_cmpint (pipe (self->stop), ==, 0);
  g_assert_cmpint (listen (fd, 1024), ==, 0);
  self->thread = g_thread_new ("peer", accept_all, self);
  return self;
}

Peer *
peer_new (const char *host, PeerFunc func, gpointer data)
{
  int fd = bind_to (SOCK_STREAM, host, 0);
  guint16 port = get_local_port (fd);
  Peer *self = peer_start (fd, func, data);

  self->port = port;
  return self;
}

Peer *
peer_try_new_at (const char *host, guint16 port, PeerFunc func, gpointer data)
{
  PtlSockaddr address;
  Peer *self;
  int fd, on = 1;

  g_assert_true (ptl_sockaddr_parse (&address, host, port));
  fd = socket (address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (fd, &address.any, ptl_sockaddr_get_length (&address)) < 0)
    {
      close (fd);
      return NULL;
    }
  self = peer_start (fd, func, data);
  self->port = port;
  return self;
}

Peer *
peer_new_at (const char *host, guint16 port, PeerFunc func, gpointer data)
{
  Peer *self = peer_try_new_at (host, port, func, data);

  g_assert_nonnull (self);
  return self;
}

Peer *
peer_new_unix (const char *path, PeerFunc func, gpointer data)
{
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);
  PtlSockaddr address;

  ptl_sockaddr_set_path (&address, path);
  g_assert_cmpint (bind (fd, &address.any, ptl_sockaddr_get_length (&address)), ==, 0);
  return peer_start (fd, func, data);
}

guint16
peer_get_port (Peer *self)
{
  return self->port;
}

guint
peer_get_n_accepted (Peer *self)
{
  return (guint) g_atomic_int_get (&self->n_accepted);
}

void
peer_free (Peer *self)
{
  g_assert_cmpint (write (self->stop[1], "", 1), ==, 1);
  g_thread_join (self->thread);
  close (self->fd);
  close (self->stop[0]);
  close (self->stop[1]);
  g_ptr_array_unref (self->served);
  g_free (self);
}

void
peer_echo (int fd, gpointer unused)
{
  char buffer[65536];
  ssize_t n;

  while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    if (send (fd, buffer, (gsize) n, MSG_NOSIGNAL) != n)
      break;
  close (fd);
}

struct _UdpEcho
{
  int fd;
  int stop[2];
  GThread *thread;
  GMutex lock;
  GHashTable *sources;
  guint n_received;
};

static gpointer
echo_datagrams (gpointer data)
{
  UdpEcho *self = data;
  struct pollfd polls[] = { { self->fd, POLLIN, 0 }, { self->stop[0], POLLIN, 0 } };

  while (poll (polls, 2, -1) > 0 && !polls[1].revents)
    {
      char buffer[65536];
      PtlSockaddr from;
      socklen_t length = sizeof from;
      ssize_t n = recvfrom (self->fd, buffer, sizeof buffer, 0, &from.any, &length);

      if (n < 0)
        continue;
      g_mutex_lock (&self->lock);
      self->n_received++;
      g_hash_table_add (self->sources, GUINT_TO_POINTER (ptl_sockaddr_get_port (&from)));
      g_mutex_unlock (&self->lock);
      sendto (self->fd, buffer, (gsize) n, 0, &from.any, length);
    }
  return NULL;
}

UdpEcho *
udp_echo_new (const char *host, guint16 port)
{
  UdpEcho *self = g_new0 (UdpEcho, 1);

  self->fd = bind_to (SOCK_DGRAM, host, port);
  g_assert_cmpint (pipe (self->stop), ==, 0);
  g_mutex_init (&self->lock);
  self->sources = g_hash_table_new (NULL, NULL);
  self->thread = g_thread_new ("udp-echo", echo_datagrams, self);
  return self;
}

guint16
udp_echo_get_port (UdpEcho *self)
{
  return get_local_port (self->fd);
}

guint
udp_echo_get_n_received (UdpEcho *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_received;
  g_mutex_unlock (&self->lock);
  return n;
}

guint
udp_echo_get_n_sources (UdpEcho *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = g_hash_table_size (self->sources);
  g_mutex_unlock (&self->lock);
  return n;
}

void
udp_echo_free (UdpEcho *self)
{
  g_assert_cmpint (write (self->stop[1], "", 1), ==, 1);
  g_thread_join (self->thread);
  close (self->fd);
  close (self->stop[0]);
  close (self->stop[1]);
  g_hash_table_unref (self->sources);
  g_mutex_clear (&self->lock);
  g_free (self);
}

int
connect_to (int type, const char *from, const char *host, guint16 port)
{
  PtlSockaddr address;
  int fd, saved;

  g_assert_true (ptl_sockaddr_parse (&address, host, port));
  fd = from ? bind_to (type, from, 0) : socket (address.any.sa_family, type | SOCK_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  set_timeouts (fd);
  if (connect (fd, &address.any, ptl_sockaddr_get_length (&address)) == 0)
    return fd;
  saved = errno;
  close (fd);
  errno = saved;
  return -1;
}

int
connect_ok (int type, const char *host, guint16 port)
{
  int fd = connect_to (type, NULL, host, port);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

int
bind_to (int type, const char *host, guint16 port)
{
  PtlSockaddr address;
  int fd, size = 1024 * 1024;

  g_assert_true (ptl_sockaddr_parse (&address, host, port));
  fd = socket (address.any.sa_family, type | SOCK_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, type == SOCK_DGRAM ? sizeof size : 0);
  g_assert_cmpint (bind (fd, &address.any, ptl_sockaddr_get_length (&address)), ==, 0);
  return fd;
}

guint16
get_local_port (int fd)
{
  PtlSockaddr address;
  socklen_t length = sizeof address;

  g_assert_cmpint (getsockname (fd, &address.any, &length), ==, 0);
  return ptl_sockaddr_get_port (&address);
}

void
send_all (int fd, const void *data, gsize n)
{
  const char *at = data;

  while (n > 0)
    {
      ssize_t sent = send (fd, at, n, MSG_NOSIGNAL);

      g_assert_cmpint (sent, >, 0);
      at += sent;
      n -= (gsize) sent;
    }
}

void
receive_all (int fd, void *data, gsize n)
{
  char *at = data;

  while (n > 0)
    {
      ssize_t got = recv (fd, at, n, 0);

      g_assert_cmpint (got, >, 0);
      at += got;
      n -= (gsize) got;
    }
}

void
assert_echo (int fd, const char *text)
{
  gsize n = strlen (text);
  g_autofree char *back = g_malloc0 (n + 1);

  send_all (fd, text, n);
  receive_all (fd, back, n);
  g_assert_cmpstr (back, ==, text);
}

void
assert_ended (int fd)
{
  char byte;
  ssize_t n = recv (fd, &byte, 1, 0);

  g_assert_true (n == 0 || (n < 0 && (errno == ECONNRESET || errno == EPIPE)));
}

char *
receive_digest (int fd, guint64 *n)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guchar *buffer = g_malloc (65536);
  guint64 total = 0;
  ssize_t got;

  while ((got = recv (fd, buffer, 65536, 0)) > 0)
    {
      g_checksum_update (sum, buffer, got);
      total += (guint64) got;
    }
  g_assert_cmpint (got, ==, 0);
  if (n)
    *n = total;
  return g_strdup (g_checksum_get_string (sum));
}

char *
send_stream (int fd, guint32 seed, guint64 n)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const gsize size = 128 * 1024;
  g_autofree guint32 *buffer = g_malloc (size);

  while (n > 0)
    {
      gsize part = MIN (n, size);

      for (gsize i = 0; i < size / 4; i++)
        buffer[i] = seed = seed * 1664525u + 1013904223u;
      g_checksum_update (sum, (const guchar *) buffer, (gssize) part);
      send_all (fd, buffer, part);
      n -= part;
    }
  return g_strdup (g_checksum_get_string (sum));
}

PtlForward *
forward_new (PtlProtocol protocol,
             const char *listen_host,
             guint16 listen_port,
             const char *target_host,
             guint16 target_port,
             const char *audience)
{
  g_autoptr (PtlEndpoint) listen
      = ptl_endpoint_new (protocol, listen_host, listen_port, listen_port);
  g_autoptr (PtlEndpoint) target
      = ptl_endpoint_new (protocol, target_host, target_port, target_port);
  const char *networks[] = { audience, NULL };
  g_autoptr (PtlAudience) who = ptl_audience_new (networks, NULL);

  g_assert_nonnull (who);
  return ptl_forward_new (listen, target, who);
}

guint16
open_forward (PtlEngine *engine, const char *id, PtlForward *forward)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlEndpoint) bound = NULL;

  ptl_engine_open (engine, id, forward, &bound, &error);
  g_assert_no_error (error);
  return bound->first;
}

guint16
open_both (PtlEngine *engine, const char *id, Peer *peer)
{
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_BOTH, "127.0.0.1", 0, BOTH_HOST, peer_get_port (peer), NULL);

  return open_forward (engine, id, forward);
}

GError *
open_fails (PtlEngine *engine, PtlForward *forward)
{
  GError *error = NULL;
  PtlEndpoint *bound = (PtlEndpoint *) engine;
  g_autofree char *advice = NULL;

  g_assert_false (ptl_engine_open (engine, "bad", forward, &bound, &error));
  g_assert_nonnull (error);
  g_assert_true (bound == (PtlEndpoint *) engine);
  advice = ptl_error_dup_advice (error);
  g_assert_true (advice && *advice);
  return error;
}

guint16
open_simple (PtlEngine *engine, const char *id, PtlProtocol protocol, guint16 target_port)
{
  g_autoptr (PtlForward) forward
      = forward_new (protocol, "127.0.0.1", 0, "127.0.0.1", target_port, NULL);

  return open_forward (engine, id, forward);
}

PtlTraffic
get_traffic (PtlEngine *engine, const char *id)
{
  PtlTraffic traffic = { 0 };

  g_assert_true (ptl_engine_get_traffic (engine, id, &traffic));
  return traffic;
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

guint
count_descriptors (void)
{
  return count_entries ("/proc/self/fd");
}

guint
count_threads (void)
{
  return count_entries ("/proc/self/task");
}

gboolean
has_ipv6 (void)
{
  PtlSockaddr address;
  int fd = socket (AF_INET6, SOCK_DGRAM, 0);
  gboolean works;

  ptl_sockaddr_parse (&address, "::1", 0);
  works = fd >= 0 && bind (fd, &address.any, ptl_sockaddr_get_length (&address)) == 0;
  if (fd >= 0)
    close (fd);
  return works;
}

void
tell_name (int fd, gpointer name)
{
  send_all (fd, name, 1);
  peer_echo (fd, NULL);
}

char
receive_name (int fd)
{
  char name;

  receive_all (fd, &name, 1);
  return name;
}

void
forward_add_target (PtlForward *forward, const char *host, guint16 port, gboolean backup)
{
  g_autoptr (PtlEndpoint) endpoint
      = ptl_endpoint_new (forward->listen->protocol, host, port, port);

  g_ptr_array_add (forward->options->targets, ptl_target_new (endpoint, backup));
}
