/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ptl-address-class.h"

#include <string.h>

#include "core/ptl-error.h"

static const struct
{
  const char *address;
  PtlAddressClass kind;
} cases[] = {
  { "5.6.7.8", PTL_ADDRESS_PUBLIC },
  { "100.63.255.255", PTL_ADDRESS_PUBLIC },
  { "100.64.0.0", PTL_ADDRESS_SHARED },
  { "100.127.255.255", PTL_ADDRESS_SHARED },
  { "100.128.0.0", PTL_ADDRESS_PUBLIC },
  { "0.0.0.0", PTL_ADDRESS_NONE },
  { "10.1.2.3", PTL_ADDRESS_PRIVATE },
  { "11.0.0.0", PTL_ADDRESS_PUBLIC },
  { "172.15.255.255", PTL_ADDRESS_PUBLIC },
  { "172.16.0.1", PTL_ADDRESS_PRIVATE },
  { "172.31.255.255", PTL_ADDRESS_PRIVATE },
  { "172.32.0.0", PTL_ADDRESS_PUBLIC },
  { "192.168.1.1", PTL_ADDRESS_PRIVATE },
  { "192.0.0.2", PTL_ADDRESS_DSLITE },
  { "192.0.1.1", PTL_ADDRESS_PUBLIC },
  { "127.0.0.1", PTL_ADDRESS_LOOPBACK },
  { "169.254.9.9", PTL_ADDRESS_LINK_LOCAL },
  { "198.18.0.1", PTL_ADDRESS_SPECIAL },
  { "203.0.113.5", PTL_ADDRESS_SPECIAL },
  { "224.0.0.1", PTL_ADDRESS_SPECIAL },
  { "255.255.255.255", PTL_ADDRESS_SPECIAL },
  { "::", PTL_ADDRESS_NONE },
  { "::1", PTL_ADDRESS_LOOPBACK },
  { "fe80::1", PTL_ADDRESS_LINK_LOCAL },
  { "fd00::1", PTL_ADDRESS_PRIVATE },
  { "2a00::1", PTL_ADDRESS_PUBLIC },
  { "::ffff:10.0.0.1", PTL_ADDRESS_PRIVATE },
  { "::ffff:5.6.7.8", PTL_ADDRESS_PUBLIC },
  { "", PTL_ADDRESS_NONE },
  { "nonsense", PTL_ADDRESS_NONE },
  { NULL, PTL_ADDRESS_NONE },
};

static void
test_class (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].address);
      g_assert_cmpint (ptl_address_class_of (cases[i].address), ==, cases[i].kind);
    }
}

/* Every class but the public one is explained: with the router, and with something to do. */
static void
test_error (void)
{
  g_assert_null (ptl_address_class_to_error (PTL_ADDRESS_PUBLIC, "192.168.1.1", "5.6.7.8"));
  for (int kind = PTL_ADDRESS_NONE; kind <= PTL_ADDRESS_SPECIAL; kind++)
    {
      g_autoptr (GError) error = ptl_address_class_to_error (kind, "192.168.1.1", "10.9.8.7");
      g_autofree char *what = ptl_error_dup_what (error);
      g_autofree char *advice = ptl_error_dup_advice (error);

      g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_OFFLINE);
      g_assert_nonnull (strstr (what, "192.168.1.1"));
      g_assert_true (g_str_has_suffix (what, "."));
      g_assert_true (g_str_has_suffix (advice, "."));
      if (kind != PTL_ADDRESS_NONE)
        g_assert_nonnull (strstr (what, "10.9.8.7"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router/address-class/class", test_class);
  g_test_add_func ("/router/address-class/error", test_error);
  return g_test_run ();
}
