/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper as a process: what it does to itself, and what its parent does where it misbehaves. */

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "router/ptl-igd-run.h"

/* --- helpers that misbehave --- */

typedef struct
{
  const char *name;
  const char *script; /* NULL = no such program */
  int error;          /* of G_IO_ERROR; -1 = none */
} Case;

static const Case cases[] = {
  { "good", "cat >/dev/null; echo '{\"code\":-7}'", -1 },
  { "does not read", "echo '{\"code\":-7}'", -1 },
  { "fails after the answer", "echo '{\"code\":-7}'; exit 3", -1 },
  { "says nothing", "exit 0", G_IO_ERROR_INVALID_DATA },
  { "crashes", "kill -SEGV $$", G_IO_ERROR_INVALID_DATA },
  { "says nonsense", "echo hello", G_IO_ERROR_INVALID_DATA },
  { "says half", "printf '{\"code\":'", G_IO_ERROR_INVALID_DATA },
  { "says two things", "echo '{\"code\":0}{\"code\":0}'", G_IO_ERROR_INVALID_DATA },
  { "says too much", "exec cat /dev/zero", G_IO_ERROR_INVALID_DATA },
  { "does not end", "echo '{\"code\":0}'; exec sleep 60", G_IO_ERROR_TIMED_OUT },
};

typedef struct
{
  gboolean done;
  PtlIgdAnswer *answer;
  GError *error;
} Outcome;

static void
on_run (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->answer = ptl_igd_run_finish (result, &outcome->error);
  outcome->done = TRUE;
}

static Outcome
run (const char *helper, PtlIgdRequest *request, GCancellable *cancellable)
{
  Outcome outcome = { 0 };

  ptl_igd_run_async (helper, request, cancellable, on_run, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  return outcome;
}

static char *
write_script (const char *script, char **folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat ("#!/bin/sh\n", script, "\n", NULL);
  char *path;

  *folder = g_dir_make_tmp ("portolan-igd-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (*folder, "helper", NULL);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, &error);
  g_assert_no_error (error);
  return path;
}

static void
test_helper (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *folder = NULL;
  g_autofree char *path = write_script (c->script, &folder);
  g_autoptr (PtlIgdRequest) request = ptl_igd_request_new (PTL_IGD_OP_STATUS);
  Outcome outcome;

  request->timeout = 200;
  outcome = run (path, request, NULL);
  if (c->error < 0)
    {
      g_assert_no_error (outcome.error);
      g_assert_cmpint (outcome.answer->code, ==, PTL_IGD_CODE_ABSENT);
      ptl_igd_answer_free (outcome.answer);
    }
  else
    {
      g_assert_error (outcome.error, G_IO_ERROR, c->error);
      g_assert_null (outcome.answer);
      g_error_free (outcome.error);
    }
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_missing (void)
{
  g_autoptr (PtlIgdRequest) request = ptl_igd_request_new (PTL_IGD_OP_STATUS);
  Outcome outcome = run ("/nonexistent/portolan-igd", request, NULL);

  g_assert_error (outcome.error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
  g_error_free (outcome.error);
}

static gboolean
on_time_to_cancel (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *path = write_script ("exec sleep 60", &folder);
  g_autoptr (PtlIgdRequest) request = ptl_igd_request_new (PTL_IGD_OP_STATUS);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome;

  g_timeout_add (50, on_time_to_cancel, cancellable);
  outcome = run (path, request, cancellable);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&outcome.error);
  outcome = run (path, request, cancellable);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_error_free (outcome.error);
  g_unlink (path);
  g_rmdir (folder);
}

/* --- the real one --- */

static const char *const bad_requests[] = {
  "",
  "hello",
  "{}",
  "{\"op\":\"discover\"}",
  "{\"op\":\"discover\",\"gateway\":\"router.lan\",\"local\":\"192.168.1.2\"}",
  "{\"op\":\"status\",\"gateway\":\"192.168.1.1\",\"local\":\"192.168.1.2\"}",
  "{\"op\":\"status\",\"gateway\":\"192.168.1.1\",\"local\":\"192.168.1.2\","
  "\"control_url\":\"http://5.6.7.8/ctl\",\"service_type\":\"urn:x\"}",
  "{\"op\":\"status\",\"gateway\":\"127.0.0.1\",\"local\":\"127.0.0.1\","
  "\"control_url\":\"http://127.0.0.1/ctl\",\"service_type\":\"urn:x\"}",
  "{\"op\":\"status\",\"gateway\":\"192.168.1.1\",\"local\":\"192.168.1.2\","
  "\"control_url\":\"http://192.168.1.1/ctl\",\"service_type\":\"urn:x\\r\\nHost: y\"}",
  "{\"op\":\"read-back\",\"gateway\":\"192.168.1.1\",\"local\":\"192.168.1.2\","
  "\"control_url\":\"http://192.168.1.1/ctl\",\"service_type\":\"urn:x\",\"protocol\":\"TCP\","
  "\"internal_address\":\"192.168.1.2\",\"internal_port\":80,\"external_port\":0}",
  "{\"op\":\"add\",\"gateway\":\"192.168.1.1\",\"local\":\"192.168.1.2\","
  "\"control_url\":\"http://192.168.1.1/ctl\",\"service_type\":\"urn:x\",\"protocol\":\"tcp\","
  "\"internal_address\":\"192.168.1.2\",\"internal_port\":80,\"external_port\":80}",
  "{\"op\":\"add\",\"gateway\":\"192.168.1.1\",\"local\":\"192.168.1.2\","
  "\"control_url\":\"http://192.168.1.1/ctl\",\"service_type\":\"urn:x\",\"protocol\":\"TCP\","
  "\"internal_address\":\"<x/>\",\"internal_port\":80,\"external_port\":80}",
};

static GSubprocess *
start_real (void)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                      g_getenv ("PORTOLAN_IGD_HELPER"), NULL);

  g_assert_no_error (error);
  return process;
}

static void
test_bad_requests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_requests); i++)
    {
      g_autoptr (GSubprocess) process = start_real ();
      g_autoptr (PtlIgdAnswer) answer = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *output = NULL;

      g_test_message ("%s", bad_requests[i]);
      g_subprocess_communicate_utf8 (process, bad_requests[i], NULL, &output, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_subprocess_get_successful (process));
      answer = ptl_igd_answer_from_json (output, strlen (output), &error);
      g_assert_no_error (error);
      g_assert_cmpint (answer->code, ==, PTL_IGD_CODE_USAGE);
    }
}

static char *
dup_proc (GSubprocess *process, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/%s", g_subprocess_get_identifier (process), name);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static gboolean
has_limit (const char *limits, const char *name, const char *value)
{
  g_autofree char *pattern = g_strdup_printf ("(?m)^%s +%s +%s ", name, value, value);

  return g_regex_match_simple (pattern, limits, 0, 0);
}

/* It waits for its request, and has limited itself by then. */
static void
test_limits (void)
{
  g_autoptr (GSubprocess) process = start_real ();
  g_autofree char *limits = NULL;
  g_autofree char *status = NULL;

  do
    {
      g_usleep (1000);
      g_free (limits);
      limits = dup_proc (process, "limits");
    }
  while (!has_limit (limits, "Max core file size", "0"));
  status = dup_proc (process, "status");
  g_assert_true (g_regex_match_simple ("(?m)^NoNewPrivs:\\s+1$", status, 0, 0));
  g_assert_true (has_limit (limits, "Max cpu time", "3"));
  g_assert_true (has_limit (limits, "Max open files", "16"));
  g_assert_true (has_limit (limits, "Max file size", "0"));
#ifndef __SANITIZE_ADDRESS__
  g_assert_true (has_limit (limits, "Max address space", "67108864"));
#endif
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/router/igd-run/helper/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_helper);
    }
  g_test_add_func ("/router/igd-run/missing", test_missing);
  g_test_add_func ("/router/igd-run/cancel", test_cancel);
  g_test_add_func ("/router/igd-run/bad-requests", test_bad_requests);
  g_test_add_func ("/router/igd-run/limits", test_limits);
  return g_test_run ();
}
