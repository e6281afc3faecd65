/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>

#include "gui/wizard/ptl-defaults.h"

#define SCHEMA "io.github.portolan.Portolan"

static void
test_settings (void)
{
  g_autoptr (GSettings) settings = g_settings_new (SCHEMA);
  g_autofree char *unset = NULL, *set = NULL, *blank = NULL;

  unset = ptl_defaults_dup_owner ();
  g_assert_cmpstr (unset, !=, "");
  g_settings_set_string (settings, "default-owner", "Ann");
  g_settings_set_uint (settings, "default-duration", 5400);
  set = ptl_defaults_dup_owner ();
  g_assert_cmpstr (set, ==, "Ann");
  g_assert_cmpint (ptl_defaults_get_seconds (), ==, 5400);
  g_settings_set_string (settings, "default-owner", "  ");
  blank = ptl_defaults_dup_owner ();
  g_assert_cmpstr (blank, ==, unset);
}

/* GLib ends a program that asks for a schema that is not there: in a process of its own. */
static void
test_no_schema (void)
{
  if (g_test_subprocess ())
    {
      g_autofree char *owner = ptl_defaults_dup_owner ();

      g_assert_cmpstr (owner, !=, "");
      g_assert_cmpint (ptl_defaults_get_seconds (), ==, 3 * 3600);
      return;
    }
  g_setenv ("GSETTINGS_SCHEMA_DIR", "/nonexistent", TRUE);
  g_setenv ("XDG_DATA_DIRS", "/nonexistent", TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/defaults/settings", test_settings);
  g_test_add_func ("/defaults/no-schema", test_no_schema);
  return g_test_run ();
}
