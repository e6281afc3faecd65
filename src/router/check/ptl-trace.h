/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ptl-check-facts.h"

G_BEGIN_DECLS

/* Who holds the public address that the internet sees: packets are sent to that address which may take one step, two steps
 * and so on. Whoever holds it takes them; who does not hold it has to pass them on, and says that they may go no further
 * (ICMP, RFC 792; read without privileges by IP_RECVERR, ip(7)). They never get beyond whoever the address belongs to, so
 * that nobody on the internet is asked. */
typedef struct
{
  PtlHolder holder;
  GPtrArray *upstream; /* of char *: addresses after the router that are not public, nearest first */
} PtlTrace;
void ptl_trace_free (PtlTrace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlTrace, ptl_trace_free)

/* @address: IPv4. Takes about a second. NULL only when cancelled. */
void ptl_trace_async (const char *address, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PtlTrace *ptl_trace_finish (GAsyncResult *result, GError **error);

G_END_DECLS
