/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-forward.h"
#include "ptl-sockaddr.h"
#include "ptl-targets.h"

G_BEGIN_DECLS

/**
 * PtlEngineConfig:
 *
 * A forward made ready for the threads: nothing is left to parse. Immutable and counted; an edit
 * swaps it.
 */
typedef struct
{
  gatomicrefcount refs;
  PtlAudience *audience;
  gboolean anyone;
  PtlTargets *targets;
  PtlOptions *options; /* what is not made ready below */
  gint64 connect_timeout_us;
  gint64 tcp_idle_timeout_us;
  gint64 total_timeout_us; /* 0 = none */
  gint64 udp_idle_timeout_us;
  guint udp_max_sessions;
} PtlEngineConfig;

/* @forward must have passed ptl_forward_check(). @targets: those of @forward; NULL where nothing is to be carried. */
PtlEngineConfig *ptl_engine_config_new (const PtlForward *forward, PtlTargets *targets);
PtlEngineConfig *ptl_engine_config_ref (PtlEngineConfig *self);
void ptl_engine_config_unref (PtlEngineConfig *self);
gboolean ptl_engine_config_allows (const PtlEngineConfig *self, const PtlAddress *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlEngineConfig, ptl_engine_config_unref)

G_END_DECLS
