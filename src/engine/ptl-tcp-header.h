/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-tcp.h"

G_BEGIN_DECLS

/* The PROXY headers of a connection: the one that a proxy before us sends first, and the one that the
 * target gets. */

/* Whether who connects from @source says in a header for whom: there it is asked for, elsewhere it is
 * plain data. */
gboolean ptl_tcp_owes_header (const PtlSite *site, const PtlAddress *source);
/* The connection counts for nobody yet, and goes to no target. */
void ptl_tcp_await_header (PtlTcp *self);
/* When more has come. The connection may be gone afterwards. */
void ptl_tcp_read_header (PtlTcp *self);
/* It is missing, wrong, or late. */
void ptl_tcp_refuse_header (PtlTcp *self);
/* Before any byte of the client, to a target that has just taken the connection. */
void ptl_tcp_send_header (PtlTcp *self);

G_END_DECLS
