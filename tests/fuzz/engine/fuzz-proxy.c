/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ptl-proxy-codec.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_written (PtlProxy version, const PtlProxyHeader *header)
{
  guint8 written[PTL_PROXY_WRITTEN_MOST];
  gsize n = ptl_proxy_write (version, header, written), length = 0;
  PtlProxyHeader again = { 0 };

  g_assert_cmpuint (n, <=, sizeof written);
  g_assert_cmpint (ptl_proxy_parse (written, n, &again, &length), ==, PTL_PROXY_DONE);
  g_assert_cmpuint (length, ==, n);
  g_assert_cmpmem (&again, sizeof again, header, sizeof *header);
}

/* Whole or in pieces it means the same; what is taken is bounded, and comes back when written. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  PtlProxyHeader header = { 0 }, piecewise = { 0 };
  gsize length = 0, n = 0, n_piecewise = 0;
  PtlProxyResult result = ptl_proxy_parse (data, size, &header, &length), part = PTL_PROXY_MORE;

  for (; n <= size && part == PTL_PROXY_MORE; n++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, n); /* so that reading past it is noticed */

      part = ptl_proxy_parse (copy, n, &piecewise, &n_piecewise);
    }
  g_assert_cmpint (part, ==, result);
  if (result == PTL_PROXY_MORE)
    g_assert_cmpuint (size, <, PTL_PROXY_HEADER_MOST);
  if (result != PTL_PROXY_DONE)
    return 0;
  g_assert_cmpuint (length, <=, MIN (size, PTL_PROXY_HEADER_MOST));
  g_assert_cmpuint (n_piecewise, ==, length);
  g_assert_cmpuint (n - 1, ==, length);
  g_assert_cmpmem (&header, sizeof header, &piecewise, sizeof piecewise);
  check_written (PTL_PROXY_V1, &header);
  check_written (PTL_PROXY_V2, &header);
  return 0;
}
