/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gui/network/ptl-check-words.h"

#include <string.h>

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return g_variant_ref_sink (dict);
}

static void
test_hops (void)
{
  g_autoptr (GVariant) state = parse (
      "{'Path': <[{'Kind': <'computer'>, 'State': <'ok'>, 'Name': <'This Computer'>, 'Address': <'192.168.77.10'>, "
      "'Reason': <'Connected by eth0.'>}, {'Kind': <'provider'>, 'State': <'trouble'>, 'Name': <'NAT'>}, "
      "{'Kind': <'internet'>, 'State': <'off'>, 'Name': <'Internet'>}, {'Kind': <'moon'>, 'State': <'full'>}]>}");
  g_autoptr (GPtrArray) hops = ptl_check_dup_hops (state);
  static const PtlHopState wanted[] = { PTL_HOP_OK, PTL_HOP_TROUBLE, PTL_HOP_OFF, PTL_HOP_UNKNOWN };

  g_assert_cmpuint (hops->len, ==, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < hops->len; i++)
    {
      const PtlHop *hop = hops->pdata[i];

      g_assert_cmpint (hop->state, ==, wanted[i]);
      g_assert_nonnull (hop->icon);
      g_assert_cmpstr (hop->words, !=, "");
      g_assert_nonnull (hop->title);
      g_assert_nonnull (hop->address);
      g_assert_nonnull (hop->reason);
    }
  g_assert_cmpstr (((PtlHop *) hops->pdata[0])->address, ==, "192.168.77.10");
  g_assert_cmpstr (((PtlHop *) hops->pdata[2])->words, ==, "Cut off");
}

/* A worker of another version, or none. */
static void
test_nothing (void)
{
  g_autoptr (GVariant) state = parse ("@a{sv} {}");
  g_autoptr (GPtrArray) hops = ptl_check_dup_hops (state);
  g_autoptr (GPtrArray) facts = ptl_check_dup_facts (state);
  g_auto (GStrv) evidence = ptl_check_dup_evidence (state);

  g_assert_null (ptl_check_dup_result (state));
  g_assert_cmpuint (hops->len, ==, 0);
  g_assert_cmpuint (g_strv_length (evidence), ==, 0);
  g_assert_cmpuint (facts->len, ==, 1); /* that hairpin was not tested */
  g_assert_false (ptl_check_has_way_out (state, "tunnel"));
  g_assert_cmpstr (ptl_check_get_text (NULL, "Verdict"), ==, "");
}

static const char *
find_fact (GPtrArray *facts, const char *title)
{
  for (guint i = 0; i < facts->len; i++)
    {
      const PtlFact *fact = facts->pdata[i];

      if (strcmp (fact->title, title) == 0)
        return fact->value;
    }
  return NULL;
}

static void
test_facts (void)
{
  g_autoptr (GVariant) result = parse (
      "{'Gateway': <{'Address': <'192.168.77.1'>, 'Model': <'Box & Co'>, 'Uptime': <int64 7200>, "
      "'Protocols': <[('pcp', '2'), ('upnp', 'IGD:1')]>}>, 'WanAddress': <'5.6.7.8'>, 'PublicIpv4': <'5.6.7.8'>, "
      "'PublicIpv6': <''>, 'Hairpin': <'untested'>, 'HairpinReason': <'There is no router.'>, "
      "'Evidence': <['One.', 'Two.']>, 'WaysOut': <['tunnel', 'ask-provider']>, 'Checked': <int64 1700000000>}");
  g_autoptr (GPtrArray) facts = ptl_check_dup_facts (result);
  g_auto (GStrv) evidence = ptl_check_dup_evidence (result);

  g_assert_cmpstr (find_fact (facts, "Model of the Router"), ==, "Box & Co");
  g_assert_cmpstr (find_fact (facts, "Takes Mappings By"), ==, "PCP 2, UPnP IGD:1");
  g_assert_cmpstr (find_fact (facts, "Public IPv4 Address"), ==, "5.6.7.8");
  g_assert_null (find_fact (facts, "Public IPv6 Address"));
  g_assert_cmpstr (find_fact (facts, "Public Address From Inside"), ==, "Not tested. There is no router.");
  g_assert_nonnull (find_fact (facts, "Connected For"));
  g_assert_nonnull (find_fact (facts, "Checked"));
  g_assert_cmpuint (g_strv_length (evidence), ==, 2);
  g_assert_true (ptl_check_has_way_out (result, "tunnel"));
  g_assert_false (ptl_check_has_way_out (result, "mapping"));
}

static void
test_words (void)
{
  static const char *const steps[] = { "asking", "router", "outside", "hairpin" };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    g_assert_cmpstr (ptl_check_step_words (steps[i]), !=, "");
  g_assert_cmpstr (ptl_check_step_words (""), ==, "");
  for (guint i = 0; i < PTL_N_VERDICTS; i++)
    {
      g_assert_nonnull (ptl_check_verdict_icon ((PtlVerdict) i));
      g_assert_nonnull (ptl_check_verdict_style ((PtlVerdict) i));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/check-words/hops", test_hops);
  g_test_add_func ("/check-words/nothing", test_nothing);
  g_test_add_func ("/check-words/facts", test_facts);
  g_test_add_func ("/check-words/words", test_words);
  return g_test_run ();
}
