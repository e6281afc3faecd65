/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-endpoint.h"
#include "core/ptl-exposure-words.h"

G_BEGIN_DECLS

/**
 * PtlDial:
 *
 * How an endpoint is reached: directly, or from a relay. Immutable and counted, so that
 * many threads may use one at a time. Everything here blocks, until its deadline at most: it is for
 * threads, never for a main loop. Deadlines are those of g_get_monotonic_time(), in microseconds.
 */
typedef struct _PtlDial PtlDial;

PtlDial *ptl_dial_new_direct (void);
/* From a relay, through the ssh that has its control socket at @control (PtlSshMaster): the view
 * from outside. ssh carries TCP alone, so a UDP endpoint is FAILED. @name: the relay's. */
PtlDial *ptl_dial_new_relay (const char *control, const char *name);
PtlDial *ptl_dial_ref (PtlDial *self);
void ptl_dial_unref (PtlDial *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlDial, ptl_dial_unref)

/**
 * ptl_dial_connect:
 * @protocol: TCP or UDP. A UDP socket that is connected has asked nobody: its @state is FILTERED
 * until the caller hears something, or has ECONNREFUSED from it, which is CLOSED.
 * @state: (out) (optional): which of the five answers it is; set on failure too.
 *
 * Returns: a connected, non-blocking descriptor that is the caller's to close; or -1, with TARGET
 * where it was refused, TIMED_OUT where nobody answered, CANCELLED, or FAILED where the look itself
 * did not come about (no route, no descriptor left, the relay is away).
 */
int ptl_dial_connect (PtlDial *self,
                      GInetAddress *address,
                      guint16 port,
                      PtlProtocol protocol,
                      gint64 deadline_us,
                      GCancellable *cancellable,
                      PtlSeenState *state,
                      GError **error);

/* Whether it goes through nobody. */
gboolean ptl_dial_is_direct (PtlDial *self);

/* Waits until @fd has one of @events (poll(2)), or has failed. FALSE with TIMED_OUT or CANCELLED.
 */
gboolean
ptl_dial_wait (int fd, short events, gint64 deadline_us, GCancellable *cancellable, GError **error);

G_END_DECLS
