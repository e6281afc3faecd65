/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ptl-throughput.h"

G_BEGIN_DECLS

/**
 * PtlSparkline:
 *
 * The throughput of the last minute as bars of a pixel's width, one for each second. It moves on while something is to be
 * seen, and rests when a minute has been quiet.
 */
#define PTL_TYPE_SPARKLINE (ptl_sparkline_get_type ())
G_DECLARE_FINAL_TYPE (PtlSparkline, ptl_sparkline, PTL, SPARKLINE, GtkWidget)

GtkWidget *ptl_sparkline_new (void);
/* NULL: of none. */
void ptl_sparkline_set_item (PtlSparkline *self, PtlRuleItem *item);

G_END_DECLS
