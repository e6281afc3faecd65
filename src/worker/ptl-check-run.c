/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-check-run.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-drop.h"
#include "router/check/ptl-check-gather.h"
#include "router/check/ptl-http-witness.h"
#include "router/check/ptl-stun.h"
#include "router/check/ptl-trace.h"
#include "worker/ptl-hairpin.h"

typedef struct
{
  PtlCheckRunParts parts;
  char *who;
  gboolean granted;
  char **stun_servers, **http_servers;
  PtlCheckStepFunc step;
  gpointer step_data;
  GSource *cancelled;
  gboolean searching;
  guint n_outside; /* questions to the internet that are under way */
  gboolean testing; /* hairpin: that takes back what it did, and is waited for */
  gboolean over;
  GPtrArray *witnesses;
  gboolean traced;
  PtlTrace *trace;
  PtlHairpin hairpin;
  char *hairpin_reason;
  char *mapped_address;
} Run;

static void
run_free (Run *run)
{
  ptl_drop_source (&run->cancelled);
  g_object_unref (run->parts.clock);
  g_object_unref (run->parts.store);
  g_object_unref (run->parts.debts);
  g_object_unref (run->parts.discovery);
  g_object_unref (run->parts.netlink);
  g_free (run->who);
  g_strfreev (run->stun_servers);
  g_strfreev (run->http_servers);
  g_ptr_array_unref (run->witnesses);
  g_clear_pointer (&run->trace, ptl_trace_free);
  g_free (run->hairpin_reason);
  g_free (run->mapped_address);
  g_free (run);
}

/* --- the end --- */

/* In an order that does not depend on who answered first; within a kind they stay as they were asked. */
static int
compare_witnesses (gconstpointer a, gconstpointer b)
{
  const PtlWitness *x = *(PtlWitness *const *) a, *y = *(PtlWitness *const *) b;

  if (x->family != y->family)
    return x->family - y->family;
  return (int) x->kind - (int) y->kind;
}

static PtlCheckFacts *
collect (Run *run)
{
  PtlCheckFacts *facts = ptl_check_gather (run->parts.discovery, run->parts.netlink);

  g_ptr_array_sort (run->witnesses, compare_witnesses);
  facts->searching = FALSE;
  facts->asked = run->granted;
  g_ptr_array_unref (facts->witnesses);
  facts->witnesses = g_ptr_array_ref (run->witnesses);
  if (run->trace != NULL)
    {
      facts->holder = run->trace->holder;
      g_ptr_array_unref (facts->upstream);
      facts->upstream = g_ptr_array_ref (run->trace->upstream);
    }
  facts->hairpin = run->hairpin;
  ptl_check_facts_set (&facts->hairpin_reason, run->hairpin_reason);
  /* PCP tells the address with a mapping alone. */
  if (*facts->wan_address == '\0' && run->mapped_address != NULL && *run->mapped_address != '\0')
    {
      ptl_check_facts_set (&facts->wan_address, run->mapped_address);
      if (facts->wan_state == PTL_WAN_UNKNOWN)
        facts->wan_state = PTL_WAN_CONNECTED;
    }
  return facts;
}

static void
finish (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  g_autoptr (GTask) keep = g_object_ref (task);

  if (run->over)
    return;
  run->over = TRUE;
  ptl_drop_source (&run->cancelled);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_error (task, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The check was stopped.")));
  else
    g_task_return_pointer (task, collect (run), (GDestroyNotify) ptl_check_facts_free);
}

/* The search for routers is the house's, and goes on: nobody has to wait for it. */
static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  Run *run = g_task_get_task_data (data);

  if (!run->testing)
    finish (data);
  return G_SOURCE_REMOVE;
}

static void
on_hairpin (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);

  run->hairpin = ptl_hairpin_finish (result, &run->mapped_address, &run->hairpin_reason, NULL);
  finish (task);
}

/* --- asking --- */

static const char *
step_of (const Run *run)
{
  if (run->searching)
    return run->n_outside > 0 ? "asking" : "router";
  return run->n_outside > 0 ? "outside" : "hairpin";
}

static void go_on (GTask *task);

static void
on_traced (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);

  run->trace = ptl_trace_finish (result, NULL);
  run->n_outside--;
  go_on (task);
}

/* Once everybody has said where they see us. Through a VPN it would be the VPN's way that is found. */
static void
trace (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  g_autoptr (PtlCheckFacts) facts = collect (run);
  PtlOutside outside;

  run->traced = TRUE;
  ptl_check_facts_look_outside (facts, &outside);
  if (*outside.ipv4 == '\0' || facts->vpn)
    return;
  run->n_outside++;
  ptl_trace_async (outside.ipv4, g_task_get_cancellable (task), on_traced, g_object_ref (task));
}

static void
go_on (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  if (run->over)
    return;
  if (!run->traced && run->n_outside == 0)
    trace (task);
  run->step (step_of (run), run->step_data);
  if (run->searching || run->n_outside > 0)
    return;
  if (!run->parts.hairpin)
    {
      run->hairpin_reason = g_strdup (_("It was not wanted."));
      finish (task);
      return;
    }
  run->testing = TRUE;
  ptl_hairpin_async (run->parts.clock, run->parts.store, run->parts.debts,
                     ptl_discovery_get_default (run->parts.discovery), run->who, g_task_get_cancellable (task),
                     on_hairpin, g_object_ref (task));
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);

  ptl_discovery_search_finish (PTL_DISCOVERY (source), result, NULL);
  run->searching = FALSE;
  go_on (task);
}

static void
on_stun (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);
  g_autoptr (GPtrArray) witnesses = ptl_stun_ask_finish (result, NULL);

  if (witnesses != NULL)
    g_ptr_array_extend_and_steal (run->witnesses, g_steal_pointer (&witnesses));
  run->n_outside--;
  go_on (task);
}

static void
on_http (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);
  PtlWitness *witness = ptl_http_witness_ask_finish (result, NULL);

  if (witness != NULL)
    g_ptr_array_add (run->witnesses, witness);
  run->n_outside--;
  go_on (task);
}

static void
ask_outside (GTask *task, guint8 family)
{
  Run *run = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (run->stun_servers[0] != NULL)
    {
      run->n_outside++;
      ptl_stun_ask_async ((const char *const *) run->stun_servers, family, cancellable, on_stun,
                          g_object_ref (task));
    }
  for (guint i = 0; run->http_servers[i] != NULL; i++)
    {
      if (!ptl_http_server_has_family (run->http_servers[i], family))
        continue;
      run->n_outside++;
      ptl_http_witness_ask_async (run->http_servers[i], family, cancellable, on_http, g_object_ref (task));
    }
}

static void
start (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  g_autoptr (PtlCheckFacts) now = ptl_check_gather (run->parts.discovery, run->parts.netlink);

  run->searching = TRUE;
  if (g_task_get_cancellable (task) != NULL)
    {
      run->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
      g_task_attach_source (task, run->cancelled, G_SOURCE_FUNC (on_cancelled));
    }
  if (run->granted && *now->way_address != '\0')
    ask_outside (task, 4);
  if (run->granted && *now->local_ipv6 != '\0')
    ask_outside (task, 6);
  run->step (step_of (run), run->step_data);
  ptl_discovery_search_async (run->parts.discovery, g_task_get_cancellable (task), on_searched,
                              g_object_ref (task));
}

static Run *
run_new (const PtlCheckRunParts *parts)
{
  Run *run = g_new0 (Run, 1);

  run->parts = *parts;
  g_object_ref (parts->clock);
  g_object_ref (parts->store);
  g_object_ref (parts->debts);
  g_object_ref (parts->discovery);
  g_object_ref (parts->netlink);
  run->who = g_strdup (parts->who);
  run->granted = ptl_check_settings_is_granted (parts->settings);
  run->stun_servers = g_strdupv (parts->settings->stun_servers);
  run->http_servers = g_strdupv (parts->settings->http_servers);
  run->witnesses = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_witness_free);
  return run;
}

void
ptl_check_run_async (const PtlCheckRunParts *parts,
                     PtlCheckStepFunc step,
                     gpointer step_data,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Run *run = run_new (parts);

  g_task_set_source_tag (task, ptl_check_run_async);
  g_task_set_check_cancellable (task, FALSE);
  run->step = step;
  run->step_data = step_data;
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  start (task);
}

PtlCheckFacts *
ptl_check_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
