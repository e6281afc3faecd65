/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include "core/ptl-error.h"
#include "gui/preferences/ptl-autostart.h"

static void
test_file (void)
{
  g_autofree char *path = ptl_autostart_dup_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *exec = NULL;
  int argc;
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_str_has_prefix (path, g_get_user_config_dir ()));
  g_assert_true (ptl_autostart_write_file (TRUE, "/opt/my programs/portolan", &error));
  g_assert_no_error (error);
  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error));
  exec = g_key_file_get_string (file, "Desktop Entry", "Exec", &error);
  g_assert_no_error (error);
  g_assert_true (g_shell_parse_argv (exec, &argc, &argv, &error));
  g_assert_cmpint (argc, ==, 2);
  g_assert_cmpstr (argv[0], ==, "/opt/my programs/portolan");
  g_assert_cmpstr (argv[1], ==, "--background");

  g_assert_true (ptl_autostart_write_file (FALSE, "portolan", &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  /* Nothing there to remove is no error. */
  g_assert_true (ptl_autostart_write_file (FALSE, "portolan", &error));
  g_assert_no_error (error);
}

static void
test_file_in_the_way (void)
{
  g_autofree char *path = ptl_autostart_dup_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  g_autofree char *advice = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_config_dir (), 0700), ==, 0);
  g_assert_true (g_file_set_contents (folder, "in the way", -1, NULL));
  g_assert_false (ptl_autostart_write_file (TRUE, "portolan", &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_FAILED);
  advice = ptl_error_dup_advice (error);
  g_assert_cmpstr (advice, !=, "");
  g_unlink (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/gui/autostart/file", test_file);
  g_test_add_func ("/gui/autostart/file-in-the-way", test_file_in_the_way);
  return g_test_run ();
}
