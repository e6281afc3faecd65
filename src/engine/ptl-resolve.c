/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-resolve.h"

#include <netdb.h>
#include <string.h>

#define N_THREADS 4
#define N_ADDRESSES_MOST 16

void
ptl_resolution_free (PtlResolution *self)
{
  ptl_mailbox_unref (self->mailbox);
  ptl_engine_config_unref (self->config);
  ptl_addresses_unref (self->addresses);
  g_free (self);
}

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
  PtlResolution *self = data;

  if (!ptl_mailbox_is_closed (self->mailbox))
    self->addresses = look_up (self->config->host);
  ptl_mailbox_post (self->mailbox, self->func, self, (GDestroyNotify) ptl_resolution_free);
}

GThreadPool *
ptl_resolver_new (void)
{
  return g_thread_pool_new_full (resolve, NULL, (GDestroyNotify) ptl_resolution_free, N_THREADS,
                                 FALSE, NULL);
}

void
ptl_resolver_free (GThreadPool *self)
{
  /* Not at once: a task that a thread has just taken would be lost and not freed. */
  g_thread_pool_free (self, FALSE, FALSE);
}

void
ptl_resolver_ask (GThreadPool *self,
                  PtlMailbox *mailbox,
                  PtlEngineConfig *config,
                  guint64 serial,
                  PtlEngineFunc func)
{
  PtlResolution *resolution = g_new0 (PtlResolution, 1);

  resolution->mailbox = ptl_mailbox_ref (mailbox);
  resolution->func = func;
  resolution->serial = serial;
  resolution->config = ptl_engine_config_ref (config);
  g_thread_pool_push (self, resolution, NULL);
}
