/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>

#include "core/ptl-error.h"

static void
test_names (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = 0; i < PTL_N_ERRORS; i++)
    {
      const char *name = ptl_error_code_to_name ((PtlError) i);
      PtlError code = PTL_N_ERRORS;

      g_assert_nonnull (name);
      g_assert_true (g_hash_table_add (seen, (gpointer) name));
      g_assert_true (g_hash_table_add (seen,
                                       (gpointer) ptl_error_code_to_dbus_suffix ((PtlError) i)));
      g_assert_true (ptl_error_code_from_name (name, &code));
      g_assert_cmpint (code, ==, i);
    }
  g_assert_cmpstr (ptl_error_code_to_name (PTL_ERROR_PORT_TAKEN), ==, "port-taken");
  g_assert_cmpstr (ptl_error_code_to_dbus_suffix (PTL_ERROR_PORT_TAKEN), ==, "PortTaken");
}

static void
test_unknown_name (void)
{
  PtlError code = PTL_ERROR_BUSY;

  g_assert_false (ptl_error_code_from_name ("", &code));
  g_assert_false (ptl_error_code_from_name (NULL, &code));
  g_assert_false (ptl_error_code_from_name ("PortTaken", &code));
  g_assert_cmpint (code, ==, PTL_ERROR_BUSY);
  g_assert_cmpstr (ptl_error_code_to_name ((PtlError) 999), ==, "failed");
}

static void
test_two_lines (void)
{
  g_autoptr (GError) error
      = ptl_error_new (PTL_ERROR_PORT_TAKEN, "Choose another.", "Port %d is\ntaken.", 80);
  g_autofree char *what = ptl_error_dup_what (error);
  g_autofree char *advice = ptl_error_dup_advice (error);

  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  g_assert_cmpstr (error->message, ==, "Port 80 is taken.\nChoose another.");
  g_assert_cmpstr (what, ==, "Port 80 is taken.");
  g_assert_cmpstr (advice, ==, "Choose another.");
}

static void
test_one_line (void)
{
  g_autoptr (GError) error = ptl_error_new (PTL_ERROR_FAILED, NULL, "No.");
  g_autofree char *advice = ptl_error_dup_advice (error);

  g_assert_cmpstr (error->message, ==, "No.");
  g_assert_cmpstr (advice, ==, "");
  ptl_error_set (NULL, PTL_ERROR_FAILED, NULL, "Nobody listens.");
}

static void
test_code_of (void)
{
  const struct
  {
    GIOErrorEnum io;
    PtlError code;
  } cases[] = {
    { G_IO_ERROR_CANCELLED, PTL_ERROR_CANCELLED },
    { G_IO_ERROR_TIMED_OUT, PTL_ERROR_TIMED_OUT },
    { G_IO_ERROR_NOT_FOUND, PTL_ERROR_NOT_FOUND },
    { G_IO_ERROR_PERMISSION_DENIED, PTL_ERROR_PERMISSION },
    { G_IO_ERROR_ADDRESS_IN_USE, PTL_ERROR_PORT_TAKEN },
    { G_IO_ERROR_NO_SPACE, PTL_ERROR_STORE_FULL },
    { G_IO_ERROR_READ_ONLY, PTL_ERROR_STORE_READ_ONLY },
    { G_IO_ERROR_NOT_SUPPORTED, PTL_ERROR_NOT_SUPPORTED },
    { G_IO_ERROR_BUSY, PTL_ERROR_BUSY },
    { G_IO_ERROR_INVALID_ARGUMENT, PTL_ERROR_INVALID },
    { G_IO_ERROR_BROKEN_PIPE, PTL_ERROR_FAILED },
  };
  g_autoptr (GError) foreign = g_error_new (G_FILE_ERROR, G_FILE_ERROR_NOENT, "x");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new (G_IO_ERROR, (int) cases[i].io, "x");

      g_assert_cmpint (ptl_error_code_of (error), ==, cases[i].code);
    }
  g_assert_cmpint (ptl_error_code_of (foreign), ==, PTL_ERROR_FAILED);
  g_assert_cmpint (ptl_error_code_of (NULL), ==, PTL_ERROR_FAILED);
}

static void
test_exit (void)
{
  g_assert_cmpint (ptl_error_code_to_exit (PTL_ERROR_FAILED), ==, 1);
  g_assert_cmpint (ptl_error_code_to_exit (PTL_ERROR_INVALID), ==, 2);
  g_assert_cmpint (ptl_error_code_to_exit (PTL_ERROR_AMBIGUOUS), ==, 2);
  g_assert_cmpint (ptl_error_code_to_exit (PTL_ERROR_NOT_SUPPORTED), ==, 2);
  g_assert_cmpint (ptl_error_code_to_exit (PTL_ERROR_POLICY), ==, 3);
  g_assert_cmpint (ptl_error_code_to_exit (PTL_ERROR_WORKER), ==, 4);
  g_assert_cmpint (ptl_error_code_to_exit (PTL_ERROR_NOT_FOUND), ==, 5);
  for (int i = PTL_ERROR_ROUTER_NONE; i <= PTL_ERROR_HOST_KEY_CHANGED; i++)
    g_assert_cmpint (ptl_error_code_to_exit ((PtlError) i), ==, 6);
  for (int i = 0; i < PTL_N_ERRORS; i++)
    g_assert_cmpint (ptl_error_code_to_exit ((PtlError) i), !=, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/names", test_names);
  g_test_add_func ("/error/unknown-name", test_unknown_name);
  g_test_add_func ("/error/two-lines", test_two_lines);
  g_test_add_func ("/error/one-line", test_one_line);
  g_test_add_func ("/error/code-of", test_code_of);
  g_test_add_func ("/error/exit", test_exit);
  return g_test_run ();
}
