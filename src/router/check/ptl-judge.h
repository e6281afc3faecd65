/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-verdict.h"
#include "ptl-check-facts.h"

G_BEGIN_DECLS

/* Whether somebody on the internet can connect to this computer by IPv4, once a port is mapped. */
typedef enum
{
  PTL_REACH_UNKNOWN,
  PTL_REACH_YES,
  PTL_REACH_NO,
} PtlReach;
/* "unknown", "yes", "no" */
const char *ptl_reach_to_string (PtlReach reach);

/* What to do about it; a mask. The names on the bus are those of ptl_way_out_to_string(). */
typedef enum
{
  PTL_WAY_OUT_MAPPING = 1 << 0,      /* a mapping in the router works */
  PTL_WAY_OUT_TUNNEL = 1 << 1,       /* through a relay */
  PTL_WAY_OUT_IPV6 = 1 << 2,         /* by IPv6, with a pinhole in the router */
  PTL_WAY_OUT_PROVIDER = 1 << 3,     /* ask for a public address */
  PTL_WAY_OUT_UPSTREAM = 1 << 4,     /* forward it in the router before this one too */
  PTL_WAY_OUT_END_VPN = 1 << 5,
  PTL_WAY_OUT_ASK_OUTSIDE = 1 << 6,  /* consent to asking servers on the internet: then more is known */
  PTL_WAY_OUT_LAST = PTL_WAY_OUT_ASK_OUTSIDE
} PtlWayOut;
/* "mapping", "tunnel", "ipv6-pinhole", "ask-provider", "upstream-router", "end-vpn", "ask-outside" */
const char *ptl_way_out_to_string (PtlWayOut way);

typedef struct
{
  PtlVerdict verdict;
  PtlReach reach;
  guint ways_out;      /* of PtlWayOut */
  char **evidence;     /* a sentence each, along the way out */
  char *advice;        /* what it means and what to do, a sentence or more */
} PtlJudgement;

/* Pure: the same facts give the same verdict (tests/unit/router/test-judge.c has all of them). */
PtlJudgement *ptl_judge (const PtlCheckFacts *facts);
void ptl_judgement_free (PtlJudgement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlJudgement, ptl_judgement_free)

/* ptl-judge-words.c: for ptl_judge() alone. */
char **ptl_judge_dup_evidence (const PtlCheckFacts *facts);
char *ptl_judge_dup_advice (const PtlCheckFacts *facts, PtlVerdict verdict);

G_END_DECLS
