/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-alarm.h"
#include "worker/ptl-keeper.h"

G_BEGIN_DECLS

/* Inside of PtlKeeper, for its own files alone. */

struct _PtlKeeper
{
  GObject parent;

  PtlClock *clock;
  PtlEngine *engine;
  PtlDiscovery *discovery;
  PtlInventory *inventory;
  PtlBackend *backend;
  GHashTable *holdings; /* rule id -> PtlHolding */
  GHashTable *routers;  /* set of PtlRouter that are listened to */
  PtlAlarm *renew_alarm;
  PtlAlarm *audit_alarm;
  gint64 audit_boot_us; /* when the next audit is due; 0 = none */
  guint move_id;
};

/* ptl-keeper.c */
void ptl_keeper_schedule (PtlKeeper *self);
PtlRouter *ptl_keeper_get_router (PtlKeeper *self, PtlHolding *holding);
void ptl_keeper_emit_leases (PtlKeeper *self, PtlHolding *holding);
void ptl_keeper_emit_degraded (PtlKeeper *self, PtlHolding *holding, const GError *error);
void ptl_keeper_emit_recovered (PtlKeeper *self, PtlHolding *holding);
void ptl_keeper_emit_listed (PtlKeeper *self, PtlRouter *router, GPtrArray *entries);
/* An event of the rule's own history, which leaves its state as it is. */
void ptl_keeper_notice (PtlKeeper *self, PtlHolding *holding, const char *what, const char *result, const char *detail);
void ptl_keeper_emit_left (PtlKeeper *self, PtlHolding *holding, GPtrArray *mappings, const char *router_id, const char *local_address, const GError *error);

/* ptl-keeper-renew.c */
/* @quietly: only to make sure: nothing is told where nothing is new, and a router that does not answer is no failure. */
void ptl_keeper_renew (PtlKeeper *self, PtlHolding *holding, gboolean quietly);
/* A renewal or a move failed: says so where that matters, and plans the next try. */
void ptl_keeper_fail (PtlKeeper *self, PtlHolding *holding, const GError *error);
/* The router lost it: @detail says how that showed. It is told once, and asked for again after @delay_us. */
void ptl_keeper_lose (PtlKeeper *self, PtlHolding *holding, const char *detail, gint64 delay_us);
/* Asks for it again after at most @delay_us; @lost: the router lost it. */
void ptl_keeper_renew_soon (PtlKeeper *self, PtlHolding *holding, gint64 delay_us, gboolean lost);

/* ptl-keeper-audit.c */
void ptl_keeper_audit (PtlKeeper *self);
/* Whether there is a router whose table is to be read by the minute. */
gboolean ptl_keeper_has_audits (PtlKeeper *self);
/* Asks whether the router's table shows @holding, which tells what its absence there will mean. @was_missing: it was not
 * there before it was asked for again: then what is found was lost, and is told as restored. */
void ptl_keeper_learn (PtlKeeper *self, PtlHolding *holding, gboolean was_missing);

/* ptl-keeper-move.c */
void ptl_keeper_move_soon (PtlKeeper *self);

G_END_DECLS
