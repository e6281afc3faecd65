/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sweep from the command line, for the rig and the benchmark. It tells each open port as it is
 * found, what is known of each address at the end, how long it took, and which threads and sockets
 * were left behind. */
#include "exposure/sweep/ptl-sweep.h"

#include <string.h>

static char *opt_tcp, *opt_udp, *opt_save, *opt_resume;
static int opt_in_flight, opt_rate, opt_timeout, opt_cancel_at = -1;
static gboolean opt_router;

static const GOptionEntry entries[] = {
  { "tcp", 0, 0, G_OPTION_ARG_STRING, &opt_tcp, "TCP ports", "PORTS" },
  { "udp", 0, 0, G_OPTION_ARG_STRING, &opt_udp, "UDP ports, or \"known\"", "PORTS" },
  { "in-flight", 0, 0, G_OPTION_ARG_INT, &opt_in_flight, "Connects under way at most", "N" },
  { "rate", 0, 0, G_OPTION_ARG_INT, &opt_rate, "Connects per second at most", "N" },
  { "timeout", 0, 0, G_OPTION_ARG_INT, &opt_timeout, "Longest wait", "MS" },
  { "router", 0, 0, G_OPTION_ARG_NONE, &opt_router, "It is a router's address", NULL },
  { "cancel-at", 0, 0, G_OPTION_ARG_INT, &opt_cancel_at, "Cancel when so many ports are known",
    "N" },
  { "save", 0, 0, G_OPTION_ARG_FILENAME, &opt_save, "Write what is left to do there", "FILE" },
  { "resume", 0, 0, G_OPTION_ARG_FILENAME, &opt_resume, "Go on with what was saved there", "FILE" },
  { NULL },
};

typedef struct
{
  GMainLoop *loop;
  GCancellable *cancellable;
  GError *error;
  gint64 started_us;
} Run;

static void
print_ports (const char *key, const PtlPortSet *ports)
{
  g_autofree char *list = ptl_port_set_to_string (ports);

  g_print (" %s=%u:%s", key, ptl_port_set_count (ports), list);
}

static void
print_summary (const PtlSweepSummary *summary)
{
  g_autofree char *address = g_inet_address_to_string (summary->address);

  g_print ("%s %s", ptl_protocol_to_string (summary->protocol), address);
  print_ports ("open", &summary->states[PTL_SEEN_OPEN]);
  print_ports ("closed", &summary->states[PTL_SEEN_CLOSED]);
  print_ports ("filtered", &summary->states[PTL_SEEN_FILTERED]);
  print_ports ("failed", &summary->states[PTL_SEEN_FAILED]);
  print_ports ("todo", &summary->todo);
  g_print ("\n");
  if (summary->error != NULL)
    g_print ("error %s %s\n", address, summary->error->message);
}

static void
on_open (PtlSweep *sweep, const PtlSweepResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autofree char *address = g_inet_address_to_string (result->address);

  g_print ("open %s %s %u %.3f\n", ptl_protocol_to_string (result->protocol), address, result->port,
           (double) (g_get_monotonic_time () - run->started_us) / 1e6);
}

static void
on_progress (PtlSweep *sweep, guint done, guint all, gpointer user_data)
{
  Run *run = user_data;

  g_print ("progress %u %u\n", done, all);
  if (opt_cancel_at >= 0 && done >= (guint) opt_cancel_at)
    g_cancellable_cancel (run->cancellable);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  ptl_sweep_run_finish (PTL_SWEEP (source), result, &run->error);
  g_main_loop_quit (run->loop);
}

static guint
count_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "comm", NULL);
      g_autofree char *comm = NULL;

      n += g_file_get_contents (path, &comm, NULL, NULL)
           && g_strcmp0 (g_strchomp (comm), "sweep") == 0;
    }
  return n;
}

static guint
count_sockets (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *to = g_file_read_link (path, NULL);

      n += to != NULL && (g_str_has_prefix (to, "socket:") || strstr (to, "eventpoll") != NULL);
    }
  return n;
}

static gboolean
add (PtlSweep *sweep, const char *address_text, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (address_text);
  PtlPortSet set;
  const guint16 *known;
  gsize n_known;

  if (address == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s is no address",
                   address_text);
      return FALSE;
    }
  if (opt_tcp != NULL && !ptl_sweep_add_tcp (sweep, address, opt_tcp, error))
    return FALSE;
  if (opt_udp == NULL)
    return TRUE;
  known = ptl_sweep_get_known_udp (&n_known);
  if (strcmp (opt_udp, "known") == 0)
    {
      ptl_sweep_add_udp (sweep, address, known, n_known);
      return TRUE;
    }
  if (!ptl_sweep_parse_ports (opt_udp, &set, error))
    return FALSE;
  for (guint port = 1; port < PTL_N_PORTS; port++)
    if (ptl_port_set_has (&set, (guint16) port))
      ptl_sweep_add_udp (sweep, address, &(guint16){ (guint16) port }, 1);
  return TRUE;
}

static PtlSweep *
make (char **addresses, GError **error)
{
  g_autoptr (PtlSweep) sweep = NULL;
  const PtlSweepPace pace = {
    .max_in_flight = (guint) opt_in_flight,
    .max_rate = (guint) opt_rate,
    .timeout_ms = (guint) opt_timeout,
    .router = opt_router,
  };

  if (opt_resume != NULL)
    {
      g_autofree char *saved = NULL;

      return g_file_get_contents (opt_resume, &saved, NULL, error) ? ptl_sweep_resume (saved, error)
                                                                   : NULL;
    }
  sweep = ptl_sweep_new ();
  ptl_sweep_set_pace (sweep, &pace);
  for (guint i = 0; addresses[i] != NULL; i++)
    if (!add (sweep, addresses[i], error))
      return NULL;
  return g_steal_pointer (&sweep);
}

static void
report (PtlSweep *sweep, const Run *run)
{
  g_autoptr (GPtrArray) summaries = ptl_sweep_dup_summaries (sweep);

  for (guint i = 0; i < summaries->len; i++)
    print_summary (g_ptr_array_index (summaries, i));
  if (run->error != NULL)
    g_print ("ended %s\n", run->error->message);
  g_print ("left threads=%u sockets=%u\n", count_threads (), count_sockets ());
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("ADDRESS...");
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlSweep) sweep = NULL;
  Run run = { 0 };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || (sweep = make (argv + 1, &error)) == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  run.loop = g_main_loop_new (NULL, FALSE);
  run.cancellable = g_cancellable_new ();
  g_signal_connect (sweep, "open", G_CALLBACK (on_open), &run);
  g_signal_connect (sweep, "progress", G_CALLBACK (on_progress), &run);
  run.started_us = g_get_monotonic_time ();
  ptl_sweep_run_async (sweep, run.cancellable, on_done, &run);
  g_main_loop_run (run.loop);
  g_print ("took %.3f\n", (double) (g_get_monotonic_time () - run.started_us) / 1e6);
  report (sweep, &run);
  if (opt_save != NULL)
    {
      g_autofree char *saved = ptl_sweep_save (sweep);

      if (!g_file_set_contents (opt_save, saved, -1, &error))
        g_printerr ("%s\n", error->message);
    }
  g_clear_error (&run.error);
  g_object_unref (run.cancellable);
  g_main_loop_unref (run.loop);
  return error != NULL;
}
