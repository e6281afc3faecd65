/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-worker.h"

#include "api/ptl-api-error.h"
#include "api/ptl-api.h"
#include "core/ptl-error.h"
#include "ptl-bus.h"

struct _FakeWorker
{
  GDBusConnection *connection;
  GDBusObjectManagerServer *manager;
  PtlBusWorker1 *worker;
  GHashTable *rules;  /* id -> PtlRule */
  GPtrArray *closed;  /* PtlRule, latest first */
  GPtrArray *events;  /* PtlEvent, latest first */
  GPtrArray *calls;   /* method names */
  GHashTable *last;   /* method -> GVariant */
  GHashTable *answers; /* method -> GVariant */
  FakeOpening opening;
  GError *failure;
  gboolean always;
  guint next_id;
};

char *
fake_id (guint n)
{
  return g_strdup_printf ("%08x-1234-4abc-8def-000000000000", n);
}

PtlRule *
fake_rule (guint n, const char *name)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_FORWARD);

  g_free (rule->id);
  g_free (rule->name);
  g_free (rule->owner);
  g_free (rule->purpose);
  g_free (rule->backend);
  rule->id = fake_id (n);
  rule->name = g_strdup (name);
  rule->owner = g_strdup ("ann");
  rule->purpose = g_strdup ("a test");
  rule->backend = g_strdup ("engine");
  g_clear_pointer (&rule->public_endpoint, ptl_endpoint_free);
  g_clear_pointer (&rule->target, ptl_endpoint_free);
  rule->public_endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 8080, 8080);
  rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 80, 80);
  rule->created = 1700000000 + n;
  rule->expires = 1900000000;
  rule->state = PTL_RULE_STATE_OPEN;
  return rule;
}

/* --- publishing --- */

static char *
kebab (const char *key)
{
  GString *out = g_string_new (NULL);

  for (const char *p = key; *p != '\0'; p++)
    {
      if (g_ascii_isupper (*p) && p != key)
        g_string_append_c (out, '-');
      g_string_append_c (out, g_ascii_tolower (*p));
    }
  return g_string_free (out, FALSE);
}

static void
set_properties (gpointer object, GVariant *properties)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_object_freeze_notify (object);
  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *name = kebab (key);
      g_auto (GValue) converted = G_VALUE_INIT;

      g_dbus_gvariant_to_gvalue (value, &converted);
      g_object_set_property (object, name, &converted);
    }
  g_object_thaw_notify (object);
}

static char *
rule_path (const char *id)
{
  g_autofree char *copy = g_strdelimit (g_strdup (id), "-", '_');

  return g_strconcat (PTL_API_RULES_PATH "/", copy, NULL);
}

static void
publish (FakeWorker *self, const char *path, GDBusInterfaceSkeleton *interface)
{
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  g_dbus_object_skeleton_add_interface (object, interface);
  g_dbus_object_manager_server_export (self->manager, object);
}

static void
publish_rule (FakeWorker *self, const PtlRule *rule)
{
  g_autofree char *path = rule_path (rule->id);
  g_autoptr (PtlBusRule1) interface = ptl_bus_rule1_skeleton_new ();
  g_autoptr (GVariant) properties = g_variant_ref_sink (ptl_rule_to_variant (rule));

  set_properties (interface, properties);
  publish (self, path, G_DBUS_INTERFACE_SKELETON (interface));
}

void
fake_worker_add_rule (FakeWorker *self, const PtlRule *rule)
{
  g_hash_table_insert (self->rules, g_strdup (rule->id), ptl_rule_copy (rule));
  publish_rule (self, rule);
}

void
fake_worker_change_rule (FakeWorker *self, const char *id, GVariant *changed)
{
  g_autofree char *path = rule_path (id);
  g_autoptr (GVariant) sunk = g_variant_ref_sink (changed);
  g_autoptr (GDBusObject) object
    = g_dbus_object_manager_get_object (G_DBUS_OBJECT_MANAGER (self->manager), path);
  g_autoptr (GDBusInterface) interface
    = g_dbus_object_get_interface (object, PTL_API_RULE_INTERFACE);

  set_properties (interface, sunk);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (interface));
}

void
fake_worker_set_traffic (FakeWorker *self, const char *id, guint64 bytes_in, guint connections)
{
  PtlRule *rule = g_hash_table_lookup (self->rules, id);

  rule->traffic.bytes_in = bytes_in;
  rule->traffic.connections_now = connections;
  fake_worker_change_rule (self, id,
                           g_variant_new_parsed ("{'BytesIn': <%t>, 'ConnectionsNow': <%t>}", bytes_in,
                                                 (guint64) connections));
}

void
fake_worker_retire_rule (FakeWorker *self, const char *id, PtlRuleState state, const GError *error)
{
  g_autofree char *path = rule_path (id);
  PtlRule *rule = ptl_rule_copy (g_hash_table_lookup (self->rules, id));

  rule->state = state;
  rule->closed = 1750000000;
  if (state == PTL_RULE_STATE_CLOSED)
    rule->close_reason = PTL_CLOSE_REASON_REVOKED;
  ptl_rule_set_error (rule, error);
  g_ptr_array_insert (self->closed, 0, rule);
  g_hash_table_remove (self->rules, id);
  ptl_bus_worker1_emit_rule_closed (self->worker, ptl_rule_to_variant (rule));
  g_dbus_object_manager_server_unexport (self->manager, path);
}

void
fake_worker_add_closed (FakeWorker *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("closed %u", i);
      PtlRule *rule = fake_rule (0x10000 + i, name);

      rule->state = PTL_RULE_STATE_CLOSED;
      rule->closed = 1740000000 - i;
      rule->close_reason = PTL_CLOSE_REASON_EXPIRED;
      g_ptr_array_add (self->closed, rule);
    }
}

void
fake_worker_add_router (FakeWorker *self, const char *id, const char *name)
{
  g_autofree char *path = g_strconcat (PTL_API_ROUTERS_PATH "/", id, NULL);
  g_autoptr (PtlBusRouter1) router = ptl_bus_router1_skeleton_new ();
  const char *const protocols[] = { "pcp", "upnp", NULL };

  g_object_set (router, "id", id, "name", name, "address", "192.168.77.1", "interface", "eth0",
                "local-address", "192.168.77.10", "external-address", "5.6.7.8", "protocols",
                protocols, "state", "ready", "message", "", "advice", "", NULL);
  publish (self, path, G_DBUS_INTERFACE_SKELETON (router));
}

void
fake_worker_add_relay (FakeWorker *self, const char *id, const char *name, const char *offered_key)
{
  g_autofree char *path = g_strconcat (PTL_API_RELAYS_PATH "/", id, NULL);
  g_autoptr (PtlBusRelay1) relay = ptl_bus_relay1_skeleton_new ();

  g_object_set (relay, "id", id, "name", name, "host", "relay.example", "port", 22, "user", "ann",
                "key-file", "", "state", offered_key[0] != '\0' ? "key-offered" : "ready",
                "offered-key", offered_key, "message", "", "advice", "", NULL);
  publish (self, path, G_DBUS_INTERFACE_SKELETON (relay));
}

void
fake_worker_log (FakeWorker *self, const char *what, const char *rule_id)
{
  PtlEvent *event = ptl_event_new ();

  g_free (event->who);
  g_free (event->what);
  g_free (event->rule_id);
  g_free (event->result);
  event->seq = (gint64) self->events->len + 1;
  event->at = 1750000000 + event->seq;
  event->who = g_strdup ("worker");
  event->what = g_strdup (what);
  event->rule_id = g_strdup (rule_id);
  event->result = g_strdup ("ok");
  g_ptr_array_insert (self->events, 0, event);
  ptl_bus_worker1_emit_event_logged (self->worker, ptl_event_to_variant (event));
}

void
fake_worker_set_network (FakeWorker *self, const char *state, const char *message)
{
  ptl_bus_worker1_set_network_state (self->worker, state);
  ptl_bus_worker1_set_network_message (self->worker, message);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->worker));
}

/* --- requests --- */

static PtlRule *
find_rule (FakeWorker *self, const char *prefix)
{
  GHashTableIter iter;
  PtlRule *rule;

  g_hash_table_iter_init (&iter, self->rules);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &rule))
    if (g_str_has_prefix (rule->id, prefix))
      return rule;
  for (guint i = 0; i < self->closed->len; i++)
    if (g_str_has_prefix (((PtlRule *) self->closed->pdata[i])->id, prefix))
      return self->closed->pdata[i];
  return NULL;
}

static void
return_not_found (GDBusMethodInvocation *invocation, const char *id)
{
  g_dbus_method_invocation_take_error (
    invocation, ptl_error_new (PTL_ERROR_NOT_FOUND, "See portolanctl list.",
                               "There is no rule with the id “%s”.", id));
}

static void
open_rule (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  g_autoptr (GVariant) request = g_variant_get_child_value (arguments, 0);
  g_autoptr (PtlRule) rule = fake_rule (0xa0000 + self->next_id++, "opened");
  const char *kind = "forward";

  g_variant_lookup (request, "Kind", "&s", &kind);
  ptl_kind_from_string (kind, &rule->kind, NULL);
  rule->state = PTL_RULE_STATE_OPENING;
  fake_worker_add_rule (self, rule);
  if (self->opening == FAKE_FAILS_AT_ONCE)
    fake_worker_retire_rule (self, rule->id, PTL_RULE_STATE_FAILED, self->failure);
  ptl_bus_worker1_complete_open_rule (self->worker, invocation, rule->id);
  if (self->opening == FAKE_OPENS)
    fake_worker_change_rule (self, rule->id,
                             g_variant_new_parsed ("{'State': <'open'>, 'Step': <''>}"));
  else if (self->opening == FAKE_FAILS)
    fake_worker_retire_rule (self, rule->id, PTL_RULE_STATE_FAILED, self->failure);
}

static void
close_rules (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  g_autofree const char **ids = NULL;
  g_autoptr (GPtrArray) whole = g_ptr_array_new_with_free_func (g_free);

  g_variant_get (arguments, "(^a&s&s)", &ids, NULL);
  for (guint i = 0; ids[i] != NULL; i++)
    {
      PtlRule *rule = find_rule (self, ids[i]);

      if (rule == NULL || !ptl_rule_is_living (rule))
        {
          return_not_found (invocation, ids[i]);
          return;
        }
      g_ptr_array_add (whole, g_strdup (rule->id));
    }
  ptl_bus_worker1_complete_close_rules (self->worker, invocation);
  for (guint i = 0; i < whole->len; i++)
    fake_worker_retire_rule (self, whole->pdata[i], PTL_RULE_STATE_CLOSED, NULL);
}

static void
find_one (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  const char *id;
  PtlRule *rule;

  g_variant_get (arguments, "(&s)", &id);
  rule = find_rule (self, id);
  if (rule == NULL)
    return_not_found (invocation, id);
  else
    ptl_bus_worker1_complete_find_rule (self->worker, invocation, ptl_rule_to_variant (rule));
}

static void
list_closed (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  guint offset, limit, total = 0;
  const char *search;

  g_variant_get (arguments, "(uu&s)", &offset, &limit, &search);
  for (guint i = 0; i < self->closed->len; i++)
    {
      const PtlRule *rule = self->closed->pdata[i];

      if (strstr (rule->name, search) == NULL)
        continue;
      if (total >= offset && total < offset + limit)
        g_variant_builder_add_value (&builder, ptl_rule_to_variant (rule));
      total++;
    }
  ptl_bus_worker1_complete_list_closed (self->worker, invocation, g_variant_builder_end (&builder),
                                        total);
}

static void
list_events (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  const char *rule_id;
  gint64 before;
  guint limit;

  g_variant_get (arguments, "(&sxu)", &rule_id, &before, &limit);
  for (guint i = 0; i < self->events->len && limit > 0; i++)
    {
      const PtlEvent *event = self->events->pdata[i];

      if ((before != 0 && event->seq >= before)
          || (rule_id[0] != '\0' && !g_str_equal (rule_id, event->rule_id)))
        continue;
      g_variant_builder_add_value (&builder, ptl_event_to_variant (event));
      limit--;
    }
  ptl_bus_worker1_complete_list_events (self->worker, invocation,
                                        g_variant_builder_end (&builder));
}

static void
list_entries (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  static const char *const entries
    = "[{'Protocol': <'tcp'>, 'ExternalPort': <uint32 25565>, 'Address': <'192.168.77.10'>,"
      "  'Port': <uint32 25565>, 'Description': <'portolan'>, 'Remote': <''>,"
      "  'Lifetime': <int64 3600>, 'Enabled': <true>,"
      "  'RuleId': <'00000001-1234-4abc-8def-000000000000'>, 'Router': <'gw'>},"
      " {'Protocol': <'udp'>, 'ExternalPort': <uint32 9999>, 'Address': <'192.168.77.30'>,"
      "  'Port': <uint32 9999>, 'Description': <'tv \\x1b[31m'>, 'Remote': <''>,"
      "  'Lifetime': <int64 0>, 'Enabled': <true>, 'RuleId': <''>, 'Router': <'gw'>}]";

  ptl_bus_worker1_complete_list_entries (
    self->worker, invocation, g_variant_new_parsed (entries));
}

static void
get_status (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  ptl_bus_worker1_complete_get_status (
    self->worker, invocation,
    g_variant_new_parsed ("{'Version': <'0.1.0'>, 'Pid': <uint32 7>, 'Started': <int64 1750000000>,"
                          " 'Open': <%u>, 'Degraded': <uint32 0>, 'Closed': <%u>,"
                          " 'Debts': <uint32 0>, 'Events': <int64 3>, 'Connections': <uint64 0>,"
                          " 'StoreState': <'ok'>, 'StoreMessage': <''>, 'NetworkState': <'ok'>,"
                          " 'NetworkMessage': <''>}",
                          g_hash_table_size (self->rules), self->closed->len));
}

static void
answer_nothing (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
add_relay (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  g_autoptr (GVariant) relay = g_variant_get_child_value (arguments, 0);
  const char *name = "";

  g_variant_lookup (relay, "Name", "&s", &name);
  fake_worker_add_relay (self, "new_relay", name, "");
  ptl_bus_worker1_complete_add_relay (self->worker, invocation, "new_relay");
}

static const PtlRule *
rule_asked_for (FakeWorker *self, GVariant *arguments)
{
  g_autofree char *id = NULL;

  g_variant_get_child (arguments, 0, "s", &id);
  return g_hash_table_lookup (self->rules, id);
}

static void
get_statistics (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  const PtlTraffic *traffic = &rule_asked_for (self, arguments)->traffic;

  ptl_bus_worker1_complete_get_statistics (
    self->worker, invocation,
    g_variant_new_parsed ("{'BytesIn': <%t>, 'ConnectionsNow': <%t>}", traffic->bytes_in,
                          traffic->connections_now));
}

static void
list_connections (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint64 i = rule_asked_for (self, arguments)->traffic.connections_now; i > 0; i--)
    g_variant_builder_add_parsed (&builder, "{'Id': <%t>, 'Source': <'192.0.2.7:5678'>}", i);
  ptl_bus_worker1_complete_list_connections (self->worker, invocation,
                                             g_variant_builder_end (&builder));
}

static void
verify_log (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  ptl_bus_worker1_complete_verify_log (self->worker, invocation, self->events->len, 0);
}

static void
not_supported (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  g_autoptr (GError) error
      = ptl_error_new (PTL_ERROR_NOT_SUPPORTED, NULL, "Nothing is known of it.");

  g_dbus_method_invocation_return_gerror (invocation, error);
}

static void
list_interfaces (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  g_autoptr (GVariant) interfaces = g_variant_parse (
      G_VARIANT_TYPE ("aa{sv}"),
      "[{'Name': <'eth0'>, 'WhyNot': <''>, 'Addresses': <['192.168.77.10/24']>},"
      " {'Name': <'tun0'>, 'WhyNot': <'vpn'>, 'Addresses': <['10.8.0.2/24']>},"
      " {'Name': <'docker0'>, 'WhyNot': <'bridge'>, 'Addresses': <['172.17.0.1/16']>}]",
      NULL, NULL, NULL);

  ptl_bus_worker1_complete_list_interfaces (self->worker, invocation, interfaces);
}

/* As the worker does: it is there when the answer comes. */
static void
add_router (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments)
{
  fake_worker_add_router (self, "gw2", "Second");
  ptl_bus_worker1_complete_add_router (self->worker, invocation, "gw2");
}

void
fake_worker_set_answer (FakeWorker *self, const char *method, GVariant *answer)
{
  g_hash_table_insert (self->answers, g_strdup (method), g_variant_ref_sink (answer));
}

static const struct
{
  const char *method;
  void (*answer) (FakeWorker *self, GDBusMethodInvocation *invocation, GVariant *arguments);
} methods[] = {
  { "OpenRule", open_rule },         { "CloseRules", close_rules },
  { "FindRule", find_one },          { "ListClosed", list_closed },
  { "ListEvents", list_events },     { "ListEntries", list_entries },
  { "GetStatus", get_status },       { "ExtendRules", answer_nothing },
  { "EditRule", answer_nothing },    { "SearchRouters", answer_nothing },
  { "AddRelay", add_relay },         { "TrustHostKey", answer_nothing },
  { "VerifyLog", verify_log },       { "GetStatistics", get_statistics },
  { "ListConnections", list_connections }, { "KickConnections", not_supported },
  { "ListListeners", not_supported },
  { "ListInterfaces", list_interfaces },   { "AddRouter", add_router },
  { "RemoveRouter", answer_nothing },
};

typedef struct
{
  FakeWorker *worker;
  guint method;
} Hook;

/* One handler for all, connected swapped: what follows the invocation differs, and the message has
 * it as a tuple. */
static gboolean
on_handle (Hook *hook, GDBusMethodInvocation *invocation)
{
  FakeWorker *self = hook->worker;
  const char *method = g_dbus_method_invocation_get_method_name (invocation);
  GVariant *arguments = g_dbus_method_invocation_get_parameters (invocation);
  GVariant *answer = g_hash_table_lookup (self->answers, method);

  g_ptr_array_add (self->calls, g_strdup (method));
  g_hash_table_insert (self->last, g_strdup (method), g_variant_ref (arguments));
  if (self->always)
    g_dbus_method_invocation_return_gerror (invocation, self->failure);
  else if (answer != NULL)
    g_dbus_method_invocation_return_value (invocation, answer);
  else
    methods[hook->method].answer (self, invocation, arguments);
  return TRUE;
}

static void
free_hook (gpointer hook, GClosure *closure)
{
  g_free (hook);
}

static void
connect_methods (FakeWorker *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *name = kebab (methods[i].method);
      g_autofree char *signal = g_strconcat ("handle-", name, NULL);
      Hook *hook = g_new0 (Hook, 1);

      hook->worker = self;
      hook->method = i;
      g_signal_connect_data (self->worker, signal, G_CALLBACK (on_handle), hook, free_hook,
                             G_CONNECT_SWAPPED);
    }
}

/* --- life --- */

FakeWorker *
fake_worker_new (const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  FakeWorker *self = g_new0 (FakeWorker, 1);

  ptl_api_register_errors ();
  self->rules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) ptl_rule_free);
  self->closed = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_event_free);
  self->calls = g_ptr_array_new_with_free_func (g_free);
  self->last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) g_variant_unref);
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) g_variant_unref);
  self->connection = g_dbus_connection_new_for_address_sync (
    address,
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
    NULL, NULL, &error);
  g_assert_no_error (error);

  self->worker = ptl_bus_worker1_skeleton_new ();
  g_object_set (self->worker, "version", "0.1.0", "store-state", "ok", "store-message", "",
                "network-state", "ok", "network-message", "", "debts",
                g_variant_new ("aa{sv}", NULL), NULL);
  connect_methods (self);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->worker), self->connection,
                                    PTL_API_PATH, &error);
  g_assert_no_error (error);
  self->manager = g_dbus_object_manager_server_new (PTL_API_PATH);
  g_dbus_object_manager_server_set_connection (self->manager, self->connection);

  answer = g_dbus_connection_call_sync (self->connection, "org.freedesktop.DBus",
                                        "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "RequestName", g_variant_new ("(su)", PTL_API_BUS_NAME, 4),
                                        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  return self;
}

void
fake_worker_free (FakeWorker *self)
{
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->worker));
  g_dbus_object_manager_server_set_connection (self->manager, NULL);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_object_unref (self->manager);
  g_object_unref (self->worker);
  g_object_unref (self->connection);
  g_hash_table_unref (self->rules);
  g_ptr_array_unref (self->closed);
  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->calls);
  g_hash_table_unref (self->last);
  g_hash_table_unref (self->answers);
  g_clear_error (&self->failure);
  g_free (self);
}

void
fake_worker_set_opening (FakeWorker *self, FakeOpening opening)
{
  self->opening = opening;
}

void
fake_worker_set_failure (FakeWorker *self, const GError *error, gboolean always)
{
  g_clear_error (&self->failure);
  self->failure = error != NULL ? g_error_copy (error) : NULL;
  self->always = always;
}

guint
fake_worker_get_n_calls (FakeWorker *self)
{
  return self->calls->len;
}

guint
fake_worker_count (FakeWorker *self, const char *method)
{
  guint n = 0;

  for (guint i = 0; i < self->calls->len; i++)
    n += g_str_equal (self->calls->pdata[i], method);
  return n;
}

GVariant *
fake_worker_get_last (FakeWorker *self, const char *method)
{
  return g_hash_table_lookup (self->last, method);
}
