/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-engine.h"
#include "ptl-histogram.h"
#include "ptl-refused.h"
#include "ptl-target-stats.h"

G_BEGIN_DECLS

typedef struct
{
  char *address; /* "192.0.2.7"; of IPv6 the network that counts as one, "2001:db8:1:2::/64" */
  guint64 connections_now;
  guint64 connections_ever;
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 refused;
  gint64 banned_until_us; /* CLOCK_BOOTTIME, 0 = is not banned */
} PtlSourceStats;

typedef struct
{
  guint64 id; /* never used again while the program runs; the younger has the higher */
  PtlProtocol protocol;
  char *source; /* "192.0.2.7:5678", "[2001:db8::7]:5678" */
  char *target; /* as connected, or the path of a socket; "" while no target has taken it */
  gint64 age_us;
  gint64 idle_us;
  guint64 bytes_in;
  guint64 bytes_out;
} PtlConnectionStats;

/* Since the forward was opened. */
typedef struct
{
  PtlTraffic traffic;
  guint64 packets_in; /* UDP datagrams */
  guint64 packets_out;
  guint64 peak; /* connections at a time */
  guint64 refused[PTL_N_REFUSED];
  PtlHistogram connect;    /* from accepting to the target's having taken the connection */
  PtlHistogram first_byte; /* from accepting, or the first datagram, to the target's first byte */
  GPtrArray *targets;      /* of PtlTargetStats */
  GPtrArray *sources;      /* of PtlSourceStats, ten at most: by bytes, then by connections */
} PtlEngineStats;

void ptl_source_stats_free (PtlSourceStats *self);
void ptl_connection_stats_free (PtlConnectionStats *self);
void ptl_engine_stats_free (PtlEngineStats *self);

/* NULL: no such forward. */
PtlEngineStats *ptl_engine_dup_stats (PtlEngine *self, const char *id);
/* (element-type PtlConnectionStats): TCP connections and UDP sessions, youngest first, @limit at
 * most (0 = all); NULL: no such forward. */
GPtrArray *ptl_engine_list_connections (PtlEngine *self, const char *id, guint limit);
/* Ends living connections by their ids, or all where @connections is NULL. Returns how many there
 * were. */
guint
ptl_engine_kick (PtlEngine *self, const char *id, const guint64 *connections, gsize n_connections);
/* @source: a literal address or a network; ends all that come from it. */
guint ptl_engine_kick_source (PtlEngine *self, const char *id, const char *source);
/* How many these two would end; @source may be NULL. */
guint ptl_engine_count_connections (PtlEngine *self,
                                    const char *id,
                                    const guint64 *connections,
                                    gsize n_connections,
                                    const char *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlEngineStats, ptl_engine_stats_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlConnectionStats, ptl_connection_stats_free)

G_END_DECLS
