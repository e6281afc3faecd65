/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-worker.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>

#include "config.h"
#include "ptl-api.h"
#include "worker/ptl-backend-engine.h"
#include "worker/ptl-backend-router.h"
#include "worker/ptl-backend-tunnel.h"
#include "worker/ptl-check.h"
#include "worker/ptl-exposure.h"
#include "worker/ptl-foreign.h"
#include "worker/ptl-listener-watch.h"
#include "worker/ptl-host-firewall.h"
#include "worker/ptl-metrics.h"
#include "worker/ptl-names.h"
#include "worker/ptl-recover.h"
#include "worker/ptl-rest.h"
#include "worker/ptl-restorer.h"
#include "worker/ptl-named-routers.h"
#include "worker/ptl-routers.h"
#include "worker/ptl-sampler.h"
#include "worker/ptl-scheduler.h"
#include "worker/ptl-service.h"

#define IDLE_US (30 * G_USEC_PER_SEC)
#define STORE_PROBE_US (30 * G_USEC_PER_SEC)

struct _PtlWorker
{
  GObject parent;

  PtlClock *clock;
  GDBusConnection *connection;
  char *state_dir;
  char *igd_helper;
  int lock_fd;
  PtlService *service;
  PtlStore *store;
  PtlInventory *inventory;
  PtlDebts *debts;
  PtlMeter *meter;
  PtlSampler *sampler;
  PtlMetrics *metrics;
  PtlChanges *changes;
  PtlRestorer *restorer;
  PtlScheduler *scheduler;
  PtlNotifier *notifier;
  PtlRelays *relays;
  PtlBackendTunnel *tunnels;
  PtlBackendRouter *mappings;
  PtlForeign *foreign;
  PtlFirewall *firewall;
  PtlExposure *exposure;
  PtlIdentifier *identifier;
  PtlAfterlook *afterlook;
  PtlListenerWatch *listeners;
  PtlHostFirewall *host_firewall;
  PtlEngine *engine;
  PtlDiscovery *discovery;
  PtlCheck *check;
  PtlAddressSource *addresses;
  PtlNames *names;
  PtlDiscovery *ipv6; /* the IPv6 side of the routers, for pinholes */
  PtlAlarm *idle_alarm;
  PtlAlarm *probe_alarm;
  PtlRest *rest;
  gboolean idle_set;
  gboolean recovered;
};

G_DEFINE_FINAL_TYPE (PtlWorker, ptl_worker, G_TYPE_OBJECT)

static guint finished_signal;

char *
ptl_worker_dup_state_dir (void)
{
  const char *set = g_getenv ("PORTOLAN_STATE_DIR");

  if (set != NULL && *set != '\0')
    return g_canonicalize_filename (set, NULL);
  return g_build_filename (g_get_user_state_dir (), "portolan", NULL);
}

char *
ptl_worker_dup_igd_helper (void)
{
  const char *set = g_getenv ("PORTOLAN_IGD_HELPER");

  if (set != NULL && *set != '\0')
    return g_strdup (set);
  return g_build_filename (LIBEXECDIR, "portolan-igd", NULL);
}

/* ---- Alone ---- */

static gboolean
take_name (PtlWorker *self, GError **error)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "RequestName", g_variant_new ("(su)", PTL_API_BUS_NAME, (guint32) G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE),
      G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
  guint32 answer;

  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(u)", &answer);
  if (answer == 1 || answer == 4)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_BUSY, NULL, _("Another worker is running already."));
  return FALSE;
}

/* A worker on another bus (a second login without a shared session) must not write the same store. The lock is held
 * as long as the process lives. A directory that cannot be written needs none: then nothing is. */
static gboolean
take_directory (PtlWorker *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_dir, "worker.lock", NULL);

  g_mkdir_with_parents (self->state_dir, 0700);
  self->lock_fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock_fd < 0 || flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    return TRUE;
  /* Translators: %s is a directory */
  ptl_error_set (error, PTL_ERROR_BUSY, NULL,
                 _("Another worker, on another session bus, is using %s already."), self->state_dir);
  return FALSE;
}

gboolean
ptl_worker_claim (PtlWorker *self, GError **error)
{
  self->service = ptl_service_new (self->connection, self->clock, error);
  return self->service != NULL && take_name (self, error) && take_directory (self, error);
}

/* ---- Idle ---- */

static gboolean
is_needed (PtlWorker *self)
{
  return ptl_inventory_get_n_rules (self->inventory) > 0 ||
         ptl_debts_get_n_debts (self->debts) > 0 || ptl_names_get_n_names (self->names) > 0 ||
         ptl_changes_has_unlogged (self->changes) || ptl_exposure_is_needed (self->exposure) ||
         ptl_listener_watch_is_needed (self->listeners) ||
         ptl_callers_get_n_callers (ptl_service_get_callers (self->service)) > 0;
}

/* Gives the name back first, and answers what came in before that: a call that started us, or thinks we are here,
 * must not be lost. */
static void
end_if_idle (gpointer data)
{
  PtlWorker *self = data;
  g_autoptr (GVariant) reply = NULL;

  self->idle_set = FALSE;
  if (is_needed (self))
    return;
  reply = g_dbus_connection_call_sync (self->connection, "org.freedesktop.DBus",
                                       "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                       "ReleaseName", g_variant_new ("(s)", PTL_API_BUS_NAME), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (!is_needed (self))
    g_signal_emit (self, finished_signal, 0, 0);
  else if (!take_name (self, NULL))
    g_signal_emit (self, finished_signal, 0, 1);
}

static void
watch_idle (PtlWorker *self)
{
  ptl_rest_soon (self->rest);
  if (is_needed (self))
    {
      if (self->idle_set)
        ptl_alarm_clear (self->idle_alarm);
      self->idle_set = FALSE;
    }
  else if (!self->idle_set)
    {
      self->idle_set = TRUE;
      ptl_alarm_set_boot (self->idle_alarm, ptl_clock_get_boot_us (self->clock) + IDLE_US,
                          end_if_idle, self);
    }
}

/* ---- The store's trouble ---- */

static void
recover (PtlWorker *self)
{
  g_autoptr (GPtrArray) ids =
      ptl_recover (self->store, self->clock, self->inventory, self->debts);

  self->recovered = ptl_store_get_state (self->store) == PTL_STORE_STATE_OK;
  for (guint i = 0; i < ids->len; i++)
    ptl_restorer_add (self->restorer, ids->pdata[i]);
}

static void
probe_store (gpointer data)
{
  PtlWorker *self = data;

  if (!ptl_store_probe (self->store))
    ptl_alarm_set_boot (self->probe_alarm, ptl_clock_get_boot_us (self->clock) + STORE_PROBE_US,
                        probe_store, self);
}

static void
on_store_state (PtlWorker *self)
{
  PtlStoreState state = ptl_store_get_state (self->store);

  ptl_alarm_clear (self->probe_alarm);
  if (state == PTL_STORE_STATE_FULL || state == PTL_STORE_STATE_READ_ONLY)
    ptl_alarm_set_boot (self->probe_alarm, ptl_clock_get_boot_us (self->clock) + STORE_PROBE_US,
                        probe_store, self);
  if (state != PTL_STORE_STATE_OK)
    return;
  if (!self->recovered)
    recover (self);
  ptl_restorer_kick (self->restorer);
}

/* ---- The relays ---- */

static void
on_relay_added (PtlWorker *self, const char *id)
{
  const PtlRelayView *view = ptl_relays_find (self->relays, id, NULL);

  ptl_backend_tunnel_set_relay (self->tunnels, view->relay);
}

static void
on_relay_removed (PtlWorker *self, const char *id)
{
  ptl_backend_tunnel_remove_relay (self->tunnels, id);
}

static void
on_key_trusted (PtlWorker *self, const char *id)
{
  ptl_backend_tunnel_try_again (self->tunnels, id);
  ptl_restorer_kick (self->restorer);
}

static void
on_offered_key (PtlWorker *self, const char *id, const char *key_line, const char *fingerprint)
{
  ptl_relays_offer_key (self->relays, id, key_line, fingerprint);
}

static void
on_relay_state (PtlWorker *self, const char *id, const char *state, const GError *error)
{
  ptl_relays_set_state (self->relays, id, state, error);
}

/* ---- The names ---- */

/* Nobody looks at a name that worked for months: whoever cares for it is told. */
static void
on_name_stopped (PtlWorker *self, const char *id)
{
  const PtlDynamicName *name = ptl_names_find (self->names, id, NULL);
  /* Translators: %s is a name like home.example.org */
  g_autofree char *summary = g_strdup_printf (_("%s does not follow your address any more"), name->hostname);
  g_autofree char *body = g_strdup_printf ("%s %s", name->message, name->advice);

  ptl_notifier_send (self->notifier, id, summary, body, NULL);
}

static void
on_name_removed (PtlWorker *self, const char *id)
{
  ptl_notifier_withdraw (self->notifier, id);
  watch_idle (self);
}

/* ---- The network ---- */

static void
on_debt_paid (PtlWorker *self, const char *rule_id)
{
  ptl_backend_router_try_again (self->mappings, rule_id);
}

/* Next time the protocol that worked here is asked first. */
static void
on_remembered (PtlWorker *self, GParamSpec *spec, PtlRouter *router)
{
  const char *id = ptl_router_get_id (router);
  const char *protocol = ptl_router_get_remembered_protocol (router);
  g_autofree char *known = ptl_store_dup_router_protocol (self->store, id);
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (known, protocol) == 0)
    return;
  if (!ptl_store_begin (self->store, &error) ||
      !ptl_store_put_router (self->store, id, protocol, &error) ||
      !ptl_store_commit (self->store, &error))
    g_message ("What the router speaks could not be kept: %s", error->message);
}

static void
remember (PtlWorker *self, PtlRouter *router)
{
  g_autofree char *protocol = ptl_store_dup_router_protocol (self->store, ptl_router_get_id (router));

  g_signal_handlers_disconnect_by_func (router, on_remembered, self);
  if (*protocol != '\0' && *ptl_router_get_remembered_protocol (router) == '\0')
    ptl_router_set_remembered_protocol (router, protocol);
  g_signal_connect_object (router, "notify::remembered-protocol", G_CALLBACK (on_remembered), self,
                           G_CONNECT_SWAPPED);
}

static void
on_network (PtlWorker *self)
{
  g_auto (GStrv) addresses = ptl_routers_dup_addresses (self->discovery);
  GListModel *model = G_LIST_MODEL (self->discovery);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (PtlRouter) router = g_list_model_get_item (model, i);

      remember (self, router);
    }
  ptl_changes_set_router_addresses (self->changes, (const char *const *) addresses);
  ptl_engine_set_forbidden (self->engine, (const char *const *) addresses);
  ptl_debts_kick (self->debts);
  ptl_restorer_kick (self->restorer);
}

/* ---- The engine ---- */

static void
on_target (PtlWorker *self, const char *id, const char *endpoint, gboolean up, const GError *error)
{
  ptl_changes_target_changed (self->changes, id, endpoint, up, error);
}

/* ---- Wiring ---- */

static void
add_backend (PtlWorker *self, PtlKind kind, PtlBackend *backend)
{
  ptl_changes_set_backend (self->changes, kind, backend);
  ptl_debts_set_backend (self->debts, kind, backend);
  ptl_meter_set_backend (self->meter, kind, backend);
  g_object_unref (backend);
}

static void
make_parts (PtlWorker *self)
{
  self->store = ptl_store_new (self->state_dir, self->clock);
  self->inventory = ptl_inventory_new ();
  self->debts = ptl_debts_new (self->clock, self->store);
  self->engine = ptl_engine_new (0);
  self->meter = ptl_meter_new (self->clock, self->engine, self->inventory);
  self->sampler = ptl_sampler_new (self->clock, self->store, self->inventory, self->meter);
  self->metrics = ptl_metrics_new (
      self->clock, &(PtlMetricsSource){ .store = self->store,
                                        .inventory = self->inventory,
                                        .debts = self->debts,
                                        .engine = self->engine,
                                        .version = PACKAGE_VERSION,
                                        .started = ptl_clock_get_wall (self->clock) });
  self->changes =
      ptl_changes_new (self->clock, self->store, self->inventory, self->debts, self->meter);
  self->discovery = ptl_discovery_new (self->clock, self->igd_helper);
  self->check = ptl_check_new (self->clock, self->store, self->debts, self->discovery);
  self->addresses = ptl_address_source_new (self->clock, self->discovery);
  self->names = ptl_names_new (self->clock, self->store, self->addresses);
  self->ipv6 = ptl_discovery_new_ipv6 (self->clock, self->igd_helper);
  self->relays = ptl_relays_new (self->store, self->inventory, self->state_dir);
  self->notifier = ptl_notifier_new (self->connection);
  self->restorer = ptl_restorer_new (self->clock, self->inventory, self->changes);
  self->scheduler =
      ptl_scheduler_new (self->clock, self->inventory, self->changes, self->notifier);
  self->idle_alarm = ptl_alarm_new (self->clock);
  self->probe_alarm = ptl_alarm_new (self->clock);
  self->rest = ptl_rest_new (self->clock, self->store);
  self->tunnels = ptl_backend_tunnel_new (self->clock, self->state_dir);
  add_backend (self, PTL_KIND_TUNNEL, PTL_BACKEND (g_object_ref (self->tunnels)));
  add_backend (self, PTL_KIND_FORWARD, ptl_backend_engine_new (self->engine, self->clock));
  self->mappings = PTL_BACKEND_ROUTER (
      ptl_backend_router_new (self->clock, self->engine, self->discovery, self->ipv6, self->inventory));
  add_backend (self, PTL_KIND_MAPPING, PTL_BACKEND (g_object_ref (self->mappings)));
  self->firewall = ptl_firewall_new ();
  self->listeners = ptl_listener_watch_new (self->clock, self->store, self->inventory, self->notifier);
  self->host_firewall = ptl_host_firewall_new (self->clock, self->store, self->inventory, self->debts,
                                               ptl_firewall_get_firewalld (self->firewall));
  ptl_changes_set_firewall (self->changes, self->host_firewall);
  ptl_debts_set_firewall (self->debts, PTL_BACKEND (self->host_firewall));
  self->foreign = ptl_foreign_new (self->clock, self->store, self->inventory, self->debts, self->discovery,
                                   self->mappings, self->notifier);
  self->identifier = ptl_identifier_new (self->clock);
  self->afterlook = ptl_afterlook_new (self->identifier, self->changes, self->inventory, self->notifier);
  self->exposure = ptl_exposure_new (&(PtlExposureParts){ .clock = self->clock,
                                                          .store = self->store,
                                                          .inventory = self->inventory,
                                                          .discovery = self->discovery,
                                                          .relays = self->relays,
                                                          .foreign = self->foreign,
                                                          .firewall = self->firewall,
                                                          .addresses = self->addresses,
                                                          .state_dir = self->state_dir },
                                     self->notifier);
}

static void
follow (PtlWorker *self, gpointer object, const char *signal, GCallback callback)
{
  g_signal_connect_object (object, signal, callback, self, G_CONNECT_SWAPPED);
}

static void
watch (PtlWorker *self)
{
  follow (self, self->store, "notify::state", G_CALLBACK (on_store_state));
  follow (self, self->discovery, "items-changed", G_CALLBACK (on_network));
  follow (self, self->ipv6, "items-changed", G_CALLBACK (on_network));
  follow (self, self->engine, "target-changed", G_CALLBACK (on_target));
  follow (self, self->relays, "added", G_CALLBACK (on_relay_added));
  follow (self, self->relays, "removed", G_CALLBACK (on_relay_removed));
  follow (self, self->relays, "key-trusted", G_CALLBACK (on_key_trusted));
  follow (self, self->tunnels, "offered-key", G_CALLBACK (on_offered_key));
  follow (self, self->tunnels, "relay-state", G_CALLBACK (on_relay_state));
  follow (self, self->inventory, "added", G_CALLBACK (watch_idle));
  follow (self, self->inventory, "removed", G_CALLBACK (watch_idle));
  follow (self, self->names, "added", G_CALLBACK (watch_idle));
  follow (self, self->names, "removed", G_CALLBACK (on_name_removed));
  follow (self, self->names, "stopped", G_CALLBACK (on_name_stopped));
  follow (self, self->debts, "changed", G_CALLBACK (watch_idle));
  follow (self, self->exposure, "changed", G_CALLBACK (watch_idle));
  follow (self, self->listeners, "needed", G_CALLBACK (watch_idle));
  follow (self, self->debts, "paid", G_CALLBACK (on_debt_paid));
  g_signal_connect_object (self->identifier, "looked", G_CALLBACK (ptl_rest_soon), self->rest, G_CONNECT_SWAPPED);
  follow (self, ptl_service_get_callers (self->service), "changed", G_CALLBACK (watch_idle));
}

void
ptl_worker_start (PtlWorker *self)
{
  PtlServiceParts parts;

  make_parts (self);
  watch (self);
  ptl_relays_load (self->relays);
  ptl_named_routers_load (self->store, self->discovery);
  recover (self);
  on_store_state (self);
  on_network (self);
  ptl_host_firewall_start (self->host_firewall);
  parts = (PtlServiceParts){ .clock = self->clock,
                             .store = self->store,
                             .inventory = self->inventory,
                             .changes = self->changes,
                             .debts = self->debts,
                             .discovery = self->discovery,
                             .relays = self->relays,
                             .sampler = self->sampler,
                             .engine = self->engine,
                             .meter = self->meter,
                             .metrics = self->metrics,
                             .check = self->check,
                             .names = self->names,
                             .foreign = self->foreign,
                             .firewall = self->firewall,
                             .identifier = self->identifier,
                             .afterlook = self->afterlook,
                             .exposure = self->exposure,
                             .listeners = self->listeners,
                             .host_firewall = self->host_firewall,
                             .started = ptl_clock_get_wall (self->clock) };
  ptl_service_attach (self->service, &parts);
  ptl_metrics_start (self->metrics);
  ptl_listener_watch_start (self->listeners);
  ptl_scheduler_run (self->scheduler);
  ptl_discovery_search_async (self->discovery, NULL, NULL, NULL);
  ptl_names_load (self->names);
  watch_idle (self);
}

void
ptl_worker_stop (PtlWorker *self)
{
  if (self->store == NULL)
    return;
  ptl_meter_keep_now (self->meter);
  ptl_changes_flush (self->changes);
  ptl_sampler_flush (self->sampler);
  ptl_engine_stop (self->engine);
}

PtlAddressSource *
ptl_worker_get_addresses (PtlWorker *self)
{
  return self->addresses;
}

PtlStore *
ptl_worker_get_store (PtlWorker *self)
{
  return self->store;
}

static void
ptl_worker_dispose (GObject *object)
{
  PtlWorker *self = PTL_WORKER (object);

  g_clear_object (&self->service);
  g_clear_object (&self->exposure);
  if (self->afterlook != NULL)
    g_object_run_dispose (G_OBJECT (self->afterlook));
  if (self->identifier != NULL)
    g_object_run_dispose (G_OBJECT (self->identifier));
  g_clear_object (&self->afterlook);
  g_clear_object (&self->identifier);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->restorer);
  g_clear_object (&self->idle_alarm);
  g_clear_object (&self->probe_alarm);
  g_clear_object (&self->rest);
  g_clear_object (&self->notifier);
  g_clear_object (&self->names);
  g_clear_object (&self->addresses);
  g_clear_object (&self->relays);
  g_clear_object (&self->tunnels);
  /* Each of the two has the other. */
  if (self->debts != NULL)
    ptl_debts_set_firewall (self->debts, NULL);
  g_clear_object (&self->host_firewall);
  g_clear_object (&self->firewall);
  g_clear_object (&self->listeners);
  g_clear_object (&self->foreign);
  g_clear_object (&self->mappings);
  g_clear_object (&self->changes);
  g_clear_object (&self->sampler);
  g_clear_object (&self->metrics);
  g_clear_object (&self->meter);
  g_clear_object (&self->check);
  g_clear_object (&self->discovery);
  g_clear_object (&self->ipv6);
  g_clear_object (&self->engine);
  g_clear_object (&self->debts);
  g_clear_object (&self->inventory);
  g_clear_object (&self->store);
  g_clear_object (&self->connection);
  g_clear_object (&self->clock);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
  g_clear_pointer (&self->state_dir, g_free);
  g_clear_pointer (&self->igd_helper, g_free);
  G_OBJECT_CLASS (ptl_worker_parent_class)->dispose (object);
}

static void
ptl_worker_class_init (PtlWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_worker_dispose;
  finished_signal = g_signal_new ("finished", PTL_TYPE_WORKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
ptl_worker_init (PtlWorker *self)
{
  self->lock_fd = -1;
}

PtlWorker *
ptl_worker_new (PtlClock *clock,
                GDBusConnection *connection,
                const char *state_dir,
                const char *igd_helper)
{
  PtlWorker *self = g_object_new (PTL_TYPE_WORKER, NULL);

  self->clock = g_object_ref (clock);
  self->connection = g_object_ref (connection);
  self->state_dir = g_strdup (state_dir);
  self->igd_helper = g_strdup (igd_helper);
  return self;
}
