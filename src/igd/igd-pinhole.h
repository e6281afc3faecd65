/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/ptl-igd-message.h"

G_BEGIN_DECLS

/* Pinholes of WANIPv6FirewallControl:1. All block; the process's deadline ends them. */
gboolean igd_pinhole_handles (PtlIgdOp op);
/* Whether the request holds what its operation needs, besides what all do. */
gboolean igd_pinhole_is_complete (const PtlIgdRequest *request);
void igd_pinhole_do (const PtlIgdRequest *request, PtlIgdAnswer *answer);

G_END_DECLS
