/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlUnusedGroup:
 *
 * The network interfaces on which routers are not looked for, and why; out of sight where there are none.
 */
#define PTL_TYPE_UNUSED_GROUP (ptl_unused_group_get_type ())
G_DECLARE_FINAL_TYPE (PtlUnusedGroup, ptl_unused_group, PTL, UNUSED_GROUP, AdwBin)

/* Asks the worker, and shows its answer. */
void ptl_unused_group_refresh (PtlUnusedGroup *self, PtlClient *client);

G_END_DECLS
