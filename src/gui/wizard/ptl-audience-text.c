/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/ptl-audience.h"
#include "core/ptl-error.h"
#include "ptl-audience-text.h"

gboolean
ptl_audience_parse (const char *text, char ***networks, GError **error)
{
  g_auto (GStrv) parts = g_strsplit_set (text, ",; \t\n", -1);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      PtlNetwork network;

      if (*parts[i] == '\0')
        continue;
      if (!ptl_network_parse (parts[i], &network, error))
        return FALSE;
      g_ptr_array_add (found, ptl_network_to_string (&network));
    }
  if (found->len == 0)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Type one like 203.0.113.7, or 198.51.100.0/24."),
                     _ ("No network is named yet."));
      return FALSE;
    }
  g_ptr_array_add (found, NULL);
  *networks = (char **) g_ptr_array_free (g_steal_pointer (&found), FALSE);
  return TRUE;
}
