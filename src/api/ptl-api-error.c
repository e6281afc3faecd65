/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-api-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SPAWN_PREFIX "org.freedesktop.DBus.Error.Spawn."

void
ptl_api_register_errors (void)
{
  static gsize registered = 0;

  if (!g_once_init_enter (&registered))
    return;
  for (int i = 0; i < PTL_N_ERRORS; i++)
    {
      g_autofree char *name
          = g_strconcat (PTL_ERROR_DBUS_PREFIX, ptl_error_code_to_dbus_suffix ((PtlError) i), NULL);

      g_dbus_error_register_error (PTL_ERROR, i, name);
    }
  g_once_init_leave (&registered, 1);
}

static gboolean
is_spawn (int code)
{
  return code >= G_DBUS_ERROR_SPAWN_EXEC_FAILED && code <= G_DBUS_ERROR_SPAWN_NO_MEMORY;
}

/* Nobody is there who could answer, as against: somebody answered no. */
static gboolean
is_worker_lost (const GError *error)
{
  static const int codes[] = {
    G_DBUS_ERROR_SERVICE_UNKNOWN, G_DBUS_ERROR_NAME_HAS_NO_OWNER, G_DBUS_ERROR_NO_REPLY,
    G_DBUS_ERROR_NO_SERVER,       G_DBUS_ERROR_DISCONNECTED,      G_DBUS_ERROR_TIMEOUT,
    G_DBUS_ERROR_TIMED_OUT,
  };

  if (error->domain == G_IO_ERROR)
    return error->code == G_IO_ERROR_CLOSED || error->code == G_IO_ERROR_NOT_CONNECTED
           || error->code == G_IO_ERROR_CONNECTION_REFUSED || error->code == G_IO_ERROR_BROKEN_PIPE
           || error->code == G_IO_ERROR_TIMED_OUT || error->code == G_IO_ERROR_NOT_FOUND;
  if (error->domain != G_DBUS_ERROR)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (codes[i] == error->code)
      return TRUE;
  return is_spawn (error->code);
}

static gboolean
is_bad_call (const GError *error)
{
  return error->domain == G_DBUS_ERROR
         && (error->code == G_DBUS_ERROR_INVALID_ARGS
             || error->code == G_DBUS_ERROR_INVALID_SIGNATURE);
}

static gboolean
is_gone (const GError *error)
{
  return error->domain == G_DBUS_ERROR && error->code == G_DBUS_ERROR_UNKNOWN_OBJECT;
}

/* The names are known even where nobody registered them; what is no name of ours is left FAILED. */
static PtlError
code_from_remote_name (const char *name)
{
  if (name == NULL || !g_str_has_prefix (name, PTL_ERROR_DBUS_PREFIX))
    return PTL_ERROR_FAILED;
  for (int i = 0; i < PTL_N_ERRORS; i++)
    if (strcmp (name + strlen (PTL_ERROR_DBUS_PREFIX), ptl_error_code_to_dbus_suffix ((PtlError) i))
        == 0)
      return (PtlError) i;
  return PTL_ERROR_FAILED;
}

GError *
ptl_api_error_from_dbus (const GError *error)
{
  g_autoptr (GError) stripped = NULL;
  g_autofree char *remote = NULL;

  g_return_val_if_fail (error != NULL, NULL);
  ptl_api_register_errors ();
  stripped = g_error_copy (error);
  remote = g_dbus_error_get_remote_error (stripped);
  g_dbus_error_strip_remote_error (stripped);
  if (stripped->domain == PTL_ERROR)
    return g_steal_pointer (&stripped);
  if (is_worker_lost (stripped) || (remote != NULL && g_str_has_prefix (remote, SPAWN_PREFIX)))
    return ptl_error_new (PTL_ERROR_WORKER,
                          _ ("Start it with “systemctl --user start portolan-worker”, or log in "
                             "again."),
                          _ ("Portolan's background worker cannot be reached."));
  stripped->code = (int) ptl_error_code_of (stripped);
  if (is_bad_call (error))
    stripped->code = PTL_ERROR_INVALID;
  else if (is_gone (error))
    stripped->code = PTL_ERROR_NOT_FOUND;
  else if (remote != NULL && stripped->code == PTL_ERROR_FAILED)
    stripped->code = (int) code_from_remote_name (remote);
  stripped->domain = PTL_ERROR;
  return g_steal_pointer (&stripped);
}
