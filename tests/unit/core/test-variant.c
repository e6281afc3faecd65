/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-variant.h"

static GVariantDict *
parse (const char *text)
{
  g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  return g_variant_dict_new (variant);
}

static void
test_missing (void)
{
  g_autoptr (GVariantDict) dict = parse ("@a{sv} {}");
  g_autofree char *text = g_strdup ("kept");
  gint64 number = 5;
  guint16 port = 6;
  PtlProtocol protocol = PTL_PROTOCOL_UDP;
  PtlEndpoint *endpoint = NULL;

  g_assert_true (ptl_variant_get_string (dict, "A", &text, NULL));
  g_assert_true (ptl_variant_get_int64 (dict, "A", &number, NULL));
  g_assert_true (ptl_variant_get_port (dict, "A", &port, NULL));
  g_assert_true (ptl_variant_get_protocol (dict, "A", &protocol, NULL));
  g_assert_true (ptl_variant_get_endpoint (dict, "A", protocol, &endpoint, NULL));
  g_assert_cmpstr (text, ==, "kept");
  g_assert_cmpint (number, ==, 5);
  g_assert_cmpuint (port, ==, 6);
  g_assert_cmpint (protocol, ==, PTL_PROTOCOL_UDP);
  g_assert_null (endpoint);
}

static void
test_wrong_type (void)
{
  g_autoptr (GVariantDict) dict = parse ("{'A': <true>, 'P': <uint32 65536>}");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gint64 number = 5;
  guint64 large = 5;
  guint16 port = 6;

  g_assert_false (ptl_variant_get_string (dict, "A", &text, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "“A”"));
  g_assert_false (ptl_variant_get_int64 (dict, "A", &number, NULL));
  g_assert_false (ptl_variant_get_uint64 (dict, "A", &large, NULL));
  g_assert_false (ptl_variant_get_port (dict, "A", &port, NULL));
  g_assert_false (ptl_variant_get_port (dict, "P", &port, NULL));
  g_assert_cmpuint (port, ==, 6);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/variant/missing", test_missing);
  g_test_add_func ("/variant/wrong-type", test_wrong_type);
  return g_test_run ();
}
