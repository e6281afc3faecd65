/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-request.h"

#define NOW 1700000000

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return dict;
}

static void
test_rule (void)
{
  g_autoptr (GVariant) request = parse (
      "{'Kind': <'mapping'>, 'Owner': <'ann'>, 'Purpose': <'game'>, 'Duration': <int64 3600>, 'Protocol': <'both'>,"
      " 'PublicEndpoint': <':25565'>, 'Target': <'192.168.1.5:25566'>, 'Way': <'guarded'>, 'Backend': <'r1'>,"
      " 'Audience': <['10.0.0.0/8']>, 'Preset': <'Minecraft'>, 'Name': <'friday'>, 'Override': <'tested'>}");
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlRule) rule = ptl_request_to_rule (request, NOW, &error);

  g_assert_no_error (error);
  g_assert_cmpint (rule->kind, ==, PTL_KIND_MAPPING);
  g_assert_cmpint (rule->expires, ==, NOW + 3600);
  g_assert_cmpint (rule->review, ==, 0);
  g_assert_cmpint (rule->way, ==, PTL_WAY_GUARDED);
  g_assert_cmpint (rule->public_endpoint->protocol, ==, PTL_PROTOCOL_BOTH);
  g_assert_cmpint (rule->public_endpoint->first, ==, 25565);
  g_assert_cmpstr (rule->target->host, ==, "192.168.1.5");
  g_assert_cmpint (rule->target->first, ==, 25566);
  g_assert_cmpstr (rule->backend, ==, "r1");
  g_assert_cmpstr (rule->preset, ==, "Minecraft");
  g_assert_cmpstr (rule->name, ==, "friday");
  g_assert_cmpstr (rule->override, ==, "tested");
  g_assert_cmpuint (ptl_audience_get_n_networks (rule->audience), ==, 1);
  g_assert_cmpint (rule->state, ==, PTL_RULE_STATE_REQUESTED);
}

static const struct
{
  const char *what;
  const char *request;
} bad_requests[] = {
  { "nothing", "@a{sv} {}" },
  { "no kind", "{'Owner': <'a'>}" },
  { "unknown kind", "{'Kind': <'hole'>, 'Duration': <int64 1>}" },
  { "unknown key", "{'Kind': <'forward'>, 'Duration': <int64 1>, 'Colour': <'red'>}" },
  { "doubled key", "{'Kind': <'forward'>, 'Kind': <'mapping'>, 'Duration': <int64 1>}" },
  { "no end", "{'Kind': <'forward'>}" },
  { "two ends", "{'Kind': <'forward'>, 'Duration': <int64 60>, 'Expires': <int64 1800000000>}" },
  { "end and review", "{'Kind': <'forward'>, 'Duration': <int64 60>, 'Review': <int64 1800000000>}" },
  { "duration of nothing", "{'Kind': <'forward'>, 'Duration': <int64 0>}" },
  { "negative duration", "{'Kind': <'forward'>, 'Duration': <int64 -1>}" },
  { "duration past the end of time", "{'Kind': <'forward'>, 'Duration': <int64 9223372036854775807>}" },
  { "duration of another type", "{'Kind': <'forward'>, 'Duration': <uint32 60>}" },
  { "text of another type", "{'Kind': <'forward'>, 'Duration': <int64 60>, 'Owner': <5>}" },
  { "variant in a variant", "{'Kind': <<'forward'>>, 'Duration': <int64 60>}" },
  { "unknown protocol", "{'Kind': <'forward'>, 'Duration': <int64 60>, 'Protocol': <'icmp'>}" },
  { "unknown way", "{'Kind': <'forward'>, 'Duration': <int64 60>, 'Way': <'up'>}" },
  { "bad target", "{'Kind': <'forward'>, 'Duration': <int64 60>, 'Target': <'a b:80'>}" },
  { "bad public endpoint", "{'Kind': <'forward'>, 'Duration': <int64 60>, 'PublicEndpoint': <'::80:80'>}" },
  { "bad network", "{'Kind': <'forward'>, 'Duration': <int64 60>, 'Audience': <['10.0.0.1/8']>}" },
  { "network of another type", "{'Kind': <'forward'>, 'Duration': <int64 60>, 'Audience': <'10.0.0.0/8'>}" },
};

static void
assert_sentence (const char *what, const GError *error)
{
  g_autofree char *message = NULL;

  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  message = ptl_error_dup_what (error);
  g_test_message ("%s: %s", what, message);
  g_assert_true (g_str_has_suffix (message, "."));
}

static void
test_bad_rules (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_requests); i++)
    {
      g_autoptr (GVariant) request = parse (bad_requests[i].request);
      g_autoptr (GError) error = NULL;

      g_assert_null (ptl_request_to_rule (request, NOW, &error));
      assert_sentence (bad_requests[i].what, error);
    }
}

static void
test_sizes (void)
{
  g_autofree char *text = g_strnfill (5000, 'x');
  g_autoptr (GPtrArray) networks = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  GVariantDict dict;
  g_autoptr (GVariant) long_text = NULL;
  g_autoptr (GVariant) long_list = NULL;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Purpose", "s", text);
  long_text = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_assert_null (ptl_request_to_rule (long_text, NOW, &error));
  assert_sentence ("long text", error);
  g_clear_error (&error);

  for (guint i = 0; i < 300; i++)
    g_ptr_array_add (networks, (gpointer) "10.0.0.0/8");
  g_ptr_array_add (networks, NULL);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "Audience",
                               g_variant_new_strv ((const char *const *) networks->pdata, -1));
  long_list = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_assert_null (ptl_request_to_rule (long_list, NOW, &error));
  assert_sentence ("long list", error);
}

static PtlRule *
mapping_before (void)
{
  g_autoptr (GVariant) request =
      parse ("{'Kind': <'mapping'>, 'Owner': <'ann'>, 'Purpose': <'game'>, 'Duration': <int64 3600>,"
             " 'PublicEndpoint': <':25565'>, 'Target': <'127.0.0.1:25565'>}");
  PtlRule *rule = ptl_request_to_rule (request, NOW, NULL);

  rule->state = PTL_RULE_STATE_OPEN;
  rule->asked_port = 25565;
  return rule;
}

static void
test_changes (void)
{
  g_autoptr (PtlRule) before = mapping_before ();
  g_autoptr (GVariant) changes =
      parse ("{'Name': <'new'>, 'PublicEndpoint': <':25570'>, 'Review': <int64 1800000000>, 'Protocol': <'udp'>}");
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlRule) after = ptl_request_apply_changes (before, changes, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (after->id, ==, before->id);
  g_assert_cmpstr (after->name, ==, "new");
  g_assert_cmpint (after->asked_port, ==, 25570);
  g_assert_cmpint (after->expires, ==, 0);
  g_assert_cmpint (after->review, ==, 1800000000);
  g_assert_cmpint (after->public_endpoint->protocol, ==, PTL_PROTOCOL_UDP);
  g_assert_cmpint (after->target->protocol, ==, PTL_PROTOCOL_UDP);
  g_assert_cmpint (before->asked_port, ==, 25565);
}

static void
test_bad_changes (void)
{
  static const char *const bad[] = {
    "@a{sv} {}",
    "{'Kind': <'forward'>}",
    "{'Backend': <5>}",
    "{'Expires': <int64 1800000000>, 'Review': <int64 1800000000>}",
    "{'Name': <5>}",
  };
  g_autoptr (PtlRule) before = mapping_before ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) changes = parse (bad[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (ptl_request_apply_changes (before, changes, &error));
      assert_sentence (bad[i], error);
    }
}

/* A mapping goes over to another router; a forward has none. */
static void
test_other_router (void)
{
  g_autoptr (PtlRule) before = mapping_before ();
  g_autoptr (GVariant) changes = parse ("{'Backend': <'r2'>}");
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlRule) after = ptl_request_apply_changes (before, changes, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (after->backend, ==, "r2");
  g_assert_cmpint (after->asked_port, ==, 25565);
  before->kind = PTL_KIND_FORWARD;
  g_assert_null (ptl_request_apply_changes (before, changes, &error));
  assert_sentence ("a forward's router", error);
}

static void
test_relay (void)
{
  static const char *const bad[] = {
    "@a{sv} {}",
    "{'Name': <'x'>, 'Host': <'-oProxyCommand=x'>, 'User': <'u'>}",
    "{'Name': <'x'>, 'Host': <'h'>, 'User': <'-u'>}",
    "{'Name': <'x'>, 'Host': <'h'>, 'User': <'u'>, 'Port': <uint32 0>}",
    "{'Name': <'x'>, 'Host': <'h'>, 'User': <'u'>, 'Port': <uint32 65536>}",
    "{'Name': <'x'>, 'Host': <'h'>, 'User': <'u'>, 'Password': <'secret'>}",
  };
  g_autoptr (GVariant) good = parse ("{'Name': <'vps'>, 'Host': <'vps.example'>, 'User': <'ann'>}");
  g_autoptr (PtlRelay) relay = ptl_request_to_relay (good, NULL);

  g_assert_nonnull (relay);
  g_assert_cmpint (relay->port, ==, 22);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) request = parse (bad[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (ptl_request_to_relay (request, &error));
      assert_sentence (bad[i], error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request/rule", test_rule);
  g_test_add_func ("/request/bad-rules", test_bad_rules);
  g_test_add_func ("/request/sizes", test_sizes);
  g_test_add_func ("/request/changes", test_changes);
  g_test_add_func ("/request/bad-changes", test_bad_changes);
  g_test_add_func ("/request/other-router", test_other_router);
  g_test_add_func ("/request/relay", test_relay);
  return g_test_run ();
}
