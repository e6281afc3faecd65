/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-admission.h"
#include "ptl-udp-private.h"

/* The cap on sessions is the forward's, and the oldest of all makes room; but a thread can drop its
 * own sessions only. So it asks the one that has the oldest, which hands over the place; what the
 * new source sends waits until then. Each place is counted at every moment, so that there never is
 * one session too many. */

struct _PtlUdpAsk
{
  gint64 serial;
  PtlListener *listener; /* there as long as the site is */
  PtlUdpKey key;
  PtlSourceEntry *entry; /* reserved */
  PtlUdpHeld *held;
  PtlMailbox *asker;
  PtlTally *tally;
  gboolean granted; /* a place of @tally */
};

static void
ask_free (gpointer data)
{
  PtlUdpAsk *self = data;

  if (self->granted)
    ptl_udp_room_give_back (self->tally);
  ptl_udp_held_free (self->held);
  ptl_mailbox_unref (self->asker);
  ptl_tally_unref (self->tally);
  g_free (self);
}

static gboolean
take_free_place (PtlSite *site)
{
  guint n = atomic_load (&site->tally->n_sessions);

  while (n < site->config->udp_max_sessions)
    if (atomic_compare_exchange_weak (&site->tally->n_sessions, &n, n + 1))
      return TRUE;
  return FALSE;
}

void
ptl_udp_room_give_back (PtlTally *tally)
{
  atomic_fetch_sub (&tally->n_sessions, 1);
}

static void
take_older (PtlUdpSession **oldest, PtlUdpSession *session)
{
  if (session && (!*oldest || session->used_us < (*oldest)->used_us))
    *oldest = session;
}

PtlUdpSession *
ptl_udp_room_find_oldest (PtlEngineThread *thread, const PtlTally *tally)
{
  PtlUdpSession *oldest = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, thread->sites);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((PtlSite *) value)->tally == tally)
      take_older (&oldest, ((PtlSite *) value)->udp.oldest);
  return oldest;
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

/* With the place of another, or with one that has become free meanwhile. */
static PtlUdpSession *
begin (PtlUdpAsk *self, PtlSite *site)
{
  PtlSourceEntry *entry = g_steal_pointer (&self->entry);
  gboolean granted = self->granted;

  self->granted = FALSE;
  if (!granted && !ptl_udp_room_take (self->listener, &self->key, entry))
    return NULL;
  return ptl_udp_session_begin (self->listener, &self->key, entry);
}

/* Back in the thread that asked. */
static void
on_answered (PtlEngineThread *thread, gpointer data)
{
  PtlUdpAsk *self = data;
  PtlSite *site = ptl_site_find (thread, self->serial);
  PtlUdpSession *session;
  const PtlUdpPiece *pieces;
  guint n;

  if (site)
    site->udp.ask = NULL;
  if (site && !site->closing)
    {
      session = begin (self, site);
      pieces = ptl_udp_held_get_pieces (self->held, &n);
      if (session)
        ptl_udp_session_send (session, pieces, n);
      else
        ptl_udp_room_hold (site, &self->key, pieces, n);
    }
  if (self->entry)
    ptl_admission_withdraw (self->tally, self->entry, thread->now_us);
  ask_free (self);
}

static void
on_asked (PtlEngineThread *thread, gpointer data)
{
  PtlUdpAsk *self = data;
  PtlUdpSession *oldest = ptl_udp_room_find_oldest (thread, self->tally);

  self->granted = oldest != NULL;
  if (oldest)
    ptl_udp_session_free_but_place (oldest);
  ptl_mailbox_post (self->asker, on_answered, self, ask_free);
}

static void
ask (PtlListener *listener, const PtlUdpKey *key, PtlSourceEntry *entry, guint index)
{
  PtlSite *site = listener->site;
  PtlUdpAsk *self = g_new0 (PtlUdpAsk, 1);

  self->serial = site->serial;
  self->listener = listener;
  self->key = *key;
  self->entry = entry;
  self->held = ptl_udp_held_new ();
  self->asker = ptl_mailbox_ref (site->thread->mailbox);
  self->tally = ptl_tally_ref (site->tally);
  site->udp.ask = self;
  ptl_mailbox_post (site->thread->peers[index]->mailbox, on_asked, self, ask_free);
}

/* While one of its asks is under way, a thread's own oldest has to do: under a flood nothing piles
 * up. */
gboolean
ptl_udp_room_take (PtlListener *listener, const PtlUdpKey *key, PtlSourceEntry *entry)
{
  PtlSite *site = listener->site;
  PtlUdpSession *own;
  guint index;

  if (take_free_place (site))
    return TRUE;
  index = find_thread_of_oldest (site);
  if (index != site->thread->index && !site->udp.ask)
    {
      ask (listener, key, entry, index);
      return FALSE;
    }
  own = ptl_udp_room_find_oldest (site->thread, site->tally);
  if (own)
    ptl_udp_session_free_but_place (own);
  else
    ptl_admission_withdraw (site->tally, entry, site->thread->now_us);
  return own != NULL;
}

gboolean
ptl_udp_room_is_waiting (PtlSite *site, const PtlUdpKey *key)
{
  return site->udp.ask && ptl_udp_key_equal (&site->udp.ask->key, key);
}

void
ptl_udp_room_hold (PtlSite *site, const PtlUdpKey *key, const PtlUdpPiece *pieces, guint n)
{
  if (!ptl_udp_room_is_waiting (site, key))
    return;
  for (guint i = 0; i < n; i++)
    ptl_udp_held_add (site->udp.ask->held, &pieces[i]);
}

static void
on_shrink (PtlEngineThread *thread, gpointer data)
{
  g_autofree gint64 *serial = data;
  PtlSite *site = ptl_site_find (thread, *serial);

  if (site)
    ptl_udp_room_shrink (site);
}

/* From one thread to the next, always to the one that has the oldest. */
void
ptl_udp_room_shrink (PtlSite *site)
{
  PtlUdpSession *own;
  guint index;

  while (atomic_load (&site->tally->n_sessions) > site->config->udp_max_sessions)
    {
      index = find_thread_of_oldest (site);
      if (index != site->thread->index)
        {
          ptl_mailbox_post (site->thread->peers[index]->mailbox, on_shrink,
                            g_memdup2 (&site->serial, sizeof site->serial), g_free);
          return;
        }
      own = ptl_udp_room_find_oldest (site->thread, site->tally);
      if (!own)
        return;
      ptl_udp_session_free (own);
    }
}
