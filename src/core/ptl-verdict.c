/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-verdict.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  const char *name;
  const char *title;
} Words;

static const Words words[PTL_N_VERDICTS] = {
  [PTL_VERDICT_UNKNOWN] = { "unknown", NC_ ("verdict", "It cannot be told") },
  [PTL_VERDICT_PUBLIC] = { "public", NC_ ("verdict", "A public address") },
  [PTL_VERDICT_CARRIER_GRADE_NAT] = { "carrier-grade-nat", NC_ ("verdict", "Carrier-grade NAT") },
  [PTL_VERDICT_DOUBLE_NAT] = { "double-nat", NC_ ("verdict", "Double NAT") },
  [PTL_VERDICT_SYMMETRIC_NAT] = { "symmetric-nat", NC_ ("verdict", "Symmetric NAT") },
  [PTL_VERDICT_DS_LITE] = { "ds-lite", NC_ ("verdict", "DS-Lite: IPv4 inside IPv6") },
  [PTL_VERDICT_VPN] = { "vpn", NC_ ("verdict", "A VPN is in the way") },
  [PTL_VERDICT_NO_INTERNET] = { "no-internet", NC_ ("verdict", "No internet") },
};

const char *
ptl_verdict_to_string (PtlVerdict verdict)
{
  g_return_val_if_fail (verdict < PTL_N_VERDICTS, "unknown");
  return words[verdict].name;
}

PtlVerdict
ptl_verdict_from_string (const char *name)
{
  for (guint i = 0; i < PTL_N_VERDICTS; i++)
    if (g_strcmp0 (name, words[i].name) == 0)
      return (PtlVerdict) i;
  return PTL_VERDICT_UNKNOWN;
}

const char *
ptl_verdict_to_title (PtlVerdict verdict)
{
  g_return_val_if_fail (verdict < PTL_N_VERDICTS, "");
  return g_dpgettext2 (GETTEXT_PACKAGE, "verdict", words[verdict].title);
}
