/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include "config.h"
#include "core/ptl-text.h"
#include "ptl-api.h"
#include "worker/ptl-routers.h"

static char *
path_of (const char *parent, const char *id)
{
  GString *path = g_string_new (parent);

  g_string_append_c (path, '/');
  for (const char *c = id; *c != '\0'; c++)
    g_string_append_c (path, g_ascii_isalnum (*c) ? *c : '_');
  return g_string_free (path, FALSE);
}

/* ---- Rules ---- */

static void
show_opening (GVariantDict *dict, const PtlOpeningRecord *record)
{
  g_autofree char *zone = ptl_text_make_safe (record->opening->zone, -1, 120);

  g_variant_dict_insert (dict, "FirewallZone", "s", zone);
  g_variant_dict_insert (dict, "FirewallUntil", "x", record->ends);
}

GVariant *
ptl_service_rule_to_variant (PtlService *self, const PtlRule *rule)
{
  const char *name = ptl_names_find_for (self->parts.names, rule);
  const GPtrArray *openings = ptl_host_firewall_get_records (self->parts.host_firewall, rule->id);
  g_autoptr (GVariant) fields = NULL;
  GVariantDict dict;

  if (name == NULL && openings == NULL)
    return ptl_rule_to_variant (rule);
  fields = g_variant_ref_sink (ptl_rule_to_variant (rule));
  g_variant_dict_init (&dict, fields);
  if (name != NULL)
    g_variant_dict_insert (&dict, "PublicName", "s", name);
  if (openings != NULL)
    show_opening (&dict, openings->pdata[0]);
  return g_variant_dict_end (&dict);
}

static void
show_rule (PtlService *self, const PtlRule *rule)
{
  g_autofree char *path = path_of (PTL_API_RULES_PATH, rule->id);

  ptl_objects_put (self->objects, path, ptl_bus_rule1_interface_info (), ptl_service_rule_to_variant (self, rule));
}

void
ptl_service_show_public_name (PtlService *self, const PtlRule *rule)
{
  g_autofree char *path = path_of (PTL_API_RULES_PATH, rule->id);
  const char *name = ptl_names_find_for (self->parts.names, rule);
  const char *shown = ptl_objects_get_text (self->objects, path, "PublicName");

  if (shown != NULL && !g_str_equal (shown, name != NULL ? name : ""))
    show_rule (self, rule);
}

static void
on_rule_removed (PtlService *self, const PtlRule *rule)
{
  g_autofree char *path = path_of (PTL_API_RULES_PATH, rule->id);

  ptl_objects_remove (self->objects, path);
}

static void
on_rule_closed (PtlService *self, const PtlRule *rule)
{
  ptl_bus_worker1_emit_rule_closed (self->worker, ptl_rule_to_variant (rule));
}

/* ---- Routers ---- */

static GVariant *
router_to_variant (PtlRouter *router)
{
  const GError *error = ptl_router_get_error (router);
  g_autofree char *message = error != NULL ? ptl_error_dup_what (error) : g_strdup ("");
  g_autofree char *advice = error != NULL ? ptl_error_dup_advice (error) : g_strdup ("");
  const char *const *protocols = ptl_router_get_protocols (router);
  static const char *const none[] = { NULL };
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Id", "s", ptl_router_get_id (router));
  g_variant_dict_insert (&dict, "Name", "s", ptl_router_get_name (router));
  g_variant_dict_insert (&dict, "Address", "s", ptl_router_get_address (router));
  g_variant_dict_insert (&dict, "Interface", "s", ptl_router_get_interface (router));
  g_variant_dict_insert (&dict, "LocalAddress", "s", ptl_router_get_local_address (router));
  g_variant_dict_insert (&dict, "ExternalAddress", "s", ptl_router_get_external_address (router));
  g_variant_dict_insert_value (&dict, "Protocols",
                               g_variant_new_strv (protocols != NULL ? protocols : none, -1));
  g_variant_dict_insert (&dict, "State", "s",
                         ptl_router_state_to_string (ptl_router_get_state (router)));
  g_variant_dict_insert (&dict, "Message", "s", message);
  g_variant_dict_insert (&dict, "Advice", "s", advice);
  g_variant_dict_insert (&dict, "Named", "b", ptl_router_get_is_named (router));
  g_variant_dict_insert (&dict, "DescriptionUrl", "s", ptl_router_get_description_url (router));
  return g_variant_dict_end (&dict);
}

static void
show_network (PtlService *self)
{
  g_autofree char *message = ptl_routers_dup_network_message (self->parts.discovery);

  ptl_bus_worker1_set_network_state (self->worker,
                                     ptl_routers_get_network_state (self->parts.discovery));
  ptl_bus_worker1_set_network_message (self->worker, message);
}

static void show_routers (PtlService *self);

static void
show_router (PtlService *self, const char *path, PtlRouter *router)
{
  ptl_objects_put (self->objects, path, ptl_bus_router1_interface_info (), router_to_variant (router));
}

static void
on_router_changed (PtlService *self, GParamSpec *spec, PtlRouter *router)
{
  g_autofree char *path = path_of (PTL_API_ROUTERS_PATH, ptl_router_get_id (router));

  /* Its id, and so its path, is another once its hardware address is known. */
  if (!ptl_objects_has (self->objects, path))
    {
      show_routers (self);
      return;
    }
  show_router (self, path, router);
  show_network (self);
}

static void
add_router (PtlService *self, PtlRouter *router, GHashTable *paths)
{
  char *path = path_of (PTL_API_ROUTERS_PATH, ptl_router_get_id (router));

  g_signal_handlers_disconnect_by_func (router, on_router_changed, self);
  g_signal_connect_object (router, "notify", G_CALLBACK (on_router_changed), self,
                           G_CONNECT_SWAPPED);
  show_router (self, path, router);
  g_hash_table_add (paths, path);
}

static void
remove_other_routers (PtlService *self, GHashTable *paths)
{
  g_autoptr (GPtrArray) shown = ptl_objects_dup_paths (self->objects, ptl_bus_router1_interface_info ());

  for (guint i = 0; i < shown->len; i++)
    if (!g_hash_table_contains (paths, shown->pdata[i]))
      ptl_objects_remove (self->objects, shown->pdata[i]);
}

static void
show_routers (PtlService *self)
{
  g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GListModel *model = G_LIST_MODEL (self->parts.discovery);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (PtlRouter) router = g_list_model_get_item (model, i);

      add_router (self, router, paths);
    }
  remove_other_routers (self, paths);
  show_network (self);
}

/* ---- Relays ---- */

static GVariant *
relay_to_variant (const PtlRelayView *view)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Id", "s", view->relay->id);
  g_variant_dict_insert (&dict, "Name", "s", view->relay->name);
  g_variant_dict_insert (&dict, "Host", "s", view->relay->host);
  g_variant_dict_insert (&dict, "Port", "u", (guint32) view->relay->port);
  g_variant_dict_insert (&dict, "User", "s", view->relay->user);
  g_variant_dict_insert (&dict, "KeyFile", "s", view->relay->key_file);
  g_variant_dict_insert (&dict, "State", "s", view->state);
  g_variant_dict_insert (&dict, "OfferedKey", "s", view->offered_key);
  g_variant_dict_insert (&dict, "Message", "s", view->message);
  g_variant_dict_insert (&dict, "Advice", "s", view->advice);
  return g_variant_dict_end (&dict);
}

static void
show_relay (PtlService *self, const char *id)
{
  const PtlRelayView *view = ptl_relays_find (self->parts.relays, id, NULL);
  g_autofree char *path = path_of (PTL_API_RELAYS_PATH, id);

  if (view != NULL)
    ptl_objects_put (self->objects, path, ptl_bus_relay1_interface_info (), relay_to_variant (view));
}

static void
on_relay_removed (PtlService *self, const char *id)
{
  g_autofree char *path = path_of (PTL_API_RELAYS_PATH, id);

  ptl_objects_remove (self->objects, path);
}

/* ---- The worker's own properties ---- */

static char *
rule_name (PtlService *self, const char *id)
{
  const PtlRule *living = ptl_inventory_get (self->parts.inventory, id);
  g_autoptr (PtlRule) closed =
      living == NULL ? ptl_store_get_rule (self->parts.store, id, NULL) : NULL;

  if (living != NULL)
    return g_strdup (living->name);
  return g_strdup (closed != NULL ? closed->name : "");
}

static GVariant *
debt_to_variant (PtlService *self, const PtlDebt *debt)
{
  g_autofree char *name = rule_name (self, debt->rule_id);
  g_autofree char *endpoint = ptl_endpoint_to_string (debt->lease->endpoint);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "RuleId", "s", debt->rule_id);
  g_variant_dict_insert (&dict, "Name", "s", name);
  g_variant_dict_insert (&dict, "System", "s", debt->lease->system);
  g_variant_dict_insert (&dict, "Holder", "s", debt->lease->holder);
  g_variant_dict_insert (&dict, "Endpoint", "s", endpoint);
  g_variant_dict_insert (&dict, "Since", "x", debt->since);
  g_variant_dict_insert (&dict, "Tries", "u", (guint32) debt->tries);
  g_variant_dict_insert (&dict, "Message", "s", debt->message);
  g_variant_dict_insert (&dict, "Ends", "x", debt->ends);
  return g_variant_dict_end (&dict);
}

GVariant *
ptl_service_debts_to_variant (PtlService *self)
{
  g_autoptr (GPtrArray) debts = ptl_debts_list (self->parts.debts);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < debts->len; i++)
    g_variant_builder_add_value (&builder, debt_to_variant (self, debts->pdata[i]));
  return g_variant_builder_end (&builder);
}

static void
show_debts (PtlService *self)
{
  ptl_bus_worker1_set_debts (self->worker, ptl_service_debts_to_variant (self));
}

static void
show_store (PtlService *self)
{
  const GError *error = ptl_store_get_error (self->parts.store);

  ptl_bus_worker1_set_store_state (
      self->worker, ptl_store_state_to_string (ptl_store_get_state (self->parts.store)));
  ptl_bus_worker1_set_store_message (self->worker, error != NULL ? error->message : "");
}

static void
show_metrics (PtlService *self)
{
  ptl_bus_worker1_set_metrics_port (self->worker, ptl_metrics_get_port (self->parts.metrics));
}

static void
show_check (PtlService *self)
{
  g_autoptr (GVariant) state = ptl_check_dup_state (self->parts.check);

  ptl_bus_worker1_set_network_check (self->worker, state);
}

static gboolean
is_there (const char *sender, gpointer data)
{
  return ptl_callers_is_there (((PtlService *) data)->callers, sender);
}

static void
drop_followers (PtlService *self)
{
  ptl_listener_watch_drop_followers (self->parts.listeners, is_there, self);
}

static void
show_exposure (PtlService *self)
{
  g_autoptr (GVariant) state = ptl_exposure_dup_state (self->parts.exposure);

  ptl_bus_worker1_set_exposure_check (self->worker, state);
}

static void
show_firewall (PtlService *self)
{
  ptl_bus_worker1_set_firewall (self->worker, ptl_host_firewall_is_there (self->parts.host_firewall) ? "firewalld" : "");
}

static void
on_event (PtlService *self, const PtlEvent *event)
{
  ptl_bus_worker1_emit_event_logged (self->worker, ptl_event_to_variant (event));
}

/* ---- All of it ---- */

static void
follow (PtlService *self, gpointer object, const char *signal, GCallback callback)
{
  g_signal_connect_object (object, signal, callback, self, G_CONNECT_SWAPPED);
}

void
ptl_service_follow (PtlService *self)
{
  const PtlServiceParts *parts = &self->parts;
  g_autoptr (GPtrArray) rules = ptl_inventory_list (parts->inventory);
  g_autoptr (GPtrArray) relays = ptl_relays_list (parts->relays);

  ptl_bus_worker1_set_version (self->worker, PACKAGE_VERSION);
  follow (self, parts->inventory, "added", G_CALLBACK (show_rule));
  follow (self, parts->inventory, "changed", G_CALLBACK (show_rule));
  follow (self, parts->inventory, "removed", G_CALLBACK (on_rule_removed));
  follow (self, parts->changes, "closed", G_CALLBACK (on_rule_closed));
  follow (self, parts->discovery, "items-changed", G_CALLBACK (show_routers));
  follow (self, parts->discovery, "notify::searching", G_CALLBACK (show_network));
  follow (self, parts->relays, "added", G_CALLBACK (show_relay));
  follow (self, parts->relays, "changed", G_CALLBACK (show_relay));
  follow (self, parts->relays, "removed", G_CALLBACK (on_relay_removed));
  follow (self, parts->debts, "changed", G_CALLBACK (show_debts));
  follow (self, parts->store, "notify::state", G_CALLBACK (show_store));
  follow (self, parts->store, "event-added", G_CALLBACK (on_event));
  follow (self, parts->metrics, "changed", G_CALLBACK (show_metrics));
  follow (self, parts->check, "changed", G_CALLBACK (show_check));
  follow (self, parts->exposure, "changed", G_CALLBACK (show_exposure));
  follow (self, parts->listeners, "changed", G_CALLBACK (ptl_service_show_listeners));
  follow (self, self->callers, "changed", G_CALLBACK (drop_followers));
  follow (self, parts->host_firewall, "presence-changed", G_CALLBACK (show_firewall));
  for (guint i = 0; i < rules->len; i++)
    show_rule (self, rules->pdata[i]);
  for (guint i = 0; i < relays->len; i++)
    show_relay (self, ((PtlRelayView *) relays->pdata[i])->relay->id);
  ptl_service_follow_names (self);
  show_routers (self);
  show_debts (self);
  show_store (self);
  show_metrics (self);
  show_check (self);
  show_exposure (self);
  ptl_service_show_listeners (self);
  show_firewall (self);
  ptl_objects_start (self->objects);
}

void
ptl_service_unfollow (PtlService *self)
{
  gpointer objects[] = { self->parts.inventory, self->parts.changes, self->parts.discovery,
                         self->parts.relays,    self->parts.debts,   self->parts.store,
                         self->parts.metrics,   self->parts.check,   self->parts.names,
                         self->parts.exposure,  self->parts.listeners, self->callers,
                         self->parts.host_firewall };

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    g_signal_handlers_disconnect_by_data (objects[i], self);
}
