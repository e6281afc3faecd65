/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-address-source.h"

#include <glib/gi18n-lib.h>
#include <linux/if_addr.h>
#include <sys/socket.h>

#include "router/ptl-address-class.h"
#include "router/ptl-gateway.h"
#include "worker/ptl-alarm.h"

#define PROBE_US (5 * 60 * G_USEC_PER_SEC)

struct _PtlAddressSource
{
  GObject parent;

  PtlClock *clock;
  PtlDiscovery *discovery;
  PtlNetlink *netlink;
  PtlAlarm *alarm;
  gboolean followed;
  gboolean probing;
  char *addresses[PTL_N_ADDRESS_FAMILIES];
  char *witnesses[PTL_N_ADDRESS_FAMILIES];
  GError *errors[PTL_N_ADDRESS_FAMILIES];
};

G_DEFINE_FINAL_TYPE (PtlAddressSource, ptl_address_source, G_TYPE_OBJECT)

static guint changed_signal;

/* ---- IPv6: this computer's own ---- */

static const PtlNetLink *
find_link (const PtlNetTables *tables, int index)
{
  for (guint i = 0; i < tables->links->len; i++)
    {
      const PtlNetLink *link = tables->links->pdata[i];

      if (link->index == index)
        return link;
    }
  return NULL;
}

/* The link of the best IPv6 default route that is no VPN and no bridge of containers; 0 = none. */
static int
find_ipv6_link (const PtlNetTables *tables)
{
  const PtlNetRoute *best = NULL;

  for (guint i = 0; i < tables->routes->len; i++)
    {
      const PtlNetRoute *route = tables->routes->pdata[i];
      const PtlNetLink *link = find_link (tables, route->index);

      if (route->family == AF_INET6 && link != NULL && ptl_gateway_why_not (link) == NULL
          && (best == NULL || route->metric < best->metric))
        best = route;
    }
  return best != NULL ? best->index : 0;
}

static gboolean
will_do (const PtlNetAddress *address, int index)
{
  const guint32 unfit = IFA_F_TEMPORARY | IFA_F_DEPRECATED | IFA_F_TENTATIVE | IFA_F_DADFAILED;

  return address->family == AF_INET6 && address->index == index && (address->flags & unfit) == 0
         && ptl_address_class_of (address->address) == PTL_ADDRESS_PUBLIC;
}

char *
ptl_address_source_choose_ipv6 (const PtlNetTables *tables, const char *prefer)
{
  int index = find_ipv6_link (tables);
  const char *chosen = NULL;

  for (guint i = 0; i < tables->addresses->len; i++)
    {
      const PtlNetAddress *address = tables->addresses->pdata[i];

      if (!will_do (address, index))
        continue;
      if (g_strcmp0 (address->address, prefer) == 0)
        return g_strdup (prefer);
      if (chosen == NULL)
        chosen = address->address;
    }
  return g_strdup (chosen);
}

static char *
find_ipv6 (PtlAddressSource *self, GError **error)
{
  g_autoptr (PtlNetTables) tables = ptl_netlink_read (self->netlink, NULL);
  char *address
      = tables != NULL
            ? ptl_address_source_choose_ipv6 (tables, self->addresses[PTL_ADDRESS_FAMILY_IPV6])
            : NULL;

  if (address == NULL)
    address = g_strdup (self->witnesses[PTL_ADDRESS_FAMILY_IPV6]);
  if (address == NULL)
    ptl_error_set (error, PTL_ERROR_ROUTER_NONE,
                   _ ("Switch on IPv6 in the router, or let the name follow the IPv4 address "
                      "alone."),
                   _ ("This computer has no public IPv6 address."));
  return address;
}

/* ---- IPv4: the router's ---- */

/* Why the router tells no address: what it is known to suffer from says most. */
static GError *
why_none (PtlAddressSource *self, PtlRouter *router)
{
  GError *problem = router == NULL ? ptl_discovery_dup_problem (self->discovery) : NULL;

  if (problem != NULL)
    return problem;
  if (router != NULL && ptl_router_get_error (router) != NULL)
    return g_error_copy (ptl_router_get_error (router));
  if (ptl_discovery_is_searching (self->discovery))
    return ptl_error_new (PTL_ERROR_ROUTER_NONE, _ ("It takes a few seconds."),
                          _ ("The router is being asked for its public address."));
  return ptl_error_new (PTL_ERROR_ROUTER_NONE,
                        _ ("Switch on UPnP, NAT-PMP or PCP in the router's settings."),
                        _ ("The router does not tell its public address."));
}

static char *
from_witness (PtlAddressSource *self, PtlRouter *router, GError **error)
{
  const char *witness = self->witnesses[PTL_ADDRESS_FAMILY_IPV4];

  if (witness == NULL)
    g_propagate_error (error, why_none (self, router));
  return g_strdup (witness);
}

static char *
find_ipv4 (PtlAddressSource *self, GError **error)
{
  PtlRouter *router = ptl_discovery_get_default (self->discovery);
  const char *external = router != NULL ? ptl_router_get_external_address (router) : "";
  const char *local = router != NULL ? ptl_router_get_local_address (router) : "";
  PtlAddressClass kind = ptl_address_class_of (external);

  /* A computer that is on the internet itself. */
  if (ptl_address_class_of (local) == PTL_ADDRESS_PUBLIC)
    return g_strdup (local);
  if (kind == PTL_ADDRESS_NONE)
    return from_witness (self, router, error);
  if (kind == PTL_ADDRESS_PUBLIC)
    return g_strdup (external);
  g_propagate_error (error,
                     ptl_address_class_to_error (kind, ptl_router_get_address (router), external));
  return NULL;
}

/* ---- Both ---- */

/* @address, @error: (transfer full). Whether anything is another. */
static gboolean
put (PtlAddressSource *self, PtlAddressFamily family, char *address, GError *error)
{
  const GError *known = self->errors[family];
  gboolean same
      = g_strcmp0 (address, self->addresses[family]) == 0
        && g_strcmp0 (error != NULL ? error->message : NULL, known != NULL ? known->message : NULL)
               == 0;

  g_free (self->addresses[family]);
  g_clear_error (&self->errors[family]);
  self->addresses[family] = address;
  self->errors[family] = error;
  return !same;
}

static void
look (PtlAddressSource *self)
{
  GError *error = NULL;
  char *address = find_ipv4 (self, &error);
  gboolean changed = put (self, PTL_ADDRESS_FAMILY_IPV4, address, error);

  error = NULL;
  address = find_ipv6 (self, &error);
  changed |= put (self, PTL_ADDRESS_FAMILY_IPV6, address, error);
  if (changed)
    g_signal_emit (self, changed_signal, 0);
}

static void
follow_routers (PtlAddressSource *self)
{
  GListModel *model = G_LIST_MODEL (self->discovery);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (PtlRouter) router = g_list_model_get_item (model, i);

      g_signal_handlers_disconnect_by_func (router, look, self);
      g_signal_connect_object (router, "notify::external-address", G_CALLBACK (look), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (router, "notify::error", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
    }
  look (self);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlAddressSource) self = data;

  ptl_router_probe_finish (PTL_ROUTER (source), result, NULL);
  self->probing = FALSE;
  look (self);
}

static void
probe_on_time (gpointer data)
{
  ptl_address_source_refresh (data);
}

void
ptl_address_source_refresh (PtlAddressSource *self)
{
  PtlRouter *router = ptl_discovery_get_default (self->discovery);

  look (self);
  if (self->followed)
    ptl_alarm_set_boot (self->alarm, ptl_clock_get_boot_us (self->clock) + PROBE_US, probe_on_time,
                        self);
  if (router == NULL || self->probing || ptl_discovery_is_searching (self->discovery))
    return;
  self->probing = TRUE;
  ptl_router_probe_async (router, NULL, on_probed, g_object_ref (self));
}

void
ptl_address_source_set_followed (PtlAddressSource *self, gboolean followed)
{
  if (self->followed == followed)
    return;
  self->followed = followed;
  if (followed)
    ptl_address_source_refresh (self);
  else
    ptl_alarm_clear (self->alarm);
}

const char *
ptl_address_source_get (PtlAddressSource *self, PtlAddressFamily family)
{
  return self->addresses[family];
}

const GError *
ptl_address_source_get_error (PtlAddressSource *self, PtlAddressFamily family)
{
  return self->errors[family];
}

void
ptl_address_source_set_witness (PtlAddressSource *self,
                                PtlAddressFamily family,
                                const char *address)
{
  gboolean fits = ptl_address_class_of (address) == PTL_ADDRESS_PUBLIC
                  && (strchr (address, ':') != NULL) == (family == PTL_ADDRESS_FAMILY_IPV6);

  g_free (self->witnesses[family]);
  self->witnesses[family] = fits ? g_strdup (address) : NULL;
  look (self);
}

static void
ptl_address_source_dispose (GObject *object)
{
  PtlAddressSource *self = PTL_ADDRESS_SOURCE (object);

  g_clear_object (&self->alarm);
  g_clear_object (&self->netlink);
  g_clear_object (&self->discovery);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_address_source_parent_class)->dispose (object);
}

static void
ptl_address_source_finalize (GObject *object)
{
  PtlAddressSource *self = PTL_ADDRESS_SOURCE (object);

  for (guint i = 0; i < PTL_N_ADDRESS_FAMILIES; i++)
    {
      g_free (self->addresses[i]);
      g_free (self->witnesses[i]);
      g_clear_error (&self->errors[i]);
    }
  G_OBJECT_CLASS (ptl_address_source_parent_class)->finalize (object);
}

static void
ptl_address_source_class_init (PtlAddressSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_address_source_dispose;
  G_OBJECT_CLASS (klass)->finalize = ptl_address_source_finalize;
  changed_signal = g_signal_new ("changed", PTL_TYPE_ADDRESS_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_address_source_init (PtlAddressSource *self)
{
}

PtlAddressSource *
ptl_address_source_new (PtlClock *clock, PtlDiscovery *discovery)
{
  PtlAddressSource *self = g_object_new (PTL_TYPE_ADDRESS_SOURCE, NULL);

  self->clock = g_object_ref (clock);
  self->discovery = g_object_ref (discovery);
  self->alarm = ptl_alarm_new (clock);
  self->netlink = ptl_netlink_new ();
  g_signal_connect_object (discovery, "items-changed", G_CALLBACK (follow_routers), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (discovery, "notify::searching", G_CALLBACK (look), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->netlink, "changed", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  follow_routers (self);
  return self;
}
