/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ask.h"

G_BEGIN_DECLS

/* Asks of @asks (element-type PtlAsk), each on a connection of its own, some at a time. The first
 * that recognises what answers ends it: TRUE, and what it found is in @probing. Answers that their
 * own ask does not know are given to @hear_any, which says whether it knows them. @opened: (transfer
 * full) (nullable): the connection for the first of them. An ask without a say() hears alone. */
gboolean ptl_lines_run (PtlProbing *probing,
                        GArray *asks,
                        PtlStream *opened,
                        gboolean (*hear_any) (PtlProbing *probing, GByteArray *heard));

G_END_DECLS
