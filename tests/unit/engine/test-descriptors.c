/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void
test_no_leaks (void)
{
  guint descriptors, threads;

  g_main_context_default (); /* has a descriptor of its own, and stays */
  descriptors = count_descriptors ();
  threads = count_threads ();
  for (guint round = 0; round < 3; round++)
    {
      PtlEngine *engine = ptl_engine_new (0);
      Peer *peer = peer_new (BOTH_HOST, peer_echo, NULL);
      UdpEcho *echo = udp_echo_new (BOTH_HOST, peer_get_port (peer));
      guint16 port = open_both (engine, "f", peer);
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

/* All that connections can be limited by, so that each way through the engine is gone. */
static void
set_options (PtlOptions *options)
{
  static const char *const proxies[] = { "127.0.0.0/8", NULL };

  options->values[PTL_OPTION_MAX_CONNECTIONS] = 1000;
  options->values[PTL_OPTION_MAX_PER_SOURCE] = 1000;
  options->values[PTL_OPTION_NEW_PER_SECOND] = 10000;
  options->values[PTL_OPTION_NEW_PER_SOURCE] = 10000;
  options->values[PTL_OPTION_RATE] = 1000 * 1000;
  options->values[PTL_OPTION_RATE_PER_CONNECTION] = 1000 * 1000;
  options->values[PTL_OPTION_TOTAL_TIMEOUT] = 60;
  options->values[PTL_OPTION_PROXY] = PTL_PROXY_V1;
  options->proxy_from = ptl_audience_new (proxies, NULL);
}

/* What the rest of the program has left: the bus, the clock, the store. */
static guint
count_free (void)
{
  int fds[64];
  guint n = 0;

  while (n < G_N_ELEMENTS (fds) && (fds[n] = dup (STDERR_FILENO)) >= 0)
    n++;
  for (guint i = 0; i < n; i++)
    close (fds[i]);
  return n;
}

/* In a child of its own: the engine at the limit of descriptors, with more clients than it can
 * hold. The clients live in the parent. */
static void
run_at_limit (int port_pipe, int end_pipe, gboolean limited)
{
  struct rlimit limit = { 64, 64 };
  g_autoptr (PtlEngine) engine = NULL;
  g_autoptr (PtlForward) forward = NULL;
  guint16 port, target;
  char byte;
  struct rusage before, after;
  gint64 spent_us;

  if (read (end_pipe, &target, sizeof target) != sizeof target)
    _exit (1);
  forward = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", target, NULL);
  setrlimit (RLIMIT_NOFILE, &limit);
  engine = ptl_engine_new (2);
  if (limited)
    set_options (forward->options);
  port = open_forward (engine, "f", forward);
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
  /* A tenth of one processor would be spinning. */
  port = spent_us < 70 * 1000 && count_free () >= 4;
  if (write (port_pipe, &port, sizeof port) < 0)
    _exit (1);
  _exit (read (end_pipe, &byte, 1) >= 0 ? 0 : 1);
}

static void
test_descriptor_limit (gconstpointer limited)
{
  const char *hello = limited ? "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" : "hello";
  int port_pipe[2], end_pipe[2], status, fds[100];
  guint16 port, target, calm;
  Peer *peer;
  pid_t child;

  g_assert_cmpint (pipe (port_pipe), ==, 0);
  g_assert_cmpint (pipe (end_pipe), ==, 0);
  child = fork ();
  if (child == 0)
    {
      close (end_pipe[1]);
      run_at_limit (port_pipe[1], end_pipe[0], limited != NULL);
    }
  peer = peer_new ("127.0.0.1", peer_echo, NULL);
  target = peer_get_port (peer);
  g_assert_cmpint (write (end_pipe[1], &target, sizeof target), ==, sizeof target);
  g_assert_cmpint (read (port_pipe[0], &port, sizeof port), ==, sizeof port);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      send_all (fds[i], hello, strlen (hello));
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

/* In a child of its own: the engine under the eyes of one who wants all that there is. */
static void
run_flooded (int port_pipe, int end_pipe)
{
  struct rlimit limit = { 512, 512 };
  g_autoptr (PtlEngine) engine = NULL;
  guint16 port, target;
  char byte;

  if (read (end_pipe, &target, sizeof target) != sizeof target)
    _exit (1);
  setrlimit (RLIMIT_NOFILE, &limit);
  engine = ptl_engine_new (2);
  port = open_simple (engine, "f", PTL_PROTOCOL_TCP, target);
  if (write (port_pipe, &port, sizeof port) < 0)
    _exit (1);
  _exit (read (end_pipe, &byte, 1) >= 0 ? 0 : 1);
}

/* One that connects without end, to a rule without limits, does not shut out the others. */
static void
test_flood_of_one_source (void)
{
  int port_pipe[2], end_pipe[2], status, fds[400];
  guint n_served = 0;
  guint16 port, target;
  Peer *peer;
  pid_t child;

  g_assert_cmpint (pipe (port_pipe), ==, 0);
  g_assert_cmpint (pipe (end_pipe), ==, 0);
  child = fork ();
  if (child == 0)
    {
      close (end_pipe[1]);
      run_flooded (port_pipe[1], end_pipe[0]);
    }
  peer = peer_new ("127.0.0.1", peer_echo, NULL);
  target = peer_get_port (peer);
  g_assert_cmpint (write (end_pipe[1], &target, sizeof target), ==, sizeof target);
  g_assert_cmpint (read (port_pipe[0], &port, sizeof port), ==, sizeof port);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      struct pollfd ready = { .events = POLLIN };
      char byte = 'x';

      ready.fd = fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      send (fds[i], &byte, 1, MSG_NOSIGNAL);
      /* Each hears at once: what it said, or that it has had enough. */
      g_assert_cmpint (poll (&ready, 1, WAIT_S * 1000), ==, 1);
      n_served += recv (fds[i], &byte, 1, 0) == 1;
    }
  g_assert_cmpuint (n_served, >=, 100);
  g_assert_cmpuint (n_served, <, 200);
  for (guint i = 0; i < 20; i++)
    {
      int other = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);

      g_assert_cmpint (other, >=, 0);
      assert_echo (other, "others are served");
    }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
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
  g_test_add_data_func ("/engine/descriptor-limit", NULL, test_descriptor_limit);
  g_test_add_data_func ("/engine/descriptor-limit-and-others", "limited", test_descriptor_limit);
  g_test_add_func ("/engine/flood-of-one-source", test_flood_of_one_source);
  g_test_add_func ("/engine/no-leaks", test_no_leaks);
  g_test_add_func ("/engine/restart", test_restart);
  return g_test_run ();
}
