/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PCP and NAT-PMP responses: nothing is read past the end, and what is told is what was there. */
#include "router/ptl-natpmp-codec.h"
#include "router/ptl-pcp-codec.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize length)
{
  const PtlPcpRequest pcp_request = { .opcode = PTL_PCP_OPCODE_MAP };
  const PtlNatpmpRequest natpmp_request = { .opcode = PTL_NATPMP_OPCODE_MAP_TCP };
  PtlPcpResponse pcp;
  PtlNatpmpResponse natpmp;

  if (ptl_pcp_decode (data, length, &pcp))
    {
      g_assert_cmpuint (length, >=, 24);
      g_assert_true (pcp.has_map || pcp.opcode != PTL_PCP_OPCODE_MAP
                     || pcp.result != PTL_PCP_SUCCESS);
      ptl_pcp_answers (&pcp_request, &pcp);
    }
  if (ptl_natpmp_decode (data, length, &natpmp))
    {
      g_assert_cmpuint (length, >=, 4);
      ptl_natpmp_answers (&natpmp_request, &natpmp);
    }
  /* No packet is a response of both. */
  g_assert_false (ptl_pcp_decode (data, length, &pcp) && ptl_natpmp_decode (data, length, &natpmp));
  ptl_pcp_is_natpmp_only (data, length);
  return 0;
}
