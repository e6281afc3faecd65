/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static void
freeze_ssh (Fixture *f)
{
  GPid pid = ptl_tunnel_get_pid (f->tunnel);
  siginfo_t info;

  kill (pid, SIGSTOP);
  g_assert_cmpint (waitid (P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT), ==, 0);
}

static void
test_frozen_is_stopped (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  GPid pid;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, port);
  start_well (f);
  pid = ptl_tunnel_get_pid (f->tunnel);
  freeze_ssh (f);
  stop (f);
  tunnel_wait_until_gone (pid);
}

static void
test_frozen_is_noticed (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  GPid pid;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, port);
  start_well (f);
  pid = ptl_tunnel_get_pid (f->tunnel);
  freeze_ssh (f);
  ptl_clock_turn (f->clock, 0, 16 * SECOND);
  tunnel_run_pending ();
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_OPEN);
  ptl_clock_turn (f->clock, 0, 16 * SECOND);
  WAIT_FOR (ptl_tunnel_get_state (f->tunnel) == PTL_TUNNEL_STATE_WAITING);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, "hung"));
  tunnel_wait_until_gone (pid);
  next_try (f);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_OPEN);
  tunnel_assert_echo (port);
}

static gboolean
on_cancel (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketListener) mute = g_socket_listener_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  if (f->sshd == NULL)
    return;
  f->relay->port = g_socket_listener_add_any_inet_port (mute, NULL, NULL);
  make_echo_tunnel (f, TRUE, 0);
  g_idle_add (on_cancel, cancellable);
  g_assert_false (start_with (f, cancellable, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
  WAIT_FOR (ptl_tunnel_get_state (f->tunnel) == PTL_TUNNEL_STATE_CLOSED);
  g_assert_cmpint (ptl_tunnel_get_pid (f->tunnel), ==, 0);
}

/* An ssh that ignores TERM, with a child that does too. */
static void
test_stubborn_ssh (Fixture *f, gconstpointer data)
{
  static const char script[] = "#!/bin/sh\ntrap '' TERM\nsleep 1000 &\necho $! > \"$0.pid\"\n"
                               "echo on >&2\nwhile :; do wait; sleep 1; done\n";
  g_autofree char *old_path = g_strdup (g_getenv ("PATH"));
  g_autofree char *path = NULL;
  g_autofree char *program = NULL;
  g_autofree char *pid_file = NULL;
  g_autofree char *child = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GPid pid;

  if (f->sshd == NULL)
    return;
  program = g_build_filename (f->sshd->dir, "ssh", NULL);
  pid_file = g_strconcat (program, ".pid", NULL);
  path = g_strdup_printf ("%s:%s", f->sshd->dir, old_path);
  g_assert_true (g_file_set_contents (program, script, -1, NULL));
  g_assert_cmpint (g_chmod (program, 0755), ==, 0);
  make_echo_tunnel (f, TRUE, 0);
  g_setenv ("PATH", path, TRUE);
  ptl_tunnel_start_async (f->tunnel, NULL, NULL, NULL);
  g_setenv ("PATH", old_path, TRUE);
  pid = ptl_tunnel_get_pid (f->tunnel);
  g_assert_cmpint (pid, >, 0);
  WAIT_FOR (g_file_test (pid_file, G_FILE_TEST_EXISTS));
  ptl_tunnel_stop_async (f->tunnel, tunnel_on_done, &result);
  ptl_clock_turn (f->clock, 0, 1 * SECOND);
  tunnel_run_pending ();
  g_assert_null (result);
  ptl_clock_turn (f->clock, 0, 2 * SECOND);
  WAIT_FOR (result != NULL);
  g_assert_true (ptl_tunnel_stop_finish (f->tunnel, result, NULL));
  tunnel_wait_until_gone (pid);
  g_assert_true (g_file_get_contents (pid_file, &child, NULL, NULL));
  tunnel_wait_until_gone ((GPid) g_ascii_strtoll (child, NULL, 10));
}

static void
test_no_ssh (Fixture *f, gconstpointer data)
{
  g_autofree char *old_path = g_strdup (g_getenv ("PATH"));
  g_autofree char *program = NULL;

  if (f->sshd == NULL)
    return;
  program = g_build_filename (f->sshd->dir, "ssh", NULL);
  g_assert_true (g_file_set_contents (program, "#!/no/such/program\n", -1, NULL));
  g_assert_cmpint (g_chmod (program, 0755), ==, 0);
  make_echo_tunnel (f, TRUE, 0);
  g_setenv ("PATH", f->sshd->dir, TRUE);
  start_badly (f, PTL_ERROR_FAILED, PTL_TUNNEL_STATE_STOPPED);
  g_setenv ("PATH", old_path, TRUE);
}

static void
test_dropped_while_open (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  GPid pid;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, FALSE, port);
  start_well (f);
  pid = ptl_tunnel_get_pid (f->tunnel);
  g_clear_object (&f->tunnel);
  tunnel_wait_until_gone (pid);
  tunnel_assert_refused (port);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func, data) g_test_add ("/tunnel/" name, Fixture, data, set_up, func, tear_down)
  ADD ("frozen-is-stopped", test_frozen_is_stopped, NULL);
  ADD ("frozen-is-noticed", test_frozen_is_noticed, NULL);
  ADD ("cancel", test_cancel, NULL);
  ADD ("stubborn-ssh", test_stubborn_ssh, NULL);
  ADD ("no-ssh", test_no_ssh, NULL);
  ADD ("dropped-while-open", test_dropped_while_open, NULL);
  return g_test_run ();
}
