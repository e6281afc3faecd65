/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-sockaddr.h"

G_BEGIN_DECLS

/* The options of a TCP socket. Each costs a call of the system, so a connection sets only what it
 * needs, and when it needs it. On a unix socket they do nothing. */

/* Before listening at @address; what is accepted inherits it. */
void ptl_tcp_socket_prepare_listener (int fd, const PtlSockaddr *address);
/* Before connecting to @address. The last acknowledgement of the handshake then waits for the first
 * bytes, so as to go with them: where there are none yet, hurry. */
void ptl_tcp_socket_prepare (int fd, const PtlSockaddr *address);
/* Connected, with nothing to send: a server that speaks first is to know at once. */
void ptl_tcp_socket_hurry (int fd);
/* A peer that vanished, so that nothing comes from it any more, not even an acknowledgement, is
 * found out and ends the connection within @timeout_us; one that @stalls after the system's own
 * time. */
void ptl_tcp_socket_guard (int fd, gint64 timeout_us, gboolean stalls);
/* Whether the peer is there, and takes nothing at present. */
gboolean ptl_tcp_socket_stalls (int fd, gint64 timeout_us);
/* Closes @fd so that its peer gets a reset. */
void ptl_tcp_socket_reset (int fd);
/* That is what a close will do. */
void ptl_tcp_socket_reset_on_close (int fd);

G_END_DECLS
