/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-private.h"

/* Other threads choose by it whose session is the oldest of all. Where the forward has moved, or
 * listens at two places, several sites share the counters. */
static void
publish_oldest (PtlSite *site)
{
  const PtlUdpSession *oldest = G_LIKELY (site->counters->n_sites <= 1)
                                    ? site->udp.oldest
                                    : ptl_udp_room_find_oldest (site->thread, site->tally);

  atomic_store_explicit (&site->counters->oldest_used_us, oldest ? oldest->used_us : 0,
                         memory_order_relaxed);
}

void
ptl_udp_table_append (PtlSite *site, PtlUdpSession *session)
{
  session->older = site->udp.newest;
  session->newer = NULL;
  if (session->older)
    session->older->newer = session;
  else
    site->udp.oldest = session;
  site->udp.newest = session;
  publish_oldest (site);
}

void
ptl_udp_table_remove (PtlSite *site, PtlUdpSession *session)
{
  if (session->older)
    session->older->newer = session->newer;
  else
    site->udp.oldest = session->newer;
  if (session->newer)
    session->newer->older = session->older;
  else
    site->udp.newest = session->older;
  publish_oldest (site);
}

void
ptl_udp_table_touch (PtlUdpSession *self)
{
  self->used_us = self->site->thread->now_us;
  if (self->newer)
    {
      ptl_udp_table_remove (self->site, self);
      ptl_udp_table_append (self->site, self);
    }
  publish_oldest (self->site);
}

static void
on_idle (PtlEngineThread *thread, PtlTimer *timer)
{
  PtlSite *site = (PtlSite *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (PtlSite, udp.timer));
  gint64 idle_us = site->config->udp_idle_timeout_us;
  PtlUdpSession *next;

  for (PtlUdpSession *i = site->udp.oldest; i; i = next)
    {
      next = i->newer;
      if (i->used_us + idle_us > thread->now_us)
        {
          ptl_timers_arm (&thread->timers, timer, i->used_us + idle_us);
          return;
        }
      ptl_udp_session_free (i); /* the last one may end the site: its memory stays for this round */
    }
}

void
ptl_udp_table_init (PtlSite *site)
{
  site->udp.by_key = g_hash_table_new (ptl_udp_key_hash, ptl_udp_key_equal);
  site->udp.timer.fire = on_idle;
}

void
ptl_udp_table_clear (PtlSite *site)
{
  ptl_timers_cancel (&site->thread->timers, &site->udp.timer);
  g_clear_pointer (&site->udp.by_key, g_hash_table_unref);
}
