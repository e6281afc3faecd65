/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/ptl-api-error.h"

static void
test_both_ways (void)
{
  ptl_api_register_errors ();
  ptl_api_register_errors ();
  for (int i = 0; i < PTL_N_ERRORS; i++)
    {
      g_autoptr (GError) sent = ptl_error_new ((PtlError) i, "Do this.", "That is wrong.");
      g_autofree char *name = g_dbus_error_encode_gerror (sent);
      g_autofree char *expected
          = g_strconcat (PTL_ERROR_DBUS_PREFIX, ptl_error_code_to_dbus_suffix ((PtlError) i), NULL);
      g_autoptr (GError) received = g_dbus_error_new_for_dbus_error (name, sent->message);
      g_autoptr (GError) shown = ptl_api_error_from_dbus (received);

      g_assert_cmpstr (name, ==, expected);
      g_assert_error (shown, PTL_ERROR, i);
      g_assert_cmpstr (shown->message, ==, "That is wrong.\nDo this.");
    }
}

static void
test_worker_lost (void)
{
  const char *const names[] = {
    "org.freedesktop.DBus.Error.NoReply",
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.Disconnected",
    "org.freedesktop.DBus.Error.Spawn.ExecFailed",
    "org.freedesktop.DBus.Error.Spawn.ChildExited",
    "org.freedesktop.DBus.Error.Spawn.ServiceNotFound",
    "org.freedesktop.DBus.Error.Spawn.Unheard",
    "org.freedesktop.DBus.Error.NoServer",
  };
  g_autoptr (GError) closed
      = g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection is closed");
  g_autoptr (GError) shown_closed = ptl_api_error_from_dbus (closed);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) received = g_dbus_error_new_for_dbus_error (names[i], "bla");
      g_autoptr (GError) shown = ptl_api_error_from_dbus (received);

      g_test_message ("%s", names[i]);
      g_assert_error (shown, PTL_ERROR, PTL_ERROR_WORKER);
    }
  g_assert_error (shown_closed, PTL_ERROR, PTL_ERROR_WORKER);
}

static void
test_others (void)
{
  const struct
  {
    const char *name;
    PtlError code;
  } cases[] = {
    { "org.freedesktop.DBus.Error.InvalidArgs", PTL_ERROR_INVALID },
    { "org.freedesktop.DBus.Error.UnknownObject", PTL_ERROR_NOT_FOUND },
    { "org.freedesktop.DBus.Error.AccessDenied", PTL_ERROR_FAILED },
    { PTL_ERROR_DBUS_PREFIX "Novel", PTL_ERROR_FAILED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) received = g_dbus_error_new_for_dbus_error (cases[i].name, "Why.");
      g_autoptr (GError) shown = ptl_api_error_from_dbus (received);

      g_assert_error (shown, PTL_ERROR, (int) cases[i].code);
      g_assert_cmpstr (shown->message, ==, "Why.");
    }
}

static void
test_cancelled (void)
{
  g_autoptr (GError) cancelled = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
  g_autoptr (GError) shown = ptl_api_error_from_dbus (cancelled);

  g_assert_error (shown, PTL_ERROR, PTL_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/api-error/both-ways", test_both_ways);
  g_test_add_func ("/api-error/worker-lost", test_worker_lost);
  g_test_add_func ("/api-error/others", test_others);
  g_test_add_func ("/api-error/cancelled", test_cancelled);
  return g_test_run ();
}
