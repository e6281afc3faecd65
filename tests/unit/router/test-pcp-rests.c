/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a PCP server said will not go for a while is not asked for meanwhile. */

#include <string.h>

#include "router/ptl-pcp-rests.h"

#define SECONDS(n) ((gint64) (n) *G_USEC_PER_SEC)

static PtlPcpRequest
request (guint8 nonce, guint16 external_port)
{
  PtlPcpRequest request = {
    .opcode = PTL_PCP_OPCODE_MAP, .ip_protocol = 6, .internal_port = 25565, .external_port = external_port
  };

  memset (request.nonce, nonce, sizeof request.nonce);
  return request;
}

static void
test_codes (void)
{
  for (guint8 code = 0; code <= 13; code++)
    {
      g_autoptr (PtlPcpRests) rests = ptl_pcp_rests_new ();
      PtlPcpRequest asked = request (1, 25566);
      PtlPcpResponse response = { .result = code, .lifetime = 30 };
      gboolean lasts = code == 7 || code == 8 || code == 10;

      ptl_pcp_rests_note (rests, &asked, &response, SECONDS (100));
      g_assert_cmpuint (ptl_pcp_rests_get (rests, &asked, SECONDS (129)), ==, lasts ? code : 0);
      g_assert_cmpuint (ptl_pcp_rests_get (rests, &asked, SECONDS (130)), ==, 0);
    }
}

static void
test_cap (void)
{
  g_autoptr (PtlPcpRests) rests = ptl_pcp_rests_new ();
  PtlPcpRequest asked = request (1, 25566);
  PtlPcpResponse response = { .result = PTL_PCP_NO_RESOURCES, .lifetime = G_MAXUINT32 };

  ptl_pcp_rests_note (rests, &asked, &response, 0);
  g_assert_cmpuint (ptl_pcp_rests_get (rests, &asked, SECONDS (59)), ==, PTL_PCP_NO_RESOURCES);
  g_assert_cmpuint (ptl_pcp_rests_get (rests, &asked, SECONDS (60)), ==, PTL_PCP_SUCCESS);
}

static void
test_none (void)
{
  g_autoptr (PtlPcpRests) rests = ptl_pcp_rests_new ();
  PtlPcpRequest asked = request (1, 25566);
  PtlPcpResponse response = { .result = PTL_PCP_NO_RESOURCES, .lifetime = 0 };

  ptl_pcp_rests_note (rests, &asked, &response, SECONDS (5));
  g_assert_cmpuint (ptl_pcp_rests_get (rests, &asked, SECONDS (5)), ==, PTL_PCP_SUCCESS);
}

static void
test_others (void)
{
  g_autoptr (PtlPcpRests) rests = ptl_pcp_rests_new ();
  PtlPcpRequest asked = request (1, 25566), other_port = request (1, 25567), other_rule = request (2, 25566);
  PtlPcpResponse full = { .result = PTL_PCP_NO_RESOURCES, .lifetime = 30 };
  PtlPcpResponse granted = { .result = PTL_PCP_SUCCESS, .lifetime = 3600 };

  ptl_pcp_rests_note (rests, &asked, &full, 0);
  ptl_pcp_rests_note (rests, &other_rule, &full, 0);
  g_assert_cmpuint (ptl_pcp_rests_get (rests, &other_port, 1), ==, PTL_PCP_SUCCESS);
  g_assert_cmpuint (ptl_pcp_rests_get (rests, &other_rule, 1), ==, PTL_PCP_NO_RESOURCES);
  ptl_pcp_rests_note (rests, &other_rule, &granted, 2);
  g_assert_cmpuint (ptl_pcp_rests_get (rests, &other_rule, 3), ==, PTL_PCP_SUCCESS);
  g_assert_cmpuint (ptl_pcp_rests_get (rests, &asked, 3), ==, PTL_PCP_NO_RESOURCES);
  ptl_pcp_rests_clear (rests);
  g_assert_cmpuint (ptl_pcp_rests_get (rests, &asked, 3), ==, PTL_PCP_SUCCESS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router/pcp-rests/codes", test_codes);
  g_test_add_func ("/router/pcp-rests/cap", test_cap);
  g_test_add_func ("/router/pcp-rests/none", test_none);
  g_test_add_func ("/router/pcp-rests/others", test_others);
  return g_test_run ();
}
