/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-engine-target.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-engine-thread.h"
#include "ptl-tally.h"

#define OUT_FIRST_US G_USEC_PER_SEC
#define OUT_MOST_US (30 * G_USEC_PER_SEC)

static void
on_name (gpointer owner, const GError *refusal)
{
  ptl_engine_target_forbid (owner, refusal);
}

/* FNV-1a: the same in every run, so that a source goes to the same target after a restart. */
static guint64
make_key (const char *text)
{
  guint64 key = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (; *text; text++)
    key = (key ^ (guint8) *text) * G_GUINT64_CONSTANT (0x100000001b3);
  return key;
}

static void
set_place (PtlEngineTarget *self)
{
  PtlSockaddr address;

  self->port = self->endpoint->first;
  if (self->endpoint->path)
    ptl_sockaddr_set_path (&address, self->endpoint->path);
  else if (!ptl_sockaddr_parse (&address, self->endpoint->host, self->port))
    {
      self->name = ptl_name_new (self->endpoint, on_name, self);
      return;
    }
  self->addresses = ptl_addresses_new (&address, 1);
}

PtlEngineTarget *
ptl_engine_target_new (const char *id,
                       const PtlEndpoint *endpoint,
                       guint n_threads,
                       PtlTargetNews *news)
{
  PtlEngineTarget *self = g_new0 (PtlEngineTarget, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->id = g_strdup (id);
  self->endpoint = ptl_endpoint_copy (endpoint);
  self->text = ptl_endpoint_to_string (endpoint);
  self->key = make_key (self->text);
  set_place (self);
  self->news = ptl_target_news_ref (news);
  self->n_threads = n_threads;
  self->counters
      = g_aligned_alloc0 (n_threads, sizeof (PtlTargetCounters), _Alignof(PtlTargetCounters));
  return self;
}

PtlEngineTarget *
ptl_engine_target_ref (PtlEngineTarget *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_engine_target_unref (PtlEngineTarget *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->refs))
    return;
  if (self->name)
    ptl_name_disown (self->name);
  g_free (self->id);
  ptl_endpoint_free (self->endpoint);
  g_free (self->text);
  ptl_addresses_unref (self->addresses);
  ptl_name_unref (self->name);
  ptl_target_news_unref (self->news);
  for (guint i = 0; i < self->n_threads; i++)
    {
      ptl_histogram_cells_clear (&self->counters[i].connect);
      ptl_histogram_cells_clear (&self->counters[i].first_byte);
    }
  g_aligned_free (self->counters);
  g_clear_error (&self->reason);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
ptl_engine_target_is_up (PtlEngineTarget *self)
{
  return atomic_load_explicit (&self->out_until_us, memory_order_relaxed) == 0;
}

gboolean
ptl_engine_target_is_ready (PtlEngineTarget *self, gint64 now_us)
{
  gint64 until = atomic_load_explicit (&self->out_until_us, memory_order_relaxed);

  return until == 0 || (until <= now_us && !atomic_load (&self->is_tried));
}

gboolean
ptl_engine_target_try (PtlEngineTarget *self)
{
  return !atomic_exchange (&self->is_tried, TRUE);
}

void
ptl_engine_target_end_try (PtlEngineTarget *self)
{
  atomic_store (&self->is_tried, FALSE);
}

GError *
ptl_engine_target_describe (const PtlEngineTarget *self, int error)
{
  switch (error)
    {
    case 0:
      /* Translators: %s is a host name */
      return ptl_error_new (PTL_ERROR_TARGET, _("Look whether it is spelled right, or give the address."),
                            _("The name %s leads nowhere."), self->endpoint->host);
    case ECONNREFUSED:
      /* Translators: %s is an address and port */
      return ptl_error_new (PTL_ERROR_TARGET, _("Start the program there, or look at its port."),
                            _("Nothing listens on %s."), self->text);
    case ETIMEDOUT:
      /* Translators: %s is an address and port */
      return ptl_error_new (PTL_ERROR_TARGET,
                            _("Look whether the device is on, and whether a firewall drops it."),
                            _("%s does not answer."), self->text);
    default:
      /* Translators: an address and port, and the system's reason */
      return ptl_error_new (PTL_ERROR_TARGET, _("Look whether the device is on and in the network."),
                            _("%s cannot be reached: %s."), self->text, g_strerror (error));
    }
}

static void
tell (PtlEngineTarget *self, gboolean up)
{
  ptl_target_news_tell (self->news, self->id, self->text, up, self->reason);
}

/* One that keeps failing is left alone for longer and longer; one that was well for a while begins anew. */
static gint64
get_time_out (PtlEngineTarget *self, gint64 now_us)
{
  gint64 time_us;

  if (self->up_since_us != 0 && now_us - self->up_since_us > OUT_MOST_US)
    self->times_out = 0;
  time_us = MIN (OUT_FIRST_US << MIN (self->times_out, 5), OUT_MOST_US);
  self->times_out++;
  return time_us;
}

gboolean
ptl_engine_target_put_out (PtlEngineTarget *self, int error, gint64 now_us)
{
  gboolean was_up, is_due;

  g_mutex_lock (&self->lock);
  was_up = ptl_engine_target_is_up (self);
  is_due = !self->is_forbidden && atomic_load (&self->out_until_us) <= now_us;
  if (is_due)
    {
      g_clear_error (&self->reason);
      self->reason = ptl_engine_target_describe (self, error);
      atomic_store (&self->out_until_us, now_us + get_time_out (self, now_us));
      if (was_up)
        tell (self, FALSE);
    }
  g_mutex_unlock (&self->lock);
  return is_due;
}

/* Locked. */
static void
put_out_for_good (PtlEngineTarget *self, const GError *reason)
{
  gboolean was_up = ptl_engine_target_is_up (self);

  g_clear_error (&self->reason);
  self->reason = g_error_copy (reason);
  atomic_store (&self->out_until_us, PTL_TARGET_OUT);
  if (was_up)
    tell (self, FALSE);
}

/* Locked. */
static void
bring_back (PtlEngineTarget *self)
{
  if (!ptl_engine_target_is_up (self))
    {
      atomic_store (&self->out_until_us, 0);
      self->up_since_us = ptl_engine_read_clock_us ();
      g_clear_error (&self->reason);
      tell (self, TRUE);
    }
  atomic_store (&self->misses, 0);
}

void
ptl_engine_target_put_out_for_good (PtlEngineTarget *self, const GError *reason)
{
  g_mutex_lock (&self->lock);
  if (!self->is_forbidden)
    put_out_for_good (self, reason);
  g_mutex_unlock (&self->lock);
}

void
ptl_engine_target_bring_back (PtlEngineTarget *self)
{
  g_mutex_lock (&self->lock);
  if (!self->is_forbidden)
    bring_back (self);
  g_mutex_unlock (&self->lock);
}

void
ptl_engine_target_forbid (PtlEngineTarget *self, const GError *refusal)
{
  gboolean was_forbidden;

  g_mutex_lock (&self->lock);
  was_forbidden = self->is_forbidden;
  self->is_forbidden = refusal != NULL;
  if (refusal)
    {
      gboolean is_news = was_forbidden && !g_str_equal (self->reason->message, refusal->message);

      put_out_for_good (self, refusal);
      if (is_news)
        tell (self, FALSE);
    }
  else if (was_forbidden)
    bring_back (self);
  g_mutex_unlock (&self->lock);
}

GError *
ptl_engine_target_dup_reason (PtlEngineTarget *self)
{
  GError *reason;

  g_mutex_lock (&self->lock);
  reason = self->reason ? g_error_copy (self->reason) : NULL;
  g_mutex_unlock (&self->lock);
  return reason;
}

guint64
ptl_engine_target_get_n_now (const PtlEngineTarget *self)
{
  guint64 n = 0;

  for (guint i = 0; i < self->n_threads; i++)
    n += atomic_load_explicit (&self->counters[i].now, memory_order_relaxed);
  return n;
}

void
ptl_engine_target_note_peak (PtlEngineTarget *self)
{
  ptl_count_most (&self->peak, ptl_engine_target_get_n_now (self));
}
