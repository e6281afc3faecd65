/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firewall/ptl-address-set.h"

/* @text: networks, separated by spaces. */
static PtlAddressSet *
set_from (guint8 family, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);
  g_autoptr (GArray) networks = g_array_new (FALSE, FALSE, sizeof (PtlNetwork));

  for (guint i = 0; parts[i] != NULL && *text != '\0'; i++)
    {
      PtlNetwork network;

      g_assert_true (ptl_network_parse (parts[i], &network, NULL));
      g_array_append_val (networks, network);
    }
  return ptl_address_set_new (family, (const PtlNetwork *) (const void *) networks->data, networks->len);
}

static char *
to_text (const PtlAddressSet *set)
{
  g_auto (GStrv) networks = ptl_address_set_dup_networks (set, 200);

  return networks != NULL ? g_strjoinv (" ", networks) : g_strdup ("too many");
}

static void
assert_set (const PtlAddressSet *set, const char *expected)
{
  g_autofree char *text = to_text (set);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_new (void)
{
  static const struct
  {
    guint8 family;
    const char *text, *expected;
  } cases[] = {
    { 4, "", "" },
    { 4, "192.0.2.0/25 192.0.2.128/25", "192.0.2.0/24" },
    { 4, "10.0.0.0/8 10.1.0.0/16 10.0.0.1", "10.0.0.0/8" },
    { 4, "10.0.0.2 10.0.0.1 10.0.0.3", "10.0.0.1/32 10.0.0.2/31" },
    { 4, "0.0.0.0/1 128.0.0.0/1", "0.0.0.0/0" },
    { 4, "255.255.255.255 0.0.0.0", "0.0.0.0/32 255.255.255.255/32" },
    { 4, "10.0.0.0/8 2001:db8::/32", "10.0.0.0/8" },
    { 6, "10.0.0.0/8 2001:db8::/32", "2001:db8::/32" },
    { 6, "::/1 8000::/1", "::/0" },
    { 6, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlAddressSet) set = set_from (cases[i].family, cases[i].text);

      g_test_message ("%s", cases[i].text);
      assert_set (set, cases[i].expected);
    }
}

static void
test_operations (void)
{
  static const struct
  {
    guint8 family;
    const char *a, *b, *both, *either, *rest;
  } cases[] = {
    { 4, "10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/16", "10.0.0.0/8",
      "10.0.0.0/16 10.2.0.0/15 10.4.0.0/14 10.8.0.0/13 10.16.0.0/12 10.32.0.0/11 10.64.0.0/10 10.128.0.0/9" },
    { 4, "10.0.0.0/8", "192.168.0.0/16", "", "10.0.0.0/8 192.168.0.0/16", "10.0.0.0/8" },
    { 4, "0.0.0.0/0", "128.0.0.0/1", "128.0.0.0/1", "0.0.0.0/0", "0.0.0.0/1" },
    { 4, "", "10.0.0.0/8", "", "10.0.0.0/8", "" },
    { 4, "10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/8", "" },
    { 6, "2001:db8::/126", "2001:db8::1", "2001:db8::1/128", "2001:db8::/126", "2001:db8::/128 2001:db8::2/127" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlAddressSet) a = set_from (cases[i].family, cases[i].a);
      g_autoptr (PtlAddressSet) b = set_from (cases[i].family, cases[i].b);
      g_autoptr (PtlAddressSet) both = ptl_address_set_intersect (a, b);
      g_autoptr (PtlAddressSet) either = ptl_address_set_unite (a, b);
      g_autoptr (PtlAddressSet) rest = ptl_address_set_subtract (a, b);

      g_test_message ("%s, %s", cases[i].a, cases[i].b);
      assert_set (both, cases[i].both);
      assert_set (either, cases[i].either);
      assert_set (rest, cases[i].rest);
    }
}

static void
test_ends (void)
{
  for (guint8 family = 4; family <= 6; family += 2)
    {
      g_autoptr (PtlAddressSet) all = ptl_address_set_new_all (family);
      g_autoptr (PtlAddressSet) none = ptl_address_set_invert (all);
      g_autoptr (PtlAddressSet) again = ptl_address_set_invert (none);

      g_assert_true (ptl_address_set_is_all (all) && !ptl_address_set_is_empty (all));
      g_assert_true (ptl_address_set_is_empty (none) && !ptl_address_set_is_all (none));
      g_assert_true (ptl_address_set_is_all (again));
    }
}

static void
test_too_many (void)
{
  g_autoptr (PtlAddressSet) set = set_from (4, "10.0.0.1 10.0.0.3 10.0.0.5");
  g_auto (GStrv) three = ptl_address_set_dup_networks (set, 3);
  g_auto (GStrv) two = ptl_address_set_dup_networks (set, 2);

  g_assert_cmpuint (g_strv_length (three), ==, 3);
  g_assert_null (two);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address-set/new", test_new);
  g_test_add_func ("/address-set/operations", test_operations);
  g_test_add_func ("/address-set/ends", test_ends);
  g_test_add_func ("/address-set/too many", test_too_many);
  return g_test_run ();
}
