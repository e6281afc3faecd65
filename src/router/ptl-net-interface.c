/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-net-interface.h"

#include <linux/if.h>

#include "ptl-gateway.h"

void
ptl_net_interface_free (PtlNetInterface *self)
{
  g_free (self->name);
  g_strfreev (self->addresses);
  g_free (self);
}

static char **
dup_addresses (const PtlNetTables *tables, int index)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < tables->addresses->len; i++)
    {
      const PtlNetAddress *address = tables->addresses->pdata[i];
      g_autofree char *text = g_strdup_printf ("%s/%u", address->address, address->prefix);

      if (address->index == index)
        g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

static PtlNetInterface *
make_interface (const PtlNetTables *tables, const PtlNetLink *link)
{
  PtlNetInterface *self = g_new0 (PtlNetInterface, 1);
  const char *why_not = ptl_gateway_why_not (link);

  self->name = g_strdup (link->name);
  self->why_not = why_not != NULL ? why_not : "";
  self->addresses = dup_addresses (tables, link->index);
  return self;
}

GPtrArray *
ptl_net_interfaces_list (const PtlNetTables *tables)
{
  GPtrArray *interfaces = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_net_interface_free);

  for (guint i = 0; tables != NULL && i < tables->links->len; i++)
    {
      const PtlNetLink *link = tables->links->pdata[i];
      PtlNetInterface *interface;

      if ((link->flags & IFF_UP) == 0 || (link->flags & IFF_LOOPBACK) != 0)
        continue;
      interface = make_interface (tables, link);
      if (interface->addresses[0] != NULL)
        g_ptr_array_add (interfaces, interface);
      else
        ptl_net_interface_free (interface);
    }
  return interfaces;
}
