/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "core/ptl-endpoint.h"
#include "ptl-histogram.h"
#include "ptl-name.h"
#include "ptl-target-news.h"

G_BEGIN_DECLS

/* One thread's counters of one target; as PtlCounters. */
typedef struct
{
  _Alignas(64) _Atomic guint64 now;
  _Atomic guint64 ever;
  _Atomic guint64 bytes_in;
  _Atomic guint64 bytes_out;
  _Atomic guint64 failures;
  _Atomic guint64 packets_in; /* UDP datagrams */
  _Atomic guint64 packets_out;
  PtlHistogramCells connect;
  PtlHistogramCells first_byte;
} PtlTargetCounters;

/**
 * PtlEngineTarget:
 *
 * One place that a forward leads to, and how it fares: up, or out until some time. Shared by the threads, and by the
 * configurations before and after an edit that leaves it in. Counted.
 */
typedef struct
{
  gatomicrefcount refs;
  char *id; /* of the forward */
  PtlEndpoint *endpoint;
  char *text;              /* @endpoint as people write it */
  guint64 key;             /* the same text in every run: for the source hash */
  guint16 port;            /* of the first port to listen on; the n-th leads to port + n */
  PtlAddresses *addresses; /* NULL where it is a name: then @name */
  PtlName *name;
  PtlTargetNews *news;
  guint n_threads;
  PtlTargetCounters *counters; /* one per thread */
  _Atomic guint64 peak;        /* connections at a time */
  _Atomic guint misses;        /* failures in a row */
  _Atomic gint64 out_until_us; /* CLOCK_BOOTTIME; 0 = up, PTL_TARGET_OUT = until a check brings it back */
  _Atomic gboolean is_tried;   /* one connection finds out whether it is back */
  _Atomic int streak;          /* checks in a row that went well; below 0: that did not */
  GMutex lock;                 /* of going out and coming back, and of what follows */
  GError *reason;              /* why it is out */
  gboolean is_forbidden;       /* where its name leads, it may not: nothing else counts */
  guint times_out;             /* one after the other */
  gint64 up_since_us;
} PtlEngineTarget;

#define PTL_TARGET_OUT G_MAXINT64

PtlEngineTarget *ptl_engine_target_new (const char *id,
                                        const PtlEndpoint *endpoint,
                                        guint n_threads,
                                        PtlTargetNews *news);
PtlEngineTarget *ptl_engine_target_ref (PtlEngineTarget *self);
void ptl_engine_target_unref (PtlEngineTarget *self);

/* Takes no new connections but for one that tries it again when its time is over. */
gboolean ptl_engine_target_is_up (PtlEngineTarget *self);
/* Up, or its time is over and nobody tries it yet. */
gboolean ptl_engine_target_is_ready (PtlEngineTarget *self, gint64 now_us);
/* FALSE: another was faster. */
gboolean ptl_engine_target_try (PtlEngineTarget *self);
void ptl_engine_target_end_try (PtlEngineTarget *self);
/* Out for a while that grows each time; moves the end where that is over. @error: an errno. FALSE: its time is not over. */
gboolean ptl_engine_target_put_out (PtlEngineTarget *self, int error, gint64 now_us);
/* Out until ptl_engine_target_bring_back(). @reason: (transfer none) */
void ptl_engine_target_put_out_for_good (PtlEngineTarget *self, const GError *reason);
void ptl_engine_target_bring_back (PtlEngineTarget *self);
/* Out as long as its name leads where it may not. NULL: it does not. */
void ptl_engine_target_forbid (PtlEngineTarget *self, const GError *refusal);
/* (transfer full): NULL where it is up. */
GError *ptl_engine_target_dup_reason (PtlEngineTarget *self);
/* What a person is told of @error, an errno; 0 = its name leads nowhere. */
GError *ptl_engine_target_describe (const PtlEngineTarget *self, int error);
guint64 ptl_engine_target_get_n_now (const PtlEngineTarget *self);
/* There is one more now. */
void ptl_engine_target_note_peak (PtlEngineTarget *self);

G_END_DECLS
