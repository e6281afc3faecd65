/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "worker/ptl-metrics-head.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Only a head that names this computer is taken, and it is taken however much of what follows has come by then. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *bytes = (const char *) data;
  PtlMetricsHead verdict = ptl_metrics_head_check (bytes, size, 9464);
  const char *end = memmem (bytes, MIN (size, PTL_METRICS_HEAD_MAX), "\r\n\r\n", 4);

  g_assert_true ((end == NULL && size < PTL_METRICS_HEAD_MAX) == (verdict == PTL_METRICS_HEAD_MORE));
  if (end != NULL)
    g_assert_cmpint (ptl_metrics_head_check (bytes, (gsize) (end - bytes) + 4, 9464), ==, verdict);
  if (verdict == PTL_METRICS_HEAD_OK)
    {
      g_assert_true (g_str_has_prefix (bytes, "GET /metrics"));
      g_assert_nonnull (memmem (bytes, size, ":9464", 5));
    }
  return 0;
}
