/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exposure/sweep/ptl-sweep-owner.h"
#include "worker/ptl-exposure-run.h"

G_BEGIN_DECLS

/* Whether the address that is asked for may be looked at: this machine's and this home's public one may, another one only
 * where the person says that it is theirs too, and that is logged before anything is sent (event "check-other-address").
 * What is nobody's (multicast, broadcast, none) and what a cloud keeps for itself may never. TRUE where none is asked for.
 * @owner: (out): whose it is. POLICY, STORE_* */
gboolean ptl_exposure_owner_check (const PtlExposureParts *parts,
                                   const PtlExposureAsk *ask,
                                   const char *who,
                                   PtlSweepOwner *owner,
                                   GError **error);

G_END_DECLS
