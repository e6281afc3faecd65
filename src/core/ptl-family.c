/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-family.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-error.h"
#include "ptl-text.h"

#define SHOWN_CHARS 40

static const char *const names[] = { "auto", "ipv4", "ipv6", "both" };

const char *
ptl_family_to_string (PtlFamily family)
{
  g_return_val_if_fail ((guint) family < G_N_ELEMENTS (names), "");
  return names[family];
}

gboolean
ptl_family_from_string (const char *text, PtlFamily *family, GError **error)
{
  g_autofree char *shown = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], text) == 0)
      {
        *family = (PtlFamily) i;
        return TRUE;
      }
  shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
  ptl_error_set (error, PTL_ERROR_INVALID, _("Say ipv4, ipv6 or both, or leave it out."),
                 /* Translators: %s is what a person typed */
                 _("“%s” is no kind of internet address."), shown);
  return FALSE;
}

static gboolean
is_by_router (const PtlLease *lease)
{
  return strcmp (lease->system, "engine") != 0 && strcmp (lease->system, "ssh") != 0;
}

gboolean
ptl_lease_is_pinhole (const PtlLease *lease)
{
  const PtlEndpoint *inner = lease->inner;

  return is_by_router (lease) && inner != NULL && inner->host != NULL
         && strchr (inner->host, ':') != NULL;
}

static gboolean
is_granted (const PtlLease *lease)
{
  return *lease->system != '\0' && lease->endpoint != NULL && lease->endpoint->host != NULL;
}

PtlEndpoint *
ptl_leases_dup_pinhole_endpoint (const GPtrArray *leases)
{
  PtlEndpoint *endpoint = NULL;

  for (guint i = 0; leases != NULL && i < leases->len; i++)
    {
      const PtlLease *lease = leases->pdata[i];

      if (!ptl_lease_is_pinhole (lease) || !is_granted (lease))
        continue;
      if (endpoint == NULL)
        endpoint = ptl_endpoint_copy (lease->endpoint);
      endpoint->protocol |= lease->endpoint->protocol;
      endpoint->first = MIN (endpoint->first, lease->endpoint->first);
      endpoint->last = MAX (endpoint->last, lease->endpoint->last);
    }
  return endpoint;
}

gboolean
ptl_leases_have_ipv4 (const GPtrArray *leases)
{
  for (guint i = 0; leases != NULL && i < leases->len; i++)
    {
      const PtlLease *lease = leases->pdata[i];

      if (is_by_router (lease) && *lease->system != '\0' && !ptl_lease_is_pinhole (lease))
        return TRUE;
    }
  return FALSE;
}
