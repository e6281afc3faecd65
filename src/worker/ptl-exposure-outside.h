/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exposure/report/ptl-report-facts.h"
#include "tunnel/ptl-relay.h"
#include "worker/ptl-address-source.h"
#include "worker/ptl-relays.h"

G_BEGIN_DECLS

/* What a look from outside takes. All borrowed, but what says otherwise. */
typedef struct
{
  PtlClock *clock;
  PtlAddressSource *addresses;
  PtlRelays *relays;     /* is told of a host key that waits for the person */
  const char *state_dir; /* where the known host keys are */
  guint vantages;        /* bits: 1 << PtlVantageKind: hairpin, relay, internetdb, shodan, censys */
  const PtlRelay *relay; /* (nullable): copied */
  const char *const *servers; /* by PtlVantageKind, NULL = the usual one: copied */
  GArray *ports; /* (nullable) (element-type guint16): TCP ports to look at besides what is known */
} PtlExposureOutside;

/* The vantage points of a check that are neither this machine nor its neighbours: the router's
 * public address and this machine's public IPv6 addresses are looked at from them, at every port
 * that is declared, forwarded or listening. What they see is added to the looks of @facts. Records
 * are asked only where their bit is set: whether the person has agreed is the caller's to know. */
void ptl_exposure_outside_async (const PtlExposureOutside *outside,
                                 PtlReportFacts *facts,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* Sentences on what could not be seen (transfer full) (element-type utf8). CANCELLED alone. */
GPtrArray *ptl_exposure_outside_finish (GAsyncResult *result, GError **error);

G_END_DECLS
