/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-holding.h"

#define ID "94ca446d-3e92-492f-9008-a64d56577de6"

static PtlMapping *
granted_mapping (void)
{
  PtlMapping *mapping = ptl_mapping_new (PTL_PROTOCOL_UDP, 40000, 25565, 7200);

  mapping->system = PTL_ROUTER_PROTOCOL_PCP;
  mapping->granted_address = g_strdup ("203.0.113.5");
  mapping->granted_port = 25566;
  mapping->granted_lifetime = 3600;
  return mapping;
}

static void
test_granted (void)
{
  g_autoptr (PtlMapping) mapping = granted_mapping ();
  g_autoptr (PtlLease) lease = ptl_lease_from_mapping (mapping, "r1", "192.168.1.2");
  g_autoptr (PtlMapping) back = ptl_lease_to_mapping (lease, ID, "192.168.1.2");

  g_assert_cmpstr (lease->system, ==, "pcp");
  g_assert_cmpstr (lease->holder, ==, "r1");
  g_assert_cmpint (lease->endpoint->first, ==, 25566);
  g_assert_cmpstr (lease->endpoint->host, ==, "203.0.113.5");
  g_assert_cmpstr (lease->inner->host, ==, "192.168.1.2");
  g_assert_cmpint (lease->lifetime, ==, 3600);
  g_assert_cmpint (back->system, ==, PTL_ROUTER_PROTOCOL_PCP);
  g_assert_cmpint (back->protocol, ==, PTL_PROTOCOL_UDP);
  g_assert_cmpint (back->internal_port, ==, 40000);
  g_assert_null (back->internal_address);
  g_assert_cmpint (back->granted_port, ==, 25566);
  g_assert_cmpint (back->granted_lifetime, ==, 3600);
  g_assert_cmpmem (back->nonce, 12, mapping->nonce, 12);
  g_assert_cmpstr (back->description, ==, "portolan 94ca446d");
}

/* What was asked for and perhaps never granted: it is looked for by nonce, port and description. */
static void
test_asked (void)
{
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 40000, 0, 7200);
  g_autoptr (PtlLease) lease = ptl_lease_from_mapping (mapping, "r1", "192.168.1.2");
  g_autoptr (PtlMapping) back = ptl_lease_to_mapping (lease, ID, "192.168.1.2");

  g_assert_cmpstr (lease->system, ==, "");
  g_assert_cmpint (back->system, ==, PTL_ROUTER_PROTOCOL_NONE);
  g_assert_cmpint (back->internal_port, ==, 40000);
  g_assert_cmpmem (back->nonce, 12, mapping->nonce, 12);
}

/* This computer has another address now, or the target is another device: then it must be named. */
static void
test_other_inside (void)
{
  g_autoptr (PtlMapping) mapping = granted_mapping ();
  g_autoptr (PtlLease) lease = ptl_lease_from_mapping (mapping, "r1", "192.168.1.2");
  g_autoptr (PtlMapping) back = ptl_lease_to_mapping (lease, ID, "192.168.1.44");

  g_assert_cmpstr (back->internal_address, ==, "192.168.1.2");
}

static void
test_mangled_key (void)
{
  static const char *const keys[] = { "", "zz", "0123456789abcdef0123456789", "0123456789abcdef0123456g" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (PtlLease) lease = ptl_lease_new ("pcp", "r1");
      g_autoptr (PtlMapping) mapping = NULL;

      g_free (lease->key);
      lease->key = g_strdup (keys[i]);
      mapping = ptl_lease_to_mapping (lease, ID, NULL);
      g_assert_cmpint (mapping->granted_port, ==, 0);
    }
}

/* UPnP knows a pinhole by a number, PCP by the nonce. */
static void
test_pinhole (void)
{
  static const char *const wrong[] = { "pinhole:", "pinhole:-1", "pinhole:65536", "pinhole:1x", "pinhole" };
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 25565, 25565, 7200);
  g_autoptr (PtlLease) lease = NULL;
  g_autoptr (PtlMapping) back = NULL;

  g_assert_cmpint (mapping->pinhole, ==, -1);
  mapping->system = PTL_ROUTER_PROTOCOL_UPNP;
  mapping->pinhole = 17;
  mapping->granted_address = g_strdup ("2001:db8::10");
  mapping->granted_port = 25565;
  mapping->granted_lifetime = 7200;
  lease = ptl_lease_from_mapping (mapping, "r1", "2001:db8::10");
  g_assert_cmpstr (lease->key, ==, "pinhole:17");
  g_assert_true (ptl_lease_is_pinhole (lease));
  back = ptl_lease_to_mapping (lease, ID, "2001:db8::10");
  g_assert_cmpint (back->pinhole, ==, 17);
  g_assert_null (back->internal_address);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (PtlMapping) mangled = NULL;

      g_free (lease->key);
      lease->key = g_strdup (wrong[i]);
      mangled = ptl_lease_to_mapping (lease, ID, "2001:db8::10");
      g_assert_cmpint (mangled->pinhole, ==, -1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lease-mapping/granted", test_granted);
  g_test_add_func ("/lease-mapping/asked", test_asked);
  g_test_add_func ("/lease-mapping/other-inside", test_other_inside);
  g_test_add_func ("/lease-mapping/mangled-key", test_mangled_key);
  g_test_add_func ("/lease-mapping/pinhole", test_pinhole);
  return g_test_run ();
}
