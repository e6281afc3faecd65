/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <stdatomic.h>

#include "core/ptl-rule.h"
#include "ptl-histogram.h"
#include "ptl-refused.h"

G_BEGIN_DECLS

typedef struct _PtlAdmission PtlAdmission;

/* One thread's counters of one forward. The thread alone writes them; anyone may read. On a cache
 * line of their own, so that threads do not slow each other. */
typedef struct
{
  _Alignas(64) _Atomic guint64 bytes_in;
  _Atomic guint64 bytes_out;
  _Atomic guint64 packets_in; /* UDP datagrams */
  _Atomic guint64 packets_out;
  _Atomic guint64 ever;
  _Atomic guint64 refused[PTL_N_REFUSED];
  _Atomic gint64 last_used_us;   /* CLOCK_BOOTTIME, of the last byte */
  _Atomic gint64 oldest_used_us; /* the UDP session that would be dropped first; 0 = none */
  guint n_sites;                 /* the thread's own: after a move there are several */
  PtlHistogramCells connect;
  PtlHistogramCells first_byte;
} PtlCounters;

/**
 * PtlTally:
 *
 * The counters of one forward over all threads; and how many connections and UDP sessions it has, because their
 * peak and their cap are the forward's. Counted.
 */
typedef struct
{
  gatomicrefcount refs;
  guint n_threads;
  _Atomic guint n_sessions;
  _Atomic guint64 n_connections; /* sessions too */
  _Atomic guint64 peak;
  PtlAdmission *admission;
  PtlCounters *counters; /* one per thread */
} PtlTally;

/* @id: of the forward. */
PtlTally *ptl_tally_new (guint n_threads, const char *id);
PtlTally *ptl_tally_ref (PtlTally *self);
void ptl_tally_unref (PtlTally *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlTally, ptl_tally_unref)
void ptl_tally_sum (const PtlTally *self, PtlTraffic *traffic);
/* FALSE: there are @most already (0 = any number), and it is not counted. */
gboolean ptl_tally_connection_began (PtlTally *self, guint64 most);
void ptl_tally_connection_ended (PtlTally *self);
gint64 ptl_tally_get_last_used_us (const PtlTally *self);

/* Cheaper than an atomic addition: there is one writer only. */
static inline void
ptl_count (_Atomic guint64 *counter, gint64 n)
{
  atomic_store_explicit (counter, atomic_load_explicit (counter, memory_order_relaxed) + (guint64)n,
                         memory_order_relaxed);
}

/* To @n where it is lower, whoever else counts at the same time. */
static inline void
ptl_count_most (_Atomic guint64 *most, guint64 n)
{
  guint64 known = atomic_load_explicit (most, memory_order_relaxed);

  while (n > known
         && !atomic_compare_exchange_weak_explicit (most, &known, n, memory_order_relaxed,
                                                    memory_order_relaxed))
    ;
}

/**
 * PtlActivity:
 *
 * Tells the main loop, once after it was armed, that a counter has moved.
 */
typedef struct
{
  _Atomic gboolean armed;
  GSource *source;
} PtlActivity;

typedef void (*PtlActivityFunc) (gpointer data);

/* @func runs in @context. */
void
ptl_activity_init (PtlActivity *self, GMainContext *context, PtlActivityFunc func, gpointer data);
void ptl_activity_clear (PtlActivity *self);
void ptl_activity_arm (PtlActivity *self);
void ptl_activity_fire (PtlActivity *self);

static inline void
ptl_activity_touch (PtlActivity *self)
{
  if (G_UNLIKELY (atomic_load_explicit (&self->armed, memory_order_relaxed)))
    ptl_activity_fire (self);
}

G_END_DECLS
