/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-mapper.h"

G_BEGIN_DECLS

/**
 * PtlIgd:
 *
 * UPnP Internet Gateway Devices, versions 1 and 2, through the helper portolan-igd: nothing that
 * came over HTTP or SSDP is parsed in this process.
 */
#define PTL_TYPE_IGD (ptl_igd_get_type ())
G_DECLARE_FINAL_TYPE (PtlIgd, ptl_igd, PTL, IGD, PtlMapper)

PtlMapper *ptl_igd_new (PtlClock *clock,
                        const char *helper,
                        const char *gateway,
                        const char *local,
                        const char *interface);

/* Where its description is, which a person gave; NULL = it is searched for. */
void ptl_igd_set_description_url (PtlIgd *self, const char *url);

G_END_DECLS
