/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firewall/ptl-nft.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (PtlFirewallView) view = ptl_firewall_view_new (PTL_PROTOCOL_BOTH, 8000, 8010);
  g_autofree char *command = NULL;

  if (ptl_nft_weigh ((const char *) data, size, view) && view->verdict == PTL_FIREWALL_BLOCKED)
    g_assert_cmpint (view->kind, ==, PTL_FIREWALL_NFTABLES);
  command = ptl_firewall_view_dup_command (view);
  g_assert_nonnull (command);
  return 0;
}
