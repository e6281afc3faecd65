/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/check/ptl-check-facts.h"
#include "router/ptl-discovery.h"
#include "router/ptl-netlink.h"
#include "worker/ptl-check-settings.h"
#include "worker/ptl-debts.h"

G_BEGIN_DECLS

/* What a run needs; all borrowed. */
typedef struct
{
  PtlClock *clock;
  PtlStore *store;
  PtlDebts *debts;
  PtlDiscovery *discovery;
  PtlNetlink *netlink;
  const PtlCheckSettings *settings;
  gboolean hairpin; /* whether that is to be tested: it needs a short mapping */
  const char *who;  /* for the log */
} PtlCheckRunParts;

/* What is under way: as ptl_network_path() takes it. */
typedef void (*PtlCheckStepFunc) (const char *step, gpointer user_data);

/* One check of the network: the router is asked and, where there is consent, the servers on the internet, at the same
 * time; then hairpin is tested. */
void ptl_check_run_async (const PtlCheckRunParts *parts,
                          PtlCheckStepFunc step,
                          gpointer step_data,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
/* (transfer full). CANCELLED, once nothing of it is left. */
PtlCheckFacts *ptl_check_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
