/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-time.h"
#include "ptl-ctl-event.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-request.h"
#include "ptl-ctl-table.h"
#include "ptl-ctl-text.h"
#include "ptl-ctl-watch.h"

static const PtlCtlOption options[] = {
  { "traffic", PTL_CTL_FLAG, NULL, N_("What moves through each rule, too") },
  { "every", PTL_CTL_VALUE, "TIME", N_("How often: 1s and more (with --traffic)") },
  { "count", PTL_CTL_VALUE, "N", N_("End after so many events, or with --traffic so many looks") },
  PTL_CTL_OPTIONS_END,
};

#define COUNT_MAX 1000000
#define CATCH_UP_MAX 1000
#define EVERY_MAX 3600
#define N_EVENTS_SHOWN 8 /* below the table, in a terminal */

typedef struct
{
  PtlCtl *ctl;
  gboolean traffic;
  gboolean redraw; /* a terminal, in which traffic is a table that stays in its place */
  GQueue events;   /* (char *) of those shown below it, the latest last */
  guint left;      /* 0 = no end */
  gint64 last_seq; /* the latest that was shown, 0 = none */
  gboolean ended;
  gboolean lost;
  GError *error;
} Monitor;

static gboolean
get_interval (PtlCtl *self, guint *seconds, GError **error)
{
  const char *text = ptl_ctl_get (self, "every");
  gint64 value = 1;

  if (text != NULL && !ptl_duration_parse (text, &value, error))
    return ptl_ctl_prefix_error (error, "every");
  if (value < 1 || value > EVERY_MAX)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Give a time from 1s to 1h."), "%s",
                     _("--every cannot be so short or so long."));
      return FALSE;
    }
  *seconds = (guint) value;
  return TRUE;
}

static gboolean
check (PtlCtl *self, GError **error)
{
  guint count, seconds;

  if (ptl_ctl_has (self, "every") && !ptl_ctl_has (self, "traffic"))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Add --traffic, or leave it out."), "%s",
                     _("--every is for --traffic."));
      return FALSE;
    }
  return ptl_ctl_get_number (self, "count", 1, COUNT_MAX, &count, error)
         && get_interval (self, &seconds, error);
}

/* Each line goes out at once: someone reads along. */
static void
flush (Monitor *monitor, gboolean counts)
{
  if (!ptl_ctl_flush (monitor->ctl, &monitor->error))
    monitor->ended = TRUE;
  else if (counts && monitor->left > 0 && --monitor->left == 0)
    monitor->ended = TRUE;
}

/* Kept for the next time that the table is drawn. */
static void
keep (Monitor *monitor)
{
  GString *out = monitor->ctl->out;

  g_queue_push_tail (&monitor->events, g_strdup (out->str));
  g_string_truncate (out, 0);
  if (monitor->events.length > N_EVENTS_SHOWN)
    g_free (g_queue_pop_head (&monitor->events));
}

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
  if (monitor->redraw)
    keep (monitor);
  else
    flush (monitor, !monitor->traffic);
}

/* To the top left, and away with what stood there (ECMA-48: CUP, ED). */
#define CLEAR "\033[H\033[J"

static void
draw (Monitor *monitor, GPtrArray *flows, gint64 now)
{
  PtlCtl *self = monitor->ctl;
  g_autofree char *at = ptl_ctl_dup_time (now);
  g_autofree char *table = ptl_ctl_dup_flows (flows);

  ptl_ctl_print (self, CLEAR "%s\n\n%s", at, table);
  if (flows->len == 0)
    ptl_ctl_print (self, "%s\n", _("Nothing is open."));
  ptl_ctl_print (self, "\n");
  for (GList *i = monitor->events.head; i != NULL; i = i->next)
    ptl_ctl_print (self, "%s", (const char *) i->data);
}

static void
print_flow (PtlCtl *self, const PtlCtlFlow *flow, gint64 now)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json)
    {
      ptl_ctl_print_flow (self, flow, now);
      return;
    }
  builder = json_builder_new ();
  ptl_ctl_json_flow (builder, flow, now);
  ptl_ctl_print_json (self, builder, TRUE);
}

static void
on_flows (GPtrArray *flows, gpointer data)
{
  Monitor *monitor = data;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (monitor->ended)
    return;
  if (monitor->redraw)
    draw (monitor, flows, now);
  for (guint i = 0; !monitor->redraw && i < flows->len; i++)
    print_flow (monitor->ctl, flows->pdata[i], now);
  flush (monitor, TRUE);
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
  Monitor monitor = { .ctl = self, .traffic = ptl_ctl_has (self, "traffic"), .events = G_QUEUE_INIT };
  g_autoptr (PtlCtlWatch) watch = NULL;
  guint seconds;

  if (!ptl_ctl_get_number (self, "count", 1, COUNT_MAX, &monitor.left, error)
      || !get_interval (self, &seconds, error) || !ptl_ctl_connect (self, error)
      || !find_start (&monitor, error))
    return FALSE;
  monitor.redraw = monitor.traffic && !self->json && ptl_ctl_table_get_terminal_width () > 0;
  if (monitor.traffic)
    watch = ptl_ctl_watch_new (self->client, seconds, on_flows, &monitor);
  g_signal_connect (self->client, "event", G_CALLBACK (on_event), &monitor);
  g_signal_connect (self->client, "notify::state", G_CALLBACK (on_state), &monitor);
  follow (&monitor);
  g_signal_handlers_disconnect_by_data (self->client, &monitor);
  g_queue_clear_full (&monitor.events, g_free);
  if (monitor.error == NULL)
    return TRUE;
  g_propagate_error (error, monitor.error);
  return FALSE;
}

const PtlCtlVerb ptl_ctl_verb_monitor = {
  .name = "monitor",
  .summary = N_("Show what happens as it happens, until interrupted"),
  .details = N_("With --json each event is an object on a line of its own, and with --traffic each rule at each "
                "look: events are those with “seq”. In a terminal --traffic keeps a table up to date."),
  .options = options,
  .check = check,
  .run = run,
};
