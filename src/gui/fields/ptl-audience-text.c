/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

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

static gboolean
add_denied (GPtrArray *all, const char *text, GError **error)
{
  g_auto (GStrv) networks = NULL;

  if (!ptl_audience_parse (text, &networks, error))
    return FALSE;
  for (guint i = 0; networks[i] != NULL; i++)
    g_ptr_array_add (all, g_strconcat ("!", networks[i], NULL));
  return TRUE;
}

static gboolean
is_blank (const char *text)
{
  return text[strspn (text, ",; \t\n")] == '\0';
}

PtlAudience *
ptl_audience_compose (PtlWho who, const char *networks, const char *except, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) allowed = NULL;

  if (who == PTL_WHO_ONLY && !ptl_audience_parse (networks, &allowed, error))
    return NULL;
  for (guint i = 0; allowed != NULL && allowed[i] != NULL; i++)
    g_ptr_array_add (all, g_strdup (allowed[i]));
  if (who == PTL_WHO_BUT && !add_denied (all, networks, error))
    return NULL;
  if (who == PTL_WHO_ONLY && !is_blank (except) && !add_denied (all, except, error))
    return NULL;
  g_ptr_array_add (all, NULL);
  return ptl_audience_new ((const char *const *) all->pdata, error);
}

static char *
join (const PtlAudience *audience, guint n, const PtlNetwork *(*get) (const PtlAudience *, guint))
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *network = ptl_network_to_string (get (audience, i));

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", network);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

PtlWho
ptl_audience_take_apart (const PtlAudience *audience, char **networks, char **except)
{
  guint n_allowed = ptl_audience_get_n_networks (audience);
  g_autofree char *allowed = join (audience, n_allowed, ptl_audience_get_network);
  g_autofree char *denied
      = join (audience, ptl_audience_get_n_denied (audience), ptl_audience_get_denied);

  if (n_allowed > 0)
    {
      *networks = g_steal_pointer (&allowed);
      *except = g_steal_pointer (&denied);
      return PTL_WHO_ONLY;
    }
  *networks = g_steal_pointer (&denied);
  *except = g_strdup ("");
  return **networks != '\0' ? PTL_WHO_BUT : PTL_WHO_ANYONE;
}
