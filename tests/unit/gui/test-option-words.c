/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gui/fields/ptl-option-words.h"

static PtlOptions *
options_of (const char *text)
{
  PtlOptions *options = ptl_options_new ();
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (text));

  g_assert_true (ptl_options_apply (options, variant, PTL_PROTOCOL_BOTH, NULL));
  return options;
}

/* Each option is called something, explained in a sentence, and belongs to a protocol. */
static void
test_all_have_words (void)
{
  for (PtlOption option = 0; option < PTL_N_OPTIONS; option++)
    {
      const PtlOptionWords *words = ptl_option_get_words (option);
      const PtlOptionSpec *spec = ptl_option_get_spec (option);
      guint n_choices = words->choices ? g_strv_length ((char **) words->choices) : 0;

      g_assert_nonnull (strchr (words->title, '_'));
      g_assert_true (g_str_has_suffix (words->explanation, "."));
      g_assert_cmpint (words->protocols, !=, PTL_PROTOCOL_NONE);
      g_assert_cmpuint (n_choices, ==, spec->words ? spec->most + 1 : 0);
      if (spec->type != PTL_OPTION_TYPE_WORD)
        g_assert_cmpint (words->none != NULL, ==, spec->least == 0);
    }
}

static guint
count_described (const PtlOptions *options)
{
  guint n = 0;

  for (PtlOptionTopic topic = 0; topic < PTL_N_TOPICS; topic++)
    {
      g_autofree char *words = ptl_topic_describe (topic, options);

      n += *words ? 1 : 0;
    }
  return n;
}

static void
test_describe (void)
{
  static const struct { PtlOptionTopic topic; const char *options, *words; } rows[] = {
    { PTL_TOPIC_LIMITS, "{'MaxConnections': <uint64 1>}", "at most 1 connection at a time" },
    { PTL_TOPIC_LIMITS, "{'MaxConnections': <uint64 8>, 'MaxPerSource': <uint64 2>, 'NewPerSource': <uint64 1>}",
      "at most 8 connections at a time, 2 of one address, 1 new of one address in a second" },
    { PTL_TOPIC_LIMITS, "{'Rate': <uint64 10000000>, 'RatePerConnection': <uint64 500000>}",
      "10.0\302\240MB/s in each direction, 500.0\302\240kB/s for one connection" },
    { PTL_TOPIC_BAN, "{'BanAfter': <uint64 20>, 'BanFor': <uint64 3600>}", "after 20 refusals shut out for 1 h" },
    { PTL_TOPIC_TIMES, "{'ConnectTimeout': <uint64 5>, 'TotalTimeout': <uint64 28800>}",
      "waiting 5 s for the target, closed after 8 h in any case" },
    { PTL_TOPIC_UDP, "{'UdpReplies': <uint64 0>}", "UDP answers without a limit" },
    { PTL_TOPIC_TARGETS, "{'Targets': <['10.0.0.2:80', '10.0.0.3:80', '!10.0.0.4:80']>, 'HealthInterval': <uint64 10>,"
                         " 'Balance': <'least-connections'>}",
      "2 more targets, 1 backup, to the one with the fewest connections, checked every 10 s" },
    { PTL_TOPIC_PROXY, "{'Proxy': <'v2'>, 'ProxyFrom': <['192.168.1.2']>}",
      "PROXY protocol version 2, PROXY protocol from 192.168.1.2/32" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PtlOptions) options = options_of (rows[i].options);
      g_autofree char *words = ptl_topic_describe (rows[i].topic, options);
      g_autofree char *all = ptl_options_describe (options);

      g_assert_cmpstr (words, ==, rows[i].words);
      g_assert_cmpstr (all, ==, rows[i].words);
      g_assert_cmpuint (count_described (options), ==, 1);
    }
}

static void
test_usual (void)
{
  g_autoptr (PtlOptions) options = ptl_options_new ();
  g_autofree char *words = ptl_options_describe (options);

  g_assert_cmpstr (words, ==, "");
}

static void
test_fit (void)
{
  static const char all[] = "{'MaxConnections': <uint64 8>, 'UdpSessions': <uint64 5>, 'Proxy': <'v1'>,"
                            " 'HealthInterval': <uint64 10>, 'ProxyFrom': <['10.0.0.0/8']>}";
  g_autoptr (PtlOptions) udp = options_of (all), tcp = options_of (all);

  ptl_options_fit (udp, PTL_PROTOCOL_UDP);
  g_assert_true (ptl_options_check (udp, PTL_PROTOCOL_UDP, NULL, NULL));
  g_assert_cmpuint (udp->values[PTL_OPTION_MAX_CONNECTIONS], ==, 8);
  g_assert_cmpuint (udp->values[PTL_OPTION_UDP_SESSIONS], ==, 5);
  g_assert_null (udp->proxy_from);
  ptl_options_fit (tcp, PTL_PROTOCOL_TCP);
  g_assert_cmpuint (tcp->values[PTL_OPTION_UDP_SESSIONS], ==, 1024);
  g_assert_cmpuint (tcp->values[PTL_OPTION_PROXY], ==, PTL_PROXY_V1);
  g_assert_nonnull (tcp->proxy_from);
}

static void
test_topics (void)
{
  g_assert_true (ptl_topic_fits (PTL_TOPIC_LIMITS, PTL_PROTOCOL_UDP));
  g_assert_false (ptl_topic_fits (PTL_TOPIC_UDP, PTL_PROTOCOL_TCP));
  g_assert_false (ptl_topic_fits (PTL_TOPIC_PROXY, PTL_PROTOCOL_UDP));
  g_assert_true (ptl_topic_fits (PTL_TOPIC_PROXY, PTL_PROTOCOL_BOTH));
  g_assert_null (ptl_options_why_not (PTL_KIND_FORWARD, PTL_WAY_AUTO));
  g_assert_null (ptl_options_why_not (PTL_KIND_MAPPING, PTL_WAY_GUARDED));
  g_assert_nonnull (ptl_options_why_not (PTL_KIND_MAPPING, PTL_WAY_DIRECT));
  g_assert_nonnull (ptl_options_why_not (PTL_KIND_TUNNEL, PTL_WAY_LOCAL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/option-words/all-have-words", test_all_have_words);
  g_test_add_func ("/gui/option-words/describe", test_describe);
  g_test_add_func ("/gui/option-words/usual", test_usual);
  g_test_add_func ("/gui/option-words/fit", test_fit);
  g_test_add_func ("/gui/option-words/topics", test_topics);
  return g_test_run ();
}
