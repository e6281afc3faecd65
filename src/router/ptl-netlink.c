/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-drop.h"

#define BUFFER_SIZE 32768
/* Changes come in bursts: one reading for each. */
#define SETTLE_MS 50

struct _PtlNetlink
{
  GObject parent;
  int monitor;
  GSource *readable;
  GSource *settle;
};

G_DEFINE_FINAL_TYPE (PtlNetlink, ptl_netlink, G_TYPE_OBJECT)

static guint changed_signal;

/* --- tables --- */

static void
address_free (PtlNetAddress *self)
{
  g_free (self->address);
  g_free (self);
}

static void
route_free (PtlNetRoute *self)
{
  g_free (self->gateway);
  g_free (self->source);
  g_free (self);
}

static void
neighbour_free (PtlNetNeighbour *self)
{
  g_free (self->address);
  g_free (self);
}

PtlNetTables *
ptl_net_tables_new (void)
{
  PtlNetTables *self = g_new0 (PtlNetTables, 1);

  self->links = g_ptr_array_new_with_free_func (g_free);
  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) address_free);
  self->routes = g_ptr_array_new_with_free_func ((GDestroyNotify) route_free);
  self->neighbours = g_ptr_array_new_with_free_func ((GDestroyNotify) neighbour_free);
  return self;
}

void
ptl_net_tables_free (PtlNetTables *self)
{
  g_ptr_array_unref (self->links);
  g_ptr_array_unref (self->addresses);
  g_ptr_array_unref (self->routes);
  g_ptr_array_unref (self->neighbours);
  g_free (self);
}

/* --- attributes --- */

#define ATTRIBUTES_MAX 64

typedef struct
{
  const struct rtattr *at[ATTRIBUTES_MAX];
} Attributes;

static void
read_attributes (Attributes *self, const struct rtattr *attribute, int length)
{
  memset (self, 0, sizeof *self);
  for (; RTA_OK (attribute, length); attribute = RTA_NEXT (attribute, length))
    {
      guint type = attribute->rta_type & NLA_TYPE_MASK;

      if (type < ATTRIBUTES_MAX)
        self->at[type] = attribute;
    }
}

static gsize
size_of (const struct rtattr *attribute)
{
  return RTA_PAYLOAD (attribute);
}

static char *
dup_address (const struct rtattr *attribute, int family)
{
  char text[INET6_ADDRSTRLEN];

  if (attribute == NULL || size_of (attribute) < (family == AF_INET ? 4u : 16u))
    return NULL;
  return g_strdup (inet_ntop (family, RTA_DATA (attribute), text, sizeof text));
}

static guint32
get_number (const struct rtattr *attribute)
{
  guint32 number = 0;

  if (attribute != NULL && size_of (attribute) >= sizeof number)
    memcpy (&number, RTA_DATA (attribute), sizeof number);
  return number;
}

static void
copy_text (char *where, gsize size, const struct rtattr *attribute)
{
  gsize length;

  if (attribute == NULL)
    return;
  length = MIN (size - 1, size_of (attribute));
  memcpy (where, RTA_DATA (attribute), length);
  where[length] = '\0';
}

/* --- messages --- */

/* The payload after the fixed part of the message, or FALSE where it is too short for that. */
static gboolean
read_payload (const struct nlmsghdr *message, gsize fixed, Attributes *attributes)
{
  gsize head = NLMSG_ALIGN (fixed);

  if (message->nlmsg_len < NLMSG_LENGTH (head))
    return FALSE;
  read_attributes (attributes, (const struct rtattr *) ((const char *) NLMSG_DATA (message) + head),
                   (int) (message->nlmsg_len - NLMSG_LENGTH (head)));
  return TRUE;
}

static void
read_link (PtlNetTables *self, const struct nlmsghdr *message)
{
  const struct ifinfomsg *info = NLMSG_DATA (message);
  Attributes attributes;
  Attributes nested;
  PtlNetLink *link;

  if (!read_payload (message, sizeof *info, &attributes))
    return;
  link = g_new0 (PtlNetLink, 1);
  link->index = info->ifi_index;
  link->type = info->ifi_type;
  link->flags = info->ifi_flags;
  copy_text (link->name, sizeof link->name, attributes.at[IFLA_IFNAME]);
  if (attributes.at[IFLA_LINKINFO] != NULL)
    {
      read_attributes (&nested, RTA_DATA (attributes.at[IFLA_LINKINFO]),
                       (int) size_of (attributes.at[IFLA_LINKINFO]));
      copy_text (link->kind, sizeof link->kind, nested.at[IFLA_INFO_KIND]);
    }
  g_ptr_array_add (self->links, link);
}

static void
read_address (PtlNetTables *self, const struct nlmsghdr *message)
{
  const struct ifaddrmsg *info = NLMSG_DATA (message);
  Attributes attributes;
  PtlNetAddress *address;
  char *text;

  if (!read_payload (message, sizeof *info, &attributes))
    return;
  text = dup_address (attributes.at[attributes.at[IFA_LOCAL] != NULL ? IFA_LOCAL : IFA_ADDRESS],
                      info->ifa_family);
  if (text == NULL)
    return;
  address = g_new0 (PtlNetAddress, 1);
  address->index = (int) info->ifa_index;
  address->family = info->ifa_family;
  address->prefix = info->ifa_prefixlen;
  address->flags
      = attributes.at[IFA_FLAGS] != NULL ? get_number (attributes.at[IFA_FLAGS]) : info->ifa_flags;
  address->address = text;
  g_ptr_array_add (self->addresses, address);
}

/* The first of several ways stands for all. */
static void
read_first_hop (PtlNetRoute *route, const struct rtattr *multipath)
{
  const struct rtnexthop *hop = RTA_DATA (multipath);
  Attributes attributes;

  if (size_of (multipath) < sizeof *hop || hop->rtnh_len < sizeof *hop
      || hop->rtnh_len > size_of (multipath))
    return;
  route->index = hop->rtnh_ifindex;
  read_attributes (&attributes, RTNH_DATA (hop), (int) (hop->rtnh_len - sizeof *hop));
  g_free (route->gateway); /* where the message has one beside the ways */
  route->gateway = dup_address (attributes.at[RTA_GATEWAY], route->family);
}

static void
read_route (PtlNetTables *self, const struct nlmsghdr *message)
{
  const struct rtmsg *info = NLMSG_DATA (message);
  Attributes attributes;
  PtlNetRoute *route;
  guint32 table;

  if (!read_payload (message, sizeof *info, &attributes))
    return;
  table
      = attributes.at[RTA_TABLE] != NULL ? get_number (attributes.at[RTA_TABLE]) : info->rtm_table;
  if (info->rtm_dst_len != 0 || info->rtm_type != RTN_UNICAST || table != RT_TABLE_MAIN
      || (info->rtm_flags & RTNH_F_DEAD) != 0)
    return;
  route = g_new0 (PtlNetRoute, 1);
  route->family = info->rtm_family;
  route->index = (int) get_number (attributes.at[RTA_OIF]);
  route->metric = get_number (attributes.at[RTA_PRIORITY]);
  route->source = dup_address (attributes.at[RTA_PREFSRC], info->rtm_family);
  route->gateway = dup_address (attributes.at[RTA_GATEWAY], info->rtm_family);
  if (attributes.at[RTA_MULTIPATH] != NULL)
    read_first_hop (route, attributes.at[RTA_MULTIPATH]);
  g_ptr_array_add (self->routes, route);
}

static void
read_neighbour (PtlNetTables *self, const struct nlmsghdr *message)
{
  const struct ndmsg *info = NLMSG_DATA (message);
  Attributes attributes;
  PtlNetNeighbour *neighbour;
  const struct rtattr *mac;
  char *text;

  if (!read_payload (message, sizeof *info, &attributes))
    return;
  mac = attributes.at[NDA_LLADDR];
  if (mac == NULL || size_of (mac) != 6 || (info->ndm_state & (NUD_FAILED | NUD_INCOMPLETE)) != 0)
    return;
  text = dup_address (attributes.at[NDA_DST], info->ndm_family);
  if (text == NULL)
    return;
  neighbour = g_new0 (PtlNetNeighbour, 1);
  neighbour->index = info->ndm_ifindex;
  neighbour->address = text;
  memcpy (neighbour->mac, RTA_DATA (mac), 6);
  g_ptr_array_add (self->neighbours, neighbour);
}

static void
read_message (PtlNetTables *self, const struct nlmsghdr *message)
{
  switch (message->nlmsg_type)
    {
    case RTM_NEWLINK:
      read_link (self, message);
      break;
    case RTM_NEWADDR:
      read_address (self, message);
      break;
    case RTM_NEWROUTE:
      read_route (self, message);
      break;
    case RTM_NEWNEIGH:
      read_neighbour (self, message);
      break;
    default:
      break;
    }
}

gboolean
ptl_net_tables_read (PtlNetTables *self, const void *data, gsize length)
{
  const char *at = data;

  /* NLMSG_NEXT wraps around where the last message is not padded. */
  while (length >= sizeof (struct nlmsghdr))
    {
      const struct nlmsghdr *message = (const struct nlmsghdr *) (const void *) at;
      gsize step = NLMSG_ALIGN ((gsize) message->nlmsg_len);

      if (message->nlmsg_len < sizeof *message || message->nlmsg_len > length)
        return FALSE;
      if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
        return TRUE;
      read_message (self, message);
      at += MIN (step, length);
      length -= MIN (step, length);
    }
  return FALSE;
}

/* --- the kernel --- */

static int
open_netlink (guint groups, int flags, GError **error)
{
  struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
  const struct timeval patience = { 1, 0 };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);

  if (fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0)
    {
      setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      return fd;
    }
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "netlink: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
receive_dump (int fd, PtlNetTables *tables)
{
  /* Messages are aligned to four bytes within it. */
  g_autofree guint32 *buffer = g_malloc (BUFFER_SIZE);

  for (;;)
    {
      struct sockaddr_nl from = { 0 };
      socklen_t size = sizeof from;
      ssize_t n = recvfrom (fd, buffer, BUFFER_SIZE, 0, (struct sockaddr *) &from, &size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      /* Only the kernel has port 0. */
      if (from.nl_pid == 0 && ptl_net_tables_read (tables, buffer, (gsize) n))
        return TRUE;
    }
}

static gboolean
dump (int fd, guint16 type, PtlNetTables *tables)
{
  struct
  {
    struct nlmsghdr header;
    struct rtgenmsg general;
  } request = { 0 };

  request.header.nlmsg_len = NLMSG_LENGTH (sizeof request.general);
  request.header.nlmsg_type = type;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.general.rtgen_family = AF_UNSPEC;
  return send (fd, &request, request.header.nlmsg_len, 0) == (ssize_t) request.header.nlmsg_len &&
         receive_dump (fd, tables);
}

PtlNetTables *
ptl_netlink_read (PtlNetlink *self, GError **error)
{
  static const guint16 types[] = { RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH };
  g_autoptr (PtlNetTables) tables = ptl_net_tables_new ();
  int fd = open_netlink (0, 0, error);
  gboolean ok = fd >= 0;

  for (guint i = 0; ok && i < G_N_ELEMENTS (types); i++)
    ok = dump (fd, types[i], tables);
  if (fd >= 0 && !ok)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         "netlink: the routing table cannot be read");
  if (fd >= 0)
    close (fd);
  return ok ? g_steal_pointer (&tables) : NULL;
}

/* --- the monitor --- */

static gboolean
on_settled (gpointer user_data)
{
  PtlNetlink *self = user_data;

  ptl_drop_source (&self->settle);
  g_signal_emit (self, changed_signal, 0);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  PtlNetlink *self = user_data;
  char buffer[4096];

  /* What it says does not matter, nor that some got lost: the tables are read anew. */
  while (recv (fd, buffer, sizeof buffer, MSG_DONTWAIT | MSG_TRUNC) > 0)
    ;
  if (self->settle == NULL)
    {
      self->settle = g_timeout_source_new (SETTLE_MS);
      g_source_set_callback (self->settle, on_settled, self, NULL);
      g_source_attach (self->settle, g_main_context_get_thread_default ());
    }
  return G_SOURCE_CONTINUE;
}

static void
ptl_netlink_finalize (GObject *object)
{
  PtlNetlink *self = PTL_NETLINK (object);

  ptl_drop_source (&self->readable);
  ptl_drop_source (&self->settle);
  if (self->monitor >= 0)
    close (self->monitor);
  G_OBJECT_CLASS (ptl_netlink_parent_class)->finalize (object);
}

static void
ptl_netlink_class_init (PtlNetlinkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_netlink_finalize;
  changed_signal = g_signal_new ("changed", PTL_TYPE_NETLINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ptl_netlink_init (PtlNetlink *self)
{
  self->monitor
      = open_netlink (RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE
                          | RTMGRP_IPV6_ROUTE,
                      SOCK_NONBLOCK, NULL);
  if (self->monitor < 0)
    return;
  self->readable = g_unix_fd_source_new (self->monitor, G_IO_IN);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->readable, g_main_context_get_thread_default ());
}

PtlNetlink *
ptl_netlink_new (void)
{
  return g_object_new (PTL_TYPE_NETLINK, NULL);
}
