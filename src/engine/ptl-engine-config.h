/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-bucket.h"
#include "ptl-forward.h"
#include "ptl-sockaddr.h"
#include "ptl-targets.h"

G_BEGIN_DECLS

/**
 * PtlEngineConfig:
 *
 * A forward made ready for the threads: nothing is left to parse. Counted; immutable, but for the
 * buckets of its rates. An edit swaps it.
 */
typedef struct
{
  gatomicrefcount refs;
  PtlAudience *audience;
  gboolean anyone;
  PtlTargets *targets;
  gboolean has_tcp; /* targets can be found out about by connecting */
  PtlOptions *options; /* what is not made ready below */
  gint64 vanish_timeout_us;
  gint64 connect_timeout_us;
  gint64 tcp_idle_timeout_us;
  gint64 total_timeout_us; /* 0 = none */
  gint64 udp_idle_timeout_us;
  guint udp_max_sessions;
  guint64 rate; /* bytes per second, of all connections together, each direction; 0 = any */
  guint64 connection_rate;
  PtlBucket buckets[2];      /* of @rate: from clients, from targets */
  _Atomic guint n_waiting[2]; /* connections that have booked from it */
} PtlEngineConfig;

/* @forward must have passed ptl_forward_check(). @targets: those of @forward; NULL where nothing is to be carried. */
PtlEngineConfig *ptl_engine_config_new (const PtlForward *forward, PtlTargets *targets);
PtlEngineConfig *ptl_engine_config_ref (PtlEngineConfig *self);
void ptl_engine_config_unref (PtlEngineConfig *self);
gboolean ptl_engine_config_allows (const PtlEngineConfig *self, const PtlAddress *source);
static inline gboolean
ptl_engine_config_has_rates (const PtlEngineConfig *self)
{
  return self->rate != 0 || self->connection_rate != 0;
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlEngineConfig, ptl_engine_config_unref)

G_END_DECLS
