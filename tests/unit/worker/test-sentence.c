/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-sentence.h"

static PtlRule *
make_rule (const char *const *networks, const char *options)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_FORWARD);
  g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, options, NULL, NULL, NULL);

  g_assert_nonnull (variant);
  ptl_endpoint_free (rule->public_endpoint);
  rule->public_endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, "0.0.0.0", 8080, 8080);
  rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "10.0.0.2", 80, 80);
  rule->expires = 1900000000;
  ptl_audience_unref (rule->audience);
  rule->audience = ptl_audience_new (networks, NULL);
  g_assert_true (ptl_options_apply (rule->options, variant, PTL_PROTOCOL_TCP, NULL));
  return rule;
}

static void
assert_says (const PtlRule *rule, const char *wanted)
{
  g_autofree char *sentence = ptl_sentence_for_rule (rule, NULL);

  g_assert_cmpstr (sentence, ==, wanted);
}

#define FORWARD_END                                                                                \
  " to 0.0.0.0:8080 (TCP) on this computer will be passed on to 10.0.0.2:80, until "               \
  "2030-03-17T17:46:40Z; then it is closed and connections are cut."

static void
test_plain (void)
{
  g_autoptr (PtlRule) rule = make_rule (NULL, "{}");

  assert_says (rule, "Connections by anyone" FORWARD_END);
}

static void
test_audience (void)
{
  g_autoptr (PtlRule) rule
      = make_rule ((const char *const[]){ "10.0.0.0/8", "!10.0.0.5", NULL }, "{}");
  g_autoptr (PtlRule) denied = make_rule ((const char *const[]){ "!192.0.2.0/24", NULL }, "{}");

  assert_says (rule, "Connections by 10.0.0.0/8 but not 10.0.0.5/32" FORWARD_END);
  assert_says (denied, "Connections by anyone but not 192.0.2.0/24" FORWARD_END);
}

/* A list of thousands is not read out. */
static void
test_long_audience (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) networks = NULL;
  g_autoptr (PtlRule) rule = NULL;
  g_autofree char *sentence = NULL;

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *network = g_strdup_printf ("10.%u.%u.0/24", i / 256, i % 256);

      g_strv_builder_add (builder, network);
    }
  networks = g_strv_builder_end (builder);
  rule = make_rule ((const char *const *) networks, "{}");
  sentence = ptl_sentence_for_rule (rule, NULL);
  g_assert_nonnull (strstr (sentence, "10.0.7.0/24 and 4992 more to "));
  g_assert_cmpuint (strlen (sentence), <, 400);
}

static void
test_options (void)
{
  g_autoptr (PtlRule) rule = make_rule (NULL, "{'MaxPerSource': <uint64 2>, 'Rate': <uint64 10000000>,"
                                              " 'Targets': <['10.0.0.3:80', '!10.0.0.4:80']>}");

  assert_says (rule, "Connections by anyone" FORWARD_END
                     " Connections of one source: 2; Bytes per second: 10M; Further targets: 10.0.0.3:80; "
                     "Backup targets: 10.0.0.4:80.");
}

static void
test_mapping (void)
{
  g_autoptr (PtlRule) rule = make_rule ((const char *const[]){ "10.0.0.0/8", NULL },
                                        "{'MaxConnections': <uint64 5>}");
  g_autofree char *sentence = NULL;

  rule->kind = PTL_KIND_MAPPING;
  rule->way = PTL_WAY_GUARDED;
  sentence = ptl_sentence_for_rule (rule, "gw");
  g_assert_true (g_str_has_prefix (sentence, "The router gw will let only 10.0.0.0/8 reach TCP port 8080"));
  g_assert_true (g_str_has_suffix (sentence, "are cut. Connections at a time: 5."));
}

/* The router may keep one network; a rule that only denies is none that it could. */
static void
test_caveat (void)
{
  g_autoptr (PtlRule) rule = make_rule ((const char *const[]){ "10.0.0.0/8", NULL }, "{}");
  g_autoptr (GError) caveat = NULL;

  rule->kind = PTL_KIND_MAPPING;
  rule->way = PTL_WAY_DIRECT;
  g_ptr_array_add (rule->leases, ptl_lease_new ("upnp", "gw"));
  caveat = ptl_sentence_dup_caveat (rule);
  g_assert_error (caveat, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sentence/plain", test_plain);
  g_test_add_func ("/sentence/audience", test_audience);
  g_test_add_func ("/sentence/long-audience", test_long_audience);
  g_test_add_func ("/sentence/options", test_options);
  g_test_add_func ("/sentence/mapping", test_mapping);
  g_test_add_func ("/sentence/caveat", test_caveat);
  return g_test_run ();
}
