/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-refused.h"

static const char *const names[PTL_N_REFUSED] = {
  [PTL_REFUSED_AUDIENCE] = "audience", [PTL_REFUSED_BANNED] = "banned",
  [PTL_REFUSED_TOTAL] = "total",       [PTL_REFUSED_SOURCE] = "source",
  [PTL_REFUSED_RATE] = "rate",         [PTL_REFUSED_SOURCE_RATE] = "source-rate",
  [PTL_REFUSED_PROXY] = "proxy",       [PTL_REFUSED_TARGET] = "target",
  [PTL_REFUSED_REPLIES] = "replies",   [PTL_REFUSED_BYTES] = "bytes",
};

const char *
ptl_refused_to_string (PtlRefused self)
{
  g_return_val_if_fail (self < PTL_N_REFUSED, NULL);

  return names[self];
}
