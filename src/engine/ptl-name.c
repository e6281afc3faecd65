/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-name.h"

#include "ptl-engine-thread.h"
#include "ptl-resolve.h"

/* After a look-up that failed: a name server is not to be asked for every connection. */
#define ASK_AGAIN_US G_USEC_PER_SEC
/* So long after its time what was said last is good enough for whoever comes while the name server
 * is asked again; and so long after it was found to be away. */
#define STALE_MOST_US (10 * G_USEC_PER_SEC)
#define AWAY_US (60 * G_USEC_PER_SEC)

struct _PtlName
{
  gatomicrefcount refs;
  PtlEndpoint *target;
  GMutex lock; /* of what follows; taken before that of the owner */
  PtlNameFunc func;
  gpointer owner;
  PtlGate *gate;
  PtlAddresses *answer;  /* the last that there was */
  PtlAddresses *allowed; /* what the gate lets through of it */
  gboolean is_refused;
  gint64 expires_us;
  gint64 stale_until_us; /* who comes may go by @allowed */
  gboolean asking;
  GArray *waiters; /* of PtlNameWaiter */
  PtlNameWaiter home;
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
ptl_name_new (const PtlEndpoint *target, PtlNameFunc func, gpointer owner)
{
  PtlName *self = g_new0 (PtlName, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->target = ptl_endpoint_copy (target);
  self->func = func;
  self->owner = owner;
  self->answer = ptl_addresses_new (NULL, 0);
  self->allowed = ptl_addresses_ref (self->answer);
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
  ptl_mailbox_unref (self->home.mailbox);
  ptl_addresses_unref (self->answer);
  ptl_addresses_unref (self->allowed);
  ptl_gate_unref (self->gate);
  g_mutex_clear (&self->lock);
  ptl_endpoint_free (self->target);
  g_free (self);
}

void
ptl_name_disown (PtlName *self)
{
  g_mutex_lock (&self->lock);
  self->owner = NULL;
  g_mutex_unlock (&self->lock);
}

const char *
ptl_name_get_host (const PtlName *self)
{
  return self->target->host;
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

/* The gate */

static PtlAddresses *
filter (PtlName *self, GError **refusal)
{
  g_autoptr (GArray) through = g_array_new (FALSE, FALSE, sizeof (PtlSockaddr));

  for (guint i = 0; i < self->answer->n; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!self->gate || ptl_gate_check (self->gate, self->target, &self->answer->items[i], &error))
        g_array_append_val (through, self->answer->items[i]);
      else if (!*refusal)
        *refusal = g_steal_pointer (&error);
    }
  return ptl_addresses_new ((const PtlSockaddr *) (gpointer) through->data, through->len);
}

/* Locked. */
static void
pass_through_gate (PtlName *self)
{
  g_autoptr (GError) refusal = NULL;

  ptl_addresses_unref (self->allowed);
  self->allowed = filter (self, &refusal);
  if (self->allowed->n > 0)
    g_clear_error (&refusal);
  self->is_refused = refusal != NULL;
  if (self->owner)
    self->func (self->owner, refusal);
}

void
ptl_name_set_gate (PtlName *self, PtlGate *gate)
{
  g_mutex_lock (&self->lock);
  ptl_gate_unref (self->gate);
  self->gate = ptl_gate_ref (gate);
  pass_through_gate (self);
  g_mutex_unlock (&self->lock);
}

/* Looking up */

/* Locked. */
static void
ask_if_expired (PtlName *self, GThreadPool *resolver, gint64 now_us)
{
  if (self->asking || now_us < self->expires_us)
    return;
  self->asking = TRUE;
  ptl_resolver_ask (resolver, self);
}

/* Locked. Many connections of one site wait, and it is told once. */
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
  if (self->asking && (self->allowed->n == 0 || now_us >= self->stale_until_us))
    add_waiter (self, waiter);
  else
    addresses = ptl_addresses_ref (self->allowed);
  g_mutex_unlock (&self->lock);
  return addresses;
}

PtlAddresses *
ptl_name_peek (PtlName *self)
{
  PtlAddresses *addresses;

  g_mutex_lock (&self->lock);
  addresses = ptl_addresses_ref (self->allowed);
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

gint64
ptl_name_get_refused_until_us (PtlName *self)
{
  gint64 until_us;

  g_mutex_lock (&self->lock);
  until_us = self->is_refused ? self->expires_us : 0;
  g_mutex_unlock (&self->lock);
  return until_us;
}

void
ptl_name_set_home (PtlName *self, const PtlNameWaiter *home)
{
  g_mutex_lock (&self->lock);
  ptl_mailbox_unref (self->home.mailbox);
  self->home = *home;
  ptl_mailbox_ref (self->home.mailbox);
  g_mutex_unlock (&self->lock);
}

static void
tell (PtlName *self, const PtlNameWaiter *waiter)
{
  PtlNameAnswer *answer = g_new (PtlNameAnswer, 1);

  answer->name = ptl_name_ref (self);
  answer->serial = waiter->serial;
  ptl_mailbox_post (waiter->mailbox, waiter->func, answer, (GDestroyNotify) ptl_name_answer_free);
}

/* Locked. */
static void
tell_all (PtlName *self)
{
  if (self->home.mailbox)
    add_waiter (self, &self->home);
  for (guint i = 0; i < self->waiters->len; i++)
    tell (self, &g_array_index (self->waiters, PtlNameWaiter, i));
  g_array_set_size (self->waiters, 0);
}

/* Where the name server fails, what it said last still stands. */
void
ptl_name_answer (PtlName *self, PtlAddresses *addresses, gint64 good_for_us)
{
  gint64 now_us = ptl_engine_read_clock_us ();

  g_mutex_lock (&self->lock);
  self->expires_us = now_us + (addresses ? good_for_us : ASK_AGAIN_US);
  self->stale_until_us = addresses ? self->expires_us + STALE_MOST_US : now_us + AWAY_US;
  self->asking = FALSE;
  if (addresses)
    {
      ptl_addresses_unref (self->answer);
      self->answer = ptl_addresses_ref (addresses);
      pass_through_gate (self);
    }
  tell_all (self);
  g_mutex_unlock (&self->lock);
}

void
ptl_name_set_good_for (PtlName *self, gint64 good_for_us)
{
  g_mutex_lock (&self->lock);
  self->expires_us = ptl_engine_read_clock_us () + good_for_us;
  self->stale_until_us = self->expires_us + STALE_MOST_US;
  tell_all (self);
  g_mutex_unlock (&self->lock);
}
