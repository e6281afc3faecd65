/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ptl-router-cause.h"

#include <string.h>

static const struct
{
  PtlRouterProtocol protocol;
  int code;
  PtlError error;
} cases[] = {
  { PTL_ROUTER_PROTOCOL_PCP, 1, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_PCP, 2, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_PCP, 3, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_PCP, 4, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_PCP, 5, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_PCP, 6, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_PCP, 7, PTL_ERROR_ROUTER_OFFLINE },
  { PTL_ROUTER_PROTOCOL_PCP, 8, PTL_ERROR_ROUTER_FULL },
  { PTL_ROUTER_PROTOCOL_PCP, 9, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_PCP, 10, PTL_ERROR_ROUTER_FULL },
  { PTL_ROUTER_PROTOCOL_PCP, 11, PTL_ERROR_ROUTER_CONFLICT },
  { PTL_ROUTER_PROTOCOL_PCP, 12, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_PCP, 13, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_PCP, 99, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_NATPMP, 1, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_NATPMP, 2, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_NATPMP, 3, PTL_ERROR_ROUTER_OFFLINE },
  { PTL_ROUTER_PROTOCOL_NATPMP, 4, PTL_ERROR_ROUTER_FULL },
  { PTL_ROUTER_PROTOCOL_NATPMP, 5, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_UPNP, 401, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_UPNP, 606, PTL_ERROR_ROUTER_REFUSED },
  { PTL_ROUTER_PROTOCOL_UPNP, 714, PTL_ERROR_NOT_FOUND },
  { PTL_ROUTER_PROTOCOL_UPNP, 718, PTL_ERROR_ROUTER_CONFLICT },
  { PTL_ROUTER_PROTOCOL_UPNP, 728, PTL_ERROR_ROUTER_FULL },
  { PTL_ROUTER_PROTOCOL_UPNP, 729, PTL_ERROR_ROUTER_CONFLICT },
  { PTL_ROUTER_PROTOCOL_UPNP, 4711, PTL_ERROR_ROUTER_REFUSED },
};

static void
test_codes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error
          = ptl_router_cause_to_error (cases[i].protocol, cases[i].code, "192.168.1.1");
      g_autofree char *what = ptl_error_dup_what (error);
      g_autofree char *advice = ptl_error_dup_advice (error);
      g_autofree char *code = g_strdup_printf ("%d", cases[i].code);

      g_test_message ("%s", error->message);
      g_assert_error (error, PTL_ERROR, (int) cases[i].error);
      g_assert_nonnull (strstr (what, "192.168.1.1"));
      g_assert_nonnull (strstr (what, code));
      g_assert_true (g_str_has_suffix (what, "."));
      g_assert_true (g_str_has_suffix (advice, "."));
    }
}

static void
test_conflict (void)
{
  g_autoptr (GError) named
      = ptl_router_cause_conflict ("192.168.1.1", 80, "192.168.1.9, port 8080", 8081);
  g_autoptr (GError) bare = ptl_router_cause_conflict ("192.168.1.1", 80, NULL, 0);

  g_assert_error (named, PTL_ERROR, PTL_ERROR_ROUTER_CONFLICT);
  g_assert_nonnull (strstr (named->message, "192.168.1.9, port 8080"));
  g_assert_nonnull (strstr (named->message, "8081"));
  g_assert_nonnull (strstr (bare->message, "80"));
}

static int
rank (PtlError code)
{
  g_autoptr (GError) error = ptl_error_new (code, "Do.", "It is.");

  return ptl_router_cause_rank (error);
}

static void
test_rank (void)
{
  g_assert_cmpint (rank (PTL_ERROR_ROUTER_CONFLICT), >, rank (PTL_ERROR_ROUTER_REFUSED));
  g_assert_cmpint (rank (PTL_ERROR_ROUTER_FULL), >, rank (PTL_ERROR_ROUTER_REFUSED));
  g_assert_cmpint (rank (PTL_ERROR_ROUTER_REFUSED), >, rank (PTL_ERROR_ROUTER_SILENT));
  g_assert_cmpint (rank (PTL_ERROR_ROUTER_SILENT), >, rank (PTL_ERROR_ROUTER_NONE));
  g_assert_cmpint (rank (PTL_ERROR_ROUTER_REFUSED), >, rank (PTL_ERROR_NOT_SUPPORTED));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router/cause/codes", test_codes);
  g_test_add_func ("/router/cause/conflict", test_conflict);
  g_test_add_func ("/router/cause/rank", test_rank);
  return g_test_run ();
}
