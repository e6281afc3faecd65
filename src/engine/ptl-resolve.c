/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-resolve.h"

#include <netdb.h>
#include <string.h>

#define N_THREADS 4
#define N_ADDRESSES_MOST 16
#define GOOD_FOR_US (30 * G_USEC_PER_SEC)

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

static void
resolve (gpointer data, gpointer unused)
{
  PtlName *name = data;

  if (!ptl_name_is_forgotten (name))
    {
      g_autoptr (PtlAddresses) addresses = look_up (ptl_name_get_host (name));

      ptl_name_answer (name, addresses, GOOD_FOR_US);
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
