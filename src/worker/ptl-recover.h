/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-debts.h"
#include "worker/ptl-inventory.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/* At the start: reads what the last worker left, finishes or takes back what it had begun, and closes what expired
 * meanwhile, all in one transaction and before anything accepts. What is to be open is put into @inventory as
 * degraded. Returns the ids to restore (transfer full); empty where the store cannot be written: then the
 * rules are there to be looked at. */
GPtrArray *ptl_recover (PtlStore *store, PtlClock *clock, PtlInventory *inventory, PtlDebts *debts);

G_END_DECLS
