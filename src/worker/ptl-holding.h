/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "core/ptl-rule.h"
#include "router/ptl-router.h"

G_BEGIN_DECLS

#define PTL_LEASE_SECONDS 7200 /* RFC 6886, section 3.3 */

/* One port of a rule in a router. */
typedef struct
{
  PtlMapping *mapping;
  gint64 granted;   /* Unix seconds, 0 = not granted yet */
  gint64 renew;     /* Unix seconds, for showing */
  gint64 read_back; /* Unix seconds, 0 = never */
  gboolean listed;  /* the router's table has shown it: then its absence there tells something */
  gboolean kept;    /* of a move: it was held before, and is not asked for again */
} PtlHold;

/**
 * PtlHolding:
 *
 * What a mapping rule holds: its ports in one router, and the guard, the engine's socket towards that router.
 * Plain data of the router back end and its keeper.
 */
typedef struct _PtlHolding PtlHolding;
typedef void (*PtlHoldingFunc) (PtlHolding *self, gpointer user_data);

struct _PtlHolding
{
  grefcount ref_count;
  char *rule_id;
  PtlRule *rule;          /* as it was opened or last edited */
  char *router_id;
  char *local_address;    /* this computer's, towards the router, when it was mapped */
  PtlEndpoint *guard;     /* NULL for a direct mapping */
  GPtrArray *holds;       /* of PtlHold */
  gint64 granted_boot_us;
  gint64 renew_boot_us;   /* G_MAXINT64 = never */
  guint n_failed;         /* renewals since the last one that worked */
  gboolean ipv6;          /* pinholes: nothing is translated, the port inside is the one outside */
  gboolean joined;        /* its guard is that of another holding's forward, beside that one's own */
  char *inner_host;       /* of a direct one by IPv6: the address that it leads to; NULL = as the target says */
  PtlHolding *beside;     /* of an IPv4 holding: what the rule holds by IPv6, or NULL */
  GPtrArray *former;      /* of PtlLease: pinholes of before a restart, until they are taken over or given up; or NULL */
  GError *problem;        /* of an IPv4 holding: why what is beside it is not as it should be */
  gboolean unseen;        /* the last listing did not show it, and none ever did */
  gboolean restoring;     /* the router lost it: the next renewal that works is a restoration */
  gboolean degraded;
  gboolean gone;          /* closed: whoever comes back to it does no more */
  gboolean busy;          /* a renewal or a move is under way */
  PtlHoldingFunc when_idle;
  gpointer when_idle_data;
};

PtlHolding *ptl_holding_new (const PtlRule *rule, PtlRouter *router);
PtlHolding *ptl_holding_ref (PtlHolding *self);
void ptl_holding_unref (PtlHolding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlHolding, ptl_holding_unref)

/* @router: its router as it is there now, or NULL. What is written of it from now on goes by the router's lasting id. */
void ptl_holding_name_router (PtlHolding *self, PtlRouter *router);
/* The rule was edited; what it holds stays. */
void ptl_holding_set_rule (PtlHolding *self, const PtlRule *rule);
/* Ends what was under way; calls what waits for that. */
void ptl_holding_set_idle (PtlHolding *self);
/* Calls @func once nothing is under way: now, or then. One waits at a time. */
void ptl_holding_when_idle (PtlHolding *self, PtlHoldingFunc func, gpointer user_data);

/* What is asked of the router: every port and protocol of the rule. Ports that the rule's leases were granted
 * are asked for again, with the nonce and by the protocol of then where the router is the same. */
void ptl_holding_ask (PtlHolding *self, PtlClock *clock);
/* Seconds to ask for: no longer than the rule is open, so that a dead worker leaves little behind. */
guint32 ptl_holding_get_lifetime (const PtlHolding *self, PtlClock *clock);
/* Unix seconds: when the router forgets the last of it by itself; G_MAXINT64 = never. */
gint64 ptl_holding_get_end (const PtlHolding *self);
/* Takes over what was granted (of PtlMapping, in the order of the holds), and sets the next renewal. */
void ptl_holding_grant (PtlHolding *self, GPtrArray *granted, PtlClock *clock);
/* Sets the time of the next renewal: in 1/2 to 5/8 of the granted lifetime, then 3/4 to 13/16, and so on, at least
 * four seconds apart (RFC 6887, section 11.2.1). */
void ptl_holding_plan_renewal (PtlHolding *self, PtlClock *clock);
/* (transfer full): the leases, the guard's first; then those of what is held beside. */
GPtrArray *ptl_holding_to_leases (const PtlHolding *self);
/* (transfer full): copies of the mappings. */
GPtrArray *ptl_holding_to_mappings (const PtlHolding *self);

/* A mapping as a lease and back. @holder: the router's id. */
PtlLease *ptl_lease_from_mapping (const PtlMapping *mapping, const char *holder, const char *local_address);
PtlMapping *ptl_lease_to_mapping (const PtlLease *lease, const char *rule_id, const char *local_address);
/* What the router's own table shows; "portolan 1a2b3c4d". */
char *ptl_mapping_describe (const char *rule_id);

G_END_DECLS
