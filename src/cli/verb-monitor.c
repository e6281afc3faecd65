/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "ptl-ctl-event.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"

static const PtlCtlOption options[] = {
  { "count", PTL_CTL_VALUE, "N", N_("End after so many events") },
  PTL_CTL_OPTIONS_END,
};

#define COUNT_MAX 1000000
#define CATCH_UP_MAX 1000

typedef struct
{
  PtlCtl *ctl;
  guint left;      /* 0 = no end */
  gint64 last_seq; /* the latest that was shown, 0 = none */
  gboolean ended;
  gboolean lost;
  GError *error;
} Monitor;

static gboolean
check (PtlCtl *self, GError **error)
{
  guint count;

  return ptl_ctl_get_number (self, "count", 1, COUNT_MAX, &count, error);
}

/* Each line goes out at once: someone reads along. */
static void
show (Monitor *monitor, const PtlEvent *event)
{
  PtlCtl *self = monitor->ctl;

  if (monitor->ended || event->seq <= monitor->last_seq)
    return;
  monitor->last_seq = event->seq;
  if (self->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      ptl_ctl_json_event (builder, event);
      ptl_ctl_print_json (self, builder, TRUE);
    }
  else
    ptl_ctl_print_event (self, event);
  if (!ptl_ctl_flush (self, &monitor->error))
    monitor->ended = TRUE;
  else if (monitor->left > 0 && --monitor->left == 0)
    monitor->ended = TRUE;
}

static void
on_event (PtlClient *client, const PtlEvent *event, Monitor *monitor)
{
  show (monitor, event);
}

static gboolean
on_signal (gpointer data)
{
  ((Monitor *) data)->ended = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
on_state (PtlClient *client, GParamSpec *pspec, Monitor *monitor)
{
  if (ptl_client_get_state (client) == PTL_CLIENT_STATE_LOST && !monitor->lost)
    {
      monitor->lost = TRUE;
      ptl_ctl_note (monitor->ctl, _("The worker went away; waiting for it to come back."));
    }
}

/* What was logged while nobody listened is shown after all. */
static void
catch_up (Monitor *monitor)
{
  g_autoptr (GPtrArray) events = NULL;

  monitor->lost = FALSE;
  events = ptl_ctl_list_events (monitor->ctl, "", 0, CATCH_UP_MAX, NULL);
  for (guint i = events != NULL ? events->len : 0; i-- > 0;)
    show (monitor, events->pdata[i]);
}

/* From where to go on: what was logged before is not shown. */
static gboolean
find_start (Monitor *monitor, GError **error)
{
  g_autoptr (GPtrArray) events = ptl_ctl_list_events (monitor->ctl, "", 0, 1, error);

  if (events == NULL)
    return FALSE;
  if (events->len > 0)
    monitor->last_seq = MAX (monitor->last_seq, ((PtlEvent *) events->pdata[0])->seq);
  return TRUE;
}

static void
follow (Monitor *monitor)
{
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, monitor);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, monitor);

  while (!monitor->ended)
    {
      g_main_context_iteration (NULL, TRUE);
      if (monitor->lost && ptl_client_get_state (monitor->ctl->client) == PTL_CLIENT_STATE_READY)
        catch_up (monitor);
    }
  g_source_remove (interrupt);
  g_source_remove (terminate);
}

static gboolean
run (PtlCtl *self, GError **error)
{
  Monitor monitor = { .ctl = self };

  if (!ptl_ctl_get_number (self, "count", 1, COUNT_MAX, &monitor.left, error)
      || !ptl_ctl_connect (self, error) || !find_start (&monitor, error))
    return FALSE;
  g_signal_connect (self->client, "event", G_CALLBACK (on_event), &monitor);
  g_signal_connect (self->client, "notify::state", G_CALLBACK (on_state), &monitor);
  follow (&monitor);
  g_signal_handlers_disconnect_by_data (self->client, &monitor);
  if (monitor.error == NULL)
    return TRUE;
  g_propagate_error (error, monitor.error);
  return FALSE;
}

const PtlCtlVerb ptl_ctl_verb_monitor = {
  .name = "monitor",
  .summary = N_("Show what happens as it happens, until interrupted"),
  .details = N_("With --json each event is an object on a line of its own."),
  .options = options,
  .check = check,
  .run = run,
};
