/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-client-private.h"

#include <glib/gi18n-lib.h>

#include "api/ptl-api-error.h"

GError *
ptl_client_new_lost_error (void)
{
  return ptl_error_new (PTL_ERROR_WORKER,
                        _("Look at “systemctl --user status portolan-worker”, or start "
                          "portolan-worker in a terminal to see why."),
                        "%s", _("The background worker of Portolan cannot be reached."));
}

GError *
ptl_client_map_error (GError *error)
{
  g_autoptr (GError) owned = error;

  return ptl_api_error_from_dbus (owned);
}
