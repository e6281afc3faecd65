/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-policy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-host.h"

/* An audience of networks as large as these is as good as anyone. */
#define WIDE_PREFIX_4 8
#define WIDE_PREFIX_6 16

typedef struct
{
  guint16 first;
  guint16 last;
  PtlProtocol protocol;
  const char *name;
} RiskyPort;

/* Databases, remote desktops, file shares, container and hypervisor APIs, and what gives a stranger
 * the whole machine. Names of products and protocols: not translated. Sources: IANA's registry and
 * the products' manuals. */
static const RiskyPort risky_ports[] = {
  { 23, 23, PTL_PROTOCOL_TCP, "Telnet" },
  { 69, 69, PTL_PROTOCOL_UDP, "TFTP" },
  { 111, 111, PTL_PROTOCOL_BOTH, "rpcbind" },
  { 135, 135, PTL_PROTOCOL_TCP, "Windows RPC" },
  { 137, 139, PTL_PROTOCOL_BOTH, "NetBIOS (Windows file shares)" },
  { 161, 161, PTL_PROTOCOL_UDP, "SNMP" },
  { 389, 389, PTL_PROTOCOL_BOTH, "LDAP" },
  { 445, 445, PTL_PROTOCOL_BOTH, "SMB (Windows file shares)" },
  { 502, 502, PTL_PROTOCOL_TCP, "Modbus" },
  { 512, 514, PTL_PROTOCOL_TCP, "rlogin" },
  { 548, 548, PTL_PROTOCOL_TCP, "AFP (Apple file shares)" },
  { 873, 873, PTL_PROTOCOL_TCP, "rsync" },
  { 1433, 1434, PTL_PROTOCOL_BOTH, "Microsoft SQL Server" },
  { 1521, 1521, PTL_PROTOCOL_TCP, "Oracle Database" },
  { 2049, 2049, PTL_PROTOCOL_BOTH, "NFS" },
  { 2375, 2377, PTL_PROTOCOL_TCP, "Docker" },
  { 2379, 2380, PTL_PROTOCOL_TCP, "etcd" },
  { 3050, 3050, PTL_PROTOCOL_TCP, "Firebird" },
  { 3306, 3306, PTL_PROTOCOL_TCP, "MySQL" },
  { 3389, 3389, PTL_PROTOCOL_BOTH, "RDP (Windows remote desktop)" },
  { 4444, 4444, PTL_PROTOCOL_TCP, "Selenium" },
  { 5432, 5432, PTL_PROTOCOL_TCP, "PostgreSQL" },
  { 5555, 5555, PTL_PROTOCOL_TCP, "ADB (Android debugging)" },
  { 5900, 5909, PTL_PROTOCOL_TCP, "VNC (remote desktop)" },
  { 5984, 5984, PTL_PROTOCOL_TCP, "CouchDB" },
  { 5985, 5986, PTL_PROTOCOL_TCP, "WinRM" },
  { 6000, 6009, PTL_PROTOCOL_TCP, "X11" },
  { 6379, 6380, PTL_PROTOCOL_TCP, "Redis" },
  { 6443, 6443, PTL_PROTOCOL_TCP, "Kubernetes" },
  { 8006, 8006, PTL_PROTOCOL_TCP, "Proxmox" },
  { 8086, 8086, PTL_PROTOCOL_TCP, "InfluxDB" },
  { 8529, 8529, PTL_PROTOCOL_TCP, "ArangoDB" },
  { 9042, 9042, PTL_PROTOCOL_TCP, "Cassandra" },
  { 9200, 9200, PTL_PROTOCOL_TCP, "Elasticsearch" },
  { 9300, 9300, PTL_PROTOCOL_TCP, "Elasticsearch" },
  { 10250, 10250, PTL_PROTOCOL_TCP, "Kubernetes" },
  { 10255, 10255, PTL_PROTOCOL_TCP, "Kubernetes" },
  { 11211, 11211, PTL_PROTOCOL_BOTH, "memcached" },
  { 16509, 16509, PTL_PROTOCOL_TCP, "libvirt" },
  { 16514, 16514, PTL_PROTOCOL_TCP, "libvirt" },
  { 27017, 27019, PTL_PROTOCOL_TCP, "MongoDB" },
};

typedef struct
{
  const char *part;
  const char *name;
} RiskyPath;

static const RiskyPath risky_paths[] = {
  { "docker.sock", "Docker" },   { "podman.sock", "Podman" },   { "containerd.sock", "containerd" },
  { "crio.sock", "CRI-O" },      { "/lxd/unix.socket", "LXD" }, { "/incus/unix.socket", "Incus" },
  { "libvirt-sock", "libvirt" }, { ".s.PGSQL.", "PostgreSQL" }, { "mysqld.sock", "MySQL" },
  { "mysql.sock", "MySQL" },     { "redis.sock", "Redis" },     { "redis-server.sock", "Redis" },
  { "mongodb-", "MongoDB" },     { "/.X11-unix/", "X11" },      { "memcached.sock", "memcached" },
};

const char *
ptl_policy_get_risky_service (PtlProtocol protocol, guint16 port)
{
  for (gsize i = 0; i < G_N_ELEMENTS (risky_ports); i++)
    if (port >= risky_ports[i].first && port <= risky_ports[i].last
        && (protocol & risky_ports[i].protocol) != 0)
      return risky_ports[i].name;
  return NULL;
}

static const char *
find_risky_target (const PtlEndpoint *target)
{
  const char *name = NULL;

  if (target->path != NULL)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (risky_paths); i++)
        if (strstr (target->path, risky_paths[i].part) != NULL)
          return risky_paths[i].name;
      return NULL;
    }
  for (guint i = 0; i < ptl_endpoint_n_ports (target) && name == NULL; i++)
    name = ptl_policy_get_risky_service (target->protocol, (guint16) (target->first + i));
  return name;
}

static gboolean
is_wide (const PtlAudience *audience)
{
  if (ptl_audience_get_n_networks (audience) == 0)
    return TRUE;
  for (guint i = 0; i < ptl_audience_get_n_networks (audience); i++)
    {
      const PtlNetwork *network = ptl_audience_get_network (audience, i);

      if (network->family == 4 && network->prefix < WIDE_PREFIX_4)
        return TRUE;
      /* fc00::/7 and fe80::/10 hold no strangers. */
      if (network->family == 6 && network->prefix < WIDE_PREFIX_6 && network->bytes[0] < 0xfc)
        return TRUE;
    }
  return FALSE;
}

gboolean
ptl_policy_is_before_strangers (const PtlRule *rule)
{
  if (!is_wide (rule->audience))
    return FALSE;
  if (rule->kind == PTL_KIND_MAPPING)
    return TRUE;
  return rule->kind == PTL_KIND_TUNNEL && rule->way != PTL_WAY_LOCAL
         && !ptl_host_is_loopback (rule->public_endpoint->host);
}

static const char *
find_risky_of (const PtlRule *rule)
{
  const GPtrArray *further = rule->options->targets;
  const char *name = find_risky_target (rule->target);

  for (guint i = 0; i < further->len && name == NULL; i++)
    name = find_risky_target (((const PtlTarget *) further->pdata[i])->endpoint);
  return name;
}

static gboolean
check_service (const PtlRule *rule, GError **error)
{
  const char *service;

  if (*rule->override != '\0' || !ptl_policy_is_before_strangers (rule))
    return TRUE;
  service = find_risky_of (rule);
  if (service == NULL)
    return TRUE;
  ptl_error_set (
      error, PTL_ERROR_POLICY,
      _ ("Reach it through a VPN or a local ssh tunnel, or allow only the networks that need it."),
      /* Translators: %s is the name of a service, like Redis */
      _ ("%s does not belong on the open internet: strangers will find it within minutes."),
      service);
  return FALSE;
}

static gboolean
is_multicast (guint8 family, const guint8 *bytes)
{
  return family == 4 ? (bytes[0] & 0xf0) == 0xe0 : bytes[0] == 0xff;
}

/* The last four bits of the first byte set: 240.0.0.0/4, which holds the broadcast address too. */
static gboolean
is_broadcast (guint8 family, const guint8 *bytes)
{
  return family == 4 && (bytes[0] & 0xf0) == 0xf0;
}

static gboolean
is_unspecified (guint8 family, const guint8 *bytes)
{
  static const guint8 zero[16];

  return family == 4 ? bytes[0] == 0 : memcmp (bytes, zero, sizeof zero) == 0;
}

static gboolean
check_address (const char *host, GError **error)
{
  guint8 bytes[16];
  guint8 family = ptl_address_parse (host, bytes);

  if (family == 0)
    return TRUE;
  if (is_multicast (family, bytes))
    ptl_error_set (error, PTL_ERROR_POLICY, _ ("Give the address of one device."),
                   /* Translators: %s is an address */
                   _ ("%s stands for a group of devices (multicast)."), host);
  else if (is_broadcast (family, bytes))
    ptl_error_set (error, PTL_ERROR_POLICY, _ ("Give the address of one device."),
                   /* Translators: %s is an address */
                   _ ("%s stands for every device at once (broadcast) or is reserved."), host);
  else if (is_unspecified (family, bytes))
    ptl_error_set (error, PTL_ERROR_POLICY, _ ("For this computer say 127.0.0.1."),
                   /* Translators: %s is an address */
                   _ ("%s is no address that something can be sent to."), host);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_router (const char *host, const char *const *router_addresses, GError **error)
{
  for (; router_addresses != NULL && *router_addresses != NULL; router_addresses++)
    {
      if (!ptl_host_equal (host, *router_addresses))
        continue;
      ptl_error_set (error, PTL_ERROR_POLICY, _ ("Manage the router from home, or through a VPN."),
                     /* Translators: %s is an address */
                     _ ("%s is the router itself: whoever reaches its pages can open the whole "
                        "network."),
                     host);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_place (const PtlEndpoint *target, const char *const *router_addresses, GError **error)
{
  return target->host == NULL
         || (check_address (target->host, error)
             && check_router (target->host, router_addresses, error));
}

gboolean
ptl_policy_check (const PtlRule *rule, const char *const *router_addresses, GError **error)
{
  const GPtrArray *further = rule->options->targets;
  /* A local tunnel's target is seen from the relay: our router's address is another device there.
   */
  gboolean here = !(rule->kind == PTL_KIND_TUNNEL && rule->way == PTL_WAY_LOCAL);

  if (rule->target == NULL)
    return TRUE;
  if (!check_place (rule->target, here ? router_addresses : NULL, error))
    return FALSE;
  for (guint i = 0; i < further->len; i++)
    if (!check_place (((const PtlTarget *) further->pdata[i])->endpoint, router_addresses, error))
      return FALSE;
  return check_service (rule, error);
}

/* Where a name leads */

static gboolean
is_link_local (guint8 family, const guint8 *bytes)
{
  if (family == 4)
    return bytes[0] == 169 && bytes[1] == 254;
  return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

static gboolean
is_loopback (guint8 family, const guint8 *bytes)
{
  static const guint8 loopback6[16] = { [15] = 1 };

  return family == 4 ? bytes[0] == 127 : memcmp (bytes, loopback6, sizeof loopback6) == 0;
}

/* RFC 6761 section 6.3: these always mean this computer. */
static gboolean
means_this_computer (const char *name)
{
  gsize length = strlen (name);
  g_autofree char *plain = g_ascii_strdown (name, (gssize) length);

  if (length > 0 && plain[length - 1] == '.')
    plain[length - 1] = '\0';
  return g_str_equal (plain, "localhost") || g_str_has_suffix (plain, ".localhost");
}

static gboolean
is_router (guint8 family, const guint8 *bytes, const char *const *router_addresses)
{
  guint8 other[16];

  for (; router_addresses != NULL && *router_addresses != NULL; router_addresses++)
    if (ptl_address_parse (*router_addresses, other) == family
        && memcmp (bytes, other, family == 4 ? 4 : 16) == 0)
      return TRUE;
  return FALSE;
}

/* What is wrong with @address, %NULL where nothing is. (transfer full) */
static char *
describe_resolved (const char *name,
                   const char *address,
                   guint8 family,
                   const guint8 *bytes,
                   const char *const *router_addresses)
{
  if (is_multicast (family, bytes))
    /* Translators: a host name, and an address */
    return g_strdup_printf (_ ("%s leads to %s, which stands for a group of devices."), name, address);
  if (is_broadcast (family, bytes))
    /* Translators: a host name, and an address */
    return g_strdup_printf (_ ("%s leads to %s, which stands for every device at once or is reserved."),
                            name, address);
  if (is_unspecified (family, bytes))
    /* Translators: a host name, and an address */
    return g_strdup_printf (_ ("%s leads to %s, which is no address to send to."), name, address);
  if (is_link_local (family, bytes))
    /* Translators: a host name, and an address */
    return g_strdup_printf (_ ("%s leads to %s, an address that holds on one cable only."), name,
                            address);
  if (is_loopback (family, bytes) && !means_this_computer (name))
    /* Translators: a host name, and an address */
    return g_strdup_printf (_ ("%s leads to %s, which is this computer itself."), name, address);
  if (is_router (family, bytes, router_addresses))
    /* Translators: a host name, and an address */
    return g_strdup_printf (_ ("%s leads to %s, which is the router itself."), name, address);
  return NULL;
}

gboolean
ptl_policy_check_resolved (const char *name,
                           guint8 family,
                           const guint8 *bytes,
                           const char *const *router_addresses,
                           GError **error)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  g_autofree char *address = NULL;
  g_autofree char *what = NULL;

  if (family == 6 && memcmp (bytes, mapped, sizeof mapped) == 0)
    return ptl_policy_check_resolved (name, 4, bytes + sizeof mapped, router_addresses, error);
  address = ptl_address_to_string (family, bytes);
  what = describe_resolved (name, address, family, bytes, router_addresses);
  if (what == NULL)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_POLICY,
                 _ ("Let the name lead to the device that is meant, or give the address itself."),
                 "%s", what);
  return FALSE;
}
