/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "engine/ptl-sockaddr.h"

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

static PtlForward *
leads_to (guint16 from, guint16 to)
{
  return forward_new (PTL_PROTOCOL_BOTH, "127.0.0.1", from, "localhost", to, NULL);
}

/* A connection would go round for ever. A chain that ends is none of that. */
static void
test_ring (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  int probe = bind_to (SOCK_STREAM, "127.0.0.1", 0);
  guint16 first = get_local_port (probe), second, third;
  g_autoptr (PtlForward) end = leads_to (0, 9), middle = NULL, start = NULL, back = NULL,
                         edited = NULL;
  g_autoptr (GError) error = NULL, edit_error = NULL, move_error = NULL;

  close (probe);
  third = open_forward (engine, "third", end);
  middle = leads_to (0, third);
  second = open_forward (engine, "second", middle);
  start = leads_to (first, second);
  g_assert_cmpuint (open_forward (engine, "first", start), ==, first);
  edited = leads_to (third, first);
  g_assert_false (ptl_engine_edit (engine, "third", edited, &edit_error));
  g_assert_error (edit_error, PTL_ERROR, PTL_ERROR_TARGET);
  g_assert_true (ptl_engine_close (engine, "first", FALSE, NULL));
  g_assert_true (ptl_engine_edit (engine, "third", edited, NULL));
  error = open_fails (engine, start);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_TARGET);
  back = leads_to (first, 9);
  open_forward (engine, "first", back);
  g_assert_false (ptl_engine_edit (engine, "first", start, &move_error));
  g_assert_error (move_error, PTL_ERROR, PTL_ERROR_TARGET);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/bad-forwards", test_bad_forwards);
  g_test_add_func ("/engine/ring", test_ring);
  g_test_add_func ("/engine/same-id", test_same_id);
  g_test_add_func ("/engine/unknown-id", test_unknown_id);
  g_test_add_func ("/engine/any-port", test_any_port);
  g_test_add_func ("/engine/range", test_range);
  return g_test_run ();
}
