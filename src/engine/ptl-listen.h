/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "core/ptl-endpoint.h"

G_BEGIN_DECLS

/* A bound (TCP: listening) socket, and which thread is to have it. */
typedef struct
{
  int fd;
  guint thread;
  guint16 offset; /* in the port range */
  gboolean udp;
} PtlListenSocket;

/* Binds every port of @listen, which ptl_forward_check() has passed, all or none.
 * A few ports get a socket per thread, and the kernel spreads the sources over them (SO_REUSEPORT);
 * the ports of a longer range are dealt out to the threads.
 * @port: (out): the first port as bound.
 * Errors: PORT_TAKEN, PERMISSION, INVALID (no such address), FAILED.
 * Returns: (transfer full) (element-type PtlListenSocket): does not close the sockets when freed.
 */
GArray *ptl_listen_bind (const PtlEndpoint *listen, guint n_threads, guint16 *port, GError **error);
void ptl_listen_close (GArray *sockets);

G_END_DECLS
