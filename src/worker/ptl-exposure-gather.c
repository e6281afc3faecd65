/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure-gather.h"

#include <linux/if_addr.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "core/ptl-host.h"
#include "core/ptl-text.h"
#include "exposure/ptl-listeners.h"
#include "router/ptl-address-class.h"
#include "router/ptl-gateway.h"

#define SHOWN_CHARS 120
/* A rule may have a wide range: so many ports of it are shown one by one. */
#define RANGE_MAX 1024

/* ---- Addresses ---- */

void
ptl_exposure_home_free (PtlExposureHome *self)
{
  if (self == NULL)
    return;
  g_free (self->ipv4);
  g_free (self->ipv6);
  g_free (self->interface);
  g_free (self);
}

static const PtlNetLink *
find_link (const PtlNetTables *tables, int index)
{
  for (guint i = 0; i < tables->links->len; i++)
    if (((const PtlNetLink *) tables->links->pdata[i])->index == index)
      return tables->links->pdata[i];
  return NULL;
}

static gboolean
is_usable (const PtlNetAddress *address)
{
  PtlAddressClass kind = ptl_address_class_of (address->address);

  return kind != PTL_ADDRESS_NONE && kind != PTL_ADDRESS_LOOPBACK && kind != PTL_ADDRESS_LINK_LOCAL &&
         !ptl_host_is_loopback (address->address) && !g_str_has_prefix (address->address, "fe80:");
}

static gboolean
has_route (const PtlNetTables *tables, const PtlNetAddress *address)
{
  for (guint i = 0; i < tables->routes->len; i++)
    {
      const PtlNetRoute *route = tables->routes->pdata[i];

      if (route->index == address->index && route->family == address->family)
        return TRUE;
    }
  return FALSE;
}

/* How well an address stands for this machine among its neighbours. */
static int
rank_of (const PtlNetTables *tables, const PtlNetAddress *address)
{
  const PtlNetLink *link = find_link (tables, address->index);
  int rank = 1;

  if (link == NULL || (link->flags & IFF_UP) == 0)
    return 0;
  if (ptl_gateway_why_not (link) == NULL && (link->flags & IFF_LOOPBACK) == 0)
    rank += 4;
  if (has_route (tables, address))
    rank += 2;
  /* A temporary one (RFC 8981) is another tomorrow. */
  if ((address->flags & (IFA_F_TEMPORARY | IFA_F_DEPRECATED)) == 0)
    rank += 1;
  return rank;
}

static void
choose (const PtlNetTables *tables, int family, char **address, char **interface)
{
  int best = 0;

  for (guint i = 0; i < tables->addresses->len; i++)
    {
      const PtlNetAddress *one = tables->addresses->pdata[i];
      int rank = one->family == family && is_usable (one) ? rank_of (tables, one) : 0;

      if (rank <= best)
        continue;
      best = rank;
      ptl_report_set (address, one->address);
      if (**interface == '\0' || family == AF_INET)
        ptl_report_set (interface, find_link (tables, one->index)->name);
    }
}

PtlExposureHome *
ptl_exposure_gather_addresses (PtlReportFacts *facts, const PtlNetTables *tables)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) public = g_strv_builder_new ();
  PtlExposureHome *home = g_new0 (PtlExposureHome, 1);

  for (guint i = 0; i < tables->addresses->len; i++)
    {
      const PtlNetAddress *one = tables->addresses->pdata[i];
      g_autofree char *address = ptl_host_normalize (one->address);

      if (!is_usable (one))
        continue;
      g_strv_builder_add (all, address);
      if (one->family == AF_INET && ptl_address_class_of (address) == PTL_ADDRESS_PUBLIC)
        g_strv_builder_add (public, address);
    }
  g_strfreev (facts->addresses);
  facts->addresses = g_strv_builder_end (all);
  g_strfreev (facts->public_addresses);
  facts->public_addresses = g_strv_builder_end (public);
  home->ipv4 = g_strdup ("");
  home->ipv6 = g_strdup ("");
  home->interface = g_strdup ("");
  choose (tables, AF_INET, &home->ipv4, &home->interface);
  choose (tables, AF_INET6, &home->ipv6, &home->interface);
  return home;
}

/* ---- Sockets ---- */

static void
set_safe (char **text, const char *with)
{
  g_free (*text);
  *text = ptl_text_make_safe (with != NULL ? with : "", -1, SHOWN_CHARS);
}

void
ptl_exposure_gather_sockets (PtlReportFacts *facts, GPtrArray *listeners, const PtlSocketPeers *peers)
{
  for (guint i = 0; i < listeners->len; i++)
    {
      const PtlListener *listener = listeners->pdata[i];
      PtlReportSocket *socket = ptl_report_socket_new (listener->protocol, listener->address, listener->port);

      socket->pid = listener->pid;
      socket->own = listener->pid == (guint32) getpid ();
      socket->ipv4 = listener->ipv4;
      socket->used_here =
          listener->protocol == PTL_PROTOCOL_TCP && ptl_socket_peers_of (peers, listener->port) == PTL_PEERS_HERE;
      ptl_report_set (&socket->process, listener->process);
      ptl_report_set (&socket->user, listener->user);
      ptl_report_set (&socket->unit, listener->unit);
      ptl_report_set (&socket->container, listener->container);
      g_ptr_array_add (facts->sockets, socket);
    }
}

static gboolean
has_guard (const PtlReportFacts *facts, const PtlPublishedPort *port)
{
  for (guint i = 0; i < facts->guards->len; i++)
    {
      const PtlReportGuard *guard = facts->guards->pdata[i];

      if (guard->protocol == port->protocol && guard->port == port->port)
        return TRUE;
    }
  return FALSE;
}

void
ptl_exposure_gather_published (PtlReportFacts *facts, GPtrArray *containers)
{
  for (guint i = 0; i < containers->len; i++)
    {
      const PtlContainer *container = containers->pdata[i];

      for (guint j = 0; j < container->ports->len; j++)
        {
          const PtlPublishedPort *port = &g_array_index (container->ports, PtlPublishedPort, j);

          if (!ptl_host_is_loopback (port->ip) && !has_guard (facts, port))
            g_ptr_array_add (facts->guards, ptl_report_guard_new (port->protocol, port->port));
        }
    }
}

/* ---- Rules ---- */

static const char *
literal_of (const char *host)
{
  if (host == NULL || *host == '\0')
    return "0.0.0.0";
  return g_ascii_strcasecmp (host, "localhost") == 0 ? "127.0.0.1" : host;
}

typedef struct
{
  PtlReportFacts *facts;
  PtlDiscovery *discovery;
  PtlRelays *relays;
  const PtlRule *rule;
} Rules;

static void
name_router (Rules *rules, PtlReportDoor *door, const char *id)
{
  PtlRouter *router = ptl_discovery_get_router (rules->discovery, id);

  ptl_report_set (&door->system, "router");
  ptl_report_set (&door->router, id);
  set_safe (&door->name, router != NULL ? ptl_router_get_name (router) : id);
}

static void
name_relay (Rules *rules, PtlReportDoor *door, const char *id)
{
  const PtlRelayView *view = ptl_relays_find (rules->relays, id, NULL);

  ptl_report_set (&door->system, "relay");
  set_safe (&door->name, view != NULL ? view->relay->name : id);
}

static PtlReportDoor *
add_door (Rules *rules, PtlProtocol protocol, const char *host, guint16 port)
{
  PtlReportDoor *door = ptl_report_door_new (protocol, literal_of (host), port);
  g_autofree char *target = rules->rule->target != NULL ? ptl_endpoint_to_string (rules->rule->target) : NULL;

  ptl_report_set (&door->rule, rules->rule->id);
  set_safe (&door->target, target);
  door->limited = !ptl_audience_is_anyone (rules->rule->audience);
  g_ptr_array_add (rules->facts->doors, door);
  return door;
}

static void
take_port (Rules *rules, const PtlLease *lease, PtlProtocol protocol, guint offset)
{
  const PtlEndpoint *inner = lease->inner, *outer = lease->endpoint;
  gboolean here = g_str_equal (lease->system, "engine") || rules->rule->way == PTL_WAY_LOCAL;
  const PtlEndpoint *where = here ? outer : inner;
  g_autoptr (PtlEndpoint) public = NULL;
  g_autofree char *text = NULL;
  PtlReportDoor *door;

  /* A unix socket is at no address that anything else could be seen at. */
  if (where == NULL || where->path != NULL || where->first == 0 || where->first + offset > where->last)
    return;
  door = add_door (rules, protocol, where->host, (guint16) (where->first + offset));
  if (here || outer == NULL)
    return;
  if (g_str_equal (lease->system, "ssh"))
    name_relay (rules, door, lease->holder);
  else
    name_router (rules, door, lease->holder);
  public = ptl_endpoint_new (protocol, outer->host, (guint16) (outer->first + offset),
                             (guint16) (outer->first + offset));
  text = ptl_endpoint_to_string (public);
  set_safe (&door->public_endpoint, text);
}

static void
take_lease (Rules *rules, const PtlLease *lease)
{
  const PtlEndpoint *endpoint = lease->endpoint;
  guint n = endpoint != NULL ? MIN (ptl_endpoint_n_ports (endpoint), RANGE_MAX) : 0;

  for (guint i = 0; i < n; i++)
    for (guint protocol = PTL_PROTOCOL_TCP; protocol <= PTL_PROTOCOL_UDP; protocol <<= 1)
      if ((endpoint->protocol & protocol) != 0)
        take_port (rules, lease, (PtlProtocol) protocol, i);
}

/* Nothing was granted: it is declared all the same. */
static void
take_declared (Rules *rules)
{
  const PtlRule *rule = rules->rule;
  const PtlEndpoint *where = rule->kind == PTL_KIND_FORWARD ? rule->public_endpoint : rule->target;

  if (where == NULL || where->path != NULL || where->first == 0)
    return;
  for (guint protocol = PTL_PROTOCOL_TCP; protocol <= PTL_PROTOCOL_UDP; protocol <<= 1)
    if ((where->protocol & protocol) != 0)
      add_door (rules, (PtlProtocol) protocol, where->host, where->first);
}

void
ptl_exposure_gather_rules (PtlReportFacts *facts, PtlInventory *inventory, PtlDiscovery *discovery, PtlRelays *relays)
{
  g_autoptr (GPtrArray) list = ptl_inventory_list (inventory);
  Rules rules = { facts, discovery, relays, NULL };

  for (guint i = 0; i < list->len; i++)
    {
      rules.rule = list->pdata[i];
      for (guint j = 0; j < rules.rule->leases->len; j++)
        take_lease (&rules, rules.rule->leases->pdata[j]);
      if (rules.rule->leases->len == 0)
        take_declared (&rules);
    }
}

/* ---- Entries ---- */

static const char *
text_of (GVariant *entry, const char *key)
{
  const char *text = "";

  g_variant_lookup (entry, key, "&s", &text);
  return text;
}

static void
take_entry (PtlReportFacts *facts, PtlRouter *router, GVariant *entry)
{
  const char *remote = text_of (entry, "Remote");
  const char *outside = ptl_router_get_external_address (router);
  g_autoptr (PtlEndpoint) public = NULL;
  g_autoptr (PtlEndpoint) target = NULL;
  guint32 external = 0, port = 0;
  gboolean enabled = TRUE;
  PtlProtocol protocol;
  PtlReportDoor *door;

  g_variant_lookup (entry, "ExternalPort", "u", &external);
  g_variant_lookup (entry, "Port", "u", &port);
  g_variant_lookup (entry, "Enabled", "b", &enabled);
  if (!ptl_protocol_from_string (text_of (entry, "Protocol"), &protocol, NULL) || port == 0 ||
      !ptl_host_is_address (text_of (entry, "Address")))
    return;
  door = ptl_report_door_new (protocol, text_of (entry, "Address"), (guint16) port);
  public = ptl_endpoint_new (protocol, *outside != '\0' ? outside : NULL, (guint16) external, (guint16) external);
  target = ptl_endpoint_new (protocol, text_of (entry, "Address"), (guint16) port, (guint16) port);
  ptl_report_set (&door->system, "router");
  set_safe (&door->name, ptl_router_get_name (router));
  ptl_report_set (&door->router, ptl_router_get_id (router));
  ptl_report_set (&door->entry, text_of (entry, "Id"));
  ptl_report_set (&door->rule, text_of (entry, "RuleId"));
  g_free (door->public_endpoint);
  door->public_endpoint = ptl_endpoint_to_string (public);
  g_free (door->target);
  door->target = ptl_endpoint_to_string (target);
  door->limited = *remote != '\0' && !ptl_host_is_wildcard (remote);
  door->off = !enabled;
  door->gone = g_str_equal (text_of (entry, "Review"), "host-gone");
  g_ptr_array_add (facts->doors, door);
}

void
ptl_exposure_gather_entries (PtlReportFacts *facts, PtlRouter *router, GVariant *entries)
{
  for (gsize i = 0; i < g_variant_n_children (entries); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries, i);

      take_entry (facts, router, entry);
    }
}

/* ---- Where to look ---- */

/* Protocol, address and port. */
#define KEY "%d/%s/%u"

static void
add_look (GPtrArray *looks, GHashTable *known, PtlProtocol protocol, const char *address, guint16 port)
{
  PtlVantageKind vantage = ptl_host_is_loopback (address) ? PTL_VANTAGE_MACHINE : PTL_VANTAGE_LAN;
  char *key;

  if (*address == '\0')
    return;
  key = g_strdup_printf (KEY, (int) protocol, address, port);
  if (g_hash_table_add (known, key))
    g_ptr_array_add (looks, ptl_report_look_new (protocol, address, port, vantage, PTL_SEEN_FAILED));
}

static void
look_at_socket (GPtrArray *looks, GHashTable *known, const PtlReportSocket *socket, const PtlExposureHome *home)
{
  if (g_str_equal (socket->address, "::"))
    add_look (looks, known, socket->protocol, home->ipv6, socket->port);
  if (ptl_host_is_wildcard (socket->address) && socket->ipv4)
    add_look (looks, known, socket->protocol, home->ipv4, socket->port);
  else if (!ptl_host_is_wildcard (socket->address) && !ptl_host_is_loopback (socket->address) && ptl_host_is_address (socket->address))
    add_look (looks, known, socket->protocol, socket->address, socket->port);
}

/* What a router leads to is this home's, and looked at as its whole use is to be looked at; what is elsewhere is left
 * alone, whatever a router's table says. */
static gboolean
is_at_home (const PtlReportDoor *door)
{
  PtlAddressClass kind = ptl_address_class_of (door->address);

  return g_str_equal (door->system, "router") && !ptl_host_is_loopback (door->address) && !door->off && !door->gone &&
         (kind == PTL_ADDRESS_PRIVATE || kind == PTL_ADDRESS_LINK_LOCAL);
}

/* What others reach through this program, by a relay or by its engine, answers at loopback mostly: what that is they can
 * find out, so it is looked at there. */
static void
look_behind (GPtrArray *looks, GHashTable *known, const PtlReportDoor *door)
{
  g_autoptr (PtlEndpoint) target = *door->target != '\0' ? ptl_endpoint_parse (door->target, door->protocol, NULL) : NULL;

  if (target == NULL || *door->rule == '\0' || target->host == NULL || target->first == 0 || target->first != target->last ||
      !ptl_host_is_loopback (literal_of (target->host)))
    return;
  add_look (looks, known, door->protocol, literal_of (target->host), target->first);
}

void
ptl_exposure_gather_looks (PtlReportFacts *facts, const PtlExposureHome *home)
{
  GPtrArray *looks = facts->looks;
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < looks->len; i++)
    {
      const PtlReportLook *look = looks->pdata[i];

      g_hash_table_add (known, g_strdup_printf (KEY, (int) look->protocol, look->address, look->port));
    }
  for (guint i = 0; i < facts->sockets->len; i++)
    look_at_socket (looks, known, facts->sockets->pdata[i], home);
  for (guint i = 0; i < facts->guards->len; i++)
    {
      const PtlReportGuard *guard = facts->guards->pdata[i];

      if (*guard->container != '\0')
        add_look (looks, known, guard->protocol, home->ipv4, guard->port);
    }
  for (guint i = 0; i < facts->doors->len; i++)
    {
      const PtlReportDoor *door = facts->doors->pdata[i];

      if (is_at_home (door) && (*facts->address == '\0' || g_str_equal (facts->address, door->address)))
        add_look (looks, known, door->protocol, door->address, door->port);
      if (*facts->address == '\0')
        look_behind (looks, known, door);
    }
}

guint16
ptl_exposure_read_passing (void)
{
  g_autofree char *text = NULL;
  guint64 first = 0;

  if (!g_file_get_contents ("/proc/sys/net/ipv4/ip_local_port_range", &text, NULL, NULL))
    return 0;
  first = g_ascii_strtoull (text, NULL, 10);
  return first <= G_MAXUINT16 ? (guint16) first : 0;
}
