/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gui/table/ptl-table-spec.h"

G_BEGIN_DECLS

/* A table of PtlFindingItem. */
extern const PtlTableSpec ptl_finding_table;

G_END_DECLS
