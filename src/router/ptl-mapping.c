/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/random.h>

#include "ptl-mapper.h"

/* The nonce is what keeps another host from deleting our mapping (RFC 6887, section 18.2): no weak
 * randomness. */
static void
fill_nonce (guint8 *nonce, gsize size)
{
  while (getrandom (nonce, size, 0) != (gssize) size)
    ;
}

PtlMapping *
ptl_mapping_new (PtlProtocol protocol,
                 guint16 internal_port,
                 guint16 external_port,
                 guint32 lifetime)
{
  PtlMapping *self = g_new0 (PtlMapping, 1);

  self->protocol = protocol;
  self->internal_port = internal_port;
  self->external_port = external_port;
  self->lifetime = lifetime;
  self->pinhole = -1;
  fill_nonce (self->nonce, sizeof self->nonce);
  return self;
}

PtlMapping *
ptl_mapping_copy (const PtlMapping *self)
{
  PtlMapping *copy = g_memdup2 (self, sizeof *self);

  copy->internal_address = g_strdup (self->internal_address);
  copy->description = g_strdup (self->description);
  copy->remote = g_strdup (self->remote);
  copy->granted_address = g_strdup (self->granted_address);
  return copy;
}

PtlMapping *
ptl_mapping_dup_granted (const PtlMapping *asked,
                         PtlRouterProtocol system,
                         guint16 port,
                         guint32 lifetime,
                         const char *address)
{
  PtlMapping *granted = ptl_mapping_copy (asked);

  granted->system = system;
  granted->granted_port = port;
  granted->granted_lifetime = lifetime;
  granted->read_back = FALSE;
  g_free (granted->granted_address);
  granted->granted_address = address != NULL && *address != '\0' ? g_strdup (address) : NULL;
  return granted;
}

void
ptl_mapping_free (PtlMapping *self)
{
  g_free (self->internal_address);
  g_free (self->description);
  g_free (self->remote);
  g_free (self->granted_address);
  g_free (self);
}

void
ptl_router_entry_free (PtlRouterEntry *self)
{
  g_free (self->address);
  g_free (self->description);
  g_free (self->remote);
  g_free (self);
}

static const char *const protocol_names[] = { "", "pcp", "natpmp", "upnp" };

const char *
ptl_router_protocol_to_string (PtlRouterProtocol protocol)
{
  g_return_val_if_fail (protocol < G_N_ELEMENTS (protocol_names), "");
  return protocol_names[protocol];
}

gboolean
ptl_router_protocol_from_string (const char *text, PtlRouterProtocol *protocol)
{
  for (guint i = PTL_ROUTER_PROTOCOL_PCP; i < G_N_ELEMENTS (protocol_names); i++)
    if (g_strcmp0 (text, protocol_names[i]) == 0)
      {
        *protocol = i;
        return TRUE;
      }
  return FALSE;
}

const char *
ptl_router_state_to_string (PtlRouterState state)
{
  static const char *const names[] = { "searching", "ready", "offline", "silent", "none" };

  g_return_val_if_fail (state < G_N_ELEMENTS (names), "none");
  return names[state];
}
