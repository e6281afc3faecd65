/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PTL_SWEEP_UDP_MAX 1200 /* bytes of the longest request: what QUIC wants as the least */

/* Writes the request that try number @try (0 = the first) sends to @port and returns its length; 0
 * = an empty datagram, for ports that are in no table. Each request only asks, changes nothing, and
 * is answered with little. */
gsize ptl_sweep_udp_write (guint16 port, guint try, guint8 bytes[PTL_SWEEP_UDP_MAX]);

/* Whether the service may answer from another port of its address: TFTP by design (RFC 1350,
 * section 4), SSDP and WSD often. */
gboolean ptl_sweep_udp_answers_elsewhere (guint16 port);

const guint16 *ptl_sweep_udp_get_known (gsize *n_ports);

G_END_DECLS
