/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-engine-config.h"
#include "ptl-engine-thread.h"
#include "ptl-listen.h"
#include "ptl-tally.h"

G_BEGIN_DECLS

typedef struct _PtlSite PtlSite;
typedef struct _PtlTcp PtlTcp;
typedef struct _PtlChoice PtlChoice;
typedef struct _PtlChecks PtlChecks;
typedef struct _PtlUdpSession PtlUdpSession;
typedef struct _PtlUdpAsk PtlUdpAsk;
typedef struct _PtlConnection PtlConnection;
typedef struct _PtlWalker PtlWalker;
typedef struct _PtlPace PtlPace;

/* A socket that a site listens on. */
typedef struct
{
  PtlSource source;
  PtlSite *site;
  guint16 offset; /* in the port range */
  gboolean udp;
  gboolean paused;
  guint16 segment_most; /* UDP: see ptl_udp_probe_segments() */
} PtlListener;

/* The UDP sessions of a site, the one used last at the end. */
typedef struct
{
  GHashTable *by_key;
  PtlUdpSession *oldest;
  PtlUdpSession *newest;
  PtlTimer timer; /* of the oldest */
  PtlUdpAsk *ask; /* (unowned): under way to another thread, see ptl-udp-room.c */
} PtlUdpTable;

/**
 * PtlSite:
 *
 * One forward in one thread, which owns it. A site that is closing lives until its last connection
 * ends.
 */
struct _PtlSite
{
  gint64 serial;
  PtlEngineThread *thread;
  PtlEngineConfig *config;
  PtlTally *tally;
  PtlCounters *counters; /* this thread's in @tally */
  PtlProtocol protocol; /* what it listens for, here or in another thread */
  PtlListener *listeners;
  guint n_listeners;
  PtlTcp *connections;
  PtlConnection *youngest; /* of the UDP sessions too */
  PtlWalker *walker;       /* who goes over them just now */
  PtlUdpTable udp;
  PtlChecks *checks; /* in one thread of the forward: its home */
  guint n_greeting; /* of the connections: those that owe a PROXY header */
  gboolean closing;
};

/* Orders for ptl_engine_threads_call(). */
typedef struct
{
  gint64 serial;
  PtlEngineConfig *config;
  PtlTally *tally;
  const PtlListenSocket *sockets;
  guint n_sockets;
  gboolean is_home; /* looks after the targets: one site of a forward does */
  _Atomic gboolean failed;
} PtlSiteAdd;

typedef struct
{
  gint64 serial;
  PtlEngineConfig *config;
  gboolean is_home;
} PtlSiteEdit;

typedef struct
{
  gint64 serial;
  PtlProtocol protocol; /* what it is to listen for no more; it ends with the last of them */
  gboolean drain;
} PtlSiteClose;

/* Takes over the sockets meant for this thread. Sets `failed` where epoll does not take one: close
 * then. */
void ptl_site_add (PtlEngineThread *thread, gpointer add);
void ptl_site_edit (PtlEngineThread *thread, gpointer edit);
void ptl_site_close (PtlEngineThread *thread, gpointer close);
/* Ends UDP sessions that are being drained: someone wants the port. */
void ptl_sites_release_udp (PtlEngineThread *thread, gpointer unused);

void ptl_sites_init_thread (PtlEngineThread *thread);
void ptl_sites_cut_all (PtlEngineThread *thread);

/* For the connections of a site. */
PtlSite *ptl_site_find (PtlEngineThread *thread, gint64 serial);
/* (transfer full): where @target is, with no item where its name leads nowhere; NULL = being looked up, and the waiting
 * ones are told. */
PtlAddresses *ptl_site_get_addresses (PtlSite *self, PtlEngineTarget *target);
void ptl_site_count_bytes (PtlSite *self, gboolean in, gsize n);
void ptl_site_count_packets (PtlSite *self, gboolean in, guint n);
/* For ptl-connection.c alone. The site may be gone when the last one has ended. */
/* No target is up any more: it is found out by itself when one is back. */
void ptl_site_targets_are_out (PtlSite *self);
void ptl_site_connection_began (PtlSite *self);
void ptl_site_connection_ended (PtlSite *self);
void ptl_site_count_refused (PtlSite *self, PtlRefused reason);
/* At the descriptor limit: accept nothing for a moment, or until a descriptor is free again. */
void ptl_listener_pause (PtlListener *self);
/* A TCP or unix socket to reach a target with; at the descriptor limit the thread's spare one. -1 with
 * errno. */
int ptl_engine_thread_open_socket (PtlEngineThread *thread, int family);

G_END_DECLS
