/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-pcp-rests.h"

#include <string.h>

/* A server that names a day would keep a port closed for a day; and a person who has helped does not want to wait. */
#define LONGEST_S 60
/* More than a home has rules: a server that refuses everything costs no more memory than that. */
#define MOST 4096

typedef struct
{
  guint8 nonce[PTL_PCP_NONCE_SIZE];
  guint8 ip_protocol;
  guint16 internal_port;
  guint16 external_port;
  guint8 result;
  gint64 until_us;
} Rest;

struct _PtlPcpRests
{
  GArray *rests; /* of Rest */
};

PtlPcpRests *
ptl_pcp_rests_new (void)
{
  PtlPcpRests *self = g_new0 (PtlPcpRests, 1);

  self->rests = g_array_new (FALSE, FALSE, sizeof (Rest));
  return self;
}

void
ptl_pcp_rests_free (PtlPcpRests *self)
{
  g_array_unref (self->rests);
  g_free (self);
}

static gboolean
is_for (const Rest *rest, const PtlPcpRequest *request)
{
  return memcmp (rest->nonce, request->nonce, PTL_PCP_NONCE_SIZE) == 0
         && rest->ip_protocol == request->ip_protocol && rest->internal_port == request->internal_port
         && rest->external_port == request->external_port;
}

/* And drops those whose time is over. */
static Rest *
find (PtlPcpRests *self, const PtlPcpRequest *request, gint64 boot_us)
{
  Rest *found = NULL;

  for (guint i = self->rests->len; i-- > 0;)
    {
      Rest *rest = &g_array_index (self->rests, Rest, i);

      if (rest->until_us <= boot_us)
        g_array_remove_index (self->rests, i);
    }
  for (guint i = 0; i < self->rests->len && found == NULL; i++)
    if (is_for (&g_array_index (self->rests, Rest, i), request))
      found = &g_array_index (self->rests, Rest, i);
  return found;
}

static gboolean
is_short_lived (guint8 result)
{
  return result == PTL_PCP_NETWORK_FAILURE || result == PTL_PCP_NO_RESOURCES || result == PTL_PCP_USER_EX_QUOTA;
}

void
ptl_pcp_rests_note (PtlPcpRests *self,
                    const PtlPcpRequest *request,
                    const PtlPcpResponse *response,
                    gint64 boot_us)
{
  Rest *known = find (self, request, boot_us);
  Rest rest = {
    .ip_protocol = request->ip_protocol,
    .internal_port = request->internal_port,
    .external_port = request->external_port,
    .result = response->result,
    .until_us = boot_us + (gint64) MIN (response->lifetime, LONGEST_S) * G_USEC_PER_SEC,
  };

  if (known != NULL)
    g_array_remove_index (self->rests, (guint) (known - (Rest *) self->rests->data));
  if (!is_short_lived (response->result) || self->rests->len >= MOST)
    return;
  memcpy (rest.nonce, request->nonce, PTL_PCP_NONCE_SIZE);
  g_array_append_val (self->rests, rest);
}

guint8
ptl_pcp_rests_get (PtlPcpRests *self, const PtlPcpRequest *request, gint64 boot_us)
{
  const Rest *rest = find (self, request, boot_us);

  return rest != NULL ? rest->result : PTL_PCP_SUCCESS;
}

void
ptl_pcp_rests_clear (PtlPcpRests *self)
{
  g_array_set_size (self->rests, 0);
}
