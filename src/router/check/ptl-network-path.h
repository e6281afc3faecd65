/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-judge.h"

G_BEGIN_DECLS

/* One station on the way from this computer to the internet. */
typedef struct
{
  const char *kind;  /* "computer", "vpn", "router", "upstream-router", "provider", "internet" */
  const char *state; /* "ok", "busy", "trouble", "off" (cut off by trouble before it), "unknown" */
  char *name;        /* for people */
  char *address;     /* for people: one, or two with what is between them; "" */
  char *reason;      /* a sentence, or "" */
} PtlStation;
void ptl_station_free (PtlStation *self);

/* The way out, this computer first (element-type PtlStation). @step: what of a check is under way:
 * "asking" (the router and the internet), "router", "outside", "hairpin", "" = nothing. Pure. */
GPtrArray *ptl_network_path (const PtlCheckFacts *facts, const PtlJudgement *judgement, const char *step);

G_END_DECLS
