/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>
#include <sys/resource.h>

#include "config.h"
#include "worker/ptl-worker.h"

#define FILES_WANTED 65536

typedef struct
{
  GMainLoop *loop;
  int status;
} Run;

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
on_finished (PtlWorker *worker, int status, Run *run)
{
  run->status = status;
  g_main_loop_quit (run->loop);
}

/* Without its bus nobody can ask for anything to be closed: the worker ends, and the next call (or systemd)
 * starts one that goes on with what is open. */
static void
on_bus_closed (GDBusConnection *connection, gboolean vanished, GError *error, Run *run)
{
  g_message ("The session bus went away; the worker ends.");
  run->status = 1;
  g_main_loop_quit (run->loop);
}

static int
serve (GDBusConnection *connection, PtlWorkerSetup setup)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  g_autofree char *state_dir = ptl_worker_dup_state_dir ();
  g_autofree char *igd_helper = ptl_worker_dup_igd_helper ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (PtlWorker) worker = ptl_worker_new (clock, connection, state_dir, igd_helper);
  g_autoptr (GError) error = NULL;
  Run run = { loop, 0 };

  if (!ptl_worker_claim (worker, &error))
    {
      g_printerr ("portolan-worker: %s\n", error->message);
      return 1;
    }
  g_signal_connect (worker, "finished", G_CALLBACK (on_finished), &run);
  g_signal_connect (connection, "closed", G_CALLBACK (on_bus_closed), &run);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  ptl_worker_start (worker);
  if (setup != NULL)
    setup (worker, connection, clock);
  if (!g_dbus_connection_is_closed (connection))
    g_main_loop_run (loop);
  ptl_worker_stop (worker);
  g_signal_handlers_disconnect_by_data (connection, &run);
  return run.status;
}

/* A listening socket for each engine thread and rule, and two for each connection: more than the usual soft limit, which is
 * that low for programs that use select(). */
static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= FILES_WANTED)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, FILES_WANTED);
  setrlimit (RLIMIT_NOFILE, &limit);
}

int
ptl_worker_main (int argc, char **argv, PtlWorkerSetup setup)
{
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Print the version and exit"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  /* A peer or a reader of our output that goes away is an error to look at, not our end. */
  signal (SIGPIPE, SIG_IGN);
  raise_file_limit ();
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("portolan-worker: %s\n", error->message);
      return 2;
    }
  if (version)
    {
      g_print ("portolan-worker %s\n", PACKAGE_VERSION);
      return 0;
    }
  connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (connection == NULL)
    {
      g_printerr ("portolan-worker: %s\n", error->message);
      return 1;
    }
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  return serve (connection, setup);
}
