/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-pace.h"

#include <sys/ioctl.h>

#include "ptl-tcp-private.h"

#define BURST_US (20 * 1000)     /* so late may a thread come without losing any of its rate */
#define SHARES_PER_SECOND 200    /* what is read at a time: 5 ms' worth, */
#define SHARE_LEAST 512          /* but not so little, */
#define SHARE_CROWDED 4096       /* where many wait not less than this, */
#define SHARE_MOST (1024 * 1024) /* and not more than a pipe holds */

typedef struct
{
  gint64 start_us; /* when what is booked may be read */
  gsize booked;
  gboolean waits; /* and is counted among those who do */
} Flow;

struct _PtlPace
{
  PtlTcp *tcp;
  PtlEngineConfig *config; /* whose buckets it has booked from */
  PtlTimer timer;
  Flow flows[2];
};

/* How much */

static gsize
get_share (guint64 rate)
{
  return CLAMP (rate / SHARES_PER_SECOND, MIN (rate, SHARE_LEAST), SHARE_MOST);
}

/* The more wait, the less each gets, and the sooner. */
static gsize
get_shared_share (PtlEngineConfig *config, guint from)
{
  gsize whole = get_share (config->rate);
  guint n_waiting = atomic_load_explicit (&config->n_waiting[from], memory_order_relaxed);

  return MAX (whole / (1 + n_waiting), MIN (whole, SHARE_CROWDED));
}

static gsize
get_most (PtlEngineConfig *config, guint from)
{
  gsize most = SHARE_MOST;

  if (config->connection_rate)
    most = MIN (most, get_share (config->connection_rate));
  if (config->rate)
    most = MIN (most, get_shared_share (config, from));
  return most;
}

/* Booking */

static gint64
book (PtlPace *self, guint from, gsize n)
{
  PtlEngineConfig *config = self->config;
  gint64 now_us = self->tcp->site->thread->now_us;
  gint64 own_us = 0, shared_us = 0;

  if (config->connection_rate)
    own_us = ptl_bucket_book (&self->tcp->connection.buckets[from], config->connection_rate,
                              BURST_US, n, now_us);
  if (config->rate)
    shared_us = ptl_bucket_book (&config->buckets[from], config->rate, BURST_US, n, now_us);
  return MAX (own_us, shared_us);
}

static void
give_back (PtlPace *self, guint from, gsize n)
{
  PtlEngineConfig *config = self->config;

  if (config->connection_rate)
    ptl_bucket_give_back (&self->tcp->connection.buckets[from], config->connection_rate, n);
  if (config->rate)
    ptl_bucket_give_back (&config->buckets[from], config->rate, n);
}

static void
set_waits (PtlPace *self, guint from, gboolean waits)
{
  Flow *flow = &self->flows[from];

  if (flow->waits == waits)
    return;
  flow->waits = waits;
  atomic_fetch_add_explicit (&self->config->n_waiting[from], waits ? 1 : -1, memory_order_relaxed);
}

/* At the end of what a side sends there is nothing: reading one byte will tell. */
static gsize
count_readable (const PtlTcp *tcp, guint from)
{
  int n = 0;

  return ioctl (tcp->sides[from].source.fd, FIONREAD, &n) == 0 && n > 0 ? (gsize) n : 1;
}

/* Who has to wait waits for what it has to say and no more. */
static void
book_turn (PtlPace *self, guint from)
{
  Flow *flow = &self->flows[from];
  gsize readable;

  flow->booked = get_most (self->config, from);
  flow->start_us = book (self, from, flow->booked);
  if (flow->start_us <= self->tcp->site->thread->now_us)
    return;
  readable = count_readable (self->tcp, from);
  if (readable < flow->booked)
    {
      give_back (self, from, flow->booked);
      flow->booked = readable;
      flow->start_us = book (self, from, readable);
    }
  set_waits (self, from, TRUE);
}

gsize
ptl_pace_ask (PtlTcp *tcp, guint from)
{
  PtlPace *self = tcp->pace;
  PtlEngineThread *thread = tcp->site->thread;
  Flow *flow = &self->flows[from];
  gsize n;

  if (flow->booked == 0)
    book_turn (self, from);
  if (flow->start_us > thread->now_us)
    {
      if (!self->timer.place || self->timer.due_us > flow->start_us)
        ptl_timers_arm (&thread->timers, &self->timer, flow->start_us);
      return 0;
    }
  set_waits (self, from, FALSE);
  n = flow->booked;
  flow->booked = 0;
  return n;
}

void
ptl_pace_give_back (PtlTcp *tcp, guint from, gsize n)
{
  give_back (tcp->pace, from, n);
}

/* Life */

static void
on_turn (PtlEngineThread *thread, PtlTimer *timer)
{
  PtlPace *self = (PtlPace *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (PtlPace, timer));

  if (self->tcp->state == PTL_TCP_RELAYING)
    ptl_tcp_relay (thread, self->tcp);
}

/* What is booked and not read was nobody's loss: the others are only served sooner. */
void
ptl_pace_clear (PtlTcp *tcp)
{
  PtlPace *self = tcp->pace;

  if (!self)
    return;
  for (guint from = 0; from < 2; from++)
    {
      set_waits (self, from, FALSE);
      give_back (self, from, self->flows[from].booked);
    }
  ptl_timers_cancel (&tcp->site->thread->timers, &self->timer);
  ptl_engine_config_unref (self->config);
  ptl_engine_thread_bury (tcp->site->thread, g_steal_pointer (&tcp->pace));
}

void
ptl_pace_reset (PtlConnection *connection)
{
  for (guint from = 0; from < 2; from++)
    connection->buckets[from] = (PtlBucket){ 0 };
}

void
ptl_pace_apply (PtlTcp *tcp)
{
  PtlEngineConfig *config = tcp->site->config;
  gboolean had_one = tcp->pace != NULL;

  ptl_pace_clear (tcp);
  ptl_pace_reset (&tcp->connection);
  if (ptl_engine_config_has_rates (config))
    {
      tcp->pace = g_new0 (PtlPace, 1);
      tcp->pace->tcp = tcp;
      tcp->pace->config = ptl_engine_config_ref (config);
      tcp->pace->timer.fire = on_turn;
    }
  if (had_one) /* it may have been waiting */
    ptl_engine_thread_put_off (tcp->site->thread, &tcp->sides[PTL_CLIENT].source);
}

/* Datagrams */

gboolean
ptl_pace_let_pass (PtlConnection *connection, PtlSite *site, gboolean in, gsize n)
{
  PtlEngineConfig *config = site->config;
  gint64 now_us = site->thread->now_us;
  guint from = in ? PTL_CLIENT : PTL_TARGET;
  gboolean passes = TRUE;

  if (config->connection_rate)
    passes = ptl_bucket_overdraw (&connection->buckets[from], config->connection_rate, BURST_US, n,
                                  now_us);
  if (passes && config->rate
      && !ptl_bucket_overdraw (&config->buckets[from], config->rate, BURST_US, n, now_us))
    {
      if (config->connection_rate)
        ptl_bucket_give_back (&connection->buckets[from], config->connection_rate, n);
      passes = FALSE;
    }
  if (!passes)
    ptl_site_count_refused (site, PTL_REFUSED_BYTES);
  return passes;
}
