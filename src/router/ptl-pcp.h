/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-mapper.h"

G_BEGIN_DECLS

/**
 * PtlPcp:
 *
 * A client of the Port Control Protocol (RFC 6887) for one router.
 */
#define PTL_TYPE_PCP (ptl_pcp_get_type ())
G_DECLARE_FINAL_TYPE (PtlPcp, ptl_pcp, PTL, PCP, PtlMapper)

PtlMapper *
ptl_pcp_new (PtlClock *clock, const char *gateway, const char *local, const char *interface);
/* An announcement from the gateway (section 14.1): its epoch says whether the router lost its
 * mappings. */
void ptl_pcp_hear (PtlPcp *self, const guint8 *data, gsize length);

G_END_DECLS
