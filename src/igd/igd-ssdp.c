/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igd-ssdp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "router/ptl-igd-url.h"

#define SSDP_PORT 1900
#define SSDP_GROUP "239.255.255.250"
/* Where the gateway refused a unicast search, one that listens to multicast alone still has this
 * long; MX is 1. */
#define REFUSED_PATIENCE_US (1200 * 1000)
/* A root device that is no gateway by its ST has to wait for a better answer. Taken in vain it costs one
 * description. */
#define WEAK_PATIENCE_US (100 * 1000)
/* Where it answers, but with nothing of use, waiting longer brings nothing. */
#define ANSWERED_PATIENCE_US (2000 * 1000)
#define LOCATIONS_MAX 8

/* Some routers answer only one of these. */
static const char *const targets[] = {
  "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
  "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
  "urn:schemas-upnp-org:service:WANIPConnection:1",
  "urn:schemas-upnp-org:service:WANIPConnection:2",
  "urn:schemas-upnp-org:service:WANPPPConnection:1",
  "upnp:rootdevice",
  "ssdp:all",
};

/* When the search goes out, from the start, and for how many of the targets. "Everything" wakes
 * every device in the house: only where nothing else was answered. The first round is small,
 * because a small router that has a dozen datagrams to answer is slow to serve its description. */
static const struct
{
  gint64 at_us;
  guint targets;
} rounds[] = { { 0, 2 },           { 60 * 1000, 6 },   { 400 * 1000, 6 },
               { 1000 * 1000, 7 }, { 2000 * 1000, 7 }, { 3000 * 1000, 7 } };

typedef struct
{
  int fd;
  struct in_addr gateway;
  const char *gateway_text;
  gint64 start_us;
  gint64 deadline_us;
  guint sent;
  guint responders;
  gboolean refused;
  gboolean answered;    /* the gateway did */
  gboolean foreign;     /* it pointed elsewhere */
  GHashTable *tried;    /* LOCATIONs that the callback has seen */
  GPtrArray *weak;      /* LOCATIONs that wait for a better one */
  gint64 weak_since_us;
  IgdSsdpFunc found;
  gpointer user_data;
} Search;

/* --- one answer --- */

static char *
dup_header (char **lines, const char *name)
{
  gsize length = strlen (name);

  for (guint i = 1; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], name, length) == 0 && lines[i][length] == ':')
      return g_strstrip (g_strdup (lines[i] + length + 1));
  return NULL;
}

gboolean
igd_ssdp_parse (const char *data, gsize length, char **location, gboolean *is_gateway)
{
  g_autofree char *text = g_strndup (data, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 64);
  g_autofree char *where = NULL;
  g_autofree char *target = NULL;

  if (lines[0] == NULL || strncmp (lines[0], "HTTP/1.", 7) != 0
      || strstr (lines[0], " 200") == NULL)
    return FALSE;
  where = dup_header (lines, "location");
  if (where == NULL || *where == '\0')
    return FALSE;
  target = dup_header (lines, "st");
  *is_gateway = target != NULL
                && (strstr (target, "InternetGatewayDevice") != NULL
                    || strstr (target, "WANIPConnection") != NULL
                    || strstr (target, "WANPPPConnection") != NULL);
  *location = g_steal_pointer (&where);
  return TRUE;
}

/* --- sending --- */

static void
send_to (Search *search, struct in_addr to, const char *target)
{
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_port = htons (SSDP_PORT), .sin_addr = to };
  g_autofree char *message = NULL;

  message = g_strdup_printf ("M-SEARCH * HTTP/1.1\r\nHOST: " SSDP_GROUP
                             ":%d\r\nMAN: \"ssdp:discover\"\r\n"
                             "MX: 1\r\nST: %s\r\n\r\n",
                             SSDP_PORT, target);
  /* A pending ICMP error is reported here as well; the error queue tells it again. */
  if (sendto (search->fd, message, strlen (message), MSG_NOSIGNAL, (struct sockaddr *) &address,
              sizeof address)
          < 0
      && errno == ECONNREFUSED)
    search->refused = TRUE;
}

static void
send_round (Search *search)
{
  guint n = rounds[search->sent].targets;
  struct in_addr group;

  inet_pton (AF_INET, SSDP_GROUP, &group);
  for (guint i = 0; i < n; i++)
    {
      if (!search->refused)
        send_to (search, search->gateway, targets[i]);
      send_to (search, group, targets[i]);
    }
  search->sent++;
}

static gboolean
open_socket (Search *search, const char *local)
{
  struct sockaddr_in from = { .sin_family = AF_INET };
  const int on = 1;
  const int ttl = 2; /* UPnP Device Architecture 1.1, section 1.1 */

  if (inet_pton (AF_INET, local, &from.sin_addr) != 1)
    return FALSE;
  search->fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (search->fd < 0)
    return FALSE;
  setsockopt (search->fd, IPPROTO_IP, IP_MULTICAST_IF, &from.sin_addr, sizeof from.sin_addr);
  setsockopt (search->fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl);
  setsockopt (search->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  return bind (search->fd, (struct sockaddr *) &from, sizeof from) == 0;
}

/* --- receiving --- */

static gboolean
try_location (Search *search, const char *location)
{
  if (g_hash_table_contains (search->tried, location)
      || g_hash_table_size (search->tried) >= LOCATIONS_MAX)
    return FALSE;
  g_hash_table_add (search->tried, g_strdup (location));
  if (!ptl_igd_url_check (location, search->gateway_text, search->gateway_text, NULL))
    {
      search->foreign = TRUE;
      return FALSE;
    }
  return search->found (location, search->user_data);
}

static gboolean
hear (Search *search, const char *data, gsize length)
{
  g_autofree char *location = NULL;
  gboolean is_gateway;

  if (search->responders >= IGD_SSDP_RESPONDERS_MAX
      || !igd_ssdp_parse (data, length, &location, &is_gateway))
    return FALSE;
  search->responders++;
  search->answered = TRUE;
  if (is_gateway)
    return try_location (search, location);
  if (search->weak->len == 0)
    search->weak_since_us = g_get_monotonic_time ();
  if (search->weak->len < LOCATIONS_MAX)
    g_ptr_array_add (search->weak, g_steal_pointer (&location));
  return FALSE;
}

/* FALSE where the queue is empty. */
static gboolean
read_error (Search *search)
{
  char control[512];
  char data[64];
  struct sockaddr_in to = { 0 };
  struct iovec iov = { data, sizeof data };
  struct msghdr message = { .msg_name = &to,
                            .msg_namelen = sizeof to,
                            .msg_iov = &iov,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control };

  if (recvmsg (search->fd, &message, MSG_ERRQUEUE) < 0)
    return FALSE;
  for (struct cmsghdr *part = CMSG_FIRSTHDR (&message); part != NULL;
       part = CMSG_NXTHDR (&message, part))
    {
      struct sock_extended_err error;

      if (part->cmsg_level != IPPROTO_IP || part->cmsg_type != IP_RECVERR)
        continue;
      memcpy (&error, CMSG_DATA (part), sizeof error);
      if (error.ee_errno == ECONNREFUSED && to.sin_addr.s_addr == search->gateway.s_addr)
        search->refused = TRUE;
    }
  return TRUE;
}

static gboolean
receive_all (Search *search)
{
  char data[2048];
  struct sockaddr_in from;

  for (;;)
    {
      socklen_t size = sizeof from;
      ssize_t n = recvfrom (search->fd, data, sizeof data, 0, (struct sockaddr *) &from, &size);

      if (n < 0)
        {
          /* Left in its queue, an error would wake poll() for ever. */
          gboolean queued = FALSE;

          while (read_error (search))
            queued = TRUE;
          if (queued)
            continue;
          return FALSE;
        }
      if (from.sin_addr.s_addr == search->gateway.s_addr && hear (search, data, (gsize) n))
        return TRUE;
    }
}

static gboolean
try_weak (Search *search)
{
  gboolean found = FALSE;

  for (guint i = 0; i < search->weak->len && !found; i++)
    found = try_location (search, search->weak->pdata[i]);
  g_ptr_array_set_size (search->weak, 0);
  return found;
}

static gint64
end_of_search (Search *search)
{
  gint64 patience = G_MAXINT64 / 2;

  if (search->answered)
    patience = ANSWERED_PATIENCE_US;
  else if (search->refused)
    patience = REFUSED_PATIENCE_US;
  return MIN (search->deadline_us, search->start_us + patience);
}

static gint64
next_event (Search *search)
{
  gint64 next = end_of_search (search);

  if (search->sent < G_N_ELEMENTS (rounds))
    next = MIN (next, search->start_us + rounds[search->sent].at_us);
  if (search->weak->len > 0)
    next = MIN (next, search->weak_since_us + WEAK_PATIENCE_US);
  return next;
}

static gboolean
run (Search *search)
{
  for (;;)
    {
      struct pollfd poller = { .fd = search->fd, .events = POLLIN };
      gint64 now = g_get_monotonic_time ();

      if (search->sent < G_N_ELEMENTS (rounds)
          && now >= search->start_us + rounds[search->sent].at_us)
        send_round (search);
      if (search->weak->len > 0 && now >= search->weak_since_us + WEAK_PATIENCE_US
          && try_weak (search))
        return TRUE;
      if (now >= end_of_search (search))
        return FALSE;
      if (poll (&poller, 1, (int) ((next_event (search) - now) / 1000) + 1) < 0 && errno != EINTR)
        return FALSE;
      if (receive_all (search))
        return TRUE;
    }
}

IgdSsdpResult
igd_ssdp_search (const char *gateway,
                 const char *local,
                 gint64 deadline_us,
                 IgdSsdpFunc found,
                 gpointer user_data)
{
  Search search = {
    .gateway_text = gateway, .deadline_us = deadline_us, .found = found, .user_data = user_data
  };
  IgdSsdpResult result = IGD_SSDP_SILENT;

  search.start_us = g_get_monotonic_time ();
  search.fd = -1;
  if (inet_pton (AF_INET, gateway, &search.gateway) != 1)
    return IGD_SSDP_ABSENT;
  search.tried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  search.weak = g_ptr_array_new_with_free_func (g_free);
  if (open_socket (&search, local) && run (&search))
    result = IGD_SSDP_FOUND;
  else if (search.foreign)
    result = IGD_SSDP_FOREIGN;
  else if (search.answered || search.refused)
    result = IGD_SSDP_ABSENT;
  if (search.fd >= 0)
    close (search.fd);
  g_hash_table_unref (search.tried);
  g_ptr_array_unref (search.weak);
  return result;
}
