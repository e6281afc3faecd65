/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-bucket.h"
#include "ptl-sockaddr.h"
#include "ptl-udp-proof.h"

G_BEGIN_DECLS

/* How many are remembered. Those with living connections always are, and come on top where they are
 * more than that. */
#define PTL_SOURCES_MOST 8192u
#define PTL_VIOLATION_SLOTS 6

/* Where connections come from. The counters are its shard's: change them between ptl_sources_enter()
 * and ptl_sources_leave(), but for the bytes. */
typedef struct
{
  PtlAddress key; /* as of ptl_source_key() */
  guint64 now;
  guint64 ever;
  guint64 refused;
  _Atomic guint64 bytes_in;
  _Atomic guint64 bytes_out;
  PtlBucket bucket;        /* of new connections */
  gint64 banned_until_us;  /* CLOCK_BOOTTIME; 0 = not banned */
  gint64 violations_epoch; /* which ten seconds the newest of @violations counts */
  guint32 violations[PTL_VIOLATION_SLOTS];
  PtlUdpProof proof;
  GList link;    /* while it has no connections */
  GQueue *queue; /* that @link is in */
} PtlSourceEntry;

/* A line of the table, taken down. */
typedef struct
{
  PtlAddress address;
  guint8 prefix; /* 32, 64 or 128 */
  guint64 now;
  guint64 ever;
  guint64 refused;
  guint64 bytes_in;
  guint64 bytes_out;
  gint64 banned_until_us; /* CLOCK_BOOTTIME; 0 = not banned */
} PtlSourceRecord;

/**
 * PtlSources:
 *
 * Who connects to a forward, shared by its threads: the kernel spreads the connections of one source
 * over them. Sharded, so that they seldom wait for each other. Bounded: of those without living
 * connections the ones that came last are remembered, and the banned and proved ones longest, so that
 * a flood from many addresses lifts no ban and takes no proof away.
 *
 * An IPv6 source is its /64: a person has all of one, so that limits by address would limit nothing.
 * Not so where a /64 is shared: link-local and loopback addresses, and those of NAT64 (RFC 6052).
 */
typedef struct _PtlSources PtlSources;

/* What @address counts as. Returns how many bits of it that are. */
guint8 ptl_source_key (const PtlAddress *address, PtlAddress *key);

PtlSources *ptl_sources_new (void);
void ptl_sources_free (PtlSources *self);
/* Finds or makes the entry, and locks its shard: be quick. It stays as long as it has connections. */
PtlSourceEntry *ptl_sources_enter (PtlSources *self, const PtlAddress *address);
/* The entry may be gone afterwards where it has no connections. */
void ptl_sources_leave (PtlSources *self, PtlSourceEntry *entry, gint64 now_us);
/* For an entry that has connections. */
void ptl_sources_reenter (PtlSources *self, PtlSourceEntry *entry);
/* How many there were in the last minute, this one too. */
guint ptl_source_entry_violate (PtlSourceEntry *self, gint64 now_us);
/* The violations that led to it are paid with it. */
void ptl_source_entry_ban (PtlSourceEntry *self, gint64 until_us);
void ptl_source_entry_add_bytes (PtlSourceEntry *self, guint64 in, guint64 out);
/* Of all sources. */
void ptl_sources_clear_bans (PtlSources *self);
/* The first @n by bytes, then by connections. (transfer full) (element-type PtlSourceRecord) */
GArray *ptl_sources_list (PtlSources *self, guint n, gint64 now_us);
/* "192.0.2.7", "2001:db8:1:2::/64" */
char *ptl_source_record_describe (const PtlSourceRecord *record);
guint ptl_sources_get_n (PtlSources *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlSources, ptl_sources_free)

G_END_DECLS
