/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/report/ptl-report-join.h"

#define HERE "192.168.1.10"
#define HERE6 "2001:db8::10"
#define NAS "192.168.1.20"
#define OUTSIDE "203.0.113.7"
#define RULE "11111111-2222-4333-8444-555555555555"

/* ---- A home, in a few words ---- */

static PtlReportFacts *
new_facts (void)
{
  static const char *const addresses[] = { HERE, HERE6, NULL };
  PtlReportFacts *facts = ptl_report_facts_new ();

  g_strfreev (facts->addresses);
  facts->addresses = g_strdupv ((char **) addresses);
  facts->machine = TRUE;
  facts->passing = 32768;
  facts->now = 1000;
  return facts;
}

static PtlReportSocket *
listen_at (PtlReportFacts *facts, PtlProtocol protocol, const char *address, guint16 port)
{
  PtlReportSocket *socket = ptl_report_socket_new (protocol, address, port);

  ptl_report_set (&socket->process, "server");
  g_ptr_array_add (facts->sockets, socket);
  return socket;
}

static PtlReportDoor *
forward_to (PtlReportFacts *facts, const char *address, guint16 port, const char *rule, guint16 outside)
{
  PtlReportDoor *door = ptl_report_door_new (PTL_PROTOCOL_TCP, address, port);
  g_autofree char *public_endpoint = g_strdup_printf (OUTSIDE ":%u", outside);

  ptl_report_set (&door->system, "router");
  ptl_report_set (&door->name, "Box");
  ptl_report_set (&door->rule, rule);
  ptl_report_set (&door->public_endpoint, public_endpoint);
  g_ptr_array_add (facts->doors, door);
  return door;
}

static PtlReportLook *
see (PtlReportFacts *facts, PtlVantageKind vantage, const char *address, guint16 port, PtlSeenState state)
{
  PtlReportLook *look = ptl_report_look_new (PTL_PROTOCOL_TCP, address, port, vantage, state);

  look->at = 999;
  g_ptr_array_add (facts->looks, look);
  return look;
}

static void
know (PtlReportLook *look, const char *product, PtlAuth auth, PtlSeverity severity)
{
  look->identity = ptl_identity_new ();
  ptl_report_set (&look->identity->service, "http");
  ptl_report_set (&look->identity->product, product);
  ptl_report_set (&look->identity->advice, "Switch its login on.");
  look->identity->auth = auth;
  look->identity->severity = severity;
}

static PtlReportGuard *
guard (PtlReportFacts *facts, guint16 port, gboolean blocked, const char *container)
{
  PtlReportGuard *one = ptl_report_guard_new (PTL_PROTOCOL_TCP, port);

  one->blocked = one->blocked6 = blocked;
  one->known = TRUE;
  ptl_report_set (&one->message, "ufw keeps strangers out.");
  ptl_report_set (&one->container, container);
  g_ptr_array_add (facts->guards, one);
  return one;
}

static const PtlFinding *
find (GPtrArray *findings, const char *key)
{
  for (guint i = 0; i < findings->len; i++)
    if (g_str_equal (((PtlFinding *) findings->pdata[i])->key, key))
      return findings->pdata[i];
  return NULL;
}

static PtlSeenState
seen_from (const PtlFinding *finding, PtlVantageKind vantage)
{
  for (guint i = 0; i < finding->seen->len; i++)
    if (((PtlSighting *) finding->seen->pdata[i])->vantage == vantage)
      return ((PtlSighting *) finding->seen->pdata[i])->state;
  g_assert_not_reached ();
}

/* ---- Listening ---- */

static void
test_listening (void)
{
  static const struct
  {
    const char *address, *key, *reach;
    PtlSeverity severity;
  } cases[] = {
    { "127.0.0.1", "tcp/127.0.0.1:80", "machine", PTL_SEVERITY_INFO },
    { "::1", "tcp/[::1]:80", "machine", PTL_SEVERITY_INFO },
    { "0.0.0.0", "tcp/0.0.0.0:80", "lan", PTL_SEVERITY_LOW },
    { HERE, "tcp/" HERE ":80", "lan", PTL_SEVERITY_LOW },
    { HERE6, "tcp/[" HERE6 "]:80", "lan", PTL_SEVERITY_LOW },
    { "fe80::1%eth0", "tcp/[fe80::1%eth0]:80", "lan", PTL_SEVERITY_LOW },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlReportFacts) facts = new_facts ();
      g_autoptr (GPtrArray) findings = NULL;
      const PtlFinding *finding;

      listen_at (facts, PTL_PROTOCOL_TCP, cases[i].address, 80);
      findings = ptl_report_join (facts);
      g_assert_cmpuint (findings->len, ==, 1);
      finding = find (findings, cases[i].key);
      g_assert_nonnull (finding);
      g_assert_cmpstr (finding->reach, ==, cases[i].reach);
      g_assert_cmpint (finding->severity, ==, cases[i].severity);
      g_assert_cmpstr (finding->listening->process, ==, "server");
      g_assert_cmpstr (finding->declared, ==, "");
      g_assert_cmpint (seen_from (finding, PTL_VANTAGE_MACHINE), ==, PTL_SEEN_OPEN);
    }
}

/* IPv4 and IPv6 are two findings, of one socket. */
static void
test_every_ipv6_address_takes_ipv4 (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;

  listen_at (facts, PTL_PROTOCOL_TCP, "::", 22)->ipv4 = TRUE;
  see (facts, PTL_VANTAGE_LAN, HERE, 22, PTL_SEEN_OPEN);
  see (facts, PTL_VANTAGE_LAN, HERE6, 22, PTL_SEEN_FILTERED);
  findings = ptl_report_join (facts);
  g_assert_cmpuint (findings->len, ==, 2);
  g_assert_cmpint (seen_from (find (findings, "tcp/0.0.0.0:22"), PTL_VANTAGE_LAN), ==, PTL_SEEN_OPEN);
  g_assert_cmpint (seen_from (find (findings, "tcp/[::]:22"), PTL_VANTAGE_LAN), ==, PTL_SEEN_FILTERED);
}

static void
test_ipv6_alone (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;

  listen_at (facts, PTL_PROTOCOL_TCP, "::", 22);
  see (facts, PTL_VANTAGE_LAN, HERE, 22, PTL_SEEN_CLOSED);
  findings = ptl_report_join (facts);
  g_assert_cmpuint (findings->len, ==, 1);
  g_assert_nonnull (find (findings, "tcp/[::]:22"));
}

static void
test_passing_udp_ports_are_no_doors (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;

  listen_at (facts, PTL_PROTOCOL_UDP, "0.0.0.0", 40000);
  listen_at (facts, PTL_PROTOCOL_UDP, "0.0.0.0", 5353);
  findings = ptl_report_join (facts);
  g_assert_cmpuint (findings->len, ==, 1);
  g_assert_nonnull (find (findings, "udp/0.0.0.0:5353"));
}

/* ---- Five answers ---- */

static void
test_five_answers (void)
{
  for (guint state = 0; state < PTL_N_SEENS; state++)
    {
      g_autoptr (PtlReportFacts) facts = new_facts ();
      g_autoptr (GPtrArray) findings = NULL;

      listen_at (facts, PTL_PROTOCOL_TCP, "0.0.0.0", 80);
      see (facts, PTL_VANTAGE_LAN, HERE, 80, (PtlSeenState) state);
      findings = ptl_report_join (facts);
      g_assert_cmpint (seen_from (find (findings, "tcp/0.0.0.0:80"), PTL_VANTAGE_LAN), ==, state);
    }
}

static void
test_closed_ports_are_none (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;

  see (facts, PTL_VANTAGE_LAN, HERE, 80, PTL_SEEN_CLOSED);
  see (facts, PTL_VANTAGE_RELAY, OUTSIDE, 81, PTL_SEEN_FILTERED);
  see (facts, PTL_VANTAGE_INTERNETDB, OUTSIDE, 82, PTL_SEEN_UNLISTED);
  findings = ptl_report_join (facts);
  g_assert_cmpuint (findings->len, ==, 0);
}

static void
test_seen_though_nothing_is_known_of_it (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;
  const PtlFinding *finding;

  see (facts, PTL_VANTAGE_RELAY, OUTSIDE, 8443, PTL_SEEN_OPEN);
  findings = ptl_report_join (facts);
  finding = find (findings, "tcp/" OUTSIDE ":8443");
  g_assert_nonnull (finding);
  g_assert_cmpstr (finding->reach, ==, "internet");
  g_assert_cmpint (finding->severity, ==, PTL_SEVERITY_MEDIUM);
  g_assert_null (finding->listening);
  g_assert_nonnull (g_strstr_len (finding->evidence, -1, "No rule of yours declares it."));
}

/* What asks for a login on TCP does so for its datagrams. */
static void
test_login_beside (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;
  PtlReportLook *look;

  listen_at (facts, PTL_PROTOCOL_TCP, "0.0.0.0", 64738);
  listen_at (facts, PTL_PROTOCOL_UDP, "0.0.0.0", 64738);
  look = see (facts, PTL_VANTAGE_LAN, HERE, 64738, PTL_SEEN_OPEN);
  know (look, "Murmur", PTL_AUTH_PROTECTED, PTL_SEVERITY_LOW);
  ptl_report_set (&look->identity->service, "mumble");
  look = ptl_report_look_new (PTL_PROTOCOL_UDP, HERE, 64738, PTL_VANTAGE_LAN, PTL_SEEN_OPEN);
  g_ptr_array_add (facts->looks, look);
  know (look, "Murmur", PTL_AUTH_UNKNOWN, PTL_SEVERITY_LOW);
  ptl_report_set (&look->identity->service, "mumble");
  findings = ptl_report_join (facts);
  g_assert_cmpuint (findings->len, ==, 2);
  for (guint i = 0; i < findings->len; i++)
    g_assert_cmpint (((PtlFinding *) findings->pdata[i])->identity->auth, ==, PTL_AUTH_PROTECTED);
}

/* Where routers are heard is no door, and told only to those who ask for that very port. */
static void
test_own_ear (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) none = NULL, others = NULL, named = NULL;
  const PtlFinding *finding;
  PtlReportLook *look;

  listen_at (facts, PTL_PROTOCOL_UDP, "0.0.0.0", 5350)->own = TRUE;
  none = ptl_report_join (facts);
  g_assert_cmpuint (none->len, ==, 0);
  look = ptl_report_look_new (PTL_PROTOCOL_UDP, HERE, 5350, PTL_VANTAGE_LAN, PTL_SEEN_FILTERED);
  look->named = TRUE;
  g_ptr_array_add (facts->looks, look);
  named = ptl_report_join (facts);
  g_assert_cmpuint (named->len, ==, 1);
  finding = named->pdata[0];
  g_assert_cmpint (finding->severity, ==, PTL_SEVERITY_INFO);
  g_assert_nonnull (g_strstr_len (finding->evidence, -1, "Portolan itself listens here"));
  g_assert_cmpstr (finding->advice, ==, "");
  look->named = FALSE;
  /* Another program's is told. */
  listen_at (facts, PTL_PROTOCOL_UDP, HERE, 5350);
  others = ptl_report_join (facts);
  g_assert_cmpuint (others->len, ==, 1);
}

/* ---- Declared and forwarded ---- */

static void
test_foreign_entry (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;
  const PtlFinding *finding;

  listen_at (facts, PTL_PROTOCOL_TCP, "0.0.0.0", 8080);
  forward_to (facts, HERE, 8080, "", 30080);
  know (see (facts, PTL_VANTAGE_LAN, HERE, 8080, PTL_SEEN_OPEN), "Grafana", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH);
  findings = ptl_report_join (facts);
  g_assert_cmpuint (findings->len, ==, 1);
  finding = findings->pdata[0];
  g_assert_cmpstr (finding->reach, ==, "internet");
  g_assert_cmpint (finding->severity, ==, PTL_SEVERITY_HIGH);
  g_assert_cmpuint (finding->forwarded->len, ==, 1);
  g_assert_cmpstr (finding->identity->product, ==, "Grafana");
  g_assert_nonnull (g_strstr_len (finding->evidence, -1, OUTSIDE ":30080"));
  g_assert_nonnull (g_strstr_len (finding->evidence, -1, "asks for no login"));
  g_assert_nonnull (g_strstr_len (finding->advice, -1, "Switch its login on. If you want it, make it a rule"));
}

/* What a router's table shows of a rule's own mapping is the same thing again. */
static void
test_rule_and_its_entry_are_one (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;
  const PtlFinding *finding;
  PtlReportDoor *entry;

  listen_at (facts, PTL_PROTOCOL_TCP, HERE, 40001)->own = TRUE;
  forward_to (facts, HERE, 40001, RULE, 25565);
  entry = forward_to (facts, HERE, 40001, RULE, 25565);
  ptl_report_set (&entry->entry, "tcp/25565");
  findings = ptl_report_join (facts);
  g_assert_cmpuint (findings->len, ==, 1);
  finding = findings->pdata[0];
  g_assert_cmpuint (finding->forwarded->len, ==, 1);
  g_assert_cmpstr (((PtlForwarded *) finding->forwarded->pdata[0])->id, ==, "tcp/25565");
  g_assert_cmpstr (finding->declared, ==, RULE);
  g_assert_nonnull (g_strstr_len (finding->evidence, -1, "A rule of yours declares it."));
  g_assert_null (g_strstr_len (finding->advice, -1, "make it a rule"));
}

/* The engine listens whether its target does or not. */
static void
test_guard_before_nobody (void)
{
  for (guint there = 0; there < 2; there++)
    {
      g_autoptr (PtlReportFacts) facts = new_facts ();
      g_autoptr (GPtrArray) findings = NULL;
      const PtlFinding *finding;

      listen_at (facts, PTL_PROTOCOL_TCP, HERE, 40001)->own = TRUE;
      if (there)
        listen_at (facts, PTL_PROTOCOL_TCP, "0.0.0.0", 8080);
      ptl_report_set (&forward_to (facts, HERE, 40001, RULE, 25565)->target, "127.0.0.1:8080");
      findings = ptl_report_join (facts);
      finding = find (findings, "tcp/" HERE ":40001");
      g_assert_true ((g_strstr_len (finding->evidence, -1, "Nothing answers there.") == NULL) == (there == 1));
      g_assert_true ((g_strstr_len (finding->advice, -1, "close the rule") == NULL) == (there == 1));
    }
}

static void
test_limited_rule_is_less (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;

  listen_at (facts, PTL_PROTOCOL_TCP, HERE, 40001);
  forward_to (facts, HERE, 40001, RULE, 25565)->limited = TRUE;
  findings = ptl_report_join (facts);
  g_assert_cmpint (((PtlFinding *) findings->pdata[0])->severity, ==, PTL_SEVERITY_LOW);
}

static void
test_leads_to_nobody (void)
{
  static const struct
  {
    const char *address;
    gboolean gone;
    PtlSeenState state;
    const char *rule;
    PtlSeverity severity;
    const char *advice;
  } cases[] = {
    { HERE, FALSE, PTL_SEEN_CLOSED, "", PTL_SEVERITY_MEDIUM, "Remove the entry" },
    { NAS, TRUE, PTL_SEEN_FILTERED, "", PTL_SEVERITY_MEDIUM, "Remove the entry" },
    { NAS, FALSE, PTL_SEEN_CLOSED, "", PTL_SEVERITY_MEDIUM, "Remove the entry" },
    { HERE, FALSE, PTL_SEEN_CLOSED, RULE, PTL_SEVERITY_LOW, "close the rule" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlReportFacts) facts = new_facts ();
      g_autoptr (GPtrArray) findings = NULL;
      const PtlFinding *finding;

      forward_to (facts, cases[i].address, 22, cases[i].rule, 30022)->gone = cases[i].gone;
      see (facts, PTL_VANTAGE_LAN, cases[i].address, 22, cases[i].state);
      findings = ptl_report_join (facts);
      g_assert_cmpuint (findings->len, ==, 1);
      finding = findings->pdata[0];
      g_assert_cmpint (finding->severity, ==, cases[i].severity);
      g_assert_nonnull (g_strstr_len (finding->advice, -1, cases[i].advice));
      g_assert_null (finding->listening);
    }
}

static void
test_tunnel_to_loopback (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;
  const PtlFinding *finding;
  PtlReportDoor *door;

  listen_at (facts, PTL_PROTOCOL_TCP, "127.0.0.1", 3000);
  door = forward_to (facts, "127.0.0.1", 3000, RULE, 8080);
  ptl_report_set (&door->system, "relay");
  ptl_report_set (&door->name, "vps");
  guard (facts, 3000, TRUE, "");
  findings = ptl_report_join (facts);
  g_assert_cmpuint (findings->len, ==, 1);
  finding = findings->pdata[0];
  g_assert_cmpstr (finding->reach, ==, "internet");
  g_assert_nonnull (g_strstr_len (finding->evidence, -1, "“vps”"));
}

/* ---- The firewall and containers ---- */

static void
test_firewall_keeps_neighbours_out (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;
  const PtlFinding *finding;
  const PtlSighting *sighting;

  listen_at (facts, PTL_PROTOCOL_TCP, "0.0.0.0", 80);
  guard (facts, 80, TRUE, "");
  see (facts, PTL_VANTAGE_LAN, HERE, 80, PTL_SEEN_OPEN);
  findings = ptl_report_join (facts);
  finding = findings->pdata[0];
  g_assert_cmpint (seen_from (finding, PTL_VANTAGE_LAN), ==, PTL_SEEN_FILTERED);
  sighting = finding->seen->pdata[finding->seen->len - 1];
  g_assert_cmpstr (sighting->detail, ==, "ufw keeps strangers out.");
  g_assert_cmpstr (finding->reach, ==, "machine");
  g_assert_cmpint (finding->severity, ==, PTL_SEVERITY_INFO);
}

static const PtlFinding *
find_at (const GPtrArray *findings, const char *address)
{
  for (guint i = 0; i < findings->len; i++)
    if (g_str_equal (((const PtlFinding *) findings->pdata[i])->address, address))
      return findings->pdata[i];
  g_assert_not_reached ();
}

/* What it does by IPv4 says nothing of IPv6. */
static void
test_firewall_of_one_family (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;
  PtlReportGuard *one;

  listen_at (facts, PTL_PROTOCOL_TCP, "::", 80)->ipv4 = TRUE;
  one = guard (facts, 80, TRUE, "");
  one->blocked6 = FALSE;
  one->limited = TRUE;
  see (facts, PTL_VANTAGE_LAN, HERE, 80, PTL_SEEN_OPEN);
  see (facts, PTL_VANTAGE_LAN, HERE6, 80, PTL_SEEN_OPEN);
  findings = ptl_report_join (facts);
  g_assert_cmpuint (findings->len, ==, 2);
  g_assert_cmpint (seen_from (find_at (findings, "0.0.0.0"), PTL_VANTAGE_LAN), ==, PTL_SEEN_FILTERED);
  g_assert_cmpstr (find_at (findings, "0.0.0.0")->firewall, ==, "blocked");
  g_assert_cmpint (seen_from (find_at (findings, "::"), PTL_VANTAGE_LAN), ==, PTL_SEEN_OPEN);
  g_assert_cmpstr (find_at (findings, "::")->firewall, ==, "open");
  g_assert_cmpstr (find_at (findings, "::")->reach, ==, "lan");
  /* Whom it lets in is said, though it is open to some. */
  g_assert_nonnull (strstr (find_at (findings, "::")->evidence, "ufw keeps strangers out."));
}

static void
test_router_leads_to_a_firewall (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;

  listen_at (facts, PTL_PROTOCOL_TCP, "0.0.0.0", 80);
  forward_to (facts, HERE, 80, "", 30080);
  guard (facts, 80, TRUE, "");
  findings = ptl_report_join (facts);
  g_assert_cmpstr (((PtlFinding *) findings->pdata[0])->reach, ==, "machine");
}

static void
test_container_past_the_firewall (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;
  const PtlFinding *finding;

  guard (facts, 8080, TRUE, "Docker: web");
  see (facts, PTL_VANTAGE_LAN, HERE, 8080, PTL_SEEN_OPEN);
  findings = ptl_report_join (facts);
  g_assert_cmpuint (findings->len, ==, 1);
  finding = findings->pdata[0];
  g_assert_cmpint (seen_from (finding, PTL_VANTAGE_LAN), ==, PTL_SEEN_OPEN);
  g_assert_cmpstr (finding->reach, ==, "lan");
  g_assert_cmpint (finding->severity, ==, PTL_SEVERITY_MEDIUM);
  g_assert_cmpstr (((PtlForwarded *) finding->forwarded->pdata[0])->system, ==, "container");
  g_assert_nonnull (g_strstr_len (finding->evidence, -1, "past this computer’s firewall"));
}

static void
test_used_here_alone (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;
  const PtlFinding *finding;

  listen_at (facts, PTL_PROTOCOL_TCP, "0.0.0.0", 5432)->used_here = TRUE;
  findings = ptl_report_join (facts);
  finding = findings->pdata[0];
  g_assert_nonnull (g_strstr_len (finding->evidence, -1, "only this computer itself uses it"));
  g_assert_nonnull (g_strstr_len (finding->advice, -1, "127.0.0.1"));
}

/* ---- Who can reach it ---- */

static void
test_severity_by_reach (void)
{
  static const struct
  {
    PtlSeverity alone, lan;
  } cases[] = {
    { PTL_SEVERITY_CRITICAL, PTL_SEVERITY_HIGH },  { PTL_SEVERITY_HIGH, PTL_SEVERITY_MEDIUM },
    { PTL_SEVERITY_MEDIUM, PTL_SEVERITY_LOW },     { PTL_SEVERITY_LOW, PTL_SEVERITY_INFO },
    { PTL_SEVERITY_INFO, PTL_SEVERITY_INFO },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint internet = 0; internet < 2; internet++)
      {
        g_autoptr (PtlReportFacts) facts = new_facts ();
        g_autoptr (GPtrArray) findings = NULL;

        listen_at (facts, PTL_PROTOCOL_TCP, "0.0.0.0", 80);
        know (see (facts, PTL_VANTAGE_LAN, HERE, 80, PTL_SEEN_OPEN), "X", PTL_AUTH_OPEN, cases[i].alone);
        if (internet)
          forward_to (facts, HERE, 80, "", 80);
        findings = ptl_report_join (facts);
        g_assert_cmpint (((PtlFinding *) findings->pdata[0])->severity, ==,
                         internet ? cases[i].alone : cases[i].lan);
      }
}

static void
test_on_the_internet_itself (void)
{
  static const char *const addresses[] = { "198.51.100.4", NULL };
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;

  g_strfreev (facts->public_addresses);
  facts->public_addresses = g_strdupv ((char **) addresses);
  listen_at (facts, PTL_PROTOCOL_TCP, "0.0.0.0", 22);
  listen_at (facts, PTL_PROTOCOL_TCP, "127.0.0.1", 23);
  findings = ptl_report_join (facts);
  g_assert_cmpstr (find (findings, "tcp/0.0.0.0:22")->reach, ==, "internet");
  g_assert_cmpstr (find (findings, "tcp/127.0.0.1:23")->reach, ==, "machine");
}

/* What is asked from outside counts before what a neighbour was told. */
static void
test_identity_from_outside_counts (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (GPtrArray) findings = NULL;

  listen_at (facts, PTL_PROTOCOL_TCP, "0.0.0.0", 80);
  forward_to (facts, HERE, 80, "", 80);
  know (see (facts, PTL_VANTAGE_LAN, HERE, 80, PTL_SEEN_OPEN), "X", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH);
  know (see (facts, PTL_VANTAGE_RELAY, OUTSIDE, 80, PTL_SEEN_OPEN), "X", PTL_AUTH_PROTECTED, PTL_SEVERITY_MEDIUM);
  findings = ptl_report_join (facts);
  g_assert_cmpuint (findings->len, ==, 1);
  g_assert_cmpint (((PtlFinding *) findings->pdata[0])->identity->auth, ==, PTL_AUTH_PROTECTED);
  g_assert_cmpint (seen_from (findings->pdata[0], PTL_VANTAGE_RELAY), ==, PTL_SEEN_OPEN);
}

/* ---- The report that is made of it ---- */

static void
test_report_survives_the_bus (void)
{
  g_autoptr (PtlReportFacts) facts = new_facts ();
  g_autoptr (PtlReport) report = ptl_report_new ();
  g_autoptr (PtlReport) again = NULL;
  g_autoptr (GVariant) head = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) other = NULL;
  g_autoptr (GError) error = NULL;

  listen_at (facts, PTL_PROTOCOL_TCP, "127.0.0.1", 631);
  listen_at (facts, PTL_PROTOCOL_TCP, "0.0.0.0", 8080);
  forward_to (facts, HERE, 8080, "", 30080);
  know (see (facts, PTL_VANTAGE_LAN, HERE, 8080, PTL_SEEN_OPEN), "Docker", PTL_AUTH_OPEN, PTL_SEVERITY_CRITICAL);
  g_ptr_array_unref (report->findings);
  report->findings = ptl_report_join (facts);
  report->finished = 1000;
  ptl_report_settle (report, 1000);
  g_assert_cmpstr (((PtlFinding *) report->findings->pdata[0])->key, ==, "tcp/0.0.0.0:8080");
  g_assert_cmpuint (ptl_report_count (report, PTL_SEVERITY_CRITICAL), ==, 1);
  g_assert_cmpuint (ptl_report_count (report, PTL_SEVERITY_INFO), ==, 2);
  head = g_variant_ref_sink (ptl_report_to_variant (report));
  list = g_variant_ref_sink (ptl_report_findings_to_variant (report));
  again = ptl_report_from_variants (head, list, &error);
  g_assert_no_error (error);
  other = g_variant_ref_sink (ptl_report_findings_to_variant (again));
  g_assert_true (g_variant_equal (list, other));
  g_assert_cmpuint (again->n_severities[PTL_SEVERITY_CRITICAL], ==, 1);

  /* What is accepted counts no more, until its time is over. */
  ((PtlFinding *) again->findings->pdata[0])->accepted_until = 2000;
  ptl_report_settle (again, 1999);
  g_assert_cmpuint (ptl_report_count (again, PTL_SEVERITY_LOW), ==, 0);
  g_assert_cmpuint (again->n_accepted, ==, 1);
  ptl_report_settle (again, 2000);
  g_assert_cmpuint (ptl_report_count (again, PTL_SEVERITY_LOW), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report-join/listening", test_listening);
  g_test_add_func ("/report-join/every-ipv6-address", test_every_ipv6_address_takes_ipv4);
  g_test_add_func ("/report-join/ipv6-alone", test_ipv6_alone);
  g_test_add_func ("/report-join/passing", test_passing_udp_ports_are_no_doors);
  g_test_add_func ("/report-join/five-answers", test_five_answers);
  g_test_add_func ("/report-join/closed", test_closed_ports_are_none);
  g_test_add_func ("/report-join/seen-alone", test_seen_though_nothing_is_known_of_it);
  g_test_add_func ("/report-join/own-ear", test_own_ear);
  g_test_add_func ("/report-join/login-beside", test_login_beside);
  g_test_add_func ("/report-join/foreign-entry", test_foreign_entry);
  g_test_add_func ("/report-join/rule-and-entry", test_rule_and_its_entry_are_one);
  g_test_add_func ("/report-join/guard-before-nobody", test_guard_before_nobody);
  g_test_add_func ("/report-join/limited", test_limited_rule_is_less);
  g_test_add_func ("/report-join/nobody", test_leads_to_nobody);
  g_test_add_func ("/report-join/tunnel", test_tunnel_to_loopback);
  g_test_add_func ("/report-join/firewall", test_firewall_keeps_neighbours_out);
  g_test_add_func ("/report-join/firewall-behind-router", test_router_leads_to_a_firewall);
  g_test_add_func ("/report-join/container", test_container_past_the_firewall);
  g_test_add_func ("/report-join/used-here", test_used_here_alone);
  g_test_add_func ("/report-join/severity", test_severity_by_reach);
  g_test_add_func ("/report-join/firewall-of-one-family", test_firewall_of_one_family);
  g_test_add_func ("/report-join/no-router", test_on_the_internet_itself);
  g_test_add_func ("/report-join/outside-counts", test_identity_from_outside_counts);
  g_test_add_func ("/report-join/bus", test_report_survives_the_bus);
  return g_test_run ();
}
