/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What peers do that vanish, reset or do not read: it costs their own connection alone, and no more
 * memory than one may have. */
#include "engine-support.h"
#include "engine/ptl-engine-private.h"
#include "engine/ptl-pipes.h"
#include "engine/ptl-sockaddr.h"

#include <linux/filter.h>
#include <malloc.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define VANISH_TIMEOUT_MS 2000

/* As if the cable were cut: what comes for it is dropped before TCP sees it, so that it does not
 * even acknowledge. */
static void
vanish (int fd)
{
  struct sock_filter drop = BPF_STMT (BPF_RET | BPF_K, 0);
  struct sock_fprog program = { 1, &drop };

  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), ==, 0);
}

static guint16
open_watchful (PtlEngine *engine, Peer *peer)
{
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", peer_get_port (peer), NULL);

  forward->vanish_timeout_ms = VANISH_TIMEOUT_MS;
  return open_forward (engine, "f", forward);
}

static void
assert_still_serves (guint16 port)
{
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  assert_echo (fd, "and the others?");
  close (fd);
}

static void
test_client_vanishes_while_idle (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_watchful (engine, peer);
  int gone = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  int stays = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  assert_echo (gone, "ahoy");
  assert_echo (stays, "ahoy");
  vanish (gone);
  wait_until (get_traffic (engine, "f").connections_now == 1);
  assert_echo (stays, "idle as well, and here");
  close (stays);
  close (gone);
}

/* Sends "s" for ever, whatever is asked. */
static void
stream (int fd, gpointer unused)
{
  char buffer[16384];

  memset (buffer, 's', sizeof buffer);
  while (send (fd, buffer, sizeof buffer, MSG_NOSIGNAL) > 0)
    ;
  close (fd);
}

/* Who pauses, as players of films do, is there all the same: what tells that is not that bytes are
 * taken. */
static void
test_client_pauses (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", stream, NULL);
  guint16 port = open_watchful (engine, peer);
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  char some[65536];

  receive_all (fd, some, sizeof some);
  g_usleep (3 * VANISH_TIMEOUT_MS * 1000);
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 1);
  for (guint i = 0; i < 200; i++)
    receive_all (fd, some, sizeof some);
  close (fd);
}

static void
test_client_vanishes_mid_stream (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", stream, NULL);
  guint16 port = open_watchful (engine, peer);
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  char some[65536];

  receive_all (fd, some, sizeof some);
  vanish (fd);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  close (fd);
}

static void
answer_and_vanish (int fd, gpointer data)
{
  gint *found_out = data;
  char byte;

  receive_all (fd, &byte, 1);
  send_all (fd, &byte, 1);
  vanish (fd);
  while (!g_atomic_int_get (found_out))
    g_usleep (1000);
  close (fd);
}

static void
test_target_vanishes (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  gint found_out = FALSE;
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", answer_and_vanish, &found_out);
  guint16 port = open_watchful (engine, peer);
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  assert_echo (fd, "x");
  assert_ended (fd);
  g_atomic_int_set (&found_out, TRUE);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  close (fd);
}

static gsize
get_heap (void)
{
  return mallinfo2 ().uordblks;
}

static void
reset (int fd)
{
  struct linger now = { .l_onoff = 1, .l_linger = 0 };

  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_LINGER, &now, sizeof now), ==, 0);
  close (fd);
}

/* At once, with bytes under way, and after an answer. */
static void
connect_and_reset (guint16 port, guint round)
{
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  g_autofree char *bytes = g_malloc0 (100000);

  if (round % 3 == 1)
    send_all (fd, bytes, 100000);
  else if (round % 3 == 2)
    assert_echo (fd, "ahoy");
  reset (fd);
}

static void
test_reset_storm (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  gsize heap;
  guint descriptors;

  for (guint i = 0; i < 300; i++)
    connect_and_reset (port, i);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  heap = get_heap ();
  descriptors = count_descriptors ();
  for (guint i = 0; i < 3000; i++)
    connect_and_reset (port, i);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  /* The peer has a record of each, of some hundred bytes. */
  g_assert_cmpuint (get_heap (), <, heap + 3000 * 1024);
  /* Each thread may have come to keep its spare pipes, of two descriptors each. */
  wait_until (count_descriptors ()
              <= descriptors + ptl_engine_get_n_threads (engine) * PTL_PIPES_N_SPARE_MOST * 2);
  assert_still_serves (port);
}

/* Until all that can be held is held: for half a second nothing moves but what a window's probes
 * do. */
static void
wait_stuck (PtlEngine *engine)
{
  gint64 end = g_get_monotonic_time () + WAIT_S * G_USEC_PER_SEC;
  guint64 before = 0, now;

  for (guint calm = 0; calm < 5; before = now)
    {
      g_usleep (100 * 1000);
      now = get_traffic (engine, "f").bytes_out;
      calm = now - before < 1024 * 1024 ? calm + 1 : 0;
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
}

static void
test_zero_window (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", stream, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  gsize heap = get_heap ();
  int fds[100], small = 4096;
  char byte;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      setsockopt (fds[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
  wait_until (get_traffic (engine, "f").connections_now == G_N_ELEMENTS (fds));
  wait_stuck (engine);
  /* A buffer of 64 KiB each at most, and the connection itself. */
  g_assert_cmpuint (get_heap (), <, heap + G_N_ELEMENTS (fds) * 68 * 1024);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      receive_all (fds[i], &byte, 1);
      g_assert_cmpint (byte, ==, 's');
      reset (fds[i]);
    }
  wait_until (get_traffic (engine, "f").connections_now == 0);
}

static gint64
get_cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC + usage.ru_utime.tv_usec
         + usage.ru_stime.tv_usec;
}

/* A program behind a unix socket that accepts nobody: the system tells no one when its queue has
 * room again, and those who wait for it cost hardly anything. */
static void
test_full_queue (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autofree char *path = g_strdup_printf ("/tmp/ptl-full-%d", getpid ());
  g_autoptr (PtlEndpoint) here = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0),
                          target = ptl_endpoint_new_unix (path);
  g_autoptr (PtlForward) forward = ptl_forward_new (here, target, NULL);
  guint16 port = open_forward (engine, "f", forward);
  int queue = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), fds[1000];
  gint64 spent_us;
  PtlSockaddr address;

  ptl_sockaddr_set_path (&address, path);
  g_assert_cmpint (bind (queue, &address.any, ptl_sockaddr_get_length (&address)), ==, 0);
  g_assert_cmpint (listen (queue, 0), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  wait_until (get_traffic (engine, "f").connections_now == G_N_ELEMENTS (fds));
  g_usleep (1200 * 1000);
  spent_us = get_cpu_us ();
  g_usleep (700 * 1000);
  spent_us = get_cpu_us () - spent_us;
  g_assert_cmpint (spent_us, <, 70 * 1000);
  ptl_engine_stop (engine);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  close (queue);
  unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tcp-faults/client-vanishes-while-idle",
                   test_client_vanishes_while_idle);
  g_test_add_func ("/engine/tcp-faults/client-vanishes-mid-stream",
                   test_client_vanishes_mid_stream);
  g_test_add_func ("/engine/tcp-faults/target-vanishes", test_target_vanishes);
  g_test_add_func ("/engine/tcp-faults/client-pauses", test_client_pauses);
  g_test_add_func ("/engine/tcp-faults/full-queue", test_full_queue);
  g_test_add_func ("/engine/tcp-faults/reset-storm", test_reset_storm);
  g_test_add_func ("/engine/tcp-faults/zero-window", test_zero_window);
  return g_test_run ();
}
