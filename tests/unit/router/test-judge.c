/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/check/ptl-judge.h"

#include <string.h>

#include "router/check/ptl-network-path.h"

#define HOME "5.6.7.8"  /* a public address */
#define OTHER "9.8.7.6" /* another one */
#define LAN "192.168.77.10"
#define IPV6 "2001:db8::10"

/* What the witnesses say. */
typedef enum
{
  NOT_ASKED,
  NO_SERVER,     /* consent, and an empty list */
  ONE_AWAY,      /* a single server, silent */
  ALL_AWAY,      /* two, silent */
  UNREACHABLE,   /* one, and the system knows no way there */
  SAME,          /* the router's address, twice, one port */
  ELSEWHERE,     /* another public address, twice */
  OTHER_PORTS,   /* the router's address, by two ports */
  PAGE_ALONE,    /* STUN silent, a page tells the router's address */
  N_SEEN /* no case of its own */
} Seen;

typedef struct
{
  gboolean connected, vpn;
  const char *own;  /* with which IPv4 leaves */
  const char *wan;
  PtlWanState state;
  Seen seen;
  const char *ipv6; /* local */
  const char *upstream;
  gboolean spoken;
  PtlHolder holder;
} Given;

static void
add_witness (PtlCheckFacts *facts, PtlWitnessKind kind, const char *address, guint16 port, gboolean unreachable)
{
  PtlWitness *witness = ptl_witness_new (kind, "stun.example.net", 4);

  witness->address = g_strdup (address);
  witness->port = port;
  witness->unreachable = unreachable;
  witness->error = address == NULL ? g_strdup ("no answer in time") : NULL;
  g_ptr_array_add (facts->witnesses, witness);
}

static void
fill_seen (PtlCheckFacts *facts, Seen seen)
{
  const char *address = seen == ELSEWHERE ? OTHER : HOME;

  facts->asked = seen != NOT_ASKED;
  switch (seen)
    {
    case NOT_ASKED:
    case NO_SERVER:
    case N_SEEN:
      break;
    case ONE_AWAY:
    case UNREACHABLE:
      add_witness (facts, PTL_WITNESS_STUN, NULL, 0, seen == UNREACHABLE);
      break;
    case ALL_AWAY:
    case PAGE_ALONE:
      add_witness (facts, PTL_WITNESS_STUN, NULL, 0, FALSE);
      add_witness (facts, PTL_WITNESS_HTTP, seen == PAGE_ALONE ? HOME : NULL, 0, FALSE);
      break;
    case SAME:
    case ELSEWHERE:
    case OTHER_PORTS:
      add_witness (facts, PTL_WITNESS_STUN, address, 40000, FALSE);
      add_witness (facts, PTL_WITNESS_STUN, address, seen == OTHER_PORTS ? 40001 : 40000, FALSE);
      break;
    }
}

static PtlCheckFacts *
make (const Given *given)
{
  PtlCheckFacts *facts = ptl_check_facts_new ();

  facts->connected = given->connected;
  facts->vpn = given->vpn;
  ptl_check_facts_set (&facts->way_address, given->connected ? given->own : "");
  ptl_check_facts_set (&facts->way_interface, given->connected ? (given->vpn ? "tun0" : "eth0") : "");
  ptl_check_facts_set (&facts->router_address, "192.168.77.1");
  ptl_check_facts_set (&facts->router_local, LAN);
  ptl_check_facts_set (&facts->wan_address, given->wan);
  ptl_check_facts_set (&facts->local_ipv6, given->ipv6);
  facts->wan_state = given->state;
  if (given->spoken)
    g_ptr_array_add (facts->spoken, ptl_spoken_new ("pcp", "2"));
  if (given->upstream != NULL && *given->upstream != '\0')
    g_ptr_array_add (facts->upstream, g_strdup (given->upstream));
  facts->holder = given->holder;
  fill_seen (facts, given->seen);
  return facts;
}

/* --- each verdict by name --- */

static const struct
{
  const char *name;
  Given given;
  PtlVerdict verdict;
  PtlReach reach;
} named[] = {
  { "public", { TRUE, FALSE, LAN, HOME, PTL_WAN_CONNECTED, SAME, "", "", TRUE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_PUBLIC, PTL_REACH_YES },
  { "public by the router's word", { TRUE, FALSE, LAN, HOME, PTL_WAN_CONNECTED, NOT_ASKED, "", "", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_PUBLIC, PTL_REACH_YES },
  { "public, though the router says that it is not connected",
    { TRUE, FALSE, LAN, HOME, PTL_WAN_DISCONNECTED, SAME, "", "", TRUE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_PUBLIC, PTL_REACH_YES },
  { "public, seen by a page", { TRUE, FALSE, LAN, HOME, PTL_WAN_CONNECTED, PAGE_ALONE, "", "", TRUE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_PUBLIC,
    PTL_REACH_YES },
  { "an address of its own", { TRUE, FALSE, HOME, "", PTL_WAN_UNKNOWN, SAME, "", "", FALSE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_PUBLIC,
    PTL_REACH_YES },
  { "shared", { TRUE, FALSE, LAN, "100.64.1.2", PTL_WAN_CONNECTED, ELSEWHERE, "", "", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_CARRIER_GRADE_NAT, PTL_REACH_NO },
  { "a phone's shared address", { TRUE, FALSE, "100.64.1.2", "", PTL_WAN_UNKNOWN, ELSEWHERE, "", "", FALSE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_CARRIER_GRADE_NAT, PTL_REACH_NO },
  { "shared after a router that tells nothing",
    { TRUE, FALSE, LAN, "", PTL_WAN_UNKNOWN, ELSEWHERE, "", "100.64.0.1", FALSE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_CARRIER_GRADE_NAT,
    PTL_REACH_NO },
  { "private", { TRUE, FALSE, LAN, "192.168.178.2", PTL_WAN_CONNECTED, ELSEWHERE, "", "", TRUE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_DOUBLE_NAT,
    PTL_REACH_UNKNOWN },
  { "private before a provider's NAT",
    { TRUE, FALSE, LAN, "10.1.2.3", PTL_WAN_CONNECTED, ELSEWHERE, "", "100.64.0.1", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_CARRIER_GRADE_NAT, PTL_REACH_NO },
  { "another one is seen", { TRUE, FALSE, LAN, HOME, PTL_WAN_CONNECTED, ELSEWHERE, "", "", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_DOUBLE_NAT, PTL_REACH_UNKNOWN },
  { "another port for each", { TRUE, FALSE, LAN, HOME, PTL_WAN_CONNECTED, OTHER_PORTS, "", "", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_SYMMETRIC_NAT, PTL_REACH_YES },
  { "another port for each, and no mappings", { TRUE, FALSE, LAN, "", PTL_WAN_UNKNOWN, OTHER_PORTS, "", "", FALSE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_SYMMETRIC_NAT, PTL_REACH_UNKNOWN },
  { "192.0.0.2 outside", { TRUE, FALSE, LAN, "192.0.0.2", PTL_WAN_CONNECTED, ELSEWHERE, IPV6, "", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_DS_LITE, PTL_REACH_NO },
  { "192.0.0.4 here (464XLAT)", { TRUE, FALSE, "192.0.0.4", "", PTL_WAN_UNKNOWN, ELSEWHERE, IPV6, "", FALSE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_DS_LITE, PTL_REACH_NO },
  { "IPv4 without an address", { TRUE, FALSE, LAN, "", PTL_WAN_DISCONNECTED, ELSEWHERE, IPV6, "", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_DS_LITE, PTL_REACH_NO },
  { "a VPN", { TRUE, TRUE, "10.8.0.2", HOME, PTL_WAN_CONNECTED, ELSEWHERE, "", "", TRUE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_VPN,
    PTL_REACH_NO },
  { "a VPN, nobody asked", { TRUE, TRUE, "10.8.0.2", HOME, PTL_WAN_CONNECTED, NOT_ASKED, "", "", TRUE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_VPN,
    PTL_REACH_NO },
  { "a VPN that leads nowhere", { TRUE, TRUE, "10.8.0.2", HOME, PTL_WAN_CONNECTED, ALL_AWAY, "", "", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_NO_INTERNET, PTL_REACH_NO },
  { "no network", { FALSE, FALSE, "", "", PTL_WAN_UNKNOWN, NOT_ASKED, "", "", FALSE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_NO_INTERNET,
    PTL_REACH_NO },
  { "no line", { TRUE, FALSE, LAN, "", PTL_WAN_DISCONNECTED, ALL_AWAY, "", "", TRUE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_NO_INTERNET,
    PTL_REACH_NO },
  { "no line, by the router's word", { TRUE, FALSE, LAN, "", PTL_WAN_DISCONNECTED, NOT_ASKED, "", "", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_NO_INTERNET, PTL_REACH_NO },
  { "no line, whatever the router says", { TRUE, FALSE, LAN, HOME, PTL_WAN_CONNECTED, ALL_AWAY, "", "", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_NO_INTERNET, PTL_REACH_NO },
  { "no way, says the system", { TRUE, FALSE, LAN, HOME, PTL_WAN_CONNECTED, UNREACHABLE, "", "", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_NO_INTERNET, PTL_REACH_NO },
  { "one server away proves nothing", { TRUE, FALSE, LAN, HOME, PTL_WAN_CONNECTED, ONE_AWAY, "", "", TRUE, PTL_HOLDER_UNKNOWN },
    PTL_VERDICT_UNKNOWN, PTL_REACH_UNKNOWN },
  { "the first router holds it", { TRUE, FALSE, LAN, "", PTL_WAN_UNKNOWN, SAME, "", "", FALSE, PTL_HOLDER_ROUTER },
    PTL_VERDICT_PUBLIC, PTL_REACH_YES },
  { "somebody after the first router holds it",
    { TRUE, FALSE, LAN, "", PTL_WAN_UNKNOWN, SAME, "", "192.168.1.1", FALSE, PTL_HOLDER_BEYOND }, PTL_VERDICT_DOUBLE_NAT,
    PTL_REACH_UNKNOWN },
  { "a router that tells nothing", { TRUE, FALSE, LAN, "", PTL_WAN_UNKNOWN, SAME, "", "", FALSE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_UNKNOWN,
    PTL_REACH_UNKNOWN },
  { "nobody tells anything", { TRUE, FALSE, LAN, "", PTL_WAN_UNKNOWN, NOT_ASKED, "", "", FALSE, PTL_HOLDER_UNKNOWN }, PTL_VERDICT_UNKNOWN,
    PTL_REACH_UNKNOWN },
};

static void
test_named (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (named); i++)
    {
      g_autoptr (PtlCheckFacts) facts = make (&named[i].given);
      g_autoptr (PtlJudgement) judgement = ptl_judge (facts);

      g_test_message ("%s", named[i].name);
      g_assert_cmpstr (ptl_verdict_to_string (judgement->verdict), ==, ptl_verdict_to_string (named[i].verdict));
      g_assert_cmpint (judgement->reach, ==, named[i].reach);
    }
}

/* --- what holds for every combination --- */

static gboolean
has_answers (Seen seen)
{
  return seen >= SAME;
}

static void
check_causes (const Given *given, PtlVerdict verdict)
{
  const char *own = *given->wan != '\0' ? given->wan : given->own;

  if (!given->connected)
    g_assert_cmpint (verdict, ==, PTL_VERDICT_NO_INTERNET);
  if (has_answers (given->seen) && given->connected)
    g_assert_cmpint (verdict, !=, PTL_VERDICT_NO_INTERNET);
  if (given->connected && given->seen == ALL_AWAY)
    g_assert_cmpint (verdict, ==, PTL_VERDICT_NO_INTERNET);
  if (verdict == PTL_VERDICT_VPN)
    g_assert_true (given->vpn);
  if (verdict == PTL_VERDICT_PUBLIC)
    {
      g_assert_false (given->vpn);
      if (given->holder != PTL_HOLDER_ROUTER)
        g_assert_cmpstr (own, ==, HOME);
      if (*given->wan != '\0')
        g_assert_true (given->seen != ELSEWHERE);
    }
  if (verdict == PTL_VERDICT_SYMMETRIC_NAT)
    g_assert_cmpint (given->seen, ==, OTHER_PORTS);
  if (verdict == PTL_VERDICT_UNKNOWN)
    g_assert_true (*given->wan == '\0' || given->seen == ONE_AWAY);
}

static void
check_consequences (const Given *given, const PtlJudgement *judgement)
{
  PtlVerdict verdict = judgement->verdict;

  g_assert_cmpuint (g_strv_length (judgement->evidence), >, 0);
  for (guint i = 0; judgement->evidence[i] != NULL; i++)
    g_assert_true (g_str_has_suffix (judgement->evidence[i], "."));
  g_assert_true (g_str_has_suffix (judgement->advice, "."));
  if (judgement->reach == PTL_REACH_YES)
    g_assert_true (verdict == PTL_VERDICT_PUBLIC || verdict == PTL_VERDICT_SYMMETRIC_NAT);
  if (verdict == PTL_VERDICT_DOUBLE_NAT)
    g_assert_cmpint (judgement->reach, ==, PTL_REACH_UNKNOWN);
  if (judgement->ways_out & PTL_WAY_OUT_IPV6)
    g_assert_cmpstr (given->ipv6, !=, "");
  g_assert_true (((judgement->ways_out & PTL_WAY_OUT_ASK_OUTSIDE) != 0)
                 == (given->seen == NOT_ASKED && verdict != PTL_VERDICT_NO_INTERNET));
  if (verdict != PTL_VERDICT_PUBLIC && verdict != PTL_VERDICT_NO_INTERNET)
    g_assert_true (judgement->ways_out & PTL_WAY_OUT_TUNNEL);
}

static gboolean
has_station (GPtrArray *path, const char *kind)
{
  for (guint i = 0; i < path->len; i++)
    if (strcmp (((PtlStation *) path->pdata[i])->kind, kind) == 0)
      return TRUE;
  return FALSE;
}

static void
check_path (const Given *given, const PtlCheckFacts *facts, const PtlJudgement *judgement)
{
  static const char *const steps[] = { "", "asking", "router", "outside", "hairpin" };

  for (gsize s = 0; s < G_N_ELEMENTS (steps); s++)
    {
      g_autoptr (GPtrArray) path = ptl_network_path (facts, judgement, steps[s]);
      const PtlStation *first = path->pdata[0], *last = path->pdata[path->len - 1];
      gboolean between = judgement->verdict == PTL_VERDICT_CARRIER_GRADE_NAT || judgement->verdict == PTL_VERDICT_DS_LITE;

      g_assert_cmpstr (first->kind, ==, "computer");
      g_assert_cmpstr (last->kind, ==, "internet");
      g_assert_true (has_station (path, "vpn") == (given->connected && given->vpn));
      g_assert_true (has_station (path, "provider") == between);
      g_assert_true (has_station (path, "upstream-router") == (judgement->verdict == PTL_VERDICT_DOUBLE_NAT));
      g_assert_true (has_station (path, "router") == given->connected);
      for (guint i = 0; i < path->len; i++)
        g_assert_cmpstr (((PtlStation *) path->pdata[i])->name, !=, "");
      if (*steps[s] == '\0' && given->connected)
        g_assert_cmpstr (last->state, ==,
                         has_answers (given->seen)                           ? "ok"
                         : judgement->verdict == PTL_VERDICT_NO_INTERNET
                             ? (given->state == PTL_WAN_DISCONNECTED ? "off" : "trouble")
                         : given->seen == NOT_ASKED || given->seen == NO_SERVER ? "unknown"
                                                                                : "trouble");
    }
}

static void
check_one (const Given *given)
{
  g_autoptr (PtlCheckFacts) facts = make (given);
  g_autoptr (PtlJudgement) judgement = ptl_judge (facts);

  check_causes (given, judgement->verdict);
  check_consequences (given, judgement);
  check_path (given, facts, judgement);
}

/* As many as there are of each, mixed: one number is one case. */
static const char *const wans[] = { "", HOME, "100.64.1.2", "192.168.178.2", "192.0.0.2", "169.254.1.1" };
static const char *const owns[] = { LAN, HOME, "100.64.1.2", "192.0.0.4" };
static const char *const ipv6s[] = { "", IPV6 };
static const char *const upstreams[] = { "", "10.0.0.1", "100.64.0.1", OTHER };

static guint
take (guint *number, guint n)
{
  guint index = *number % n;

  *number /= n;
  return index;
}

static gboolean
decode (guint number, Given *given)
{
  given->wan = wans[take (&number, G_N_ELEMENTS (wans))];
  given->own = owns[take (&number, G_N_ELEMENTS (owns))];
  given->ipv6 = ipv6s[take (&number, G_N_ELEMENTS (ipv6s))];
  given->upstream = upstreams[take (&number, G_N_ELEMENTS (upstreams))];
  given->state = (PtlWanState) take (&number, 3);
  given->seen = (Seen) take (&number, N_SEEN);
  given->connected = take (&number, 2) == 1;
  given->spoken = take (&number, 2) == 1;
  given->holder = (PtlHolder) take (&number, 3);
  given->vpn = take (&number, 2) == 1 && given->connected;
  return number == 0;
}

static void
test_all (void)
{
  guint n = 0;
  Given given;

  while (decode (n, &given))
    {
      check_one (&given);
      n++;
    }
  g_assert_cmpuint (n, >, 120000);
}

/* --- the rest --- */

static void
test_names (void)
{
  for (guint i = 0; i < PTL_N_VERDICTS; i++)
    {
      g_assert_cmpint (ptl_verdict_from_string (ptl_verdict_to_string ((PtlVerdict) i)), ==, i);
      g_assert_cmpstr (ptl_verdict_to_title ((PtlVerdict) i), !=, "");
    }
  g_assert_cmpint (ptl_verdict_from_string ("x"), ==, PTL_VERDICT_UNKNOWN);
  for (guint way = 1; way <= PTL_WAY_OUT_LAST; way <<= 1)
    g_assert_cmpstr (ptl_way_out_to_string ((PtlWayOut) way), !=, "");
}

/* An address that is no public one is not where the internet sees us: a server in the home network answered. */
static void
test_private_answers (void)
{
  g_autoptr (PtlCheckFacts) facts = ptl_check_facts_new ();
  PtlOutside outside;

  add_witness (facts, PTL_WITNESS_STUN, "192.168.77.10", 40000, FALSE);
  ptl_check_facts_look_outside (facts, &outside);
  g_assert_cmpstr (outside.ipv4, ==, "");
  g_assert_cmpuint (outside.n_answered, ==, 1);
}

static void
test_same_network (void)
{
  const Given given = { TRUE, FALSE, LAN, HOME, PTL_WAN_CONNECTED, SAME, "", "", TRUE, PTL_HOLDER_UNKNOWN };
  Given other = given;
  g_autoptr (PtlCheckFacts) a = make (&given);
  g_autoptr (PtlCheckFacts) b = make (&given);
  g_autoptr (PtlCheckFacts) moved = NULL;
  g_autoptr (PtlCheckFacts) quiet = NULL;

  g_assert_true (ptl_check_facts_same_network (a, b));
  other.wan = OTHER;
  moved = make (&other);
  g_assert_false (ptl_check_facts_same_network (a, moved));
  /* A router that has just been found has not told yet. */
  other.wan = "";
  quiet = make (&other);
  g_assert_true (ptl_check_facts_same_network (a, quiet));
  ptl_check_facts_take_outside (quiet, a);
  g_assert_cmpstr (quiet->wan_address, ==, HOME);
  g_assert_cmpuint (quiet->witnesses->len, ==, a->witnesses->len);
  b->vpn = TRUE;
  g_assert_false (ptl_check_facts_same_network (a, b));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/judge/named", test_named);
  g_test_add_func ("/judge/all", test_all);
  g_test_add_func ("/judge/names", test_names);
  g_test_add_func ("/judge/private-answers", test_private_answers);
  g_test_add_func ("/judge/same-network", test_same_network);
  return g_test_run ();
}
