/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PtlCtlTable:
 *
 * Columns aligned by what a terminal shows of them: wide characters count as two cells, combining ones as none, and
 * control characters never get there. Where the width does not suffice the widest columns are cut.
 */
typedef struct _PtlCtlTable PtlCtlTable;

PtlCtlTable *ptl_ctl_table_new (const char *const *headings);
void ptl_ctl_table_free (PtlCtlTable *self);
void ptl_ctl_table_add (PtlCtlTable *self, const char *const *cells);
/* @width: cells per line; 0 = as many as it takes. */
char *ptl_ctl_table_to_string (PtlCtlTable *self, guint width);
/* Of the terminal on standard output; 0 where it is none. */
guint ptl_ctl_table_get_terminal_width (void);

guint ptl_ctl_text_get_width (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlCtlTable, ptl_ctl_table_free)

G_END_DECLS
