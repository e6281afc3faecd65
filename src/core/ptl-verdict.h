/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a check of the network finds. The names are stable: they are on the bus and in JSON. */
typedef enum
{
  PTL_VERDICT_UNKNOWN,
  PTL_VERDICT_PUBLIC,
  PTL_VERDICT_CARRIER_GRADE_NAT,
  PTL_VERDICT_DOUBLE_NAT,
  PTL_VERDICT_SYMMETRIC_NAT,
  PTL_VERDICT_DS_LITE,
  PTL_VERDICT_VPN,
  PTL_VERDICT_NO_INTERNET,
  PTL_N_VERDICTS /*< skip >*/
} PtlVerdict;

/* "public", "carrier-grade-nat", ... */
const char *ptl_verdict_to_string (PtlVerdict verdict);
/* UNKNOWN for a name that is none. */
PtlVerdict ptl_verdict_from_string (const char *name);
/* For a heading, translated: "Carrier-grade NAT". */
const char *ptl_verdict_to_title (PtlVerdict verdict);

G_END_DECLS
