/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-private.h"

/* Other threads choose by it whose session is the oldest of all. */
static void
publish_oldest (PtlSite *site)
{
  atomic_store_explicit (&site->counters->oldest_used_us,
                         site->udp.oldest ? site->udp.oldest->used_us : 0, memory_order_relaxed);
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

void
ptl_udp_table_drop_down_to (PtlSite *site, guint n)
{
  while (site->udp.oldest && atomic_load (&site->tally->n_sessions) > n)
    ptl_udp_session_free (site->udp.oldest);
}

static void
on_asked_to_make_room (PtlEngineThread *thread, gpointer data)
{
  g_autofree gint64 *serial = data;
  PtlSite *site = ptl_site_find (thread, *serial);

  if (!site)
    return;
  atomic_store (&site->counters->must_make_room, FALSE);
  ptl_udp_table_drop_down_to (site, site->config->udp_max_sessions);
}

static guint
find_thread_of_oldest (PtlSite *site)
{
  guint found = site->thread->index;
  gint64 oldest = atomic_load_explicit (&site->counters->oldest_used_us, memory_order_relaxed);

  for (guint i = 0; i < site->tally->n_threads; i++)
    {
      PtlCounters *counters = &site->tally->counters[i];
      gint64 used = atomic_load_explicit (&counters->oldest_used_us, memory_order_relaxed);

      if (used != 0 && (oldest == 0 || used < oldest))
        {
          oldest = used;
          found = i;
        }
    }
  return found;
}

/* For a session that is counted already, and not in the table yet. The cap is the forward's, but a
 * thread can drop its own sessions only: so it asks the one that has the oldest, once at a time.
 * While that one is busy its own oldest has to do: under a flood the table does not grow. */
void
ptl_udp_table_make_room (PtlSite *site)
{
  guint most = site->config->udp_max_sessions;
  guint index;

  if (atomic_load (&site->tally->n_sessions) <= most)
    return;
  index = find_thread_of_oldest (site);
  if (index != site->thread->index
      && !atomic_exchange (&site->tally->counters[index].must_make_room, TRUE))
    ptl_mailbox_post (site->thread->peers[index]->mailbox, on_asked_to_make_room,
                      g_memdup2 (&site->serial, sizeof site->serial), g_free);
  else
    ptl_udp_table_drop_down_to (site, most);
}
