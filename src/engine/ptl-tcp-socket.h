/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The options of a TCP socket. Each costs a call of the system, so a connection sets only what it
 * needs, and when it needs it. On a unix socket they do nothing. */

/* Small messages go out at once. A listener hands it down to what it accepts. */
void ptl_tcp_socket_set_no_delay (int fd);
/* Before connecting. The last acknowledgement of the handshake then waits for the first bytes, so
 * as to go with them: where there are none yet, hurry. */
void ptl_tcp_socket_prepare (int fd);
/* Connected, with nothing to send: a server that speaks first is to know at once. */
void ptl_tcp_socket_hurry (int fd);
/* A peer that vanished, so that nothing comes from it any more, not even an acknowledgement, is
 * found out and ends the connection within @timeout_us. */
void ptl_tcp_socket_guard (int fd, gint64 timeout_us);
/* To carry much: without pacing where the way to the peer does not leave this computer. */
void ptl_tcp_socket_unpace (int fd);
/* Closes @fd so that its peer gets a reset. */
void ptl_tcp_socket_reset (int fd);
/* That is what a close will do. */
void ptl_tcp_socket_reset_on_close (int fd);

G_END_DECLS
