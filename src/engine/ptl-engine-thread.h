/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/epoll.h>

#include "ptl-mailbox.h"
#include "ptl-pipes.h"
#include "ptl-tally.h"
#include "ptl-timers.h"
#include "ptl-udp-batch.h"
#include "ptl-wait.h"

G_BEGIN_DECLS

#define PTL_ENGINE_BUFFER_SIZE (64 * 1024)
#define PTL_ENGINE_N_THREADS_MOST 4

/* A descriptor that a thread watches, embedded in what it belongs to. */
typedef struct _PtlSource PtlSource;
struct _PtlSource
{
  /* @events: of epoll, 0 where the source was put off. NULL once the source is dead. */
  void (*ready) (PtlEngineThread *thread, PtlSource *self, guint32 events);
  int fd;
  gboolean is_put_off;
};

/**
 * PtlEngineThread:
 *
 * A thread of the engine with its epoll. Everything here but the mailbox belongs to the thread.
 */
struct _PtlEngineThread
{
  GThread *thread;
  guint index;
  PtlMailbox *mailbox;
  PtlSource mail;
  gboolean has_mail;
  int epoll_fd;
  gboolean quit;
  PtlWait wait;
  gint64 now_us;  /* CLOCK_BOOTTIME, read once per round */
  guint8 *buffer; /* PTL_ENGINE_BUFFER_SIZE, for whoever runs */
  PtlTimers timers;
  PtlPipes pipes;
  PtlUdpBatch *udp_batch; /* NULL until the first datagram */
  GPtrArray *put_off; /* of PtlSource that have more to do, after the others had their turn */
  GPtrArray *buried;  /* freed when no event of this round can name them any more */
  GHashTable *sites;  /* serial -> PtlSite */
  int spare_fd;       /* a socket for when the last descriptor is gone: see ptl-site.c */
  int spare_family;
  gboolean is_short; /* what was accepted last has a reserved descriptor: see ptl-descriptors.h */
  gboolean is_scarce; /* by the same one: few are left for connections */
  GPtrArray *paused; /* of PtlListener that wait for a descriptor */
  PtlTimer resume;
  PtlActivity *activity;
  PtlEngineThread **peers;
  GThreadPool *resolver;
};

/* @peers: the engine's threads by index, complete before the first forward comes.
 * Returns NULL where the system gives no descriptor or thread. */
PtlEngineThread *ptl_engine_thread_new (guint index,
                                        PtlEngineThread **peers,
                                        PtlActivity *activity,
                                        GThreadPool *resolver,
                                        GError **error);
/* Cuts everything, joins the threads, and frees them and sets them to NULL when none is left that
 * could send another something. */
void ptl_engine_threads_free (PtlEngineThread **threads, guint n);
/* Runs @func in each thread and waits until all are through. Threads never block, so it is quick.
 */
void
ptl_engine_threads_call (PtlEngineThread **threads, guint n, PtlEngineFunc func, gpointer data);

/* Microseconds of CLOCK_BOOTTIME, just now. */
gint64 ptl_engine_read_clock_us (void);

/* The rest is for the thread itself. */
gboolean ptl_engine_thread_watch (PtlEngineThread *self, PtlSource *source, guint32 events);
/* Forgets and closes the descriptor, and the events already fetched. */
void ptl_engine_thread_drop (PtlEngineThread *self, PtlSource *source);
void ptl_engine_thread_put_off (PtlEngineThread *self, PtlSource *source);
/* g_free()s @memory at the end of the round. */
void ptl_engine_thread_bury (PtlEngineThread *self, gpointer memory);

G_END_DECLS
