/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-resolve.h"

#include <netdb.h>
#include <resolv.h>
#include <string.h>

#include "ptl-dns.h"

#define N_THREADS 4
#define N_ADDRESSES_MOST 16
/* What no name server has said: /etc/hosts, mDNS, names of one part. */
#define GOOD_FOR_US (30 * G_USEC_PER_SEC)
#define TTL_LEAST 5
#define TTL_MOST 3600

/* As every program of the system would find it: by files, by mDNS, by name servers, in the order that is set. */
static PtlAddresses *
look_up (const char *host)
{
  struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
  struct addrinfo *found = NULL;
  PtlSockaddr items[N_ADDRESSES_MOST];
  guint n = 0;

  if (getaddrinfo (host, NULL, &hints, &found) != 0)
    return NULL;
  memset (items, 0, sizeof items);
  for (struct addrinfo *i = found; i && n < N_ADDRESSES_MOST; i = i->ai_next)
    if (i->ai_family == AF_INET || i->ai_family == AF_INET6)
      memcpy (&items[n++], i->ai_addr, MIN (i->ai_addrlen, sizeof items[0]));
  freeaddrinfo (found);
  return n > 0 ? ptl_addresses_new (items, n) : NULL;
}

/* How long it stands */

/* RFC 6762 and RFC 6761: these are not for name servers; nor is, as a rule, a name of one part. */
static gboolean
is_for_name_servers (const char *host)
{
  const char *dot = strchr (host, '.');

  return dot && dot[1] != '\0' && !g_str_has_suffix (host, ".local")
         && !g_str_has_suffix (host, ".local.") && !g_str_has_suffix (host, ".localhost");
}

static void
ask (struct __res_state *state, const char *host, int family, PtlDnsAnswer *answer)
{
  guint8 bytes[NS_MAXMSG];
  int n = res_nsearch (state, host, ns_c_in, family == AF_INET ? ns_t_a : ns_t_aaaa, bytes,
                       sizeof bytes);

  if (n > 0)
    ptl_dns_read (answer, family, bytes, MIN ((gsize) n, sizeof bytes));
}

static gboolean
holds (const PtlDnsAnswer *answer, const PtlSockaddr *address)
{
  PtlAddress wanted, other;

  ptl_sockaddr_get_address (address, &wanted);
  for (guint i = 0; i < answer->n; i++)
    {
      ptl_sockaddr_get_address (&answer->items[i], &other);
      if (memcmp (&wanted, &other, sizeof wanted) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Of the families that were found, the other one is not asked for. */
static void
ask_for_families (const PtlAddresses *found, const char *host, PtlDnsAnswer *answer)
{
  struct __res_state state = { 0 };
  gboolean v4 = FALSE, v6 = FALSE;

  for (guint i = 0; i < found->n; i++)
    {
      v4 |= found->items[i].any.sa_family == AF_INET;
      v6 |= found->items[i].any.sa_family == AF_INET6;
    }
  if (res_ninit (&state) < 0)
    return;
  if (v4)
    ask (&state, host, AF_INET, answer);
  if (v6)
    ask (&state, host, AF_INET6, answer);
  res_nclose (&state);
}

/* The system's own look-up does not tell, so the name server is asked once more; and believed where it says the same. */
static gint64
get_good_for_us (const char *host, const PtlAddresses *found)
{
  g_autofree PtlDnsAnswer *answer = g_new0 (PtlDnsAnswer, 1);

  answer->ttl = G_MAXUINT32;
  ask_for_families (found, host, answer);
  for (guint i = 0; i < found->n; i++)
    if (!holds (answer, &found->items[i]))
      return GOOD_FOR_US;
  return (gint64) CLAMP (answer->ttl, TTL_LEAST, TTL_MOST) * G_USEC_PER_SEC;
}

/* The threads */

static void
resolve (gpointer data, gpointer unused)
{
  PtlName *name = data;

  if (!ptl_name_is_forgotten (name))
    {
      const char *host = ptl_name_get_host (name);
      g_autoptr (PtlAddresses) addresses = look_up (host);

      /* Who waits is told at once. */
      ptl_name_answer (name, addresses, GOOD_FOR_US);
      if (addresses && is_for_name_servers (host))
        ptl_name_set_good_for (name, get_good_for_us (host, addresses));
    }
  ptl_name_unref (name);
}

GThreadPool *
ptl_resolver_new (void)
{
  return g_thread_pool_new_full (resolve, NULL, (GDestroyNotify) ptl_name_unref, N_THREADS, FALSE,
                                 NULL);
}

void
ptl_resolver_free (GThreadPool *self)
{
  /* Not at once: a task that a thread has just taken would be lost and not freed. */
  g_thread_pool_free (self, FALSE, FALSE);
}

void
ptl_resolver_ask (GThreadPool *self, PtlName *name)
{
  g_thread_pool_push (self, ptl_name_ref (name), NULL);
}
