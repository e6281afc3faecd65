/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-histogram.h"

G_BEGIN_DECLS

/* What became of one target of a forward, over all threads. */
typedef struct
{
  char *endpoint; /* as ptl_endpoint_to_string() writes it */
  gboolean backup;
  gboolean up;
  guint64 connections_now; /* those that are being made count too */
  guint64 connections_ever;
  guint64 connections_peak; /* at a time */
  guint64 bytes_in; /* from the one who connects towards the target */
  guint64 bytes_out;
  guint64 packets_in; /* UDP datagrams */
  guint64 packets_out;
  guint64 failures; /* connections, and checks, that it did not take */
  PtlPercentiles connect; /* of what PtlEngineStats has of the forward */
  PtlPercentiles first_byte;
} PtlTargetStats;

void ptl_target_stats_free (PtlTargetStats *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlTargetStats, ptl_target_stats_free)

G_END_DECLS
