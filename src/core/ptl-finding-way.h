/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-finding.h"

G_BEGIN_DECLS

/* A station on the way from those who can reach an endpoint to what answers there. All text is safe
 * to show. */
typedef struct
{
  const char *kind;  /* "internet", "lan", "router", "relay", "firewall", "container", "device",
                        "computer", "program" */
  const char *state; /* "ok" = it lets through, "off" = it does not, "trouble" = nobody is there,
                        "unknown" */
  char *name;        /* or "" */
  char *address;     /* or "" */
  char *reason;      /* a sentence, or "" */
} PtlStop;
void ptl_stop_free (gpointer stop);

/* The ways that lead to an endpoint, hop by hop, outermost first: one for each router entry, relay
 * and container that leads there, else the one by the network that it is in. Pure. (transfer full)
 * (element-type GPtrArray of PtlStop) */
GPtrArray *ptl_finding_dup_ways (const PtlFinding *finding);
/* As aaa{sv}, floating: Kind s, State s, Name s, Address s, Reason s. */
GVariant *ptl_finding_ways_to_variant (const PtlFinding *finding);

G_END_DECLS
