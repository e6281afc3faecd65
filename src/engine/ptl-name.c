/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-name.h"

#include "ptl-engine-thread.h"
#include "ptl-resolve.h"

/* After a look-up that failed: a name server is not to be asked for every connection. */
#define ASK_AGAIN_US G_USEC_PER_SEC

struct _PtlName
{
  gatomicrefcount refs;
  char *host;
  GMutex lock;
  PtlAddresses *answer; /* the last that there was */
  gint64 expires_us;
  gboolean asking;
  GArray *waiters; /* of PtlNameWaiter */
};

static void
clear_waiter (gpointer data)
{
  ptl_mailbox_unref (((PtlNameWaiter *) data)->mailbox);
}

static GArray *
waiters_new (void)
{
  GArray *waiters = g_array_new (FALSE, FALSE, sizeof (PtlNameWaiter));

  g_array_set_clear_func (waiters, clear_waiter);
  return waiters;
}

PtlName *
ptl_name_new (const char *host)
{
  PtlName *self = g_new0 (PtlName, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->host = g_strdup (host);
  self->answer = ptl_addresses_new (NULL, 0);
  self->waiters = waiters_new ();
  return self;
}

PtlName *
ptl_name_ref (PtlName *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_name_unref (PtlName *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_array_unref (self->waiters);
  ptl_addresses_unref (self->answer);
  g_mutex_clear (&self->lock);
  g_free (self->host);
  g_free (self);
}

const char *
ptl_name_get_host (const PtlName *self)
{
  return self->host;
}

gboolean
ptl_name_is_forgotten (PtlName *self)
{
  return g_atomic_ref_count_compare (&self->refs, 1);
}

void
ptl_name_answer_free (PtlNameAnswer *self)
{
  ptl_name_unref (self->name);
  g_free (self);
}

static void
ask_if_expired (PtlName *self, GThreadPool *resolver, gint64 now_us)
{
  if (self->asking || now_us < self->expires_us)
    return;
  self->asking = TRUE;
  ptl_resolver_ask (resolver, self);
}

/* Many connections of one site wait, and it is told once. */
static void
add_waiter (PtlName *self, const PtlNameWaiter *waiter)
{
  PtlNameWaiter copy = *waiter;

  for (guint i = 0; i < self->waiters->len; i++)
    {
      const PtlNameWaiter *other = &g_array_index (self->waiters, PtlNameWaiter, i);

      if (other->mailbox == waiter->mailbox && other->serial == waiter->serial)
        return;
    }
  ptl_mailbox_ref (copy.mailbox);
  g_array_append_val (self->waiters, copy);
}

PtlAddresses *
ptl_name_get (PtlName *self, GThreadPool *resolver, gint64 now_us, const PtlNameWaiter *waiter)
{
  PtlAddresses *addresses = NULL;

  g_mutex_lock (&self->lock);
  ask_if_expired (self, resolver, now_us);
  if (self->answer->n == 0 && self->asking)
    add_waiter (self, waiter);
  else
    addresses = ptl_addresses_ref (self->answer);
  g_mutex_unlock (&self->lock);
  return addresses;
}

PtlAddresses *
ptl_name_peek (PtlName *self)
{
  PtlAddresses *addresses;

  g_mutex_lock (&self->lock);
  addresses = ptl_addresses_ref (self->answer);
  g_mutex_unlock (&self->lock);
  return addresses;
}

void
ptl_name_prefetch (PtlName *self, GThreadPool *resolver, gint64 now_us)
{
  g_mutex_lock (&self->lock);
  ask_if_expired (self, resolver, now_us);
  g_mutex_unlock (&self->lock);
}

static void
tell (PtlName *self, GArray *waiters)
{
  for (guint i = 0; i < waiters->len; i++)
    {
      const PtlNameWaiter *waiter = &g_array_index (waiters, PtlNameWaiter, i);
      PtlNameAnswer *answer = g_new (PtlNameAnswer, 1);

      answer->name = ptl_name_ref (self);
      answer->serial = waiter->serial;
      ptl_mailbox_post (waiter->mailbox, waiter->func, answer,
                        (GDestroyNotify) ptl_name_answer_free);
    }
}

/* Where the name server fails, what it said last still stands. */
void
ptl_name_answer (PtlName *self, PtlAddresses *addresses, gint64 good_for_us)
{
  g_autoptr (GArray) waiters = waiters_new ();

  g_mutex_lock (&self->lock);
  if (addresses)
    {
      ptl_addresses_unref (self->answer);
      self->answer = ptl_addresses_ref (addresses);
    }
  self->expires_us = ptl_engine_read_clock_us () + (addresses ? good_for_us : ASK_AGAIN_US);
  self->asking = FALSE;
  {
    GArray *told = self->waiters;

    self->waiters = g_steal_pointer (&waiters);
    waiters = told;
  }
  g_mutex_unlock (&self->lock);
  tell (self, waiters);
}
