/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-validate.h"

typedef struct
{
  PtlKind kind;
  const char *public;
  const char *target;
  PtlWay way;
  const char *public_after;
  const char *target_after;
  PtlWay way_after;
  const char *name;
} Case;

static const Case cases[] = {
  { PTL_KIND_MAPPING, ":25565", NULL, PTL_WAY_AUTO, ":25565", "127.0.0.1:25565", PTL_WAY_GUARDED,
    "Port 25565" },
  { PTL_KIND_MAPPING, ":80-90", ":80-90", PTL_WAY_AUTO, ":80-90", "127.0.0.1:80-90",
    PTL_WAY_GUARDED, "Port 80-90" },
  { PTL_KIND_MAPPING, ":80", "192.168.1.5", PTL_WAY_AUTO, ":80", "192.168.1.5:80", PTL_WAY_DIRECT,
    "To 192.168.1.5:80" },
  { PTL_KIND_MAPPING, ":80", "192.168.1.5", PTL_WAY_GUARDED, ":80", "192.168.1.5:80",
    PTL_WAY_GUARDED, "To 192.168.1.5:80" },
  { PTL_KIND_MAPPING, ":80", "nas.lan:80", PTL_WAY_AUTO, ":80", "nas.lan:80", PTL_WAY_GUARDED,
    "To nas.lan:80" },
  { PTL_KIND_MAPPING, NULL, "127.0.0.1:80", PTL_WAY_AUTO, ":0", "127.0.0.1:80", PTL_WAY_GUARDED,
    "Port 80" },
  { PTL_KIND_MAPPING, ":80", "localhost:80", PTL_WAY_AUTO, ":80", "localhost:80", PTL_WAY_GUARDED,
    "Port 80" },
  { PTL_KIND_MAPPING, ":80", "/run/x", PTL_WAY_AUTO, ":80", "unix:/run/x", PTL_WAY_GUARDED,
    "To unix:/run/x" },
  { PTL_KIND_FORWARD, ":8080", "192.168.1.5:80", PTL_WAY_AUTO, "127.0.0.1:8080", "192.168.1.5:80",
    PTL_WAY_AUTO, "127.0.0.1:8080 to 192.168.1.5:80" },
  { PTL_KIND_FORWARD, "0.0.0.0:8080", "192.168.1.5", PTL_WAY_AUTO, "0.0.0.0:8080",
    "192.168.1.5:8080", PTL_WAY_AUTO, "0.0.0.0:8080 to 192.168.1.5:8080" },
  { PTL_KIND_FORWARD, NULL, "192.168.1.5:8080", PTL_WAY_AUTO, "127.0.0.1:8080", "192.168.1.5:8080",
    PTL_WAY_AUTO, "127.0.0.1:8080 to 192.168.1.5:8080" },
  /* The same port here would be a loop: any free one. */
  { PTL_KIND_FORWARD, NULL, "127.0.0.1:8080", PTL_WAY_AUTO, "127.0.0.1", "127.0.0.1:8080",
    PTL_WAY_AUTO, "127.0.0.1 to 127.0.0.1:8080" },
  { PTL_KIND_FORWARD, "127.0.0.1:0", "192.168.1.5:80", PTL_WAY_AUTO, "127.0.0.1", "192.168.1.5:80",
    PTL_WAY_AUTO, "127.0.0.1 to 192.168.1.5:80" },
  { PTL_KIND_FORWARD, "localhost:8080", "192.168.1.5:80", PTL_WAY_AUTO, "127.0.0.1:8080",
    "192.168.1.5:80", PTL_WAY_AUTO, "127.0.0.1:8080 to 192.168.1.5:80" },
  { PTL_KIND_FORWARD, ":8080", NULL, PTL_WAY_AUTO, "127.0.0.1:8080", NULL, PTL_WAY_AUTO, "" },
  { PTL_KIND_FORWARD, ":8080", ":80", PTL_WAY_AUTO, "127.0.0.1:8080", ":80", PTL_WAY_AUTO,
    "127.0.0.1:8080 to :80" },
  { PTL_KIND_TUNNEL, ":8080", "localhost:3000", PTL_WAY_AUTO, ":8080", "localhost:3000",
    PTL_WAY_REMOTE, "To localhost:3000" },
  { PTL_KIND_TUNNEL, NULL, ":3000", PTL_WAY_AUTO, ":0", "127.0.0.1:3000", PTL_WAY_REMOTE,
    "To 127.0.0.1:3000" },
  { PTL_KIND_TUNNEL, NULL, "db:5432", PTL_WAY_LOCAL, "127.0.0.1:5432", "db:5432", PTL_WAY_LOCAL,
    "To db:5432" },
};

static PtlEndpoint *
parse (const char *text)
{
  PtlEndpoint *endpoint = ptl_endpoint_parse (text, PTL_PROTOCOL_TCP, NULL);

  g_assert_nonnull (endpoint);
  return endpoint;
}

static void
assert_endpoint (const PtlEndpoint *endpoint, const char *text)
{
  g_autofree char *found = endpoint != NULL ? ptl_endpoint_to_string (endpoint) : NULL;

  g_assert_cmpstr (found, ==, text);
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlRule) rule = ptl_rule_new (cases[i].kind);

      g_test_message ("%" G_GSIZE_FORMAT ": %s", i, cases[i].name);
      if (cases[i].public != NULL)
        {
          ptl_endpoint_free (rule->public_endpoint);
          rule->public_endpoint = parse (cases[i].public);
        }
      rule->target = cases[i].target != NULL ? parse (cases[i].target) : NULL;
      rule->way = cases[i].way;
      ptl_rule_settle (rule);
      assert_endpoint (rule->public_endpoint, cases[i].public_after);
      assert_endpoint (rule->target, cases[i].target_after);
      g_assert_cmpint (rule->way, ==, cases[i].way_after);
      g_assert_cmpstr (rule->name, ==, cases[i].name);
      g_assert_cmpstr (rule->backend, ==, cases[i].kind == PTL_KIND_FORWARD ? "engine" : "");
      g_assert_cmpuint (rule->asked_port, ==,
                        cases[i].kind == PTL_KIND_FORWARD ? 0 : rule->public_endpoint->first);
    }
}

static void
test_granted_port_is_not_asked (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  rule->target = parse ("127.0.0.1:80");
  ptl_rule_settle (rule);
  rule->state = PTL_RULE_STATE_OPEN;
  rule->public_endpoint->first = rule->public_endpoint->last = 40000;
  ptl_rule_settle (rule);
  g_assert_cmpuint (rule->asked_port, ==, 0);
}

static void
test_texts (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  rule->public_endpoint->first = rule->public_endpoint->last = 80;
  rule->public_endpoint->protocol = PTL_PROTOCOL_UDP;
  rule->target = parse ("192.168.1.5:80");
  g_free (rule->owner);
  rule->owner = g_strdup ("  ann\n");
  g_free (rule->preset);
  rule->preset = g_strdup ("Minecraft");
  ptl_rule_settle (rule);
  g_assert_cmpstr (rule->owner, ==, "ann");
  g_assert_cmpstr (rule->name, ==, "Minecraft");
  g_assert_cmpint (rule->target->protocol, ==, PTL_PROTOCOL_UDP);
  g_free (rule->name);
  rule->name = g_strdup ("mine");
  ptl_rule_settle (rule);
  g_assert_cmpstr (rule->name, ==, "mine");
}

static void
test_made_name (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_FORWARD);

  g_assert_false (ptl_rule_is_name_made (rule));
  rule->target = parse ("192.168.1.5:80");
  rule->public_endpoint->host = g_strdup ("127.0.0.1");
  ptl_rule_settle (rule);
  g_assert_true (ptl_rule_is_name_made (rule));
  rule->public_endpoint->first = rule->public_endpoint->last = 40000; /* as granted */
  g_assert_true (ptl_rule_is_name_made (rule));
  rule->target->first = rule->target->last = 81;
  g_assert_false (ptl_rule_is_name_made (rule));
  g_free (rule->name);
  rule->name = g_strdup ("mine");
  g_assert_false (ptl_rule_is_name_made (rule));
}

static void
add_target (PtlRule *rule, const char *text)
{
  g_autoptr (PtlEndpoint) endpoint = parse (text);

  g_ptr_array_add (rule->options->targets, ptl_target_new (endpoint, FALSE));
}

static void
assert_target (const PtlRule *rule, guint i, const char *text)
{
  const PtlTarget *target = g_ptr_array_index (rule->options->targets, i);

  assert_endpoint (target->endpoint, text);
}

/* What is left out of a further target is as with the first. */
static void
test_further_targets (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  rule->public_endpoint->protocol = PTL_PROTOCOL_UDP;
  rule->target = parse ("192.168.1.5:80-82");
  add_target (rule, ":90-92");
  add_target (rule, "192.168.1.6:80-82");
  add_target (rule, "/run/x");
  add_target (rule, "nas.example");
  ptl_rule_settle (rule);
  assert_target (rule, 0, "127.0.0.1:90-92");
  assert_target (rule, 1, "192.168.1.6:80-82");
  assert_target (rule, 2, "unix:/run/x");
  assert_target (rule, 3, "nas.example:80-82");
  g_assert_cmpint (((PtlTarget *) rule->options->targets->pdata[1])->endpoint->protocol, ==,
                   PTL_PROTOCOL_UDP);
  /* A router leads to one place only. */
  g_assert_cmpint (rule->way, ==, PTL_WAY_GUARDED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settle/cases", test_cases);
  g_test_add_func ("/settle/granted-port-is-not-asked", test_granted_port_is_not_asked);
  g_test_add_func ("/settle/texts", test_texts);
  g_test_add_func ("/settle/further-targets", test_further_targets);
  g_test_add_func ("/settle/made-name", test_made_name);
  return g_test_run ();
}
