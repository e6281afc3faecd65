/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tunnel/ptl-child.h"

typedef struct
{
  GPtrArray *lines[2]; /* standard output, standard error */
  gboolean exited;
  int status;
} Seen;

static void
on_line (PtlChild *child, gboolean is_error, const char *line, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_false (seen->exited);
  g_ptr_array_add (seen->lines[is_error ? 1 : 0], g_strdup (line));
}

static void
on_exited (PtlChild *child, int status, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_false (seen->exited);
  g_assert_cmpint (ptl_child_get_pid (child), ==, 0);
  seen->exited = TRUE;
  seen->status = status;
}

static void
seen_clear (Seen *seen)
{
  g_ptr_array_unref (seen->lines[0]);
  g_ptr_array_unref (seen->lines[1]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static PtlChild *
spawn (const char *script, Seen *seen)
{
  const char *argv[] = { "/bin/sh", "-c", script, NULL };
  g_autoptr (GError) error = NULL;
  PtlChild *child = ptl_child_new (argv, NULL, &error);

  g_assert_no_error (error);
  seen->lines[0] = g_ptr_array_new_with_free_func (g_free);
  seen->lines[1] = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (child, "line", G_CALLBACK (on_line), seen);
  g_signal_connect (child, "exited", G_CALLBACK (on_exited), seen);
  return child;
}

static void
wait_for_end (Seen *seen)
{
  while (!seen->exited)
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_for_line (Seen *seen)
{
  while (seen->lines[0]->len == 0 && !seen->exited)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (seen->lines[0]->len, >, 0);
}

/* Dead, reaped or not. */
static void
wait_until_gone (GPid pid)
{
  struct pollfd wait = { .fd = (int)syscall (SYS_pidfd_open, pid, 0), .events = POLLIN };

  if (wait.fd < 0)
    return;
  g_assert_cmpint (poll (&wait, 1, 10000), ==, 1);
  close (wait.fd);
}

static void
test_lines (void)
{
  g_auto (Seen) seen = { 0 };
  g_autoptr (PtlChild) child = spawn ("printf 'one\\r\\ntwo\\n\\nthree'; printf 'err\\n' >&2; head "
                                      "-c 5000 /dev/zero | tr '\\0' x >&2; exit 3",
                                      &seen);

  wait_for_end (&seen);
  g_assert_true (WIFEXITED (seen.status));
  g_assert_cmpint (WEXITSTATUS (seen.status), ==, 3);
  g_assert_cmpuint (seen.lines[0]->len, ==, 3);
  g_assert_cmpstr (seen.lines[0]->pdata[0], ==, "one");
  g_assert_cmpstr (seen.lines[0]->pdata[1], ==, "two");
  g_assert_cmpstr (seen.lines[0]->pdata[2], ==, "three");
  g_assert_cmpuint (seen.lines[1]->len, ==, 2);
  g_assert_cmpuint (strlen (seen.lines[1]->pdata[1]), ==, PTL_CHILD_LINE_MAX);
}

static void
test_no_input (void)
{
  g_auto (Seen) seen = { 0 };
  g_autoptr (PtlChild) child = spawn ("cat; echo end", &seen);

  wait_for_end (&seen);
  g_assert_cmpstr (seen.lines[0]->pdata[0], ==, "end");
}

static void
test_not_there (void)
{
  const char *argv[] = { "/no/such/program", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (ptl_child_new (argv, NULL, &error));
  g_assert_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
}

static void
test_group (void)
{
  g_auto (Seen) seen = { 0 };
  g_autoptr (PtlChild) child = spawn ("trap '' TERM; sleep 1000 & echo $!; wait; wait", &seen);
  GPid grandchild;

  wait_for_line (&seen);
  grandchild = (GPid)strtol (seen.lines[0]->pdata[0], NULL, 10);
  g_assert_cmpint (getpgid (grandchild), ==, ptl_child_get_pid (child));
  g_assert_cmpint (getpgid (0), !=, ptl_child_get_pid (child));
  ptl_child_kill (child);
  wait_for_end (&seen);
  g_assert_cmpint (WTERMSIG (seen.status), ==, SIGKILL);
  wait_until_gone (grandchild);
}

/* The leader ends, and leaves someone behind who ignores TERM. */
static void
test_left_behind (void)
{
  g_auto (Seen) seen = { 0 };
  g_autoptr (PtlChild) child
      = spawn ("(trap '' TERM; exec sleep 1000 >/dev/null 2>&1) & echo $!", &seen);

  wait_for_end (&seen);
  wait_until_gone ((GPid)strtol (seen.lines[0]->pdata[0], NULL, 10));
}

static void
test_stopped (void)
{
  g_auto (Seen) seen = { 0 };
  g_autoptr (PtlChild) child = spawn ("echo on; exec sleep 1000", &seen);
  siginfo_t info;

  wait_for_line (&seen);
  g_assert_false (ptl_child_is_stopped (child));
  kill (ptl_child_get_pid (child), SIGSTOP);
  g_assert_cmpint (waitid (P_PID, (id_t)ptl_child_get_pid (child), &info, WSTOPPED | WNOWAIT), ==,
                   0);
  g_assert_true (ptl_child_is_stopped (child));
  ptl_child_terminate (child);
  wait_for_end (&seen);
  g_assert_cmpint (WTERMSIG (seen.status), ==, SIGTERM);
  g_assert_false (ptl_child_is_stopped (child));
}

static void
test_dropped (void)
{
  g_auto (Seen) seen = { 0 };
  PtlChild *child = spawn ("trap '' TERM; echo on; sleep 1000; sleep 1000", &seen);
  GPid pid = ptl_child_get_pid (child);

  wait_for_line (&seen);
  g_object_unref (child);
  wait_until_gone (pid);
  g_assert_false (seen.exited);
  while (kill (pid, 0) == 0) /* until it is reaped */
    g_main_context_iteration (NULL, TRUE);
}

static const char *self_path;

/* This program again, as a parent that starts one and is killed. */
static int
be_parent (void)
{
  g_auto (Seen) seen = { 0 };
  g_autoptr (PtlChild) child = spawn ("echo on; exec sleep 1000", &seen);

  wait_for_line (&seen);
  printf ("%d\n", (int)ptl_child_get_pid (child));
  fflush (stdout);
  raise (SIGKILL);
  return 0;
}

static void
test_parent_dies (void)
{
  char *argv[] = { (char *)self_path, (char *)"--parent", NULL };
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (strtol (out, NULL, 10), >, 1);
  wait_until_gone ((GPid)strtol (out, NULL, 10));
}

int
main (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "--parent") == 0)
    return be_parent ();
  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/child/lines", test_lines);
  g_test_add_func ("/child/no-input", test_no_input);
  g_test_add_func ("/child/not-there", test_not_there);
  g_test_add_func ("/child/group", test_group);
  g_test_add_func ("/child/left-behind", test_left_behind);
  g_test_add_func ("/child/stopped", test_stopped);
  g_test_add_func ("/child/dropped", test_dropped);
  g_test_add_func ("/child/parent-dies", test_parent_dies);
  return g_test_run ();
}
