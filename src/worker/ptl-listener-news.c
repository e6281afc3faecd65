/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-listener-news.h"

#include <stdio.h>

#include "core/ptl-endpoint.h"

#define FORGET_US (24 * 3600 * (gint64) G_USEC_PER_SEC)
/* What is gone sooner is nobody's news. */
#define STAYS_US (4 * G_USEC_PER_SEC)
#define KNOWN_MOST 8192
#define CLIENT_PORTS_FIRST 32768
#define CLIENT_PORTS_LAST 60999

typedef struct
{
  gint64 first_us; /* since when it is there, since boot */
  gint64 last_us;  /* when it was last there */
  gboolean sure;   /* it stayed, or was there in the first look of all */
  guint look;      /* number of the last look that had it */
} Known;

struct _PtlListenerNews
{
  GHashTable *known; /* "tcp/8080/nginx" -> Known */
  PtlForeignAlarm alarm;
  guint look;
  guint n_waiting;
  guint client_first; /* ports that the kernel gives out to clients */
  guint client_last;
};

/* ip(7), ip_local_port_range */
static void
read_client_ports (PtlListenerNews *self)
{
  g_autofree char *text = NULL;
  unsigned int first, last;

  self->client_first = CLIENT_PORTS_FIRST;
  self->client_last = CLIENT_PORTS_LAST;
  if (!g_file_get_contents ("/proc/sys/net/ipv4/ip_local_port_range", &text, NULL, NULL) ||
      sscanf (text, "%u %u", &first, &last) != 2)
    return;
  self->client_first = first;
  self->client_last = last;
}

PtlListenerNews *
ptl_listener_news_new (void)
{
  PtlListenerNews *self = g_new0 (PtlListenerNews, 1);

  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  read_client_ports (self);
  return self;
}

void
ptl_listener_news_free (PtlListenerNews *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->known);
  g_free (self);
}

static gboolean
is_reachable (PtlListenerNews *self, const PtlListener *listener)
{
  if (listener->scope == PTL_LISTEN_SCOPE_MACHINE)
    return FALSE;
  return listener->protocol == PTL_PROTOCOL_TCP || listener->port < self->client_first || listener->port > self->client_last;
}

static gboolean
is_stale (gpointer key, gpointer value, gpointer data)
{
  return ((Known *) value)->last_us + FORGET_US < *(gint64 *) data;
}

/* Whether it is just found out that it stays. */
static gboolean
note (PtlListenerNews *self, const PtlListener *listener, gint64 boot_us)
{
  g_autofree char *key = g_strdup_printf ("%s/%u/%s", ptl_protocol_to_string (listener->protocol), listener->port,
                                          listener->process);
  Known *known = g_hash_table_lookup (self->known, key);
  gboolean fresh;

  if (known == NULL)
    {
      if (g_hash_table_size (self->known) >= KNOWN_MOST)
        return FALSE;
      known = g_new0 (Known, 1);
      known->sure = self->look == 1;
      g_hash_table_insert (self->known, g_steal_pointer (&key), known);
    }
  /* It was away meanwhile, or never there. */
  if (known->look == 0 || known->look + 1 < self->look)
    known->first_us = boot_us;
  fresh = !known->sure && boot_us >= known->first_us + STAYS_US;
  known->sure |= fresh;
  known->look = self->look;
  known->last_us = boot_us;
  self->n_waiting += !known->sure;
  return fresh;
}

GPtrArray *
ptl_listener_news_take (PtlListenerNews *self,
                        const PtlListenersView *view,
                        PtlListenerOwnFunc is_own,
                        gpointer user_data,
                        gint64 boot_us,
                        PtlForeignNews *how)
{
  GPtrArray *fresh = g_ptr_array_new ();

  self->look++;
  self->n_waiting = 0;
  g_hash_table_foreach_remove (self->known, is_stale, &boot_us);
  for (guint i = 0; i < view->listeners->len; i++)
    {
      PtlListener *listener = view->listeners->pdata[i];

      if (is_reachable (self, listener) && !is_own (listener, user_data) && note (self, listener, boot_us))
        g_ptr_array_add (fresh, listener);
    }
  *how = ptl_foreign_alarm_weigh (&self->alarm, fresh->len, boot_us);
  return fresh;
}

gboolean
ptl_listener_news_is_waiting (PtlListenerNews *self)
{
  return self->n_waiting > 0;
}

guint
ptl_listener_news_get_n_flood (PtlListenerNews *self)
{
  return self->alarm.count;
}
