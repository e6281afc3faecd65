/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-mapper.h"

G_BEGIN_DECLS

/**
 * PtlUnspoken:
 *
 * In the place of NAT-PMP at a router that is reached by IPv6, where there is none (RFC 6886, section 1): it is
 * always absent, and nothing is sent.
 */
#define PTL_TYPE_UNSPOKEN (ptl_unspoken_get_type ())
G_DECLARE_FINAL_TYPE (PtlUnspoken, ptl_unspoken, PTL, UNSPOKEN, PtlMapper)

PtlMapper *ptl_unspoken_new (PtlClock *clock, const char *gateway);

G_END_DECLS
