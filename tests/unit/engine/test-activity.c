/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/activity", test_activity);
  g_test_add_func ("/engine/idle", test_idle);
  g_test_add_func ("/engine/rest", test_rest);
  return g_test_run ();
}
