/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-gate.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-policy.h"

struct _PtlGate
{
  gatomicrefcount refs;
  PtlEndpoint *listen;
  PtlSockaddr address; /* of @listen */
  PtlEndpoint *beside; /* or NULL */
  PtlSockaddr beside_address;
  char **forbidden;
};

PtlGate *
ptl_gate_new (const PtlEndpoint *listen, const char *const *forbidden)
{
  PtlGate *self = g_new0 (PtlGate, 1);

  g_atomic_ref_count_init (&self->refs);
  self->listen = ptl_endpoint_copy (listen);
  ptl_sockaddr_parse (&self->address, ptl_sockaddr_get_listen_host (listen->host), 0);
  self->forbidden = g_strdupv ((char **) forbidden);
  return self;
}

void
ptl_gate_set_beside (PtlGate *self, const PtlEndpoint *beside)
{
  self->beside = ptl_endpoint_copy (beside);
  ptl_sockaddr_parse (&self->beside_address, ptl_sockaddr_get_listen_host (beside->host), 0);
}

PtlGate *
ptl_gate_ref (PtlGate *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_gate_unref (PtlGate *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->refs))
    return;
  ptl_endpoint_free (self->listen);
  g_clear_pointer (&self->beside, ptl_endpoint_free);
  g_strfreev (self->forbidden);
  g_free (self);
}

/* A connection would come in again at once, and so on until no descriptor is left. */
static gboolean
leads_to (const PtlEndpoint *listen,
          const PtlSockaddr *here,
          const PtlEndpoint *target,
          const PtlSockaddr *address)
{
  return target->first <= listen->last && target->last >= listen->first
         && ptl_sockaddr_covers (here, address);
}

static gboolean
leads_back (const PtlGate *self, const PtlEndpoint *target, const PtlSockaddr *address)
{
  return leads_to (self->listen, &self->address, target, address)
         || (self->beside && leads_to (self->beside, &self->beside_address, target, address));
}

gboolean
ptl_gate_check (const PtlGate *self,
                const PtlEndpoint *target,
                const PtlSockaddr *address,
                GError **error)
{
  PtlAddress bytes;

  ptl_sockaddr_get_address (address, &bytes);
  if (!ptl_policy_check_resolved (target->host, bytes.family, bytes.bytes,
                                  (const char *const *) self->forbidden, error))
    return FALSE;
  if (!leads_back (self, target, address))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_POLICY,
                 _("Let the name lead to the device that is meant, or give the address itself."),
                 /* Translators: %s is a host name */
                 _("%s leads to the forward's own port: it would lead to itself."), target->host);
  return FALSE;
}
