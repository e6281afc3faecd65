/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tally.h"

#include "ptl-admission.h"

PtlTally *
ptl_tally_new (guint n_threads, const char *id)
{
  PtlTally *self = g_new0 (PtlTally, 1);

  g_atomic_ref_count_init (&self->refs);
  self->n_threads = n_threads;
  self->admission = ptl_admission_new (id);
  self->counters = g_aligned_alloc0 (n_threads, sizeof (PtlCounters), _Alignof(PtlCounters));
  return self;
}

PtlTally *
ptl_tally_ref (PtlTally *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_tally_unref (PtlTally *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->refs))
    return;
  ptl_admission_free (self->admission);
  for (guint i = 0; i < self->n_threads; i++)
    {
      ptl_histogram_cells_clear (&self->counters[i].connect);
      ptl_histogram_cells_clear (&self->counters[i].first_byte);
    }
  g_aligned_free (self->counters);
  g_free (self);
}

void
ptl_tally_sum (const PtlTally *self, PtlTraffic *traffic)
{
  PtlTraffic sum = { 0 };

  for (guint i = 0; i < self->n_threads; i++)
    {
      PtlCounters *counters = &self->counters[i];

      sum.bytes_in += atomic_load_explicit (&counters->bytes_in, memory_order_relaxed);
      sum.bytes_out += atomic_load_explicit (&counters->bytes_out, memory_order_relaxed);
      sum.connections_ever += atomic_load_explicit (&counters->ever, memory_order_relaxed);
      for (guint j = 0; j < PTL_N_REFUSED; j++)
        sum.refused += atomic_load_explicit (&counters->refused[j], memory_order_relaxed);
    }
  sum.connections_now = atomic_load_explicit (&self->n_connections, memory_order_relaxed);
  *traffic = sum;
}

gboolean
ptl_tally_connection_began (PtlTally *self, guint64 most)
{
  guint64 n = atomic_load_explicit (&self->n_connections, memory_order_relaxed);

  do
    if (most != 0 && n >= most)
      return FALSE;
  while (!atomic_compare_exchange_weak_explicit (&self->n_connections, &n, n + 1,
                                                 memory_order_relaxed, memory_order_relaxed));
  ptl_count_most (&self->peak, n + 1);
  return TRUE;
}

void
ptl_tally_connection_ended (PtlTally *self)
{
  atomic_fetch_sub_explicit (&self->n_connections, 1, memory_order_relaxed);
}

gint64
ptl_tally_get_last_used_us (const PtlTally *self)
{
  gint64 last = 0;

  for (guint i = 0; i < self->n_threads; i++)
    last = MAX (last, atomic_load_explicit (&self->counters[i].last_used_us, memory_order_relaxed));
  return last;
}

static gboolean
activity_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  g_source_set_ready_time (source, -1);
  return callback ? callback (data) : G_SOURCE_CONTINUE;
}

static GSourceFuncs activity_funcs = { .dispatch = activity_dispatch };

typedef struct
{
  PtlActivityFunc func;
  gpointer data;
} Callback;

static gboolean
on_activity (gpointer data)
{
  Callback *callback = data;

  callback->func (callback->data);
  return G_SOURCE_CONTINUE;
}

void
ptl_activity_init (PtlActivity *self, GMainContext *context, PtlActivityFunc func, gpointer data)
{
  Callback *callback = g_new (Callback, 1);

  callback->func = func;
  callback->data = data;
  self->source = g_source_new (&activity_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "ptl-engine activity");
  g_source_set_callback (self->source, on_activity, callback, g_free);
  g_source_attach (self->source, context);
}

void
ptl_activity_clear (PtlActivity *self)
{
  if (!self->source)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

void
ptl_activity_arm (PtlActivity *self)
{
  atomic_store (&self->armed, TRUE);
}

/* The source is kept for good: setting its ready time is all that a thread has to do. */
void
ptl_activity_fire (PtlActivity *self)
{
  if (atomic_exchange (&self->armed, FALSE))
    g_source_set_ready_time (self->source, 0);
}
