/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gui/exposure/ptl-listener.h"
#include "gui/inventory/ptl-rule-columns.h"

static PtlListener *
make_listener (const char *protocol, const char *address, guint port, const char *process)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) properties = NULL;

  g_variant_dict_insert (&dict, "Protocol", "s", protocol);
  g_variant_dict_insert (&dict, "Address", "s", address);
  g_variant_dict_insert (&dict, "Port", "u", port);
  g_variant_dict_insert (&dict, "Process", "s", process);
  properties = g_variant_ref_sink (g_variant_dict_end (&dict));
  return ptl_listener_new (properties);
}

static void
take (GListStore *store, gpointer item)
{
  g_list_store_append (store, item);
  g_object_unref (item);
}

static void
test_find_process (void)
{
  static const struct { const char *target; PtlProtocol protocol; const char *process; } rows[] = {
    { "127.0.0.1:25565", PTL_PROTOCOL_TCP, "java" },
    { "localhost:25565", PTL_PROTOCOL_TCP, "java" },
    { ":25565", PTL_PROTOCOL_TCP, "java" },
    { "127.0.0.1:25565", PTL_PROTOCOL_UDP, NULL },
    { "127.0.0.1:25565", PTL_PROTOCOL_BOTH, "java" },
    { "127.0.0.1:631", PTL_PROTOCOL_TCP, "cupsd" },
    { "192.168.1.10:631", PTL_PROTOCOL_TCP, NULL },
    { "127.0.0.1:22", PTL_PROTOCOL_TCP, "" },
    { "127.0.0.1:600-700", PTL_PROTOCOL_TCP, "cupsd" },
    { "127.0.0.1:1", PTL_PROTOCOL_TCP, NULL },
    { "unix:/run/x", PTL_PROTOCOL_TCP, NULL },
  };
  g_autoptr (GListStore) store = g_list_store_new (PTL_TYPE_LISTENER);

  take (store, make_listener ("tcp", "0.0.0.0", 25565, "java"));
  take (store, make_listener ("tcp", "127.0.0.1", 631, "cupsd"));
  take (store, make_listener ("tcp", "::", 22, ""));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PtlEndpoint) target = ptl_endpoint_parse (rows[i].target, rows[i].protocol, NULL);

      g_assert_nonnull (target);
      g_assert_cmpstr (ptl_listener_find_process (G_LIST_MODEL (store), target), ==, rows[i].process);
    }
  g_assert_null (ptl_listener_find_process (G_LIST_MODEL (store), NULL));
}

static PtlRuleItem *
make_rule (PtlKind kind, PtlRuleState state, const char *target)
{
  PtlRule *rule = ptl_rule_new (kind);

  g_free (rule->name);
  ptl_endpoint_free (rule->target);
  rule->name = g_strdup ("Minecraft");
  rule->target = ptl_endpoint_parse (target, PTL_PROTOCOL_TCP, NULL);
  rule->state = state;
  return ptl_rule_item_new (rule);
}

static void
test_reach (void)
{
  static const struct { const char *address; PtlKind kind; PtlRuleState state; const char *target; PtlReach reach; } rows[] = {
    { "127.0.0.1", PTL_KIND_FORWARD, PTL_RULE_STATE_OPEN, "127.0.0.1:80", PTL_REACH_COMPUTER },
    { "0.0.0.0", PTL_KIND_FORWARD, PTL_RULE_STATE_OPEN, "127.0.0.1:80", PTL_REACH_NETWORK },
    { "192.168.1.10", PTL_KIND_FORWARD, PTL_RULE_STATE_OPEN, "127.0.0.1:80", PTL_REACH_NETWORK },
    { "127.0.0.1", PTL_KIND_MAPPING, PTL_RULE_STATE_OPEN, "127.0.0.1:80", PTL_REACH_INTERNET },
    { "0.0.0.0", PTL_KIND_MAPPING, PTL_RULE_STATE_DEGRADED, "127.0.0.1:80", PTL_REACH_INTERNET },
    { "127.0.0.1", PTL_KIND_MAPPING, PTL_RULE_STATE_CLOSING, "127.0.0.1:80", PTL_REACH_COMPUTER },
    { "127.0.0.1", PTL_KIND_MAPPING, PTL_RULE_STATE_OPEN, "127.0.0.1:81", PTL_REACH_COMPUTER },
    { "0.0.0.0", PTL_KIND_MAPPING, PTL_RULE_STATE_OPEN, "192.168.1.20:80", PTL_REACH_NETWORK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GListStore) rules = g_list_store_new (PTL_TYPE_RULE_ITEM);
      g_autoptr (PtlListener) listener = make_listener ("tcp", rows[i].address, 80, "httpd");

      take (rules, make_rule (rows[i].kind, rows[i].state, rows[i].target));
      ptl_listener_look_for_rule (listener, G_LIST_MODEL (rules));
      g_assert_cmpint (ptl_listener_get_reach (listener), ==, rows[i].reach);
      /* And back, when the rule is gone. */
      g_list_store_remove_all (rules);
      ptl_listener_look_for_rule (listener, G_LIST_MODEL (rules));
      g_assert_cmpint (ptl_listener_get_reach (listener), !=, PTL_REACH_INTERNET);
    }
}

static void
test_texts (void)
{
  g_autoptr (PtlListener) listener = make_listener ("tcp", "::", 22, "");
  g_autofree char *program = ptl_table_spec_find (&ptl_listener_table, "program")->dup_text (listener);
  g_autofree char *address = ptl_table_spec_find (&ptl_listener_table, "address")->dup_text (listener);
  g_auto (GStrv) hit = ptl_search_words ("22"), miss = ptl_search_words ("java");

  g_assert_cmpstr (program, ==, "Not to be known");
  g_assert_cmpstr (address, ==, "All addresses");
  g_assert_true (ptl_listener_matches (listener, (const char *const *) hit));
  g_assert_false (ptl_listener_matches (listener, (const char *const *) miss));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/listener/find-process", test_find_process);
  g_test_add_func ("/gui/listener/reach", test_reach);
  g_test_add_func ("/gui/listener/texts", test_texts);
  return g_test_run ();
}
