/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/ptl-igd-message.h"

G_BEGIN_DECLS

/* What the helper does for one request. Blocks; the process's deadline ends it. */
void igd_ops_discover (const PtlIgdRequest *request, PtlIgdAnswer *answer);
void igd_ops_add (const PtlIgdRequest *request, PtlIgdAnswer *answer);
void igd_ops_read_back (const PtlIgdRequest *request, PtlIgdAnswer *answer);
void igd_ops_remove (const PtlIgdRequest *request, PtlIgdAnswer *answer);

G_END_DECLS
