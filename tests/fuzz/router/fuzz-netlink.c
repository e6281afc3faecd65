/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages that no kernel sends. */
#include <string.h>

#include "router/ptl-gateway.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize length)
{
  g_autoptr (PtlNetTables) tables = ptl_net_tables_new ();
  g_autoptr (GPtrArray) gateways = NULL;
  g_autoptr (GPtrArray) gateways6 = NULL;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GError) problem6 = NULL;
  /* Aligned, as a buffer of the kernel's is, and of its own size, so that a byte too far is seen.
   */
  g_autofree guint32 *aligned = g_malloc (length + 1);

  memcpy (aligned, data, length);
  ptl_net_tables_read (tables, aligned, length);
  gateways = ptl_gateway_choose (tables);
  problem = ptl_gateway_explain (tables);
  gateways6 = ptl_gateway_choose_ipv6 (tables);
  problem6 = ptl_gateway_explain_ipv6 (tables);
  return 0;
}
