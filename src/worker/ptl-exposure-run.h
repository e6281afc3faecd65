/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-report.h"
#include "exposure/sweep/ptl-sweep-owner.h"
#include "firewall/ptl-firewall.h"
#include "worker/ptl-address-source.h"
#include "worker/ptl-exposure-gather.h"
#include "worker/ptl-foreign.h"

G_BEGIN_DECLS

/* The parts of the worker that a check of the exposure looks at; all borrowed. */
typedef struct
{
  PtlClock *clock;
  PtlStore *store;
  PtlInventory *inventory;
  PtlDiscovery *discovery;
  PtlRelays *relays;
  PtlForeign *foreign;
  PtlFirewall *firewall;
  PtlAddressSource *addresses;
  const char *state_dir; /* borrowed */
} PtlExposureParts;

/* What is asked of a check. */
typedef struct
{
  guint vantages;    /* bits: 1 << PtlVantageKind */
  const char *relay; /* interned: id of the one to look from, NULL where it is not looked from one */
  const char *servers[PTL_N_VANTAGES]; /* interned: of records; NULL = the usual one */
  char *address;     /* literal: whose ports are looked at; "" = this machine's */
  gboolean mine;     /* the person says that the address is theirs */
  char *ports;       /* TCP, as ptl_port_set_parse() takes them: besides those that are known; "" = none */
  gboolean sweep;    /* all ports */
} PtlExposureAsk;
void ptl_exposure_ask_free (PtlExposureAsk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlExposureAsk, ptl_exposure_ask_free)

/* How far it is. @phase: "listening", "forwarded", "firewall", "sweeping", "looking", "outside", "report". */
typedef void (*PtlExposureProgressFunc) (const char *phase, guint done, guint total, gpointer user_data);

/* One check of the exposure. It reads and looks; nothing is changed anywhere. @owner: whose the address of @ask is; whether
 * it may be looked at is the caller's to know. @saved: (inout): where a sweep for the same was stopped, or NULL; it must
 * live until @callback. */
void ptl_exposure_run_async (const PtlExposureParts *parts,
                             const PtlExposureAsk *ask,
                             PtlSweepOwner owner,
                             char **saved,
                             PtlExposureProgressFunc progress,
                             gpointer progress_data,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
/* (transfer full): its id and times are set, and nothing of it is kept yet. CANCELLED, once nothing of the check is
 * left; FAILED where the system does not tell what listens. */
PtlReport *ptl_exposure_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
