/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure-run.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-host.h"
#include "exposure/ptl-listeners.h"
#include "exposure/report/ptl-report-join.h"
#include "router/ptl-address-class.h"
#include "worker/ptl-exposure-ask.h"
#include "worker/ptl-exposure-look.h"
#include "worker/ptl-exposure-outside.h"
#include "worker/ptl-exposure-sweep.h"

/* How many ports the firewall is asked for at a time. */
#define FIREWALL_AT_A_TIME 4

typedef struct
{
  PtlExposureParts parts;
  PtlExposureAsk *ask;
  PtlSweepOwner owner;
  char **saved; /* borrowed */
  PtlExposureProgressFunc progress;
  gpointer progress_data;
  gint64 started;
  PtlReportFacts *facts;
  PtlExposureHome *home;
  GPtrArray *notes; /* of text */
  guint n_tables;   /* of routers that are read */
  guint next_guard; /* the first that the firewall was not asked for */
  guint n_guards;   /* that it is asked for now */
} Run;

static void
run_free (Run *run)
{
  g_object_unref (run->parts.clock);
  g_object_unref (run->parts.store);
  g_object_unref (run->parts.inventory);
  g_object_unref (run->parts.discovery);
  g_object_unref (run->parts.relays);
  g_object_unref (run->parts.foreign);
  g_object_unref (run->parts.firewall);
  g_object_unref (run->parts.addresses);
  ptl_exposure_ask_free (run->ask);
  ptl_report_facts_free (run->facts);
  ptl_exposure_home_free (run->home);
  g_ptr_array_unref (run->notes);
  g_free (run);
}

static gboolean
wants (const Run *run, PtlVantageKind vantage)
{
  return (run->ask->vantages & (1u << vantage)) != 0;
}

/* Another machine than this. */
static gboolean
is_elsewhere (const Run *run)
{
  return *run->ask->address != '\0' && run->owner != PTL_SWEEP_THIS_MACHINE && run->owner != PTL_SWEEP_PUBLIC;
}

static void
note (Run *run, const char *text)
{
  for (guint i = 0; i < run->notes->len; i++)
    if (g_str_equal (run->notes->pdata[i], text))
      return;
  g_ptr_array_add (run->notes, g_strdup (text));
}

static void
tell (Run *run, const char *phase, guint done, guint total)
{
  run->progress (phase, done, total, run->progress_data);
}

/* TRUE where somebody stopped it: then the answer is given already. */
static gboolean
end_if_stopped (GTask *task)
{
  if (!g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return FALSE;
  g_task_return_error (task, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The check was stopped.")));
  return TRUE;
}

/* ---- The report ---- */

static char **
list_vantages (const Run *run)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < PTL_N_VANTAGES; i++)
    if (wants (run, (PtlVantageKind) i) && (i != PTL_VANTAGE_MACHINE || !is_elsewhere (run)))
      g_strv_builder_add (names, ptl_vantage_to_string ((PtlVantageKind) i));
  return g_strv_builder_end (names);
}

static void
finish (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  PtlReport *report = ptl_report_new ();

  tell (run, "report", 0, 0);
  run->facts->now = ptl_clock_get_wall (run->parts.clock);
  g_free (report->id);
  report->id = g_uuid_string_random ();
  report->started = run->started;
  report->finished = run->facts->now;
  g_strfreev (report->vantages);
  report->vantages = list_vantages (run);
  ptl_report_set (&report->address, is_elsewhere (run) ? run->ask->address : "");
  g_ptr_array_add (run->notes, NULL);
  g_strfreev (report->notes);
  report->notes = g_strdupv ((char **) run->notes->pdata);
  g_ptr_array_unref (report->findings);
  report->findings = ptl_report_join (run->facts);
  g_task_return_pointer (task, report, (GDestroyNotify) ptl_report_unref);
}

/* ---- Looking from outside ---- */

static void
on_outside (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) notes = ptl_exposure_outside_finish (result, &error);

  if (notes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < notes->len; i++)
    note (g_task_get_task_data (task), notes->pdata[i]);
  finish (task);
}

static void
look_from_outside (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  const guint here = 1u << PTL_VANTAGE_MACHINE | 1u << PTL_VANTAGE_LAN;
  const PtlRelayView *relay
      = run->ask->relay != NULL ? ptl_relays_find (run->parts.relays, run->ask->relay, NULL) : NULL;
  PtlExposureOutside outside = { .clock = run->parts.clock,
                                 .addresses = run->parts.addresses,
                                 .relays = run->parts.relays,
                                 .state_dir = run->parts.state_dir,
                                 .vantages = run->ask->vantages & ~here,
                                 .servers = run->ask->servers,
                                 .relay = relay != NULL ? relay->relay : NULL };

  if (outside.vantages == 0)
    {
      finish (task);
      return;
    }
  tell (run, "outside", 0, 0);
  ptl_exposure_outside_async (&outside, run->facts, g_task_get_cancellable (task), on_outside, g_object_ref (task));
}

/* ---- Looking ---- */

static void
on_progress (guint done, guint total, gpointer data)
{
  tell (data, "looking", done, total);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (ptl_exposure_look_finish (result, &error))
    look_from_outside (task);
  else
    g_task_return_error (task, error);
}

static void
look (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  if (!wants (run, PTL_VANTAGE_LAN))
    {
      look_from_outside (task);
      return;
    }
  if (*run->home->ipv4 == '\0' && *run->home->ipv6 == '\0' && *run->ask->address == '\0')
    note (run, _("This computer has no address in a home network: nobody there can reach it just now."));
  ptl_exposure_gather_looks (run->facts, run->home);
  ptl_exposure_look_async (run->facts->looks, run->parts.clock, on_progress, run, g_task_get_cancellable (task),
                           on_looked, g_object_ref (task));
}

/* ---- Sweeping ---- */

static void
on_sweeping (guint done, guint total, gpointer data)
{
  tell (data, "sweeping", done, total);
}

static void
on_swept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (ptl_exposure_sweep_finish (result, &error))
    look (task);
  else
    g_task_return_error (task, error);
}

static void
sweep (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  const char *own[3] = { NULL, NULL, NULL };
  guint n = 0;
  PtlExposureSweep asked = { .addresses = own,
                             .ports = run->ask->sweep ? "" : run->ask->ports,
                             .owner = run->owner,
                             .tell_all = TRUE,
                             .at = ptl_clock_get_wall (run->parts.clock) };

  if (*run->ask->address != '\0')
    own[n++] = run->ask->address;
  else if (*run->home->ipv4 != '\0')
    own[n++] = run->home->ipv4;
  if (*run->ask->address == '\0' && *run->home->ipv6 != '\0')
    own[n++] = run->home->ipv6;
  if (n == 0 || (!run->ask->sweep && *run->ask->ports == '\0'))
    {
      look (task);
      return;
    }
  tell (run, "sweeping", 0, 0);
  ptl_exposure_sweep_async (&asked, run->facts, run->saved, on_sweeping, run, g_task_get_cancellable (task), on_swept,
                            g_object_ref (task));
}

/* ---- The firewall ---- */

typedef struct
{
  GTask *task;
  PtlReportGuard *guard;
} Asked;

static void ask_firewall (GTask *task);

static void
on_firewall (GObject *source, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;
  g_autoptr (GTask) task = asked->task;
  PtlReportGuard *guard = asked->guard;
  Run *run = g_task_get_task_data (task);
  g_autoptr (PtlFirewallView) view = ptl_firewall_look_finish (PTL_FIREWALL (source), result);

  g_free (asked);
  guard->blocked = (view->ipv4.asked ? view->ipv4.verdict : view->verdict) == PTL_FIREWALL_BLOCKED;
  guard->blocked6 = (view->ipv6.asked ? view->ipv6.verdict : view->verdict) == PTL_FIREWALL_BLOCKED;
  guard->limited = view->verdict == PTL_FIREWALL_SOME;
  guard->known = view->verdict != PTL_FIREWALL_UNKNOWN;
  g_free (guard->message);
  guard->message = ptl_firewall_view_dup_message (view);
  ptl_report_set (&guard->container, view->container);
  if (*view->unseen != '\0')
    note (run, view->unseen);
  if (!guard->known)
    note (run, _("This computer’s firewall cannot be seen without an administrator’s rights: it may keep neighbours out of "
                 "ports that are said to be open."));
  run->n_guards--;
  ask_firewall (task);
}

static void
ask_firewall (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  GPtrArray *guards = run->facts->guards;

  while (run->n_guards < FIREWALL_AT_A_TIME && run->next_guard < guards->len &&
         !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      Asked *asked = g_new0 (Asked, 1);
      g_autoptr (PtlEndpoint) where = NULL;

      asked->task = g_object_ref (task);
      asked->guard = guards->pdata[run->next_guard++];
      where = ptl_endpoint_new (asked->guard->protocol, NULL, asked->guard->port, asked->guard->port);
      run->n_guards++;
      ptl_firewall_look_async (run->parts.firewall, where, NULL, run->home->interface, on_firewall, asked);
    }
  tell (run, "firewall", run->next_guard - run->n_guards, guards->len);
  if (run->n_guards == 0 && !end_if_stopped (task))
    sweep (task);
}

/* A guard for each port of this machine that is not of loopback alone. */
static void
list_guards (Run *run)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_direct_hash, g_direct_equal);

  for (guint i = 0; i < run->facts->guards->len; i++)
    {
      const PtlReportGuard *guard = run->facts->guards->pdata[i];

      g_hash_table_add (known, GUINT_TO_POINTER ((guint) guard->protocol << 16 | guard->port));
    }
  for (guint i = 0; i < run->facts->sockets->len; i++)
    {
      const PtlReportSocket *socket = run->facts->sockets->pdata[i];
      guint key = (guint) socket->protocol << 16 | socket->port;

      if (ptl_host_is_loopback (socket->address) ||
          (socket->protocol == PTL_PROTOCOL_UDP && run->facts->passing != 0 && socket->port >= run->facts->passing))
        continue;
      if (g_hash_table_add (known, GUINT_TO_POINTER (key)))
        g_ptr_array_add (run->facts->guards, ptl_report_guard_new (socket->protocol, socket->port));
    }
}

/* ---- What routers hold ---- */

typedef struct
{
  GTask *task;
  PtlRouter *router;
} Table;

/* Of a machine that was named nothing but what leads there is of interest. */
static void
keep_doors_of (PtlReportFacts *facts, const char *address)
{
  for (guint i = facts->doors->len; i-- > 0;)
    if (!g_str_equal (((PtlReportDoor *) facts->doors->pdata[i])->address, address))
      g_ptr_array_remove_index (facts->doors, i);
}

static void
end_tables (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  if (end_if_stopped (task))
    return;
  if (is_elsewhere (run))
    keep_doors_of (run->facts, run->ask->address);
  /* What the rules were granted goes first, so that the table says no more of it than the entry's name. */
  list_guards (run);
  ask_firewall (task);
}

static void
on_table (GObject *source, GAsyncResult *result, gpointer data)
{
  Table *table = data;
  g_autoptr (GTask) task = table->task;
  g_autoptr (PtlRouter) router = table->router;
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) entries = ptl_foreign_list_finish (PTL_FOREIGN (source), result, &error);

  g_free (table);
  if (entries != NULL)
    ptl_exposure_gather_entries (run->facts, router, entries);
  else
    {
      g_autofree char *what = ptl_error_dup_what (error);
      g_autofree char *text =
          /* Translators: %s is a sentence that says why */
          g_strdup_printf (_("What the router leads to this home could not be read. %s"), what);

      note (run, text);
    }
  if (--run->n_tables == 0)
    end_tables (task);
}

static void
read_tables (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  GListModel *routers = G_LIST_MODEL (run->parts.discovery);
  guint n = g_list_model_get_n_items (routers);

  tell (run, "forwarded", 0, n);
  run->n_tables = n;
  for (guint i = 0; i < n; i++)
    {
      Table *table = g_new0 (Table, 1);

      table->task = g_object_ref (task);
      table->router = g_list_model_get_item (routers, i);
      ptl_foreign_list_async (run->parts.foreign, ptl_router_get_id (table->router), on_table, table);
    }
  if (n == 0)
    end_tables (task);
}

/* ---- What listens ---- */

typedef struct
{
  GPtrArray *listeners;
  PtlSocketPeers *peers;
  GPtrArray *containers; /* of PtlContainer */
} Listed;

static void
listed_free (Listed *listed)
{
  g_ptr_array_unref (listed->listeners);
  ptl_socket_peers_free (listed->peers);
  g_ptr_array_unref (listed->containers);
  g_free (listed);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Listed, listed_free)

static void
list_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  GPtrArray *listeners = ptl_listeners_list (&error);
  Listed *listed;

  if (listeners == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  listed = g_new0 (Listed, 1);
  listed->listeners = listeners;
  listed->peers = ptl_socket_peers_read ();
  listed->containers = ptl_containers_list (NULL, NULL);
  g_task_return_pointer (task, listed, (GDestroyNotify) listed_free);
}

static gboolean
is_unseen (PtlReportFacts *facts)
{
  for (guint i = 0; i < facts->sockets->len; i++)
    if (*((PtlReportSocket *) facts->sockets->pdata[i])->process == '\0')
      return TRUE;
  return FALSE;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (Listed) listed = g_task_propagate_pointer (G_TASK (result), &error);

  if (listed == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (end_if_stopped (task))
    return;
  /* Of another machine it is not known what listens there. */
  if (!is_elsewhere (run))
    {
      ptl_exposure_gather_sockets (run->facts, listed->listeners, listed->peers);
      ptl_exposure_gather_published (run->facts, listed->containers);
    }
  if (is_unseen (run->facts))
    note (run, _("Programs of other users, and of the system, cannot be named without an administrator’s rights."));
  ptl_exposure_gather_rules (run->facts, run->parts.inventory, run->parts.discovery, run->parts.relays);
  read_tables (task);
}

static void
read_addresses (Run *run)
{
  g_autoptr (PtlNetlink) netlink = ptl_netlink_new ();
  g_autoptr (PtlNetTables) tables = ptl_netlink_read (netlink, NULL);
  g_autoptr (PtlNetTables) none = tables == NULL ? ptl_net_tables_new () : NULL;

  run->home = ptl_exposure_gather_addresses (run->facts, tables != NULL ? tables : none);
}

static Run *
run_new (const PtlExposureParts *parts, const PtlExposureAsk *ask)
{
  Run *run = g_new0 (Run, 1);

  run->parts = *parts;
  run->ask = ptl_exposure_ask_copy (ask);
  g_object_ref (parts->clock);
  g_object_ref (parts->store);
  g_object_ref (parts->inventory);
  g_object_ref (parts->discovery);
  g_object_ref (parts->relays);
  g_object_ref (parts->foreign);
  g_object_ref (parts->firewall);
  g_object_ref (parts->addresses);
  run->started = ptl_clock_get_wall (parts->clock);
  run->facts = ptl_report_facts_new ();
  run->facts->passing = ptl_exposure_read_passing ();
  ptl_report_set (&run->facts->address, ask->address);
  run->notes = g_ptr_array_new_with_free_func (g_free);
  return run;
}

void
ptl_exposure_run_async (const PtlExposureParts *parts,
                        const PtlExposureAsk *ask,
                        PtlSweepOwner owner,
                        char **saved,
                        PtlExposureProgressFunc progress,
                        gpointer progress_data,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) listing = NULL;
  Run *run = run_new (parts, ask);

  g_task_set_source_tag (task, ptl_exposure_run_async);
  g_task_set_check_cancellable (task, FALSE);
  run->owner = owner;
  run->saved = saved;
  run->facts->machine = wants (run, PTL_VANTAGE_MACHINE) && !is_elsewhere (run);
  run->facts->elsewhere = owner == PTL_SWEEP_OTHER && ptl_address_class_of (ask->address) == PTL_ADDRESS_PUBLIC;
  run->progress = progress;
  run->progress_data = progress_data;
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  read_addresses (run);
  tell (run, "listening", 0, 0);
  listing = g_task_new (NULL, NULL, on_listed, g_object_ref (task));
  g_task_run_in_thread (listing, list_in_thread);
}

PtlReport *
ptl_exposure_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
