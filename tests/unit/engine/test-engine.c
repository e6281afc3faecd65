/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "engine/ptl-port-holder.h"
#include "engine/ptl-sockaddr.h"

static GError *
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

/* What cannot be opened */

static void
test_bad_forwards (void)
{
  g_autofree char *long_path = g_strnfill (200, 'x');
  g_autofree char *too_long = g_strconcat ("/", long_path, NULL);
  struct
  {
    PtlProtocol protocol;
    const char *host;
    guint16 first, last;
    const char *target;
    guint16 to_first, to_last;
    const char *path;
    PtlError code;
  } cases[] = {
    { PTL_PROTOCOL_NONE, "127.0.0.1", 0, 0, "127.0.0.1", 9, 9, NULL, PTL_ERROR_INVALID },
    { PTL_PROTOCOL_TCP, "not an address", 0, 0, "127.0.0.1", 9, 9, NULL, PTL_ERROR_INVALID },
    { PTL_PROTOCOL_TCP, "example.com", 0, 0, "127.0.0.1", 9, 9, NULL, PTL_ERROR_INVALID },
    { PTL_PROTOCOL_TCP, "192.0.2.77", 0, 0, "127.0.0.1", 9, 9, NULL, PTL_ERROR_INVALID },
    { PTL_PROTOCOL_TCP, "127.0.0.1", 40010, 40001, "127.0.0.1", 1, 10, NULL, PTL_ERROR_INVALID },
    { PTL_PROTOCOL_TCP, "127.0.0.1", 30000, 31000, "127.0.0.1", 1, 1001, NULL, PTL_ERROR_INVALID },
    { PTL_PROTOCOL_TCP, "127.0.0.1", 40001, 40010, "127.0.0.1", 1, 9, NULL, PTL_ERROR_INVALID },
    { PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0, "127.0.0.1", 0, 0, NULL, PTL_ERROR_INVALID },
    { PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0, NULL, 9, 9, NULL, PTL_ERROR_INVALID },
    { PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0, "-oProxyCommand=x", 9, 9, NULL, PTL_ERROR_INVALID },
    { PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0, NULL, 0, 0, too_long, PTL_ERROR_TARGET },
    { PTL_PROTOCOL_UDP, "127.0.0.1", 0, 0, NULL, 0, 0, "/run/x", PTL_ERROR_TARGET },
    { PTL_PROTOCOL_TCP, "127.0.0.1", 40001, 40001, "127.0.0.1", 40001, 40001, NULL,
      PTL_ERROR_TARGET },
    { PTL_PROTOCOL_TCP, "0.0.0.0", 40001, 40009, "127.0.0.1", 40009, 40017, NULL,
      PTL_ERROR_TARGET },
    { PTL_PROTOCOL_TCP, "::", 40001, 40001, "127.0.0.8", 40001, 40001, NULL, PTL_ERROR_TARGET },
  };
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlEndpoint) listen
          = ptl_endpoint_new (cases[i].protocol, cases[i].host, cases[i].first, cases[i].last);
      g_autoptr (PtlEndpoint) target = cases[i].path
                                           ? ptl_endpoint_new_unix (cases[i].path)
                                           : ptl_endpoint_new (cases[i].protocol, cases[i].target,
                                                               cases[i].to_first, cases[i].to_last);
      g_autoptr (PtlForward) forward = ptl_forward_new (listen, target, NULL);
      g_autoptr (GError) error = open_fails (engine, forward);

      if (error->code != (int) cases[i].code)
        g_error ("case %u: %s", i, error->message);
    }
  g_assert_cmpuint (ptl_engine_get_n_forwards (engine), ==, 0);
}

static void
test_same_id (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", 9, NULL);
  g_autoptr (GError) error = NULL;

  open_forward (engine, "f", forward);
  g_assert_false (ptl_engine_open (engine, "f", forward, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_STATE);
}

static void
test_unknown_id (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", 9, NULL);
  g_autoptr (GError) error = NULL;
  PtlTraffic traffic;

  g_assert_false (ptl_engine_close (engine, "nothing", FALSE, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (ptl_engine_edit (engine, "nothing", forward, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_assert_false (ptl_engine_get_traffic (engine, "nothing", &traffic));
  g_assert_cmpint (ptl_engine_get_last_used_boot_us (engine, "nothing"), ==, 0);
}

/* Ports that are taken */

/* A program of the same user that is willing to share its port would get some of our connections.
 */
static void
test_taken_with_reuseport (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  PtlSockaddr address;
  int fd = socket (AF_INET, SOCK_STREAM, 0), one = 1;
  g_autoptr (PtlForward) forward = NULL;
  g_autoptr (GError) error = NULL;

  setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  ptl_sockaddr_parse (&address, "127.0.0.1", 0);
  g_assert_cmpint (bind (fd, &address.any, sizeof address.in), ==, 0);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  forward = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", get_local_port (fd), "127.0.0.1", 9, NULL);
  error = open_fails (engine, forward);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  close (fd);
}

static void
test_taken_by_a_rule (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_BOTH, 9);
  const PtlProtocol protocols[] = { PTL_PROTOCOL_TCP, PTL_PROTOCOL_UDP, PTL_PROTOCOL_BOTH };

  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    {
      g_autoptr (PtlForward) forward
          = forward_new (protocols[i], "0.0.0.0", port, "127.0.0.1", 9, NULL);
      g_autoptr (GError) error = open_fails (engine, forward);

      g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
      g_assert_nonnull (strstr (error->message, "another rule of Portolan"));
    }
}

/* The one in the way is named, not one that has the same port elsewhere. */
static void
test_holder_by_address (void)
{
  static const struct
  {
    const char *held;
    const char *wanted;
    gboolean found;
  } cases[] = {
    { "127.0.0.34", "127.0.0.34", TRUE },
    { "127.0.0.34", "127.0.0.35", FALSE },
    { "127.0.0.34", "0.0.0.0", TRUE },
    { "127.0.0.34", "::", TRUE },
    { "0.0.0.0", "127.0.0.35", TRUE },
    { "::1", "127.0.0.35", FALSE },
    { "::1", "::", TRUE },
    { "::", "127.0.0.35", TRUE },
  };

  if (!has_ipv6 ())
    {
      g_test_skip ("this machine has no IPv6 loopback address");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint udp = 0; udp < 2; udp++)
      {
        int fd = bind_to (udp ? SOCK_DGRAM : SOCK_STREAM, cases[i].held, 0);
        g_autofree char *holder = NULL;
        PtlSockaddr wanted;

        if (!udp)
          g_assert_cmpint (listen (fd, 1), ==, 0);
        g_assert_true (ptl_sockaddr_parse (&wanted, cases[i].wanted, get_local_port (fd)));
        holder = ptl_port_holder_describe_at (udp ? PTL_PROTOCOL_UDP : PTL_PROTOCOL_TCP, &wanted);
        if (cases[i].found)
          g_assert_cmpstr (holder, ==, "another rule of Portolan");
        else if (holder && strstr (holder, "Portolan"))
          g_error ("%s is not in the way of %s", cases[i].held, cases[i].wanted);
        close (fd);
      }
}

/* The holder is another program: a child that calls itself so. */
static void
hold_port (int port_pipe, int end_pipe)
{
  int fd = bind_to (SOCK_STREAM, "127.0.0.1", 0);
  guint16 port = get_local_port (fd);
  g_autofree char *name = g_strdup ("greedy\033[2J<b>");
  int comm = open ("/proc/self/comm", O_WRONLY);
  char byte;

  listen (fd, 1);
  if (write (comm, name, strlen (name)) > 0 && write (port_pipe, &port, sizeof port) > 0
      && read (end_pipe, &byte, 1) >= 0)
    _exit (0);
  _exit (1);
}

static void
test_taken_names_holder (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  int port_pipe[2], end_pipe[2], status;
  guint16 port;
  pid_t child;
  g_autofree char *pid_text = NULL;
  g_autoptr (PtlForward) forward = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (pipe2 (port_pipe, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pipe2 (end_pipe, O_CLOEXEC), ==, 0);
  child = fork ();
  if (child == 0)
    {
      close (end_pipe[1]);
      hold_port (port_pipe[1], end_pipe[0]);
    }
  g_assert_cmpint (read (port_pipe[0], &port, sizeof port), ==, sizeof port);
  forward = forward_new (PTL_PROTOCOL_BOTH, "127.0.0.1", port, "127.0.0.1", 9, NULL);
  error = open_fails (engine, forward);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  pid_text = g_strdup_printf ("%d", child);
  g_assert_nonnull (strstr (error->message, "greedy"));
  g_assert_nonnull (strstr (error->message, pid_text));
  g_assert_null (strchr (error->message, '\033'));
  close (end_pipe[1]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  for (guint i = 0; i < 2; i++)
    close (port_pipe[i]);
  close (end_pipe[0]);
}

static void
test_both_or_neither (void)
{
  /* An address of its own: nobody's connection happens to have the port there. */
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  int taken = bind_to (SOCK_DGRAM, "127.0.0.33", 0), fd;
  guint16 port = get_local_port (taken);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_BOTH, "127.0.0.33", port, "127.0.0.1", 9, NULL);
  g_autoptr (GError) error = open_fails (engine, forward);

  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  g_assert_nonnull (strstr (error->message, "UDP"));
  fd = bind_to (SOCK_STREAM, "127.0.0.33", port); /* TCP was given back */
  close (fd);
  close (taken);
  open_forward (engine, "f", forward);
}

static void
test_permission (void)
{
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 80, "127.0.0.1", 9, NULL);
  int status;
  pid_t child;
  g_autofree char *start = NULL;

  if (!g_file_get_contents ("/proc/sys/net/ipv4/ip_unprivileged_port_start", &start, NULL, NULL)
      || atoi (start) <= 80)
    {
      g_test_skip ("anyone may listen on port 80 here");
      return;
    }
  child = fork ();
  if (child == 0)
    {
      g_autoptr (PtlEngine) engine = ptl_engine_new (1);
      GError *error = NULL;

      if (geteuid () == 0 && (setgid (65534) < 0 || setuid (65534) < 0))
        _exit (2);
      _exit (!ptl_engine_open (engine, "f", forward, NULL, &error)
                     && g_error_matches (error, PTL_ERROR, PTL_ERROR_PERMISSION)
                 ? 0
                 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

/* Port 0 and ranges */

static void
test_any_port (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_BOTH, "127.0.0.1", 0, "127.0.0.1", peer_get_port (peer), NULL);
  g_autoptr (PtlEndpoint) bound = NULL;
  int fd;

  g_assert_true (ptl_engine_open (engine, "f", forward, &bound, NULL));
  g_assert_cmpuint (bound->first, >, 0);
  g_assert_cmpuint (bound->first, ==, bound->last);
  g_assert_cmpint (bound->protocol, ==, PTL_PROTOCOL_BOTH);
  g_assert_cmpstr (bound->host, ==, "127.0.0.1");
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", bound->first);
  assert_echo (fd, "any port");
  close (fd);
}

/* Says on which port it was reached. */
static void
say_port (int fd, gpointer unused)
{
  guint16 port = get_local_port (fd);

  send_all (fd, &port, sizeof port);
  close (fd);
}

static guint16
find_free_range (const char *host, guint n)
{
  for (guint first = 20000; first < 60000; first += n)
    {
      gboolean all_free = TRUE;

      for (guint i = 0; i < n && all_free; i++)
        {
          PtlSockaddr address;
          int fd = socket (AF_INET, SOCK_STREAM, 0);

          ptl_sockaddr_parse (&address, host, first + i);
          all_free = bind (fd, &address.any, sizeof address.in) == 0;
          close (fd);
        }
      if (all_free)
        return first;
    }
  g_assert_not_reached ();
}

static gsize
get_resident_bytes (void)
{
  g_autofree char *text = NULL;
  char *rest;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_ascii_strtoull (text, &rest, 10);
  return g_ascii_strtoull (rest, NULL, 10) * (gsize) sysconf (_SC_PAGESIZE);
}

static void
test_range (void)
{
  enum
  {
    N = 1000
  };
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (PtlForward) warm
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", 9, NULL);
  /* Addresses of its own: what else runs here has no ports there. */
  g_autofree char *host = g_strdup_printf ("127.60.%d.%d", getpid () >> 8 & 255, getpid () & 255);
  g_autofree char *to = g_strdup_printf ("127.61.%d.%d", getpid () >> 8 & 255, getpid () & 255);
  guint16 first = find_free_range (host, N);
  g_autoptr (PtlEndpoint) from
      = ptl_endpoint_new (PTL_PROTOCOL_TCP, host, first, first + N - 1);
  g_autoptr (PtlEndpoint) target
      = ptl_endpoint_new (PTL_PROTOCOL_TCP, to, 5000, 5000 + N - 1);
  g_autoptr (PtlForward) forward = ptl_forward_new (from, target, NULL);
  const guint offsets[] = { 0, 1, 499, 998, 999 };
  guint threads;
  gsize memory;

  open_forward (engine, "w", warm);
  threads = count_threads ();
  memory = get_resident_bytes ();
  g_assert_cmpuint (open_forward (engine, "f", forward), ==, first);
  g_assert_cmpuint (count_threads (), ==, threads);
  g_test_message ("a range of %d ports took %zu KiB", N, (get_resident_bytes () - memory) / 1024);
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      PtlSockaddr address;
      int server = socket (AF_INET, SOCK_STREAM, 0), one = 1, fd, accepted;
      guint16 port;

      setsockopt (server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
      ptl_sockaddr_parse (&address, to, 5000 + offsets[i]);
      g_assert_cmpint (bind (server, &address.any, sizeof address.in), ==, 0);
      g_assert_cmpint (listen (server, 5), ==, 0);
      fd = connect_ok (SOCK_STREAM, host, first + offsets[i]);
      accepted = accept (server, NULL, NULL);
      say_port (accepted, NULL);
      receive_all (fd, &port, sizeof port);
      g_assert_cmpuint (port, ==, 5000 + offsets[i]);
      close (fd);
      close (server);
    }
}

/* Edits and ends */

static void
test_edit (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) one = peer_new ("127.0.0.1", peer_echo, NULL),
                   two = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (one));
  g_autoptr (PtlForward) narrower = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", port, "127.0.0.1",
                                                 peer_get_port (two), "127.0.0.2/32");
  int in = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
  int out = connect_to (SOCK_STREAM, "127.0.0.3", "127.0.0.1", port);
  int later;

  assert_echo (in, "in");
  assert_echo (out, "out");
  g_assert_true (ptl_engine_edit (engine, "f", narrower, NULL));
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 1);
  assert_ended (out);
  assert_echo (in, "still in");
  g_assert_cmpuint (peer_get_n_accepted (two), ==, 0);
  later = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
  assert_echo (later, "to the new target");
  g_assert_cmpuint (peer_get_n_accepted (two), ==, 1);
  g_assert_cmpuint (peer_get_n_accepted (one), ==, 2);
  close (in);
  close (out);
  close (later);
}

static void
test_edit_of_listen_refused (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, 9);
  g_autoptr (PtlForward) elsewhere
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", port ^ 1, "127.0.0.1", 9, NULL);
  g_autoptr (PtlForward) other_protocol
      = forward_new (PTL_PROTOCOL_BOTH, "127.0.0.1", port, "127.0.0.1", 9, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (ptl_engine_edit (engine, "f", elsewhere, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (ptl_engine_edit (engine, "f", other_protocol, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
}

/* Who is connected stays through the move, is looked at anew by a later edit, and is cut at the close. */
static void
test_move (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 to = peer_get_port (peer), port = open_simple (engine, "f", PTL_PROTOCOL_TCP, to);
  g_autoptr (PtlForward) elsewhere
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", to, NULL);
  g_autoptr (PtlForward) narrower = NULL;
  g_autoptr (PtlEndpoint) bound = NULL;
  int early = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
  int early_too = connect_to (SOCK_STREAM, "127.0.0.3", "127.0.0.1", port);
  int late;

  assert_echo (early, "before");
  assert_echo (early_too, "before too");
  g_assert_true (ptl_engine_move (engine, "f", elsewhere, &bound, NULL));
  g_assert_cmpuint (bound->first, !=, port);
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, "127.0.0.1", port), ==, -1);
  late = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", bound->first);
  assert_echo (late, "at the new port");
  assert_echo (early, "still");
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 3);
  narrower = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", bound->first, "127.0.0.1", to, "127.0.0.2/32");
  g_assert_true (ptl_engine_edit (engine, "f", narrower, NULL));
  assert_ended (early_too);
  assert_echo (early, "still allowed");
  g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
  assert_ended (early);
  assert_ended (late);
  close (early);
  close (early_too);
  close (late);
}

static void
test_move_that_fails_changes_nothing (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL),
                   holder = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 to = peer_get_port (peer), port = open_simple (engine, "f", PTL_PROTOCOL_TCP, to);
  g_autoptr (PtlForward) taken = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", peer_get_port (holder),
                                              "127.0.0.1", to, NULL);
  g_autoptr (GError) error = NULL;
  int early = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
  int late;

  assert_echo (early, "before");
  g_assert_false (ptl_engine_move (engine, "nothing", taken, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (ptl_engine_move (engine, "f", taken, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  assert_echo (early, "after");
  late = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
  assert_echo (late, "new ones too");
  close (early);
  close (late);
}

static void
test_audience (void)
{
  static const char *hosts[] = { "127.0.0.1", "::" };
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);

  for (guint i = 0; i < (has_ipv6 () ? G_N_ELEMENTS (hosts) : 1); i++)
    {
      g_autoptr (PtlForward) forward = forward_new (PTL_PROTOCOL_TCP, hosts[i], 0, "127.0.0.1",
                                                    peer_get_port (peer), "127.0.0.2/31");
      guint16 port = open_forward (engine, "f", forward);
      guint before = peer_get_n_accepted (peer);
      int in = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
      int out = connect_to (SOCK_STREAM, "127.0.0.4", "127.0.0.1", port);

      assert_ended (out);
      assert_echo (in, "in");
      g_assert_cmpuint (peer_get_n_accepted (peer), ==, before + 1);
      g_assert_cmpuint (get_traffic (engine, "f").refused, ==, 1);
      g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, 1);
      close (in);
      close (out);
      g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
    }
}

static void
test_close_cuts (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  guint16 other_port = open_simple (engine, "g", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int other = connect_ok (SOCK_STREAM, "127.0.0.1", other_port), fds[20], fd;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      assert_echo (fds[i], "living");
    }
  assert_echo (other, "other");
  g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
  /* From the moment it returns: nobody gets in, the port is free, and who was in is out. */
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, "127.0.0.1", port), ==, -1);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      char byte;

      g_assert_cmpint (recv (fds[i], &byte, 1, MSG_DONTWAIT), <=, 0);
      g_assert_cmpint (errno, !=, EAGAIN);
      close (fds[i]);
    }
  fd = bind_to (SOCK_STREAM, "127.0.0.1", port);
  close (fd);
  assert_echo (other, "another rule's connection stays");
  close (other);
  g_assert_cmpuint (ptl_engine_get_n_forwards (engine), ==, 1);
}

static void
test_drain (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  assert_echo (fd, "before");
  g_assert_true (ptl_engine_close (engine, "f", TRUE, NULL));
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, "127.0.0.1", port), ==, -1);
  assert_echo (fd, "after");
  ptl_engine_stop (engine);
  assert_ended (fd);
  close (fd);
}

/* Time-outs */

static void
test_target_down (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  int closed = bind_to (SOCK_STREAM, "127.0.0.1", 0); /* bound, and nobody listens */
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, get_local_port (closed));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  assert_ended (fd);
  close (fd);
  close (closed);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, 1);
}

static void
test_unix_target_missing (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (PtlEndpoint) from = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0);
  g_autoptr (PtlEndpoint) target = ptl_endpoint_new_unix ("/nonexistent/socket");
  g_autoptr (PtlForward) forward = ptl_forward_new (from, target, NULL);
  guint16 port = open_forward (engine, "f", forward);
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  assert_ended (fd);
  close (fd);
}

/* A listener whose queue is full does not answer: a black hole. */
static void
test_black_hole (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  int hole = bind_to (SOCK_STREAM, "127.0.0.1", 0), fillers[4], fd;
  guint16 target = get_local_port (hole), port;
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", target, NULL);
  gint64 start;

  listen (hole, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    {
      PtlSockaddr address;

      ptl_sockaddr_parse (&address, "127.0.0.1", target);
      fillers[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      connect (fillers[i], &address.any, sizeof address.in);
    }
  forward->connect_timeout_ms = 150;
  port = open_forward (engine, "f", forward);
  start = g_get_monotonic_time ();
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  assert_ended (fd);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 140 * 1000);
  close (fd);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    close (fillers[i]);
  close (hole);
}

/* Likewise a unix socket, which says so at once and never when it has room again. */
static void
test_unix_queue_full (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autofree char *dir = g_dir_make_tmp ("ptl-engine-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "socket", NULL);
  g_autoptr (PtlEndpoint) from = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0);
  g_autoptr (PtlEndpoint) target = ptl_endpoint_new_unix (path);
  g_autoptr (PtlForward) forward = ptl_forward_new (from, target, NULL);
  int server = socket (AF_UNIX, SOCK_STREAM, 0), filler = socket (AF_UNIX, SOCK_STREAM, 0), fd,
      accepted;
  PtlSockaddr address;
  guint16 port;

  ptl_sockaddr_set_path (&address, path);
  g_assert_cmpint (bind (server, &address.any, ptl_sockaddr_get_length (&address)), ==, 0);
  g_assert_cmpint (listen (server, 0), ==, 0);
  g_assert_cmpint (connect (filler, &address.any, ptl_sockaddr_get_length (&address)), ==, 0);
  port = open_forward (engine, "f", forward);
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  wait_until (get_traffic (engine, "f").connections_now == 1);
  accepted = accept (server, NULL, NULL); /* the filler: now there is room */
  close (accepted);
  accepted = accept (server, NULL, NULL);
  send_all (accepted, "hello", 5);
  {
    char buffer[5];

    receive_all (fd, buffer, 5);
  }
  close (accepted);
  close (filler);
  close (server);
  close (fd);
  g_unlink (path);
  g_rmdir (dir);
}

static void
test_idle (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", peer_get_port (peer), NULL);
  guint16 port;
  gint64 start;
  int fd;

  forward->tcp_idle_timeout_ms = 1000;
  port = open_forward (engine, "f", forward);
  start = g_get_monotonic_time ();
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  /* Bytes put it off. */
  while (g_get_monotonic_time () - start < 1400 * 1000)
    {
      assert_echo (fd, "busy");
      g_usleep (20 * 1000);
    }
  start = g_get_monotonic_time ();
  assert_echo (fd, "last");
  assert_ended (fd);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 1000 * 1000);
  close (fd);
}

static void
test_name (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "localhost", peer_get_port (peer), NULL);
  g_autoptr (PtlForward) unknown
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "no-such-host.invalid", 9, NULL);
  guint16 port = open_forward (engine, "f", forward);
  int fds[5], lost;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      assert_echo (fds[i], "by name");
      close (fds[i]);
    }
  unknown->connect_timeout_ms = 3000;
  port = open_forward (engine, "g", unknown);
  lost = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  assert_ended (lost);
  close (lost);
}

/* Counters and activity */

static void
on_activity (PtlEngine *engine, guint *n)
{
  (*n)++;
}

static void
test_activity (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  guint n = 0;
  struct timespec boot;
  gint64 last;
  int fd;

  g_signal_connect (engine, "activity", G_CALLBACK (on_activity), &n);
  g_assert_cmpint (ptl_engine_get_last_used_boot_us (engine, "f"), ==, 0);
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  assert_echo (fd, "not armed");
  wait_until (get_traffic (engine, "f").bytes_out == strlen ("not armed"));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n, ==, 0);

  ptl_engine_arm_activity (engine);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  assert_echo (fd, "armed");
  assert_echo (fd, "once is enough");
  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  assert_echo (fd, "silence again");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n, ==, 1);

  last = ptl_engine_get_last_used_boot_us (engine, "f");
  clock_gettime (CLOCK_BOOTTIME, &boot);
  g_assert_cmpint (last, >, 0);
  g_assert_cmpint (last, <=, (gint64) boot.tv_sec * G_USEC_PER_SEC + boot.tv_nsec / 1000);

  ptl_engine_arm_activity (engine);
  close (fd);
  while (n == 1)
    g_main_context_iteration (NULL, TRUE);
  wait_until (get_traffic (engine, "f").connections_now == 0);
}

static guint64
count_engine_wakeups (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;
  guint64 n = 0;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "status", NULL);
      g_autofree char *text = NULL;
      const char *switches;

      if (!g_file_get_contents (path, &text, NULL, NULL) || !strstr (text, "ptl-engine"))
        continue;
      switches = strstr (text, "\nvoluntary_ctxt_switches:");
      g_assert_nonnull (switches);
      n += g_ascii_strtoull (strchr (switches, ':') + 1, NULL, 10);
    }
  return n;
}

/* At rest nothing runs: no tick, whether connections are open or not. */
static void
test_rest (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_BOTH, peer_get_port (peer));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  guint64 before, after;

  assert_echo (fd, "one");
  /* The last round may still be ending. */
  do
    {
      before = count_engine_wakeups ();
      g_usleep (10 * 1000);
    }
  while (count_engine_wakeups () != before);
  g_usleep (400 * 1000);
  after = count_engine_wakeups ();
  g_assert_cmpuint (after, >, 0);
  g_assert_cmpuint (after, ==, before);
  close (fd);
}

/* Descriptors */

static void
test_no_leaks (void)
{
  guint descriptors = count_descriptors (), threads = count_threads ();

  for (guint round = 0; round < 3; round++)
    {
      PtlEngine *engine = ptl_engine_new (0);
      Peer *peer = peer_new ("127.0.0.1", peer_echo, NULL);
      UdpEcho *echo = udp_echo_new ("127.0.0.1", peer_get_port (peer));
      guint16 port = open_simple (engine, "f", PTL_PROTOCOL_BOTH, peer_get_port (peer));
      int fds[10], udp;

      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        {
          fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
          assert_echo (fds[i], "x");
        }
      udp = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
      send (udp, "x", 1, 0);
      wait_until (get_traffic (engine, "f").connections_now == G_N_ELEMENTS (fds) + 1);
      if (round == 1)
        ptl_engine_stop (engine);
      if (round == 2)
        ptl_engine_close (engine, "f", TRUE, NULL);
      g_object_unref (engine);
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        {
          assert_ended (fds[i]);
          close (fds[i]);
        }
      close (udp);
      peer_free (peer);
      udp_echo_free (echo);
    }
  g_assert_cmpuint (count_descriptors (), ==, descriptors);
  g_assert_cmpuint (count_threads (), ==, threads);
}

static void
test_restart (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);

  for (guint i = 0; i < 3; i++)
    {
      guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
      int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

      assert_echo (fd, "again");
      close (fd);
      ptl_engine_stop (engine);
      g_assert_cmpuint (ptl_engine_get_n_forwards (engine), ==, 0);
    }
}

/* In a child of its own: the engine at the limit of descriptors, with more clients than it can
 * hold. The clients live in the parent. */
static void
run_at_limit (int port_pipe, int end_pipe, guint16 target)
{
  struct rlimit limit = { 64, 64 };
  g_autoptr (PtlEngine) engine = NULL;
  guint16 port;
  char byte;
  struct rusage before, after;
  gint64 spent_us;

  setrlimit (RLIMIT_NOFILE, &limit);
  engine = ptl_engine_new (2);
  port = open_simple (engine, "f", PTL_PROTOCOL_TCP, target);
  if (write (port_pipe, &port, sizeof port) < 0 || read (end_pipe, &byte, 1) != 1)
    _exit (1);
  /* All clients are there, and wait. */
  getrusage (RUSAGE_SELF, &before);
  g_usleep (700 * 1000);
  getrusage (RUSAGE_SELF, &after);
  spent_us = (after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec
              - before.ru_stime.tv_sec)
                 * G_USEC_PER_SEC
             + after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec
             - before.ru_stime.tv_usec;
  port = spent_us < 70 * 1000; /* a tenth of one processor would be spinning */
  if (write (port_pipe, &port, sizeof port) < 0)
    _exit (1);
  _exit (read (end_pipe, &byte, 1) >= 0 ? 0 : 1);
}

static void
test_descriptor_limit (void)
{
  Peer *peer = peer_new ("127.0.0.1", peer_echo, NULL);
  int port_pipe[2], end_pipe[2], status, fds[100];
  guint16 port, calm;
  pid_t child;

  g_assert_cmpint (pipe (port_pipe), ==, 0);
  g_assert_cmpint (pipe (end_pipe), ==, 0);
  child = fork ();
  if (child == 0)
    {
      close (end_pipe[1]);
      run_at_limit (port_pipe[1], end_pipe[0], peer_get_port (peer));
    }
  g_assert_cmpint (read (port_pipe[0], &port, sizeof port), ==, sizeof port);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      send_all (fds[i], "hello", 5);
    }
  g_assert_cmpint (write (end_pipe[1], "", 1), ==, 1);
  g_assert_cmpint (read (port_pipe[0], &calm, sizeof calm), ==, sizeof calm);
  g_assert_true (calm);
  /* As the first ones leave, every one that waits is served: none was thrown away. */
  for (guint left = G_N_ELEMENTS (fds); left > 0; left--)
    {
      struct pollfd polls[G_N_ELEMENTS (fds)];
      char buffer[5];
      guint i = 0;

      for (i = 0; i < left; i++)
        polls[i] = (struct pollfd){ fds[i], POLLIN, 0 };
      g_assert_cmpint (poll (polls, left, WAIT_S * 1000), >, 0);
      for (i = 0; !polls[i].revents; i++)
        ;
      receive_all (fds[i], buffer, 5);
      close (fds[i]);
      fds[i] = fds[left - 1];
    }
  close (end_pipe[1]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  close (port_pipe[0]);
  close (port_pipe[1]);
  close (end_pipe[0]);
  peer_free (peer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* First, while this process has no threads that a child would lack. */
  g_test_add_func ("/engine/permission", test_permission);
  g_test_add_func ("/engine/taken-names-holder", test_taken_names_holder);
  g_test_add_func ("/engine/descriptor-limit", test_descriptor_limit);
  g_test_add_func ("/engine/bad-forwards", test_bad_forwards);
  g_test_add_func ("/engine/same-id", test_same_id);
  g_test_add_func ("/engine/unknown-id", test_unknown_id);
  g_test_add_func ("/engine/taken-with-reuseport", test_taken_with_reuseport);
  g_test_add_func ("/engine/taken-by-a-rule", test_taken_by_a_rule);
  g_test_add_func ("/engine/holder-by-address", test_holder_by_address);
  g_test_add_func ("/engine/both-or-neither", test_both_or_neither);
  g_test_add_func ("/engine/any-port", test_any_port);
  g_test_add_func ("/engine/range", test_range);
  g_test_add_func ("/engine/edit", test_edit);
  g_test_add_func ("/engine/edit-of-listen-refused", test_edit_of_listen_refused);
  g_test_add_func ("/engine/move", test_move);
  g_test_add_func ("/engine/move-that-fails", test_move_that_fails_changes_nothing);
  g_test_add_func ("/engine/audience", test_audience);
  g_test_add_func ("/engine/close-cuts", test_close_cuts);
  g_test_add_func ("/engine/drain", test_drain);
  g_test_add_func ("/engine/target-down", test_target_down);
  g_test_add_func ("/engine/unix-target-missing", test_unix_target_missing);
  g_test_add_func ("/engine/black-hole", test_black_hole);
  g_test_add_func ("/engine/unix-queue-full", test_unix_queue_full);
  g_test_add_func ("/engine/idle", test_idle);
  g_test_add_func ("/engine/name", test_name);
  g_test_add_func ("/engine/activity", test_activity);
  g_test_add_func ("/engine/rest", test_rest);
  g_test_add_func ("/engine/no-leaks", test_no_leaks);
  g_test_add_func ("/engine/restart", test_restart);
  return g_test_run ();
}
