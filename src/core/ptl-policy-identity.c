/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-policy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What does not belong on the open internet, whether it asks for a login or not: databases, remote
 * desktops, file shares, what commands a host, a device or a network. By the names of
 * data/fingerprints.json. @name: for people, NULL = the product says it. */
static const struct
{
  const char *service;
  const char *name;
} never_services[] = {
  { "telnet", "Telnet" },
  { "shell", N_ ("A command line") },
  { "smb", "SMB (Windows file shares)" },
  { "netbios-ns", "NetBIOS (Windows file shares)" },
  { "nfs", "NFS" },
  { "mountd", "NFS" },
  { "rpcbind", "rpcbind" },
  { "rsync", "rsync" },
  { "iscsi", "iSCSI" },
  { "nbd", "NBD" },
  { "tftp", "TFTP" },
  { "rdp", "RDP (Windows remote desktop)" },
  { "vnc", "VNC (remote desktop)" },
  { "spice", "SPICE (remote desktop)" },
  { "x11", "X11" },
  { "adb", "ADB (Android debugging)" },
  { "gdbserver", "gdbserver" },
  { "qemu-monitor", "QEMU" },
  { "modbus", "Modbus" },
  { "bacnet", "BACnet" },
  { "knx", "KNX" },
  { "coap", "CoAP" },
  { "snmp", "SNMP" },
  { "ssdp", "UPnP" },
  { "ldap", "LDAP" },
  { "mysql", NULL },
  { "postgresql", NULL },
  { "mssql", NULL },
  { "redis", NULL },
  { "memcached", NULL },
  { "mongodb", NULL },
  { "cassandra", NULL },
  { "tarantool", NULL },
  { "rethinkdb", NULL },
  { "neo4j", NULL },
  { "zookeeper", NULL },
  { "epmd", "Erlang" },
  { "erlang", "Erlang" },
  { "ajp", "AJP" },
  { "fastcgi", "FastCGI" },
  { "distcc", "distcc" },
  { "jetdirect", N_ ("A printer") },
  { "lpd", N_ ("A printer") },
  { "asterisk-ami", "Asterisk" },
  { "tor-control", "Tor" },
};

/* Applications of the web of that kind: their pages, or their API, command hosts, networks and
 * databases. Each goes by longer names too: "Proxmox VE". */
static const char *const never_products[] = {
  "Docker Engine", "Docker API",    "Podman",      "Kubernetes", "kubelet",  "etcd",
  "Portainer",     "Rancher",       "Proxmox",     "VMware",     "ESXi",     "Cockpit",
  "Webmin",        "phpMyAdmin",    "Adminer",     "pgAdmin",    "OpenWrt",  "LuCI",
  "FRITZ!Box",     "pfSense",       "OPNsense",    "UniFi",      "MikroTik", "RouterOS",
  "DSM",           "Synology",      "TrueNAS",     "iDRAC",      "iLO",      "IPMI",
  "Supermicro",    "Elasticsearch", "OpenSearch",  "CouchDB",    "InfluxDB", "ArangoDB",
  "ClickHouse",    "Solr",          "Apache Solr", "Consul",     "Vault",    "Nomad",
  "libvirt",       "Incus",         "LXD",         "WinRM",      "Selenium",
};

static const char *
find_service (const PtlIdentity *identity)
{
  for (gsize i = 0; i < G_N_ELEMENTS (never_services); i++)
    if (g_str_equal (identity->service, never_services[i].service))
      {
        if (never_services[i].name != NULL)
          return _ (never_services[i].name);
        return *identity->product != '\0' ? identity->product : identity->service;
      }
  return NULL;
}

/* "Vault" is not in "Vaultwarden", which is made for the internet. */
static gboolean
is_named (const char *product, const char *name)
{
  gsize length = strlen (name);

  return g_ascii_strncasecmp (product, name, length) == 0 && !g_ascii_isalnum (product[length]);
}

static const char *
find_product (const PtlIdentity *identity)
{
  if (g_ascii_strcasecmp (identity->product, "Docker") == 0)
    return identity->product;
  for (gsize i = 0; i < G_N_ELEMENTS (never_products); i++)
    if (is_named (identity->product, never_products[i]))
      return identity->product;
  return NULL;
}

/* Others are flooded with its answers, or attacked in the person's name. */
static gboolean
harms_others (const PtlIdentity *identity)
{
  return identity->auth == PTL_AUTH_OPEN && g_str_equal (identity->service, "dns");
}

static void
refuse_open (const char *where, const PtlIdentity *identity, GError **error)
{
  g_autofree char *known = ptl_identity_to_name (identity);
  const char *name = *known != '\0' ? known : _ ("Something");

  ptl_error_set (error, PTL_ERROR_POLICY,
                 _ ("Turn its login on, or reach it through a VPN or a local ssh tunnel, or allow "
                    "only the networks that need it."),
                 /* Translators: the name of a program, like Ollama 0.1, and an address with a port
                  */
                 _ ("%s answers at %s, and lets everybody in without a login: strangers will find "
                    "it within minutes."),
                 name, where);
}

gboolean
ptl_policy_check_identity (const PtlRule *rule,
                           const char *where,
                           const PtlIdentity *identity,
                           GError **error)
{
  const char *name;

  if (*rule->override != '\0' || !ptl_policy_is_before_strangers (rule))
    return TRUE;
  name = find_service (identity);
  if (name == NULL)
    name = find_product (identity);
  if (name != NULL)
    {
      ptl_error_set (error, PTL_ERROR_POLICY,
                     _ ("Reach it through a VPN or a local ssh tunnel, or allow only the networks "
                        "that need it."),
                     /* Translators: the name of a service, like Redis, and an address with a port
                      */
                     _ ("%s answers at %s. It does not belong on the open internet: strangers will "
                        "find it within "
                        "minutes."),
                     name, where);
      return FALSE;
    }
  if (identity->auth == PTL_AUTH_PROTECTED
      || (identity->severity < PTL_SEVERITY_HIGH && !harms_others (identity)))
    return TRUE;
  refuse_open (where, identity, error);
  return FALSE;
}
