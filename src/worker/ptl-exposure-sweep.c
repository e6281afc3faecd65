/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure-sweep.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "exposure/sweep/ptl-sweep.h"

/* So many ports that were named are told of one by one. */
#define NAMED_MAX 1024

typedef struct
{
  PtlReportFacts *facts; /* borrowed: whoever asked holds it */
  char **saved;          /* borrowed */
  PtlExposureLookFunc progress;
  gpointer progress_data;
  gboolean tell_all;
  gint64 at;
} Work;

static void
add_look (Work *work, const PtlSweepSummary *summary, guint16 port, PtlSeenState state)
{
  g_autofree char *address = g_inet_address_to_string (summary->address);
  PtlReportLook *look = ptl_report_look_new (summary->protocol, address, port, PTL_VANTAGE_LAN, state);

  look->at = work->at;
  look->named = work->tell_all;
  look->taken = state != PTL_SEEN_OPEN;
  if (state == PTL_SEEN_FAILED && summary->error != NULL)
    ptl_report_set (&look->detail, summary->error->message);
  g_ptr_array_add (work->facts->looks, look);
}

static void
take_summary (Work *work, const PtlSweepSummary *summary)
{
  for (guint state = 0; state < PTL_N_SEENS; state++)
    {
      const PtlPortSet *ports = &summary->states[state];

      if (state != PTL_SEEN_OPEN && !work->tell_all)
        continue;
      for (guint port = 1; port < PTL_N_PORTS; port++)
        if (ptl_port_set_has (ports, (guint16) port))
          add_look (work, summary, (guint16) port, (PtlSeenState) state);
    }
}

static void
on_swept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlSweep *sweep = PTL_SWEEP (source);
  Work *work = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean done = ptl_sweep_run_finish (sweep, result, &error);
  g_autoptr (GPtrArray) summaries = NULL;

  g_clear_pointer (work->saved, g_free);
  if (!done)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          *work->saved = ptl_sweep_save (sweep);
          g_clear_error (&error);
          error = ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The check was stopped."));
        }
      g_task_return_error (task, error);
      return;
    }
  summaries = ptl_sweep_dup_summaries (sweep);
  for (guint i = 0; i < summaries->len; i++)
    take_summary (work, summaries->pdata[i]);
  g_task_return_boolean (task, TRUE);
}

static void
on_progress (PtlSweep *sweep, guint done, guint all, Work *work)
{
  work->progress (done, all, work->progress_data);
}

static gboolean
fill (PtlSweep *sweep, const PtlExposureSweep *asked, GError **error)
{
  const PtlSweepPace pace = { .router = asked->owner == PTL_SWEEP_ROUTER || asked->owner == PTL_SWEEP_PUBLIC };
  gsize n_udp;
  const guint16 *udp = ptl_sweep_get_known_udp (&n_udp);

  ptl_sweep_set_pace (sweep, &pace);
  for (guint i = 0; asked->addresses[i] != NULL; i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (asked->addresses[i]);

      if (address == NULL)
        continue;
      if (!ptl_sweep_add_tcp (sweep, address, *asked->ports != '\0' ? asked->ports : "1-65535", error))
        return FALSE;
      if (*asked->ports == '\0')
        ptl_sweep_add_udp (sweep, address, udp, n_udp);
    }
  return TRUE;
}

static gboolean
is_named (const char *ports)
{
  g_autofree PtlPortSet *set = g_new0 (PtlPortSet, 1);

  return *ports != '\0' && ptl_port_set_parse (ports, set, NULL) && ptl_port_set_count (set) <= NAMED_MAX;
}

void
ptl_exposure_sweep_async (const PtlExposureSweep *asked,
                          PtlReportFacts *facts,
                          char **saved,
                          PtlExposureLookFunc progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (PtlSweep) sweep = *saved != NULL ? ptl_sweep_resume (*saved, NULL) : NULL;
  Work *work = g_new0 (Work, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, ptl_exposure_sweep_async);
  g_task_set_check_cancellable (task, FALSE);
  work->facts = facts;
  work->saved = saved;
  work->progress = progress;
  work->progress_data = progress_data;
  work->tell_all = asked->tell_all && is_named (asked->ports);
  work->at = asked->at;
  g_task_set_task_data (task, work, g_free);
  if (sweep == NULL)
    {
      sweep = ptl_sweep_new ();
      if (!fill (sweep, asked, &error))
        {
          g_task_return_error (task, error);
          return;
        }
    }
  g_signal_connect (sweep, "progress", G_CALLBACK (on_progress), work);
  ptl_sweep_run_async (sweep, cancellable, on_swept, g_object_ref (task));
}

gboolean
ptl_exposure_sweep_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
