/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"

G_BEGIN_DECLS

/* What the worker tells of a rule's traffic, as plain data. Reading is lenient: what is missing or of another type is 0
 * or "". */

typedef struct
{
  char *reason; /* "audience", "banned", "total", ... as Worker1.GetStatistics names them */
  guint64 n;
} PtlTrafficRefusals;

/* Of connections, half, 90 % and 99 % of which took at most so many microseconds; 0 = none yet. */
typedef struct
{
  guint64 p50, p90, p99;
} PtlTrafficTimes;

typedef struct
{
  char *endpoint;
  gboolean backup;
  gboolean up;
  guint64 connections_now;
  guint64 connections_ever;
  guint64 connections_peak;
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 packets_in;
  guint64 packets_out;
  guint64 failures;
  PtlTrafficTimes connect;
  PtlTrafficTimes first_byte;
} PtlTrafficTarget;

typedef struct
{
  char *address;
  guint64 connections_now;
  guint64 connections_ever;
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 refused;
  gint64 banned_until; /* Unix seconds, 0 = it is not */
} PtlTrafficSource;

typedef struct
{
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 packets_in;
  guint64 packets_out;
  guint64 connections_now;
  guint64 connections_ever;
  guint64 connections_peak;
  GPtrArray *refused; /* of PtlTrafficRefusals, most first, none that is 0 */
  PtlTrafficTimes connect;
  PtlTrafficTimes first_byte;
  GPtrArray *targets; /* of PtlTrafficTarget */
  GPtrArray *sources; /* of PtlTrafficSource */
} PtlTrafficStats;

typedef struct
{
  guint64 id;
  PtlProtocol protocol;
  char *source;
  char *target;
  gint64 age;  /* seconds */
  gint64 idle; /* seconds */
  guint64 bytes_in;
  guint64 bytes_out;
} PtlTrafficConnection;

/* A minute or an hour. */
typedef struct
{
  gint64 at; /* Unix seconds of its beginning */
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 connections; /* most at a time */
  guint64 opened;
  guint64 refused;
} PtlTrafficSample;

/* "turned away because" in words: "not among those who may connect"; an unknown reason as it is. */
const char *ptl_traffic_refusal_to_words (const char *reason);

/* @variant: a{sv} as from GetStatistics. */
PtlTrafficStats *ptl_traffic_stats_from_variant (GVariant *variant);
void ptl_traffic_stats_free (PtlTrafficStats *self);
/* Whether bytes, connections or refusals differ. */
gboolean ptl_traffic_stats_moved (const PtlTrafficStats *self, const PtlTrafficStats *before);

/* @variant: aa{sv} as from ListConnections; of PtlTrafficConnection. */
GPtrArray *ptl_traffic_connections_from_variant (GVariant *variant);
void ptl_traffic_connection_free (PtlTrafficConnection *self);

/* @variant: a(xttttt) as from GetHistory; of PtlTrafficSample. */
GArray *ptl_traffic_history_from_variant (GVariant *variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlTrafficStats, ptl_traffic_stats_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlTrafficConnection, ptl_traffic_connection_free)

G_END_DECLS
