/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gui/wizard/ptl-words.h"

#define NOW 1766599200 /* 2025-12-24 18:00 UTC */

static PtlRule *
make_plan (PtlKind kind, PtlWay way, PtlProtocol protocol, const char *public, const char *target)
{
  PtlRule *rule = ptl_rule_new (kind);

  ptl_endpoint_free (rule->public_endpoint);
  ptl_endpoint_free (rule->target);
  rule->way = way;
  rule->public_endpoint = ptl_endpoint_parse (public, protocol, NULL);
  rule->target = ptl_endpoint_parse (target, protocol, NULL);
  g_assert_nonnull (rule->public_endpoint);
  g_assert_nonnull (rule->target);
  rule->expires = NOW + 3 * 3600;
  return rule;
}

static void
allow (PtlRule *rule, const char *network)
{
  const char *networks[] = { network, NULL };

  ptl_audience_unref (rule->audience);
  rule->audience = ptl_audience_new (networks, NULL);
}

static GPtrArray *
plans_of (PtlRule *first, PtlRule *second)
{
  GPtrArray *plans = g_ptr_array_new_with_free_func ((GDestroyNotify)ptl_rule_free);

  g_ptr_array_add (plans, first);
  if (second != NULL)
    g_ptr_array_add (plans, second);
  return plans;
}

static void
check_plan (
    PtlRule *first, PtlRule *second, const char *name, const char *relay, const char *wanted)
{
  g_autoptr (GPtrArray) plans = plans_of (first, second);
  g_autofree char *sentence = ptl_words_plan (plans, name, relay, NOW);

  g_assert_cmpstr (sentence, ==, wanted);
}

static void
test_mappings (void)
{
  PtlRule *limited = make_plan (PTL_KIND_MAPPING, PTL_WAY_DIRECT, PTL_PROTOCOL_UDP, ":0",
                                "192.168.1.20:2456-2457");
  PtlRule *endless = make_plan (PTL_KIND_MAPPING, PTL_WAY_GUARDED, PTL_PROTOCOL_UDP, ":2456-2457",
                                "127.0.0.1:2456-2457");

  allow (limited, "198.51.100.0/24");
  endless->expires = 0;
  endless->review = NOW + 30 * 24 * 3600;
  check_plan (
      make_plan (PTL_KIND_MAPPING, PTL_WAY_GUARDED, PTL_PROTOCOL_TCP, ":25565", "127.0.0.1:25565"),
      NULL, "M & <b>", NULL,
      "From now until today 21:00 (3 hours), anyone who has the address can reach “M & <b>” on "
      "this computer "
      "from the internet: the router opens port 25565 (TCP).");
  check_plan (
      make_plan (PTL_KIND_MAPPING, PTL_WAY_GUARDED, PTL_PROTOCOL_BOTH, ":7777", "127.0.0.1:7777"),
      make_plan (PTL_KIND_MAPPING, PTL_WAY_GUARDED, PTL_PROTOCOL_TCP, ":8888", "127.0.0.1:8888"),
      "S", NULL,
      "From now until today 21:00 (3 hours), anyone who has the address can reach “S” on this "
      "computer "
      "from the internet: the router opens port 7777 (TCP and UDP) and port 8888 (TCP).");
  check_plan (limited, NULL, "V", NULL,
              "From now until today 21:00 (3 hours), only those who come from 198.51.100.0/24 can "
              "reach “V” on 192.168.1.20 "
              "from the internet: the router opens any free port (UDP).");
  check_plan (endless, NULL, "V", NULL,
              "From now without an end (to be looked at again 23 January 2026 18:00), anyone who "
              "has the address can reach “V” on "
              "this computer from the internet: the router opens ports 2456 to 2457 (UDP).");
}

static void
test_forwards (void)
{
  PtlRule *limited = make_plan (PTL_KIND_FORWARD, PTL_WAY_AUTO, PTL_PROTOCOL_TCP, "0.0.0.0:8080",
                                "192.168.1.5:80");

  allow (limited, "192.168.1.0/24");
  check_plan (make_plan (PTL_KIND_FORWARD, PTL_WAY_AUTO, PTL_PROTOCOL_TCP, "127.0.0.1:8080",
                         "192.168.1.5:80"),
              NULL, "", NULL,
              "From now until today 21:00 (3 hours), programs on this computer can reach "
              "192.168.1.5:80 by connecting to "
              "127.0.0.1:8080 (TCP).");
  check_plan (make_plan (PTL_KIND_FORWARD, PTL_WAY_AUTO, PTL_PROTOCOL_BOTH, "0.0.0.0:8080",
                         "unix:/run/x.sock"),
              NULL, "", NULL,
              "From now until today 21:00 (3 hours), everyone in your network can reach "
              "unix:/run/x.sock by connecting to "
              "0.0.0.0:8080 (TCP and UDP).");
  check_plan (limited, NULL, "", NULL,
              "From now until today 21:00 (3 hours), only those who come from 192.168.1.0/24 can "
              "reach 192.168.1.5:80 by "
              "connecting to 0.0.0.0:8080 (TCP).");
}

/* Whoever is named as kept out is named in the plan, and what was set besides. */
static void
test_set (void)
{
  PtlRule *denied = make_plan (PTL_KIND_FORWARD, PTL_WAY_AUTO, PTL_PROTOCOL_TCP, "0.0.0.0:8080",
                               "192.168.1.5:80");
  PtlRule *mapping = make_plan (PTL_KIND_MAPPING, PTL_WAY_GUARDED, PTL_PROTOCOL_TCP, ":25565",
                                "127.0.0.1:25565");
  const char *within[] = { "10.0.0.0/8", "!10.0.0.5", NULL };

  allow (denied, "!192.168.1.66");
  denied->options->values[PTL_OPTION_MAX_CONNECTIONS] = 8;
  denied->options->values[PTL_OPTION_MAX_PER_SOURCE] = 2;
  ptl_audience_unref (mapping->audience);
  mapping->audience = ptl_audience_new (within, NULL);
  check_plan (denied, NULL, "", NULL,
              "From now until today 21:00 (3 hours), everyone in your network (but nobody from "
              "192.168.1.66/32) can reach 192.168.1.5:80 by connecting to 0.0.0.0:8080 (TCP). As "
              "you have set: at most 8 connections at a time, 2 of one address.");
  check_plan (mapping, NULL, "M", NULL,
              "From now until today 21:00 (3 hours), only those who come from 10.0.0.0/8 (but "
              "nobody from 10.0.0.5/32) can reach “M” on this computer from the internet: the "
              "router opens port 25565 (TCP).");
}

static void
test_tunnels (void)
{
  check_plan (
      make_plan (PTL_KIND_TUNNEL, PTL_WAY_REMOTE, PTL_PROTOCOL_TCP, ":8080", "localhost:3000"),
      NULL, "", "vps",
      "From now until today 21:00 (3 hours), anyone who has the address can reach localhost:3000 "
      "through the server “vps”, "
      "at its port 8080.");
  check_plan (make_plan (PTL_KIND_TUNNEL, PTL_WAY_REMOTE, PTL_PROTOCOL_TCP, "127.0.0.1:0",
                         "localhost:3000"),
              NULL, "", "vps",
              "From now until today 21:00 (3 hours), programs on the server can reach "
              "localhost:3000 through the server “vps”, "
              "at a port that it picks.");
  check_plan (
      make_plan (PTL_KIND_TUNNEL, PTL_WAY_LOCAL, PTL_PROTOCOL_TCP, "127.0.0.1:5432", "db:5432"),
      NULL, "", "vps",
      "From now until today 21:00 (3 hours), programs on this computer can reach db:5432 through "
      "the server “vps” by "
      "connecting to 127.0.0.1:5432.");
}

static void
test_ending (void)
{
  g_autoptr (GPtrArray) guarded = plans_of (
      make_plan (PTL_KIND_MAPPING, PTL_WAY_GUARDED, PTL_PROTOCOL_TCP, ":1", ":1"), NULL);
  g_autoptr (GPtrArray) direct
      = plans_of (make_plan (PTL_KIND_MAPPING, PTL_WAY_DIRECT, PTL_PROTOCOL_TCP, ":1", ":1"), NULL);
  g_autoptr (GPtrArray) endless = plans_of (
      make_plan (PTL_KIND_MAPPING, PTL_WAY_GUARDED, PTL_PROTOCOL_TCP, ":1", ":1"), NULL);

  ((PtlRule *)endless->pdata[0])->expires = 0;
  ((PtlRule *)endless->pdata[0])->review = NOW + 1;
  g_assert_nonnull (strstr (ptl_words_ending (guarded), "every connection still on it is cut"));
  /* What cannot be kept is said before opening. */
  g_assert_nonnull (strstr (ptl_words_ending (direct), "may go on"));
  g_assert_nonnull (strstr (ptl_words_ending (endless), "until you close it"));
}

static void
test_stranger (void)
{
  g_autofree char *named = ptl_words_stranger (PTL_HARM_CHANGE, FALSE, "Redis");
  g_autofree char *risky = ptl_words_stranger (PTL_HARM_JOIN, TRUE, "Redis");
  g_autofree char *unsaid = ptl_words_stranger (PTL_HARM_UNSAID, TRUE, NULL);
  g_autoptr (GHashTable) all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_assert_nonnull (strstr (named, "turned away"));
  g_assert_nonnull (strstr (risky, "Redis"));
  g_assert_nonnull (strstr (unsaid, "do not open it"));
  for (PtlHarm harm = PTL_HARM_UNSAID; harm <= PTL_HARM_CHANGE; harm++)
    g_assert_true (g_hash_table_add (all, ptl_words_stranger (harm, TRUE, NULL)));
}

static void
test_better_way (void)
{
  static const struct
  {
    PtlHarm harm;
    gboolean anyone;
    PtlKind kind;
    const char *part; /* NULL = nothing better */
  } rows[] = {
    { PTL_HARM_JOIN, TRUE, PTL_KIND_MAPPING, NULL },
    { PTL_HARM_READ, TRUE, PTL_KIND_MAPPING, "HTTPS" },
    { PTL_HARM_CHANGE, TRUE, PTL_KIND_MAPPING, "VPN" },
    { PTL_HARM_CHANGE, TRUE, PTL_KIND_TUNNEL, "VPN" },
    { PTL_HARM_CHANGE, FALSE, PTL_KIND_MAPPING, NULL },
    { PTL_HARM_CHANGE, TRUE, PTL_KIND_FORWARD, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *words = ptl_words_better_way (rows[i].harm, rows[i].anyone, rows[i].kind);

      if (rows[i].part == NULL)
        g_assert_null (words);
      else
        g_assert_nonnull (strstr (words, rows[i].part));
    }
}

static void
test_address (void)
{
  static const struct
  {
    const char *endpoint;
    const char *address;
  } rows[] = {
    { "203.0.113.5:25565", "203.0.113.5:25565" },
    { "[2001:db8::1]:80", "[2001:db8::1]:80" },
    { "203.0.113.5:2456-2457", "203.0.113.5:2456-2457" },
    { ":25565", "port 25565 (UDP)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PtlRule) rule
          = make_plan (PTL_KIND_MAPPING, PTL_WAY_GUARDED, PTL_PROTOCOL_UDP, rows[i].endpoint, ":1");
      g_autofree char *address = ptl_words_address (rule);

      g_assert_cmpstr (address, ==, rows[i].address);
    }
}

/* A name goes before the address; there is none where the address is not known. */
static void
test_named_address (void)
{
  g_autoptr (PtlRule) rule
      = make_plan (PTL_KIND_MAPPING, PTL_WAY_GUARDED, PTL_PROTOCOL_UDP, "203.0.113.5:2456-2457", ":1");
  g_autoptr (PtlRule) unknown
      = make_plan (PTL_KIND_MAPPING, PTL_WAY_GUARDED, PTL_PROTOCOL_UDP, ":25565", ":1");
  g_autofree char *address = NULL;
  g_autofree char *port = NULL;

  g_free (rule->public_name);
  g_free (unknown->public_name);
  rule->public_name = g_strdup ("home.example.org");
  unknown->public_name = g_strdup ("home.example.org");
  address = ptl_words_address (rule);
  port = ptl_words_address (unknown);
  g_assert_cmpstr (address, ==, "home.example.org:2456-2457");
  g_assert_cmpstr (port, ==, "port 25565 (UDP)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/mappings", test_mappings);
  g_test_add_func ("/words/forwards", test_forwards);
  g_test_add_func ("/words/set", test_set);
  g_test_add_func ("/words/tunnels", test_tunnels);
  g_test_add_func ("/words/ending", test_ending);
  g_test_add_func ("/words/stranger", test_stranger);
  g_test_add_func ("/words/better-way", test_better_way);
  g_test_add_func ("/words/address", test_address);
  g_test_add_func ("/words/named-address", test_named_address);
  return g_test_run ();
}
