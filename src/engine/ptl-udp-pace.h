/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-udp-private.h"

G_BEGIN_DECLS

/* What of @pieces the forward's bytes per second let pass, into @passed, which has room for @n pieces.
 * The rest is counted as refused. Returns how many pieces that makes. */
guint ptl_udp_let_pass (
    PtlUdpSession *session, gboolean in, const PtlUdpPiece *pieces, guint n, PtlUdpPiece *passed);

G_END_DECLS
