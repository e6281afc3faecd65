/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-error.h"
#include "core/ptl-lease.h"

static PtlLease *
make (void)
{
  PtlLease *lease = ptl_lease_new ("pcp", "r1");

  lease->endpoint = ptl_endpoint_new (PTL_PROTOCOL_UDP, "203.0.113.5", 25565, 25565);
  lease->inner = ptl_endpoint_new (PTL_PROTOCOL_UDP, "192.168.1.5", 40000, 40000);
  lease->lifetime = 7200;
  lease->granted = 1000;
  lease->renew = 4600;
  lease->read_back = 1001;
  g_free (lease->key);
  lease->key = g_strdup ("00112233");
  return lease;
}

static void
test_variant (void)
{
  g_autoptr (PtlLease) lease = make ();
  g_autoptr (PtlLease) copy = ptl_lease_copy (lease);
  g_autoptr (GVariant) variant = g_variant_ref_sink (ptl_lease_to_variant (lease));
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlLease) again = ptl_lease_from_variant (variant, &error);
  const char *text = NULL;

  g_assert_no_error (error);
  g_assert_true (ptl_lease_equal (lease, again));
  g_assert_true (ptl_lease_equal (lease, copy));
  g_assert_true (g_variant_lookup (variant, "Endpoint", "&s", &text));
  g_assert_cmpstr (text, ==, "203.0.113.5:25565");
  copy->renew++;
  g_assert_false (ptl_lease_equal (lease, copy));
  g_assert_false (ptl_lease_equal (lease, NULL));
}

static void
test_empty (void)
{
  g_autoptr (PtlLease) lease = ptl_lease_new ("engine", NULL);
  g_autoptr (GVariant) variant = g_variant_ref_sink (ptl_lease_to_variant (lease));
  g_autoptr (PtlLease) again = ptl_lease_from_variant (variant, NULL);

  g_assert_true (ptl_lease_equal (lease, again));
  g_assert_null (again->endpoint);
}

static void
test_inner_only (void)
{
  g_autoptr (PtlLease) lease = ptl_lease_new ("ssh", "vps");
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (PtlLease) again = NULL;

  lease->inner = ptl_endpoint_new_unix ("/run/x");
  variant = g_variant_ref_sink (ptl_lease_to_variant (lease));
  again = ptl_lease_from_variant (variant, NULL);
  g_assert_true (ptl_lease_equal (lease, again));
}

static void
test_bad (void)
{
  const char *const texts[] = {
    "{'System': <1>}",
    "{'Protocol': <'sctp'>}",
    "{'Endpoint': <'1.2.3.4:99999'>}",
    "{'Lifetime': <uint32 5>}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GVariant) variant
          = g_variant_parse (G_VARIANT_TYPE_VARDICT, texts[i], NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (ptl_lease_from_variant (variant, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lease/variant", test_variant);
  g_test_add_func ("/lease/empty", test_empty);
  g_test_add_func ("/lease/inner-only", test_inner_only);
  g_test_add_func ("/lease/bad", test_bad);
  return g_test_run ();
}
