/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-mapper.h"

G_BEGIN_DECLS

/**
 * PtlNatpmp:
 *
 * A client of the NAT Port Mapping Protocol (RFC 6886) for one router. It maps to this computer
 * only.
 */
#define PTL_TYPE_NATPMP (ptl_natpmp_get_type ())
G_DECLARE_FINAL_TYPE (PtlNatpmp, ptl_natpmp, PTL, NATPMP, PtlMapper)

PtlMapper *
ptl_natpmp_new (PtlClock *clock, const char *gateway, const char *local, const char *interface);
/* An announcement from the gateway (section 3.2.1): its address, and its epoch. */
void ptl_natpmp_hear (PtlNatpmp *self, const guint8 *data, gsize length);

G_END_DECLS
