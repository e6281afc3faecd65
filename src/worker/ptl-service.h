/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "firewall/ptl-firewall.h"
#include "router/ptl-discovery.h"
#include "worker/ptl-callers.h"
#include "worker/ptl-changes.h"
#include "worker/ptl-check.h"
#include "worker/ptl-afterlook.h"
#include "worker/ptl-exposure.h"
#include "worker/ptl-foreign.h"
#include "worker/ptl-identifier.h"
#include "worker/ptl-listener-watch.h"
#include "worker/ptl-metrics.h"
#include "worker/ptl-names.h"
#include "worker/ptl-relays.h"
#include "worker/ptl-sampler.h"

G_BEGIN_DECLS

/* What the service speaks for; all borrowed from the worker, which outlives it. */
typedef struct
{
  PtlClock *clock;
  PtlStore *store;
  PtlInventory *inventory;
  PtlChanges *changes;
  PtlDebts *debts;
  PtlDiscovery *discovery;
  PtlRelays *relays;
  PtlSampler *sampler;
  PtlEngine *engine;
  PtlMeter *meter;
  PtlMetrics *metrics;
  PtlCheck *check;
  PtlNames *names;
  PtlForeign *foreign;
  PtlFirewall *firewall;
  PtlIdentifier *identifier;
  PtlAfterlook *afterlook;
  PtlExposure *exposure;
  PtlListenerWatch *listeners;
  PtlHostFirewall *host_firewall;
  gint64 started; /* Unix seconds */
} PtlServiceParts;

/**
 * PtlService:
 *
 * The worker on the bus: the objects, the requests, the signals (src/api). It holds no state of its own.
 *
 * Its objects are exported before there is anything behind them, so that they are there when the bus
 * name is taken and the call that started us is delivered; calls wait in the main loop until
 * ptl_service_attach().
 */
#define PTL_TYPE_SERVICE (ptl_service_get_type ())
G_DECLARE_FINAL_TYPE (PtlService, ptl_service, PTL, SERVICE, GObject)

PtlService *ptl_service_new (GDBusConnection *connection, PtlClock *clock, GError **error);
void ptl_service_attach (PtlService *self, const PtlServiceParts *parts);
PtlCallers *ptl_service_get_callers (PtlService *self);

G_END_DECLS
