/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-alarm.h"
#include "worker/ptl-arrivals.h"
#include "worker/ptl-host-firewall.h"

G_BEGIN_DECLS

/* Inside of PtlHostFirewall, for its own files alone. */

/* Permanent rules: so long at a time, begun anew at the half of it. */
#define PTL_OPENING_PERMANENT_S (24 * 3600)

typedef struct _PtlFirewallPass PtlFirewallPass;

struct _PtlHostFirewall
{
  GObject parent;

  PtlClock *clock;
  PtlStore *store;
  PtlInventory *inventory;
  PtlDebts *debts;
  PtlFirewalld *firewalld;
  GHashTable *entries; /* rule id -> PtlFirewallEntry */
  PtlAlarm *alarm;
  PtlFirewallPass *pass; /* the one that is under way, or NULL */
  guint patience_id;     /* until it is known whether firewalld runs */
  guint kick_id;
  gboolean known;
  guint epoch;           /* how often firewalld forgot all */
  gboolean forgetting;   /* it did while a pass was under way: what it held is struck out after that */
};

/* What one rule wants of firewalld, and has. */
typedef struct
{
  gatomicrefcount refs;
  char *rule_id;
  GPtrArray *arrivals; /* of PtlArrival; empty: nothing is wanted */
  PtlAudience *audience;
  gint64 expires;      /* Unix seconds, 0 = permanent */
  GPtrArray *records;  /* of PtlOpeningRecord */
  GError *problem;     /* why something of it is not open */
  char *command;       /* what an administrator would run to open that; NULL = nothing */
  GPtrArray *waiting;  /* of GTask */
  gint64 retry_boot_us; /* 0 = not by itself */
  gint64 due_boot_us;   /* when it is looked at next by itself */
  gboolean dirty;
  gboolean may_ask;    /* a person has just asked for it, and may be asked for a password */
  gboolean asking;     /* the same, for the pass that is under way */
  gboolean yielded;    /* somebody else closed it: their word counts until the rule is changed */
} PtlFirewallEntry;

PtlFirewallEntry *ptl_firewall_entry_ref (PtlFirewallEntry *self);
void ptl_firewall_entry_unref (PtlFirewallEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlFirewallEntry, ptl_firewall_entry_unref)

/* Begins a pass over the entries that are dirty, where there are any and none is under way. */
void ptl_host_firewall_kick (PtlHostFirewall *self);
/* Sets when the next pass is due by itself. */
void ptl_host_firewall_schedule (PtlHostFirewall *self);
/* Whether another rule than that of @record has just the same open. */
const PtlOpeningRecord *ptl_host_firewall_find_other (PtlHostFirewall *self, const PtlOpeningRecord *record);

/* ptl-host-firewall-debts.c */
void ptl_host_firewall_iface_init (PtlBackendInterface *iface);

/* ptl-firewall-pass.c */
/* @entries: of PtlFirewallEntry (transfer full). Sets self->pass; it ends, perhaps at once, by
 * ptl_host_firewall_pass_ended(). */
void ptl_firewall_pass_start (PtlHostFirewall *self, GPtrArray *entries);
void ptl_host_firewall_pass_ended (PtlHostFirewall *self, GPtrArray *entries);

G_END_DECLS
