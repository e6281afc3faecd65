/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-judge.h"

#include "router/ptl-address-class.h"

const char *
ptl_reach_to_string (PtlReach reach)
{
  static const char *const names[] = { "unknown", "yes", "no" };

  g_return_val_if_fail (reach < G_N_ELEMENTS (names), "unknown");
  return names[reach];
}

const char *
ptl_way_out_to_string (PtlWayOut way)
{
  switch (way)
    {
    case PTL_WAY_OUT_MAPPING:
      return "mapping";
    case PTL_WAY_OUT_TUNNEL:
      return "tunnel";
    case PTL_WAY_OUT_IPV6:
      return "ipv6-pinhole";
    case PTL_WAY_OUT_PROVIDER:
      return "ask-provider";
    case PTL_WAY_OUT_UPSTREAM:
      return "upstream-router";
    case PTL_WAY_OUT_END_VPN:
      return "end-vpn";
    case PTL_WAY_OUT_ASK_OUTSIDE:
      return "ask-outside";
    default:
      return "";
    }
}

/* --- the verdict --- */

typedef struct
{
  const PtlCheckFacts *facts;
  PtlOutside outside;
  PtlAddressClass wan;  /* NONE: not told, or there is none */
  PtlAddressClass own;  /* of the address with which this computer leaves */
} Case;

static gboolean
any_upstream (const Case *self, PtlAddressClass kind)
{
  for (guint i = 0; i < self->facts->upstream->len; i++)
    if (ptl_address_class_of (self->facts->upstream->pdata[i]) == kind)
      return TRUE;
  return FALSE;
}

/* One server that is away proves nothing; where several of them are, or where the system itself knows no way, it is
 * the internet that is away. A router's word that it is connected does not count: many say so without a line. */
static gboolean
is_cut_off (const Case *self)
{
  const PtlCheckFacts *facts = self->facts;

  if (!facts->connected)
    return TRUE;
  if (!facts->asked || self->outside.n_asked == 0)
    return facts->wan_state == PTL_WAN_DISCONNECTED && !facts->vpn;
  if (self->outside.n_answered > 0)
    return FALSE;
  return self->outside.n_asked > 1 || self->outside.n_unreachable > 0 || self->wan != PTL_ADDRESS_PUBLIC;
}

static gboolean
has_ipv6 (const Case *self)
{
  return *self->outside.ipv6 != '\0' || *self->facts->local_ipv6 != '\0';
}

/* RFC 6333 and 7335: 192.0.0.0/29 is what such lines use inside. A router that says that it has no IPv4 address, while
 * IPv4 and IPv6 both work, gets its IPv4 out of IPv6. */
static gboolean
is_ds_lite (const Case *self)
{
  if (self->wan == PTL_ADDRESS_DSLITE || self->own == PTL_ADDRESS_DSLITE)
    return TRUE;
  return self->facts->wan_state == PTL_WAN_DISCONNECTED && self->wan == PTL_ADDRESS_NONE
         && *self->outside.ipv4 != '\0' && has_ipv6 (self);
}

static PtlVerdict
judge_public_wan (const Case *self)
{
  const char *seen = self->outside.ipv4;

  if (*seen != '\0' && !g_str_equal (seen, self->facts->wan_address))
    return any_upstream (self, PTL_ADDRESS_SHARED) ? PTL_VERDICT_CARRIER_GRADE_NAT : PTL_VERDICT_DOUBLE_NAT;
  return self->outside.other != NULL ? PTL_VERDICT_SYMMETRIC_NAT : PTL_VERDICT_PUBLIC;
}

/* The router does not tell: what was found on the way to the public address does. */
static PtlVerdict
judge_unknown_wan (const Case *self)
{
  /* No NAT at all. */
  if (self->own == PTL_ADDRESS_PUBLIC
      && (*self->outside.ipv4 == '\0' || g_str_equal (self->outside.ipv4, self->facts->way_address)))
    return PTL_VERDICT_PUBLIC;
  if (self->own == PTL_ADDRESS_SHARED || any_upstream (self, PTL_ADDRESS_SHARED))
    return PTL_VERDICT_CARRIER_GRADE_NAT;
  if (self->facts->holder == PTL_HOLDER_BEYOND)
    return PTL_VERDICT_DOUBLE_NAT;
  if (self->outside.other != NULL)
    return PTL_VERDICT_SYMMETRIC_NAT;
  return self->facts->holder == PTL_HOLDER_ROUTER ? PTL_VERDICT_PUBLIC : PTL_VERDICT_UNKNOWN;
}

static PtlVerdict
judge (const Case *self)
{
  if (is_cut_off (self))
    return PTL_VERDICT_NO_INTERNET;
  if (self->facts->vpn)
    return PTL_VERDICT_VPN;
  if (is_ds_lite (self))
    return PTL_VERDICT_DS_LITE;
  switch (self->wan)
    {
    case PTL_ADDRESS_NONE:
      return judge_unknown_wan (self);
    case PTL_ADDRESS_PUBLIC:
      if (self->facts->asked && self->outside.n_asked > 0 && self->outside.n_answered == 0)
        return PTL_VERDICT_UNKNOWN;
      return judge_public_wan (self);
    case PTL_ADDRESS_SHARED:
      return PTL_VERDICT_CARRIER_GRADE_NAT;
    default:
      return any_upstream (self, PTL_ADDRESS_SHARED) ? PTL_VERDICT_CARRIER_GRADE_NAT : PTL_VERDICT_DOUBLE_NAT;
    }
}

/* --- what follows from it --- */

static PtlReach
find_reach (const Case *self, PtlVerdict verdict)
{
  switch (verdict)
    {
    case PTL_VERDICT_PUBLIC:
      return PTL_REACH_YES;
    case PTL_VERDICT_SYMMETRIC_NAT:
      /* A mapping is a fixed place in such a NAT too, where the NAT is the router's own. */
      return self->wan == PTL_ADDRESS_PUBLIC && self->facts->spoken->len > 0 ? PTL_REACH_YES : PTL_REACH_UNKNOWN;
    case PTL_VERDICT_CARRIER_GRADE_NAT:
    case PTL_VERDICT_DS_LITE:
    case PTL_VERDICT_VPN:
    case PTL_VERDICT_NO_INTERNET:
      return PTL_REACH_NO;
    case PTL_VERDICT_DOUBLE_NAT:
    case PTL_VERDICT_UNKNOWN:
    default:
      return PTL_REACH_UNKNOWN;
    }
}

static guint
find_ways_out (const Case *self, PtlVerdict verdict)
{
  static const guint ways[PTL_N_VERDICTS] = {
    [PTL_VERDICT_UNKNOWN] = PTL_WAY_OUT_TUNNEL,
    [PTL_VERDICT_PUBLIC] = PTL_WAY_OUT_MAPPING,
    [PTL_VERDICT_CARRIER_GRADE_NAT] = PTL_WAY_OUT_TUNNEL | PTL_WAY_OUT_PROVIDER,
    [PTL_VERDICT_DOUBLE_NAT] = PTL_WAY_OUT_UPSTREAM | PTL_WAY_OUT_TUNNEL,
    [PTL_VERDICT_SYMMETRIC_NAT] = PTL_WAY_OUT_TUNNEL,
    [PTL_VERDICT_DS_LITE] = PTL_WAY_OUT_TUNNEL | PTL_WAY_OUT_PROVIDER,
    [PTL_VERDICT_VPN] = PTL_WAY_OUT_END_VPN | PTL_WAY_OUT_TUNNEL,
    [PTL_VERDICT_NO_INTERNET] = 0,
  };
  guint found = ways[verdict];

  if (verdict == PTL_VERDICT_SYMMETRIC_NAT && find_reach (self, verdict) == PTL_REACH_YES)
    found |= PTL_WAY_OUT_MAPPING;
  if ((verdict == PTL_VERDICT_CARRIER_GRADE_NAT || verdict == PTL_VERDICT_DS_LITE || verdict == PTL_VERDICT_DOUBLE_NAT)
      && has_ipv6 (self))
    found |= PTL_WAY_OUT_IPV6;
  if (!self->facts->asked && self->facts->connected && verdict != PTL_VERDICT_NO_INTERNET)
    found |= PTL_WAY_OUT_ASK_OUTSIDE;
  return found;
}

PtlJudgement *
ptl_judge (const PtlCheckFacts *facts)
{
  PtlJudgement *self = g_new0 (PtlJudgement, 1);
  Case one = {
    .facts = facts,
    .wan = ptl_address_class_of (facts->wan_address),
    .own = ptl_address_class_of (facts->way_address),
  };

  ptl_check_facts_look_outside (facts, &one.outside);
  self->verdict = judge (&one);
  self->reach = find_reach (&one, self->verdict);
  self->ways_out = find_ways_out (&one, self->verdict);
  self->evidence = ptl_judge_dup_evidence (facts);
  self->advice = ptl_judge_dup_advice (facts, self->verdict);
  return self;
}

void
ptl_judgement_free (PtlJudgement *self)
{
  g_strfreev (self->evidence);
  g_free (self->advice);
  g_free (self);
}
