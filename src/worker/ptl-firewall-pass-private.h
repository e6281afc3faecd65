/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-host-firewall-private.h"

G_BEGIN_DECLS

/* Inside of a pass, for its own files alone. */

/* One thing to be done in firewalld. */
typedef struct
{
  PtlFirewallEntry *entry; /* borrowed from the pass */
  PtlOpeningRecord *record;
  gint64 ends; /* Unix seconds: when firewalld is to close it by itself */
  gboolean closing;
  gboolean anew; /* it is not in the entry yet */
  gboolean gone; /* somebody else closed it: it is struck out */
  GError *error;
} PtlFirewallJob;

/* One pass: the zones are read, what ought to be is compared with what is, that is written, done, and written again. */
struct _PtlFirewallPass
{
  PtlHostFirewall *self;
  GPtrArray *entries;    /* of PtlFirewallEntry */
  GPtrArray *interfaces; /* to be read */
  GHashTable *zones;     /* interface -> PtlFirewalldZones */
  GError *unread;        /* why a zone could not be read */
  GPtrArray *jobs;       /* of PtlFirewallJob */
  guint next;
};

/* ptl-firewall-pass-write.c */
/* Why what @job stands for is not as it ought to be, in words for its rule; keeps the command in the entry. */
GError *ptl_firewall_job_explain (PtlFirewallPass *pass, const PtlFirewallJob *job);
/* Nothing is opened that is not in the store: what a killed worker leaves is closed after the next start. */
gboolean ptl_firewall_pass_write_intents (PtlFirewallPass *pass, GError **error);
void ptl_firewall_pass_write_results (PtlFirewallPass *pass);

G_END_DECLS
