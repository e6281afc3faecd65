/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "fake-worker.h"

/* Runs the real portolanctl (PORTOLANCTL is its path) beside a fake worker on a private bus. */
typedef struct
{
  GTestDBus *bus;
  FakeWorker *worker;
} CtlBus;

typedef struct
{
  int code; /* exit code; -1 where a signal ended it */
  char *out;
  char *err;
} CtlResult;

static inline void
ctl_bus_set_up (CtlBus *self, gconstpointer data)
{
  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  self->worker = fake_worker_new (g_test_dbus_get_bus_address (self->bus));
}

static inline void
ctl_bus_tear_down (CtlBus *self, gconstpointer data)
{
  g_clear_pointer (&self->worker, fake_worker_free);
  g_test_dbus_down (self->bus);
  g_object_unref (self->bus);
}

static inline void
ctl_result_free (CtlResult *self)
{
  g_free (self->out);
  g_free (self->err);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CtlResult, ctl_result_free)

static inline void
ctl_on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static inline GSubprocess *
ctl_spawn (const char *const *args)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
    G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_ptr_array_add (argv, (gpointer) PORTOLANCTL);
  for (guint i = 0; args[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) args[i]);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  return process;
}

/* Turns the main loop, on which the fake worker answers, until the program has ended. */
static inline CtlResult *
ctl_finish (GSubprocess *process)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CtlResult *self = g_new0 (CtlResult, 1);

  g_subprocess_communicate_utf8_async (process, NULL, NULL, ctl_on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_subprocess_communicate_utf8_finish (process, result, &self->out, &self->err, &error);
  g_assert_no_error (error);
  self->code = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  return self;
}

static inline CtlResult *
ctl_run (const char *const *args)
{
  g_autoptr (GSubprocess) process = ctl_spawn (args);

  return ctl_finish (process);
}

/* @line: as typed, with quotes. */
static inline CtlResult *
ctl_run_line (const char *line)
{
  g_auto (GStrv) args = NULL;
  g_autoptr (GError) error = NULL;

  g_shell_parse_argv (line, NULL, &args, &error);
  g_assert_no_error (error);
  return ctl_run ((const char *const *) args);
}

static inline JsonObject *
ctl_parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (node));
}
