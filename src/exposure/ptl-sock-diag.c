/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sock-diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/ptl-endpoint.h"
#include "core/ptl-error.h"

#define BUFFER_SIZE (32 * 1024)
#define N_TRIES 4
#define TIMEOUT_S 3

typedef enum
{
  DUMP_DONE,
  DUMP_AGAIN, /* sockets came and went meanwhile: the answer has gaps */
  DUMP_FAILED /* with errno */
} Dump;

typedef struct
{
  int family;
  int protocol;
} Table;

static const Table tables[] = {
  { AF_INET, IPPROTO_TCP },
  { AF_INET6, IPPROTO_TCP },
  { AF_INET, IPPROTO_UDP },
  { AF_INET6, IPPROTO_UDP },
};

static gboolean
ask (int fd, const Table *table)
{
  /* An unconnected UDP socket counts as closed. */
  guint32 state = table->protocol == IPPROTO_TCP ? TCP_LISTEN : TCP_CLOSE;
  struct
  {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
  } message = {
    .header = {
      .nlmsg_len = sizeof message,
      .nlmsg_type = SOCK_DIAG_BY_FAMILY,
      .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
    },
    .request = {
      .sdiag_family = (guint8) table->family,
      .sdiag_protocol = (guint8) table->protocol,
      .idiag_states = 1u << state,
    },
  };

  return send (fd, &message, sizeof message, 0) == sizeof message;
}

/* An IPv4-mapped address is told as the IPv4 address that it is; a link-local one with its
 * interface. */
static char *
describe_address (const struct inet_diag_msg *found)
{
  const void *source = found->id.idiag_src;
  struct in6_addr v6;
  char text[INET6_ADDRSTRLEN] = "", name[IF_NAMESIZE];

  if (found->idiag_family == AF_INET)
    return g_strdup (inet_ntop (AF_INET, source, text, sizeof text));
  memcpy (&v6, source, sizeof v6);
  if (IN6_IS_ADDR_V4MAPPED (&v6))
    return g_strdup (inet_ntop (AF_INET, v6.s6_addr + 12, text, sizeof text));
  inet_ntop (AF_INET6, &v6, text, sizeof text);
  if (IN6_IS_ADDR_LINKLOCAL (&v6) && if_indextoname (found->id.idiag_if, name))
    return g_strconcat (text, "%", name, NULL);
  return g_strdup (text);
}

/* "::" takes IPv4 too, unless it was told not to (IPV6_V6ONLY, ipv6(7)). */
static void
set_families (PtlListener *listener, const struct inet_diag_msg *found, gboolean v6_only)
{
  gboolean literal6 = strchr (listener->address, ':') != NULL;
  gboolean every = literal6 && g_str_equal (listener->address, "::");

  listener->ipv6 = literal6;
  listener->ipv4 = !literal6 || (every && found->idiag_family == AF_INET6 && !v6_only);
}

/* What the kernel adds behind the fixed part, @length bytes of it. */
static void
read_attributes (PtlListener *listener, const struct inet_diag_msg *found, gsize length)
{
  const struct rtattr *attribute = (const struct rtattr *)(gconstpointer) (found + 1);
  gboolean v6_only = FALSE;

  for (int left = (int) length; RTA_OK (attribute, left); attribute = RTA_NEXT (attribute, left))
    {
      if (attribute->rta_type == INET_DIAG_SKV6ONLY && RTA_PAYLOAD (attribute) >= 1)
        v6_only = *(const guint8 *) RTA_DATA (attribute) != 0;
      else if (attribute->rta_type == INET_DIAG_CGROUP_ID
               && RTA_PAYLOAD (attribute) >= sizeof listener->cgroup)
        memcpy (&listener->cgroup, RTA_DATA (attribute), sizeof listener->cgroup);
    }
  set_families (listener, found, v6_only);
}

/* @length: of the attributes. */
static void
append (GPtrArray *listeners, const Table *table, const struct inet_diag_msg *found, gsize length)
{
  PtlListener *listener;

  if (found->id.idiag_sport == 0)
    return;
  listener = ptl_listener_new ();
  listener->protocol = table->protocol == IPPROTO_TCP ? PTL_PROTOCOL_TCP : PTL_PROTOCOL_UDP;
  g_free (listener->address);
  listener->address = describe_address (found);
  listener->scope = ptl_listen_scope_of (listener->address);
  listener->port = g_ntohs (found->id.idiag_sport);
  listener->inode = found->idiag_inode;
  listener->uid = found->idiag_uid;
  read_attributes (listener, found, length);
  g_ptr_array_add (listeners, listener);
}

static Dump
get_end (const struct nlmsghdr *header)
{
  int number = 0;

  /* The end and an error both begin with a negative errno. */
  if (header->nlmsg_len >= NLMSG_LENGTH (sizeof number))
    memcpy (&number, NLMSG_DATA (header), sizeof number);
  if (number == 0 && header->nlmsg_type == NLMSG_DONE)
    return DUMP_DONE;
  errno = number ? -number : EPROTO;
  return DUMP_FAILED;
}

static Dump
read_answer (int fd, const Table *table, GPtrArray *listeners)
{
  g_autofree char *buffer = g_malloc (BUFFER_SIZE);
  gboolean gaps = FALSE;

  for (;;)
    {
      ssize_t n = recv (fd, buffer, BUFFER_SIZE, 0);
      const struct nlmsghdr *header = (const struct nlmsghdr *)(gpointer) buffer;

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return DUMP_FAILED;
      for (guint left = (guint) n; NLMSG_OK (header, left); header = NLMSG_NEXT (header, left))
        {
          gaps |= (header->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
          if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR)
            {
              Dump end = get_end (header);

              return end == DUMP_DONE && gaps ? DUMP_AGAIN : end;
            }
          if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY
              && header->nlmsg_len >= NLMSG_LENGTH (sizeof (struct inet_diag_msg)))
            append (listeners, table, NLMSG_DATA (header),
                    header->nlmsg_len - NLMSG_LENGTH (sizeof (struct inet_diag_msg)));
        }
    }
}

/* The last try counts, gaps or not. */
static gboolean
list_table (int fd, const Table *table, GPtrArray *listeners)
{
  guint before = listeners->len;

  for (guint i = 0; i < N_TRIES; i++)
    {
      Dump dump = DUMP_FAILED;

      g_ptr_array_set_size (listeners, (int) before);
      if (ask (fd, table))
        dump = read_answer (fd, table, listeners);
      if (dump == DUMP_DONE)
        return TRUE;
      if (dump == DUMP_FAILED)
        return FALSE;
    }
  return TRUE;
}

gboolean
ptl_sock_diag_list (GPtrArray *listeners, GError **error)
{
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  struct timeval wait = { .tv_sec = TIMEOUT_S };
  guint before = listeners->len;
  gboolean listed = fd >= 0;
  int saved = errno;

  if (listed)
    setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  for (guint i = 0; listed && i < G_N_ELEMENTS (tables); i++)
    {
      listed = list_table (fd, &tables[i], listeners);
      saved = errno;
      /* A kernel without IPv6 has no such sockets either. */
      if (!listed && tables[i].family == AF_INET6 && saved == ENOENT)
        listed = TRUE;
    }
  if (fd >= 0)
    close (fd);
  if (listed)
    return TRUE;
  g_ptr_array_set_size (listeners, (int) before);
  ptl_error_set (error, PTL_ERROR_FAILED,
                 _("Try again; if it stays so, the kernel lacks “sock_diag”."),
                 /* Translators: %s is the system's reason. */
                 _("The system does not tell which ports are in use: %s."), g_strerror (saved));
  return FALSE;
}
