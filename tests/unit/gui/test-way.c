/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gui/details/ptl-way.h"

#include <string.h>

static PtlRule *
make_rule (PtlKind kind, PtlWay way, const char *public_endpoint, const char *target)
{
  PtlRule *rule = ptl_rule_new (kind);

  ptl_endpoint_free (rule->public_endpoint);
  ptl_endpoint_free (rule->target);
  rule->public_endpoint = ptl_endpoint_parse (public_endpoint, PTL_PROTOCOL_TCP, NULL);
  rule->target = ptl_endpoint_parse (target, PTL_PROTOCOL_TCP, NULL);
  rule->way = way;
  rule->state = PTL_RULE_STATE_OPEN;
  return rule;
}

static void
take (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static const PtlHop *
hop (GPtrArray *hops, guint index)
{
  g_assert_cmpuint (index, <, hops->len);
  return hops->pdata[index];
}

static const PtlWayContext home = {
  .router_name = "FRITZ!Box 7590",
  .local_address = "192.168.1.10",
  .relay_name = "myvps",
  .relay_host = "vps.example.org",
  .listeners_known = TRUE,
  .process = "java",
};

static void
test_guarded (void)
{
  g_autoptr (PtlRule) rule = make_rule (PTL_KIND_MAPPING, PTL_WAY_GUARDED, "203.0.113.5:25565", "127.0.0.1:25565");
  g_autoptr (GPtrArray) hops = NULL;
  PtlLease *lease = ptl_lease_new ("upnp", "r1");

  lease->endpoint = ptl_endpoint_parse ("203.0.113.5:25565", PTL_PROTOCOL_TCP, NULL);
  lease->inner = ptl_endpoint_parse ("192.168.1.10:41234", PTL_PROTOCOL_TCP, NULL);
  g_ptr_array_add (rule->leases, lease);
  hops = ptl_way_describe (rule, &home);
  g_assert_cmpuint (hops->len, ==, 4);
  g_assert_cmpstr (hop (hops, 0)->title, ==, "Internet");
  g_assert_cmpstr (hop (hops, 0)->address, ==, "Anyone");
  g_assert_cmpstr (hop (hops, 1)->title, ==, "FRITZ!Box 7590");
  g_assert_cmpstr (hop (hops, 1)->address, ==, "203.0.113.5:25565 TCP");
  g_assert_cmpstr (hop (hops, 1)->reason, ==, "Granted by UPnP.");
  g_assert_cmpstr (hop (hops, 2)->address, ==, "192.168.1.10:41234");
  g_assert_cmpstr (hop (hops, 3)->title, ==, "java");
  for (guint i = 0; i < hops->len; i++)
    g_assert_cmpint (hop (hops, i)->state, ==, PTL_HOP_OK);
}

/* To another device and direct, this computer is not on the way; guarded, it is. */
static void
test_other_device (void)
{
  g_autoptr (PtlRule) rule = make_rule (PTL_KIND_MAPPING, PTL_WAY_DIRECT, "203.0.113.5:80", "192.168.1.20:80");
  g_autoptr (GPtrArray) direct = ptl_way_describe (rule, &home);
  g_autoptr (GPtrArray) guarded = NULL;

  g_assert_cmpuint (direct->len, ==, 3);
  g_assert_cmpstr (hop (direct, 2)->title, ==, "Other Device");
  g_assert_cmpint (hop (direct, 2)->state, ==, PTL_HOP_UNKNOWN);
  rule->way = PTL_WAY_GUARDED;
  guarded = ptl_way_describe (rule, &home);
  g_assert_cmpuint (guarded->len, ==, 4);
  g_assert_cmpstr (hop (guarded, 2)->title, ==, "This Computer");
}

/* The computer's own address in the network is this computer too. */
static void
test_local_target (void)
{
  static const struct { const char *target; gboolean local; } rows[] = {
    { "127.0.0.1:80", TRUE },   { "localhost:80", TRUE },  { "192.168.1.10:80", TRUE }, { "[::1]:80", TRUE },
    { "unix:/run/x", TRUE },    { ":80", TRUE },           { "192.168.1.20:80", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PtlRule) rule = make_rule (PTL_KIND_MAPPING, PTL_WAY_DIRECT, ":80", rows[i].target);

      g_assert_cmpint (ptl_way_is_local_target (rule, "192.168.1.10"), ==, rows[i].local);
    }
}

static void
test_nobody_listens (void)
{
  g_autoptr (PtlRule) rule = make_rule (PTL_KIND_MAPPING, PTL_WAY_GUARDED, "203.0.113.5:25565", "127.0.0.1:25565");
  PtlWayContext context = home;
  g_autoptr (GPtrArray) silent = NULL, nameless = NULL, unknown = NULL;

  context.process = NULL;
  silent = ptl_way_describe (rule, &context);
  g_assert_cmpint (hop (silent, 3)->state, ==, PTL_HOP_TROUBLE);
  g_assert_nonnull (strstr (hop (silent, 3)->reason, "Start the server"));
  context.process = "";
  nameless = ptl_way_describe (rule, &context);
  g_assert_cmpstr (hop (nameless, 3)->title, ==, "Program");
  g_assert_cmpint (hop (nameless, 3)->state, ==, PTL_HOP_OK);
  context.process = NULL;
  context.listeners_known = FALSE;
  unknown = ptl_way_describe (rule, &context);
  g_assert_cmpint (hop (unknown, 3)->state, ==, PTL_HOP_UNKNOWN);
}

/* Each kind of error is shown at the station that it came from; what lies outside of it is cut off. */
static void
test_trouble (void)
{
  static const struct { PtlKind kind; PtlWay way; const char *code; guint at; } rows[] = {
    { PTL_KIND_MAPPING, PTL_WAY_GUARDED, "router-silent", 1 },
    { PTL_KIND_MAPPING, PTL_WAY_GUARDED, "router-conflict", 1 },
    { PTL_KIND_MAPPING, PTL_WAY_GUARDED, "port-taken", 2 },
    { PTL_KIND_MAPPING, PTL_WAY_GUARDED, "target", 3 },
    { PTL_KIND_MAPPING, PTL_WAY_GUARDED, "failed", 1 },
    { PTL_KIND_TUNNEL, PTL_WAY_REMOTE, "relay-unreachable", 1 },
    { PTL_KIND_TUNNEL, PTL_WAY_REMOTE, "host-key-changed", 1 },
    { PTL_KIND_TUNNEL, PTL_WAY_REMOTE, "target", 3 },
    { PTL_KIND_FORWARD, PTL_WAY_AUTO, "port-taken", 1 },
    { PTL_KIND_FORWARD, PTL_WAY_AUTO, "failed", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PtlRule) rule = make_rule (rows[i].kind, rows[i].way, "127.0.0.1:80", "127.0.0.1:8080");
      g_autoptr (GPtrArray) hops = NULL;

      rule->state = PTL_RULE_STATE_DEGRADED;
      take (&rule->error_code, rows[i].code);
      take (&rule->error_message, "It went wrong.");
      hops = ptl_way_describe (rule, &home);
      g_assert_cmpint (hop (hops, rows[i].at)->state, ==, PTL_HOP_TROUBLE);
      g_assert_cmpstr (hop (hops, rows[i].at)->reason, ==, "It went wrong.");
      for (guint j = 0; j < rows[i].at; j++)
        g_assert_cmpint (hop (hops, j)->state, ==, PTL_HOP_OFF);
      for (guint j = rows[i].at + 1; j < hops->len; j++)
        g_assert_cmpint (hop (hops, j)->state, ==, PTL_HOP_OK);
    }
}

static void
test_opening (void)
{
  g_autoptr (PtlRule) rule = make_rule (PTL_KIND_MAPPING, PTL_WAY_GUARDED, ":25565", "127.0.0.1:25565");
  g_autoptr (GPtrArray) listening = NULL, asking = NULL;

  rule->state = PTL_RULE_STATE_OPENING;
  take (&rule->step, "listen");
  listening = ptl_way_describe (rule, &home);
  g_assert_cmpint (hop (listening, 1)->state, ==, PTL_HOP_WAITING);
  g_assert_cmpint (hop (listening, 2)->state, ==, PTL_HOP_BUSY);
  take (&rule->step, "router");
  asking = ptl_way_describe (rule, &home);
  g_assert_cmpint (hop (asking, 0)->state, ==, PTL_HOP_WAITING);
  g_assert_cmpint (hop (asking, 1)->state, ==, PTL_HOP_BUSY);
  g_assert_cmpint (hop (asking, 2)->state, ==, PTL_HOP_OK);
}

static void
test_closed (void)
{
  g_autoptr (PtlRule) rule = make_rule (PTL_KIND_TUNNEL, PTL_WAY_REMOTE, "vps.example.org:80", "127.0.0.1:8080");
  PtlWayContext context = home;
  g_autoptr (GPtrArray) hops = NULL;

  context.process = NULL;
  rule->state = PTL_RULE_STATE_CLOSED;
  hops = ptl_way_describe (rule, &context);
  g_assert_cmpuint (hops->len, ==, 4);
  g_assert_cmpstr (hop (hops, 1)->title, ==, "myvps");
  for (guint i = 0; i < hops->len; i++)
    g_assert_cmpint (hop (hops, i)->state, ==, PTL_HOP_OFF);
}

/* ssh -L: here, over there, and whatever is behind; nobody from the internet. */
static void
test_local_tunnel (void)
{
  g_autoptr (PtlRule) rule = make_rule (PTL_KIND_TUNNEL, PTL_WAY_LOCAL, "127.0.0.1:5432", "localhost:5432");
  g_autoptr (GPtrArray) hops = ptl_way_describe (rule, &home);

  g_assert_cmpuint (hops->len, ==, 3);
  g_assert_cmpstr (hop (hops, 0)->title, ==, "This Computer");
  g_assert_cmpstr (hop (hops, 0)->address, ==, "127.0.0.1:5432 TCP");
  g_assert_cmpstr (hop (hops, 1)->address, ==, "vps.example.org");
  g_assert_cmpint (hop (hops, 2)->state, ==, PTL_HOP_UNKNOWN);
}

/* What this computer's firewall was opened for is said where people arrive. */
static void
test_let_in (void)
{
  g_autoptr (PtlRule) rule = make_rule (PTL_KIND_FORWARD, PTL_WAY_AUTO, "192.168.1.10:8080", "192.168.1.5:80");
  PtlWayContext context = home;
  g_autoptr (GPtrArray) hops = NULL;
  g_autoptr (GPtrArray) lasting = NULL;
  g_autoptr (GPtrArray) kept_out = NULL;

  context.now = 1795800000;
  rule->expires = 1795800000 + 60;
  rule->firewall_until = 1795800000 + 60;
  take (&rule->firewall_zone, "public");
  hops = ptl_way_describe (rule, &context);
  g_assert_cmpint (hop (hops, 1)->state, ==, PTL_HOP_OK);
  g_assert_true (g_str_has_prefix (hop (hops, 1)->reason, "firewalld: opened until "));
  g_assert_true (g_str_has_suffix (hop (hops, 1)->reason, " in zone public."));
  g_assert_cmpstr (hop (hops, 0)->reason, ==, "");
  rule->expires = 0;
  lasting = ptl_way_describe (rule, &context);
  g_assert_cmpstr (hop (lasting, 1)->reason, ==, "firewalld: opened in zone public for as long as the rule is open.");
  context.kept_out = "Kept out.";
  kept_out = ptl_way_describe (rule, &context);
  g_assert_cmpint (hop (kept_out, 1)->state, ==, PTL_HOP_TROUBLE);
  g_assert_cmpstr (hop (kept_out, 1)->reason, ==, "Kept out.");
}

static void
test_forward (void)
{
  g_autoptr (PtlRule) inside = make_rule (PTL_KIND_FORWARD, PTL_WAY_AUTO, "127.0.0.1:8080", "192.168.1.5:80");
  g_autoptr (PtlRule) wide = make_rule (PTL_KIND_FORWARD, PTL_WAY_AUTO, "0.0.0.0:8080", "192.168.1.5:80");
  g_autoptr (GPtrArray) in = ptl_way_describe (inside, &home);
  g_autoptr (GPtrArray) out = ptl_way_describe (wide, &home);

  g_assert_cmpuint (in->len, ==, 3);
  g_assert_cmpstr (hop (in, 0)->title, ==, "Programs on This Computer");
  g_assert_cmpstr (hop (out, 0)->title, ==, "Your Network");
}

static void
test_words (void)
{
  for (int state = PTL_HOP_OK; state <= PTL_HOP_UNKNOWN; state++)
    {
      g_assert_cmpstr (ptl_hop_state_to_words (state), !=, "");
      g_assert_true (g_str_has_suffix (ptl_hop_state_to_icon (state), "-symbolic"));
      g_assert_cmpstr (ptl_hop_state_to_style (state), !=, "");
    }
}

/* The second way in is told apart: what is wrong with the first is not wrong with it. */
static void
test_pinhole (void)
{
  g_autoptr (PtlRule) rule = make_rule (PTL_KIND_MAPPING, PTL_WAY_GUARDED, "203.0.113.5:25565", "127.0.0.1:25565");
  g_autoptr (GPtrArray) hops = NULL;
  g_autoptr (GPtrArray) degraded = NULL;
  g_autoptr (GPtrArray) alone = NULL;
  PtlLease *lease = ptl_lease_new ("upnp", "r1"), *pinhole = ptl_lease_new ("pcp", "r1");

  lease->endpoint = ptl_endpoint_parse ("203.0.113.5:25565", PTL_PROTOCOL_TCP, NULL);
  lease->inner = ptl_endpoint_parse ("192.168.1.10:41234", PTL_PROTOCOL_TCP, NULL);
  pinhole->endpoint = ptl_endpoint_parse ("[2001:db8::10]:25565", PTL_PROTOCOL_TCP, NULL);
  pinhole->inner = ptl_endpoint_copy (pinhole->endpoint);
  g_ptr_array_add (rule->leases, lease);
  g_ptr_array_add (rule->leases, pinhole);
  hops = ptl_way_describe (rule, &home);
  g_assert_cmpuint (hops->len, ==, 5);
  g_assert_cmpstr (hop (hops, 1)->address, ==, "203.0.113.5:25565 TCP");
  g_assert_cmpstr (hop (hops, 2)->title, ==, "Or by IPv6");
  g_assert_cmpstr (hop (hops, 2)->address, ==, "[2001:db8::10]:25565 TCP");
  g_assert_nonnull (strstr (hop (hops, 2)->reason, "PCP"));
  g_assert_cmpint (hop (hops, 2)->state, ==, PTL_HOP_OK);
  g_assert_cmpstr (hop (hops, 3)->address, ==, "192.168.1.10:41234");

  rule->state = PTL_RULE_STATE_DEGRADED;
  take (&rule->error_code, "router-offline");
  take (&rule->error_message, "No internet.");
  degraded = ptl_way_describe (rule, &home);
  g_assert_cmpint (hop (degraded, 1)->state, ==, PTL_HOP_TROUBLE);
  g_assert_cmpint (hop (degraded, 2)->state, ==, PTL_HOP_OK);

  /* The only way in is the router's own hop. */
  rule->state = PTL_RULE_STATE_OPEN;
  g_ptr_array_remove_index (rule->leases, 0);
  alone = ptl_way_describe (rule, &home);
  g_assert_cmpuint (alone->len, ==, 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/way/guarded", test_guarded);
  g_test_add_func ("/gui/way/other-device", test_other_device);
  g_test_add_func ("/gui/way/local-target", test_local_target);
  g_test_add_func ("/gui/way/nobody-listens", test_nobody_listens);
  g_test_add_func ("/gui/way/trouble", test_trouble);
  g_test_add_func ("/gui/way/opening", test_opening);
  g_test_add_func ("/gui/way/closed", test_closed);
  g_test_add_func ("/gui/way/local-tunnel", test_local_tunnel);
  g_test_add_func ("/gui/way/forward", test_forward);
  g_test_add_func ("/gui/way/words", test_words);
  g_test_add_func ("/way/pinhole", test_pinhole);
  g_test_add_func ("/gui/let-in", test_let_in);
  return g_test_run ();
}
