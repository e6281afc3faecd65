/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-router.h"

G_BEGIN_DECLS

/* What a router's result code means: the error, the cause in words, and the setting to change. */
typedef struct
{
  int code;
  PtlError error;
  const char *cause; /* not yet translated; a clause that follows "The router 192.168.1.1 says: " */
  const char *advice; /* not yet translated */
} PtlRouterCause;

/* Never NULL: a code that is in no table has a cause of its own kind. */
const PtlRouterCause *ptl_router_cause_lookup (PtlRouterProtocol protocol, int code);
/* "The router 192.168.1.1 says: <cause> (PCP result 2)." and the advice. */
GError *ptl_router_cause_to_error (PtlRouterProtocol protocol, int code, const char *router);

/* What no code says. @router: the router's address. */
GError *ptl_router_cause_silent (const char *router);
GError *ptl_router_cause_none (const char *router);
/* @holder: who has it in words, or NULL; @free_port: one that is free, or 0. */
GError *
ptl_router_cause_conflict (const char *router, guint16 port, const char *holder, guint16 free_port);

/* Of two reasons why a request failed, the number of the one that tells a person more is greater.
 */
int ptl_router_cause_rank (const GError *error);

G_END_DECLS
