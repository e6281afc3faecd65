/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-dial.h"

G_BEGIN_DECLS

/* The arguments of ptl_dial_connect(), with @state never NULL. */
typedef int (*PtlDialConnect) (PtlDial *self,
                               GInetAddress *address,
                               guint16 port,
                               PtlProtocol protocol,
                               gint64 deadline_us,
                               GCancellable *cancellable,
                               PtlSeenState *state,
                               GError **error);

struct _PtlDial
{
  gatomicrefcount refs;
  PtlDialConnect connect;
  gpointer way; /* what else that way needs, %NULL for the direct one */
  GDestroyNotify free_way;
};

/* What each way has in common. @way: (transfer full) (nullable) */
PtlDial *ptl_dial_new (PtlDialConnect connect, gpointer way, GDestroyNotify free_way);
/* A connected socket to @address, of the system's own. */
int ptl_dial_connect_direct (PtlDial *self,
                             GInetAddress *address,
                             guint16 port,
                             PtlProtocol protocol,
                             gint64 deadline_us,
                             GCancellable *cancellable,
                             PtlSeenState *state,
                             GError **error);
/* Finishes a connect(2) of a non-blocking socket that is under way. -1 with @state and @error, then
 * @fd is closed. */
int ptl_dial_finish_connect (int fd,
                             gint64 deadline_us,
                             GCancellable *cancellable,
                             PtlSeenState *state,
                             GError **error);

G_END_DECLS
