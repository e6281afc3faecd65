/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firewall/ptl-firewalld-zones.h"

/* What firewalld answers, in GVariant's text format, by what it is asked: "zone public". */
typedef struct
{
  const char *question, *answer;
} Answer;

static const char *const questions[] = { "zones", "default", "policies", "zone", "policy", "service", "set" };

static GVariant *
find_answer (const Answer *answers, const char *asked)
{
  for (; answers->question != NULL; answers++)
    if (g_str_equal (answers->question, asked))
      {
        GVariant *answer = g_variant_parse (NULL, answers->answer, NULL, NULL, NULL);

        g_assert_nonnull (answer);
        return answer;
      }
  return NULL;
}

/* NULL: it cannot be said. */
static PtlFirewalldZones *
zones_from (const Answer *answers)
{
  g_autoptr (PtlFirewalldZones) zones = ptl_firewalld_zones_new ("eth0");
  PtlFirewalldQuestion what;
  const char *name;

  for (guint n = 0; ptl_firewalld_zones_next (zones, &what, &name); n++)
    {
      g_autofree char *asked = g_strconcat (questions[what], *name != '\0' ? " " : "", name, NULL);
      g_autoptr (GVariant) answer = find_answer (answers, asked);

      g_assert_cmpuint (n, <, 50);
      if (!ptl_firewalld_zones_answer (zones, answer))
        return NULL;
    }
  return g_steal_pointer (&zones);
}

#define PUBLIC "{'public': {'interfaces': ['eth0']}}"
#define SETTINGS                                                                                                            \
  "{'target': <'default'>, 'services': <['ssh', 'http', 'gone']>,"                                                          \
  " 'ports': <[('8000-8010', 'tcp'), ('53', 'udp'), ('x', 'tcp'), ('9', 'sctp')]>,"                                         \
  " 'rules_str': <['rule family=\"ipv4\" source address=\"192.0.2.0/24\" port port=\"40000\" protocol=\"tcp\" accept',"     \
  " 'rule family=\"ipv6\" port port=\"90\" protocol=\"tcp\" accept', 'rule port port=\"91\" protocol=\"tcp\" accept',"      \
  " 'rule service name=\"ftp\" accept', 'rule', '', 'rule port port=\"8005\" protocol=\"tcp\" reject']>}"
#define SERVICES                                                                                                            \
  { "service ssh", "{'ports': <[('22', 'tcp')]>}" }, { "service http", "{'ports': <[('80', 'tcp')]>}" },                    \
      { "service ftp", "{'ports': <[('21', 'tcp')]>}" },                                                                     \
      { "service mdns", "{'ports': <[('5353', 'udp')]>, 'destination': <{'ipv4': '224.0.0.251', 'ipv6': 'ff02::fb'}>}" },    \
      { "service web", "{'includes': <['http', 'web']>}" }

static const Answer one[] = { { "zones", PUBLIC }, { "zone public", SETTINGS }, SERVICES, { NULL, NULL } };

/* Who gets in: networks, "all", or "". */
static char *
find (const PtlFirewalldZones *zones, const char *where, PtlProtocol protocol, guint8 family)
{
  g_autoptr (PtlEndpoint) endpoint = ptl_endpoint_parse (where, protocol, NULL);
  g_autoptr (PtlAddressSet) in = ptl_firewalld_zones_find (zones, endpoint, family);
  g_auto (GStrv) networks = ptl_address_set_dup_networks (in, 40);

  if (ptl_address_set_is_all (in))
    return g_strdup ("all");
  return networks != NULL ? g_strjoinv (" ", networks) : g_strdup ("many");
}

typedef struct
{
  PtlProtocol protocol;
  const char *where;
  guint8 family;
  const char *in;
} Case;

static void
assert_cases (const Answer *answers, const Case *cases)
{
  g_autoptr (PtlFirewalldZones) zones = zones_from (answers);

  g_assert_nonnull (zones);
  for (; cases->where != NULL; cases++)
    {
      g_autofree char *in = find (zones, cases->where, cases->protocol, cases->family);

      g_test_message ("%s by IPv%u", cases->where, cases->family);
      g_assert_cmpstr (in, ==, cases->in);
    }
}

static void
test_one_zone (void)
{
  static const Case cases[] = {
    { PTL_PROTOCOL_TCP, ":22", 4, "all" },         { PTL_PROTOCOL_TCP, ":80", 6, "all" },
    { PTL_PROTOCOL_TCP, ":21", 6, "all" },         { PTL_PROTOCOL_TCP, ":81", 4, "" },
    { PTL_PROTOCOL_TCP, ":8000-8004", 4, "all" },  { PTL_PROTOCOL_TCP, ":8000-8010", 4, "" },
    { PTL_PROTOCOL_TCP, ":8010-8011", 4, "" },     { PTL_PROTOCOL_UDP, ":53", 4, "all" },
    { PTL_PROTOCOL_BOTH, ":53", 4, "" },           { PTL_PROTOCOL_TCP, ":40000", 4, "192.0.2.0/24" },
    { PTL_PROTOCOL_TCP, ":40000", 6, "" },         { PTL_PROTOCOL_TCP, ":90", 4, "" },
    { PTL_PROTOCOL_TCP, ":90", 6, "all" },         { PTL_PROTOCOL_TCP, ":91", 4, "all" },
    { PTL_PROTOCOL_TCP, ":65535", 4, "" },         { PTL_PROTOCOL_NONE, NULL, 0, NULL },
  };

  assert_cases (one, cases);
}

/* Priorities below 0, what turns away, what accepts, priorities above 0, and last what the zone is. */
static void
test_order (void)
{
  static const Answer answers[] = {
    { "zones", PUBLIC },
    { "zone public", "{'target': <'ACCEPT'>, 'ports': <[('1000-1009', 'tcp')]>, 'rules_str': <["
                     "'rule port port=\"1000\" protocol=\"tcp\" drop',"
                     "'rule priority=\"1\" port port=\"1001\" protocol=\"tcp\" drop',"
                     "'rule priority=\"-1\" family=\"ipv4\" source address=\"10.0.0.0/8\" port port=\"1002\" protocol=\"tcp\" accept',"
                     "'rule port port=\"1002\" protocol=\"tcp\" reject',"
                     "'rule family=\"ipv4\" source NOT address=\"10.0.0.0/8\" port port=\"1003\" protocol=\"tcp\" drop',"
                     "'rule priority=\"-2\" family=\"ipv4\" source address=\"10.1.0.0/16\" port port=\"1002\" protocol=\"tcp\" drop',"
                     "'rule priority=\"100\" port port=\"2000\" protocol=\"tcp\" reject',"
                     "'rule family=\"ipv4\" destination address=\"192.0.2.1\" port port=\"2001\" protocol=\"tcp\" drop']>}" },
    { NULL, NULL },
  };
  static const Case cases[] = {
    { PTL_PROTOCOL_TCP, ":1000", 4, "" },
    { PTL_PROTOCOL_TCP, ":1001", 4, "all" },
    { PTL_PROTOCOL_TCP, ":1002", 4, "10.0.0.0/16 10.2.0.0/15 10.4.0.0/14 10.8.0.0/13 10.16.0.0/12 10.32.0.0/11 10.64.0.0/10 10.128.0.0/9" },
    { PTL_PROTOCOL_TCP, ":1002", 6, "" },
    { PTL_PROTOCOL_TCP, ":1003", 4, "10.0.0.0/8" },
    { PTL_PROTOCOL_TCP, ":1003", 6, "all" },
    { PTL_PROTOCOL_TCP, ":2000", 4, "" },
    { PTL_PROTOCOL_TCP, ":1999-2000", 4, "" },
    /* Of several addresses, one of which it keeps out, not all are open. */
    { PTL_PROTOCOL_TCP, ":2001", 4, "" },
    { PTL_PROTOCOL_TCP, "192.0.2.1:2001", 4, "" },
    { PTL_PROTOCOL_TCP, "192.0.2.2:2001", 4, "all" },
    { PTL_PROTOCOL_UDP, ":5000", 6, "all" },
    { PTL_PROTOCOL_NONE, NULL, 0, NULL },
  };

  assert_cases (answers, cases);
}

/* Who is bound to a zone by where they come from never meets that of the interface; the zones go by their names. */
static const Answer bound[] = {
  { "zones", "{'public': {'interfaces': ['eth+']}, 'work': {'sources': ['192.168.0.0/16', 'ipset:friends', '00:11:22:33:44:55']},"
             " 'drop': {'sources': ['203.0.113.0/24']}, 'home': {'sources': ['192.168.1.7/24', '2001:db8:1::/48']}}" },
  { "zone public", "{'target': <'default'>, 'services': <['ssh']>}" },
  { "zone home", "{'target': <'default'>, 'services': <['web']>}" },
  { "zone work", "{'target': <'default'>, 'protocols': <['tcp', 'gre']>}" },
  { "zone drop", "{'target': <'DROP'>}" },
  { "set friends", "['198.51.100.7', '198.51.100.8/31', 'x']" },
  SERVICES,
  { NULL, NULL },
};

static void
test_bound (void)
{
  static const Case cases[] = {
    { PTL_PROTOCOL_TCP, ":80", 4,
      "192.168.0.0/16 198.51.100.7/32 198.51.100.8/31" },
    { PTL_PROTOCOL_TCP, ":80", 6, "2001:db8:1::/48" },
    { PTL_PROTOCOL_TCP, ":81", 4,
      "192.168.0.0/24 192.168.2.0/23 192.168.4.0/22 192.168.8.0/21 192.168.16.0/20 192.168.32.0/19 192.168.64.0/18 "
      "192.168.128.0/17 198.51.100.7/32 198.51.100.8/31" },
    { PTL_PROTOCOL_TCP, ":81", 6, "" },
    { PTL_PROTOCOL_UDP, ":81", 4, "" },
    { PTL_PROTOCOL_NONE, NULL, 0, NULL },
  };
  g_autoptr (PtlFirewalldZones) zones = zones_from (bound);

  g_assert_cmpstr (ptl_firewalld_zones_get_name (zones), ==, "public");
  assert_cases (bound, cases);
}

static void
test_policies (void)
{
  static const Answer answers[] = {
    { "zones", PUBLIC },
    { "zone public", "{'target': <'default'>, 'ports': <[('80-90', 'tcp')]>}" },
    { "policies", "{'late': @a{sas} {}, 'early': {}, 'other': {}, 'through': {}, 'unread': {}}" },
    { "policy early", "{'target': <'CONTINUE'>, 'priority': <-1>, 'ingress_zones': <['ANY']>, 'egress_zones': <['HOST']>,"
                      " 'rich_rules': <['rule family=\"ipv4\" port port=\"80\" protocol=\"tcp\" drop']>, 'services': <['ssh']>}" },
    { "policy late", "{'target': <'ACCEPT'>, 'priority': <10>, 'ingress_zones': <['public']>, 'egress_zones': <['HOST']>,"
                     " 'rich_rules': <['rule port port=\"100\" protocol=\"tcp\" drop', 'rule port port=\"81\" protocol=\"tcp\" drop']>}" },
    { "policy other", "{'target': <'DROP'>, 'priority': <-1>, 'ingress_zones': <['home']>, 'egress_zones': <['HOST']>}" },
    { "policy through", "{'target': <'DROP'>, 'priority': <-1>, 'ingress_zones': <['ANY']>, 'egress_zones': <['ANY']>}" },
    SERVICES,
    { NULL, NULL },
  };
  static const Case cases[] = {
    { PTL_PROTOCOL_TCP, ":80", 4, "" },    { PTL_PROTOCOL_TCP, ":80", 6, "all" },  { PTL_PROTOCOL_TCP, ":81", 4, "all" },
    { PTL_PROTOCOL_TCP, ":22", 4, "all" }, { PTL_PROTOCOL_TCP, ":100", 4, "" },    { PTL_PROTOCOL_TCP, ":200", 4, "all" },
    { PTL_PROTOCOL_NONE, NULL, 0, NULL },
  };

  assert_cases (answers, cases);
}

static void
test_destination (void)
{
  static const Answer answers[] = {
    { "zones", "@a{sa{sas}} {}" }, { "default", "'home'" }, { "zone home", "{'services': <['mdns']>}" }, SERVICES, { NULL, NULL },
  };
  static const Case cases[] = {
    { PTL_PROTOCOL_UDP, ":5353", 4, "" },
    { PTL_PROTOCOL_UDP, "192.168.1.2:5353", 4, "" },
    { PTL_PROTOCOL_UDP, "224.0.0.251:5353", 4, "all" },
    { PTL_PROTOCOL_UDP, "[ff02::fb]:5353", 6, "all" },
    { PTL_PROTOCOL_NONE, NULL, 0, NULL },
  };

  assert_cases (answers, cases);
}

static void
test_unanswered (void)
{
  static const Answer nothing[] = { { NULL, NULL } };
  static const Answer no_default[] = { { "zones", "@a{sa{sas}} {}" }, { NULL, NULL } };
  static const Answer no_zone[] = { { "zones", PUBLIC }, { NULL, NULL } };
  static const Answer wrong[] = { { "zones", "'x'" }, { NULL, NULL } };

  g_assert_null (zones_from (nothing));
  g_assert_null (zones_from (no_default));
  g_assert_null (zones_from (no_zone));
  g_assert_null (zones_from (wrong));
}

/* ---- What to open ---- */

static PtlAudience *
audience_from (const char *networks)
{
  g_auto (GStrv) list = g_strsplit (networks, " ", -1);
  PtlAudience *audience = ptl_audience_new (*networks != '\0' ? (const char *const *) list : NULL, NULL);

  g_assert_nonnull (audience);
  return audience;
}

/* @networks: separated by spaces, "" = anyone. @own: what is open by us, or NULL. The answer: what is to be opened. */
static char *
plan (const PtlFirewalldZones *zones, const char *where, PtlProtocol protocol, const char *networks, const PtlFirewallOpening *own)
{
  g_autoptr (PtlAudience) audience = audience_from (networks);
  g_autoptr (PtlEndpoint) endpoint = ptl_endpoint_parse (where, protocol, NULL);
  g_autoptr (GPtrArray) ours = g_ptr_array_new ();
  g_autoptr (GPtrArray) openings = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (own != NULL)
    g_ptr_array_add (ours, (gpointer) own);
  openings = ptl_firewalld_zones_plan (zones, endpoint, audience, ours);
  for (guint i = 0; i < openings->len; i++)
    {
      const PtlFirewallOpening *opening = openings->pdata[i];
      g_autofree char *ports = ptl_firewall_opening_dup_ports (opening);

      g_string_append_printf (text, "%s%s:%s/%s%s%s", i > 0 ? " " : "", opening->zone, ports,
                              ptl_protocol_to_string (opening->protocol), *opening->source != '\0' ? "@" : "", opening->source);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

typedef struct
{
  const char *where;
  PtlProtocol protocol;
  const char *networks, *expected;
} PlanCase;

static void
assert_plans (const Answer *answers, const PlanCase *cases)
{
  g_autoptr (PtlFirewalldZones) zones = zones_from (answers);

  for (; cases->where != NULL; cases++)
    {
      g_autofree char *text = plan (zones, cases->where, cases->protocol, cases->networks, NULL);

      g_test_message ("%s for %s", cases->where, cases->networks);
      g_assert_cmpstr (text, ==, cases->expected);
    }
}

static void
test_plan (void)
{
  static const PlanCase cases[] = {
    { "192.168.1.2:25565", PTL_PROTOCOL_TCP, "", "public:25565/tcp" },
    { "192.168.1.2:25565", PTL_PROTOCOL_BOTH, "", "public:25565/tcp public:25565/udp" },
    { "192.168.1.2:80", PTL_PROTOCOL_TCP, "", "" },
    { "192.168.1.2:53", PTL_PROTOCOL_BOTH, "", "public:53/tcp" },
    /* Only the gaps; 8005 is kept out by a rule that no opening could overrule. */
    { "192.168.1.2:7998-8012", PTL_PROTOCOL_TCP, "", "public:7998-7999/tcp public:8011-8012/tcp" },
    { "192.168.1.2:90", PTL_PROTOCOL_TCP, "", "public:90/tcp" },
    { "[2001:db8::1]:90", PTL_PROTOCOL_TCP, "", "" },
    { "[::]:90", PTL_PROTOCOL_TCP, "", "public:90/tcp" },
    { "192.168.1.2:65535", PTL_PROTOCOL_TCP, "", "public:65535/tcp" },
    /* Those networks alone that can come there; somebody else has one of them open. */
    { "192.168.1.2:40000", PTL_PROTOCOL_TCP, "192.0.2.0/24 198.51.100.7/32 2001:db8::/32", "public:40000/tcp@198.51.100.7/32" },
    { "192.168.1.2:40000", PTL_PROTOCOL_TCP, "192.0.2.8/29", "" },
    { "[2001:db8::1]:40000", PTL_PROTOCOL_TCP, "192.0.2.0/24 2001:db8::/32", "public:40000/tcp@2001:db8::/32" },
    { "192.168.1.2:40000", PTL_PROTOCOL_TCP, "2001:db8::/32", "" },
    { "192.168.1.2:80", PTL_PROTOCOL_TCP, "192.0.2.0/24", "" },
    /* Who is denied is turned away by the engine. */
    { "192.168.1.2:25565", PTL_PROTOCOL_TCP, "!192.0.2.0/24", "public:25565/tcp" },
    { NULL, PTL_PROTOCOL_NONE, NULL, NULL },
  };

  assert_plans (one, cases);
}

/* In the zone where they come in; who was put into one that drops all is not meant by anyone. */
static void
test_plan_bound (void)
{
  static const PlanCase cases[] = {
    { "192.168.1.2:81", PTL_PROTOCOL_TCP, "192.168.1.0/24", "home:81/tcp@192.168.1.0/24" },
    { "192.168.1.2:80", PTL_PROTOCOL_TCP, "192.168.1.0/24", "" },
    { "192.168.1.2:81", PTL_PROTOCOL_TCP, "192.168.3.0/24", "" },
    { "192.168.1.2:81", PTL_PROTOCOL_TCP, "192.0.2.0/24", "public:81/tcp@192.0.2.0/24" },
    { "192.168.1.2:81", PTL_PROTOCOL_TCP, "203.0.113.5/32", "drop:81/tcp@203.0.113.5/32" },
    { "192.168.1.2:81", PTL_PROTOCOL_TCP, "", "home:81/tcp public:81/tcp" },
    { "192.168.1.2:22", PTL_PROTOCOL_TCP, "", "home:22/tcp" },
    { NULL, PTL_PROTOCOL_NONE, NULL, NULL },
  };

  assert_plans (bound, cases);
}

static void
test_own (void)
{
  g_autoptr (PtlFirewalldZones) zones = zones_from (one);
  g_autoptr (PtlFirewallOpening) ours = ptl_firewall_opening_new ("public", PTL_PROTOCOL_TCP, 8001, 8002, "");
  g_autoptr (PtlFirewallOpening) elsewhere = ptl_firewall_opening_new ("work", PTL_PROTOCOL_TCP, 8001, 8002, "");
  g_autoptr (PtlFirewallOpening) rule = ptl_firewall_opening_new ("public", PTL_PROTOCOL_TCP, 40000, 40000, "192.0.2.0/24");
  g_autoptr (PtlFirewallOpening) gone = ptl_firewall_opening_new ("public", PTL_PROTOCOL_TCP, 40001, 40001, "192.0.2.0/24");
  g_autofree char *wanted = plan (zones, "192.168.1.2:8000-8003", PTL_PROTOCOL_TCP, "", ours);
  g_autofree char *other = plan (zones, "192.168.1.2:8000-8003", PTL_PROTOCOL_TCP, "", elsewhere);
  g_autofree char *network = plan (zones, "192.168.1.2:40000", PTL_PROTOCOL_TCP, "192.0.2.0/24", rule);

  g_assert_cmpstr (wanted, ==, "public:8001-8002/tcp");
  g_assert_cmpstr (other, ==, "");
  g_assert_cmpstr (network, ==, "public:40000/tcp@192.0.2.0/24");
  g_assert_true (ptl_firewalld_zones_have (zones, ours));
  g_assert_true (ptl_firewalld_zones_have (zones, rule));
  g_assert_false (ptl_firewalld_zones_have (zones, elsewhere));
  g_assert_false (ptl_firewalld_zones_have (zones, gone));
}

/* A long list would be a long time of firewalld's: the engine keeps to it. */
static void
test_many_networks (void)
{
  static const Answer answers[] = { { "zones", PUBLIC }, { "zone public", "{'target': <'default'>}" }, { NULL, NULL } };
  g_autoptr (PtlFirewalldZones) zones = zones_from (answers);
  g_autoptr (GString) networks = g_string_new (NULL);
  g_autofree char *few = NULL;
  g_autofree char *many = NULL;

  for (guint i = 0; i < PTL_FIREWALLD_NETWORKS_MAX; i++)
    g_string_append_printf (networks, "%s10.0.%u.0/24", i > 0 ? " " : "", i);
  few = plan (zones, "192.168.1.2:25565", PTL_PROTOCOL_TCP, networks->str, NULL);
  g_assert_true (g_str_has_prefix (few, "public:25565/tcp@10.0.0.0/24 public:25565/tcp@10.0.1.0/24"));
  g_string_append (networks, " 10.1.0.0/24");
  many = plan (zones, "192.168.1.2:25565", PTL_PROTOCOL_TCP, networks->str, NULL);
  g_assert_cmpstr (many, ==, "public:25565/tcp");
}

/* ---- In words ---- */

static void
test_words (void)
{
  static const struct
  {
    const char *where, *networks;
    PtlFirewallVerdict verdict;
    const char *message, *command;
  } cases[] = {
    { "192.168.1.2:22", "192.0.2.0/24", PTL_FIREWALL_OPEN, "lets TCP port 22 in.", "" },
    { "192.168.1.2:22", "", PTL_FIREWALL_SOME, "in only for anyone but 192.168.1.0/24, 203.0.113.0/24.",
      "sudo firewall-cmd --zone=home --add-port=22/tcp" },
    { "192.168.1.2:80", "", PTL_FIREWALL_SOME, "in only for 192.168.0.0/16, 198.51.100.7/32, 198.51.100.8/31.",
      "sudo firewall-cmd --zone=public --add-port=80/tcp" },
    { "192.168.1.2:80", "192.0.2.0/24", PTL_FIREWALL_BLOCKED,
      "in only for 192.168.0.0/16, 198.51.100.7/32, 198.51.100.8/31, not for those whom it is meant for.",
      "sudo firewall-cmd --zone=public --add-rich-rule='rule family=\"ipv4\" source address=\"192.0.2.0/24\" port port=\"80\" "
      "protocol=\"tcp\" accept'" },
    { "[2001:db8::1]:81", "", PTL_FIREWALL_BLOCKED, "keeps TCP port 81 out.",
      "sudo firewall-cmd --zone=home --add-port=81/tcp && sudo firewall-cmd --zone=public --add-port=81/tcp" },
    { ":80", "", PTL_FIREWALL_SOME, "in only for 192.168.0.0/16, 198.51.100.7/32, 198.51.100.8/31, 2001:db8:1::/48.",
      "sudo firewall-cmd --zone=public --add-port=80/tcp" },
  };
  g_autoptr (PtlFirewalldZones) zones = zones_from (bound);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlAudience) audience = audience_from (cases[i].networks);
      g_autoptr (PtlEndpoint) where = ptl_endpoint_parse (cases[i].where, PTL_PROTOCOL_TCP, NULL);
      g_autoptr (PtlFirewallView) view = ptl_firewall_view_new (where->protocol, where->first, where->last);
      g_autofree char *message = NULL;
      g_autofree char *command = NULL;

      ptl_firewalld_zones_weigh (zones, where, audience, view);
      message = ptl_firewall_view_dup_message (view);
      command = ptl_firewall_view_dup_command (view);
      g_test_message ("%s for %s: %s", cases[i].where, cases[i].networks, message);
      g_assert_cmpint (view->verdict, ==, cases[i].verdict);
      g_assert_true (g_str_has_suffix (message, cases[i].message));
      g_assert_cmpstr (command, ==, cases[i].command);
    }
}

/* Where a rule keeps it out no command is offered that would not help. */
static void
test_shut (void)
{
  g_autoptr (PtlFirewalldZones) zones = zones_from (one);
  g_autoptr (PtlAudience) anyone = ptl_audience_new_anyone ();
  g_autoptr (PtlEndpoint) where = ptl_endpoint_parse ("192.168.1.2:8005", PTL_PROTOCOL_TCP, NULL);
  g_autoptr (PtlFirewallView) view = ptl_firewall_view_new (where->protocol, where->first, where->last);
  g_autofree char *command = NULL;
  g_autofree char *advice = NULL;

  ptl_firewalld_zones_weigh (zones, where, anyone, view);
  command = ptl_firewall_view_dup_command (view);
  advice = ptl_firewall_view_dup_advice (view);
  g_assert_cmpint (view->verdict, ==, PTL_FIREWALL_BLOCKED);
  g_assert_cmpstr (command, ==, "");
  g_assert_true (g_str_has_prefix (advice, "A rich rule"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/firewalld-zones/one zone", test_one_zone);
  g_test_add_func ("/firewalld-zones/order", test_order);
  g_test_add_func ("/firewalld-zones/bound", test_bound);
  g_test_add_func ("/firewalld-zones/policies", test_policies);
  g_test_add_func ("/firewalld-zones/destination", test_destination);
  g_test_add_func ("/firewalld-zones/unanswered", test_unanswered);
  g_test_add_func ("/firewalld-zones/plan", test_plan);
  g_test_add_func ("/firewalld-zones/plan bound", test_plan_bound);
  g_test_add_func ("/firewalld-zones/own", test_own);
  g_test_add_func ("/firewalld-zones/many networks", test_many_networks);
  g_test_add_func ("/firewalld-zones/words", test_words);
  g_test_add_func ("/firewalld-zones/shut", test_shut);
  return g_test_run ();
}
