/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/ptl-ctl-json.h"
#include "core/ptl-error.h"
#include "fake-worker.h"

static JsonObject *
to_json (const PtlRule *rule)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;

  ptl_ctl_json_rule (builder, rule);
  node = json_builder_get_root (builder);
  return json_object_ref (json_node_get_object (node));
}

/* The contract: these keys, always, in this order. */
static const char rule_keys[]
    = "id kind name protocol public_endpoint public_name public_endpoint6 asked_port target way family firewall_wish backend owner "
      "purpose preset override audience denied options "
      "created expires review closed state close_reason error step leases traffic";

static void
test_keys (void)
{
  g_autoptr (PtlRule) rule = fake_rule (1, "one");
  g_autoptr (JsonObject) object = to_json (rule);
  g_autoptr (GList) members = json_object_get_members (object);
  g_autoptr (GString) keys = g_string_new (NULL);

  for (GList *i = members; i != NULL; i = i->next)
    g_string_append_printf (keys, "%s%s", keys->len > 0 ? " " : "", (const char *) i->data);
  g_assert_cmpstr (keys->str, ==, rule_keys);
}

static void
test_values (void)
{
  g_autoptr (PtlRule) rule = fake_rule (1, "one");
  g_autoptr (JsonObject) object = to_json (rule);
  JsonObject *endpoint = json_object_get_object_member (object, "public_endpoint");

  g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, "forward");
  g_assert_cmpstr (json_object_get_string_member (object, "expires"), ==, "2030-03-17T17:46:40Z");
  g_assert_true (json_object_get_null_member (object, "review"));
  g_assert_true (json_object_get_null_member (object, "closed"));
  g_assert_true (json_object_get_null_member (object, "close_reason"));
  g_assert_true (json_object_get_null_member (object, "error"));
  g_assert_cmpstr (json_object_get_string_member (object, "audience"), ==, "anyone");
  g_assert_cmpstr (json_object_get_string_member (endpoint, "address"), ==, "127.0.0.1");
  g_assert_cmpint (json_object_get_int_member (endpoint, "port"), ==, 8080);
  g_assert_cmpint (json_object_get_int_member (endpoint, "last_port"), ==, 8080);
  g_assert_cmpstr (json_object_get_string_member (endpoint, "protocol"), ==, "tcp");
}

static void
test_rich (void)
{
  const char *const networks[] = { "10.0.0.0/8", "2001:db8::/32", NULL };
  g_autoptr (GError) error = ptl_error_new (PTL_ERROR_ROUTER_SILENT, "Wait.", "Mute.");
  g_autoptr (PtlRule) rule = fake_rule (1, "one");
  PtlLease *lease = ptl_lease_new ("pcp", "gw");
  g_autoptr (JsonObject) object = NULL;
  JsonObject *told;
  JsonArray *audience;

  ptl_audience_unref (rule->audience);
  rule->audience = ptl_audience_new (networks, NULL);
  ptl_endpoint_free (rule->target);
  rule->target = ptl_endpoint_new_unix ("/run/x.sock");
  rule->state = PTL_RULE_STATE_DEGRADED;
  ptl_rule_set_error (rule, error);
  lease->lifetime = 120;
  g_clear_pointer (&lease->endpoint, ptl_endpoint_free);
  lease->endpoint = ptl_endpoint_new (PTL_PROTOCOL_UDP, "5.6.7.8", 9, 9);
  g_ptr_array_add (rule->leases, lease);
  rule->traffic.bytes_in = 1234;
  rule->traffic.last_used = 1900000000;
  object = to_json (rule);

  audience = json_object_get_array_member (object, "audience");
  g_assert_cmpuint (json_array_get_length (audience), ==, 2);
  g_assert_cmpstr (json_array_get_string_element (audience, 1), ==, "2001:db8::/32");
  told = json_object_get_object_member (object, "target");
  g_assert_cmpstr (json_object_get_string_member (told, "path"), ==, "/run/x.sock");
  g_assert_false (json_object_has_member (told, "port"));
  told = json_object_get_object_member (object, "error");
  g_assert_cmpstr (json_object_get_string_member (told, "code"), ==, "router-silent");
  g_assert_cmpstr (json_object_get_string_member (told, "message"), ==, "Mute.");
  g_assert_cmpstr (json_object_get_string_member (told, "advice"), ==, "Wait.");
  told = json_array_get_object_element (json_object_get_array_member (object, "leases"), 0);
  g_assert_cmpstr (json_object_get_string_member (told, "system"), ==, "pcp");
  g_assert_cmpint (json_object_get_int_member (told, "lifetime"), ==, 120);
  g_assert_true (json_object_get_null_member (told, "renew"));
  told = json_object_get_object_member (told, "endpoint");
  g_assert_cmpstr (json_object_get_string_member (told, "protocol"), ==, "udp");
  told = json_object_get_object_member (object, "traffic");
  g_assert_cmpint (json_object_get_int_member (told, "bytes_in"), ==, 1234);
  g_assert_cmpstr (json_object_get_string_member (told, "last_used"), ==, "2030-03-17T17:46:40Z");
}

static void
test_options (void)
{
  const char *const networks[] = { "10.0.0.0/8", "!10.0.0.5", NULL };
  g_autoptr (PtlRule) rule = fake_rule (1, "one");
  g_autoptr (GVariant) options = g_variant_parse (
      G_VARIANT_TYPE_VARDICT,
      "{'Rate': <uint64 5000>, 'Proxy': <'v2'>, 'Targets': <['10.0.0.1:80', '!10.0.0.2:80']>,"
      " 'ProxyFrom': <['192.0.2.0/24']>}",
      NULL, NULL, NULL);
  g_autoptr (JsonObject) plain = to_json (rule);
  g_autoptr (JsonObject) object = NULL;
  JsonObject *told, *target;

  g_assert_cmpuint (json_object_get_size (json_object_get_object_member (plain, "options")), ==, 0);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (plain, "denied")), ==, 0);
  ptl_audience_unref (rule->audience);
  rule->audience = ptl_audience_new (networks, NULL);
  g_assert_true (ptl_options_apply (rule->options, options, PTL_PROTOCOL_TCP, NULL));
  object = to_json (rule);
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (object, "audience"), 0), ==,
                   "10.0.0.0/8");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "audience")), ==, 1);
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (object, "denied"), 0), ==,
                   "10.0.0.5/32");
  told = json_object_get_object_member (object, "options");
  g_assert_cmpuint (json_object_get_size (told), ==, 4);
  g_assert_cmpint (json_object_get_int_member (told, "rate"), ==, 5000);
  g_assert_cmpstr (json_object_get_string_member (told, "proxy"), ==, "v2");
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (told, "proxy_from"), 0), ==,
                   "192.0.2.0/24");
  target = json_array_get_object_element (json_object_get_array_member (told, "targets"), 1);
  g_assert_cmpstr (json_object_get_string_member (target, "endpoint"), ==, "10.0.0.2:80");
  g_assert_true (json_object_get_boolean_member (target, "backup"));
}

/* Denied alone: anyone else may connect. */
static void
test_denied (void)
{
  const char *const networks[] = { "!10.0.0.5", NULL };
  g_autoptr (PtlRule) rule = fake_rule (1, "one");
  g_autoptr (JsonObject) object = NULL;

  ptl_audience_unref (rule->audience);
  rule->audience = ptl_audience_new (networks, NULL);
  object = to_json (rule);
  g_assert_cmpstr (json_object_get_string_member (object, "audience"), ==, "anyone");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "denied")), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-json/keys", test_keys);
  g_test_add_func ("/ctl-json/values", test_values);
  g_test_add_func ("/ctl-json/rich", test_rich);
  g_test_add_func ("/ctl-json/options", test_options);
  g_test_add_func ("/ctl-json/denied", test_denied);
  return g_test_run ();
}
