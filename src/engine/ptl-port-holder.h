/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"
#include "ptl-sockaddr.h"

G_BEGIN_DECLS

/* Who keeps us from binding @address (with its port), as words to show: "nc" (process 1234), or
 * another rule of Portolan. (nullable): NULL where /proc does not tell (another user's program).
 * Reads all of /proc: for errors only. */
char *ptl_port_holder_describe_at (PtlProtocol protocol, const PtlSockaddr *address);
/* The same where the address is not known: who has the port on any. */
char *ptl_port_holder_describe (PtlProtocol protocol, guint16 port);

G_END_DECLS
