/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PtlOptionRow:
 *
 * One thing that is usually left as it is: what it is called, a sentence about it, and a field for it, empty while it
 * is as usual. Signal `changed`.
 */
#define PTL_TYPE_OPTION_ROW (ptl_option_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlOptionRow, ptl_option_row, PTL, OPTION_ROW, AdwPreferencesRow)

/* @title: with a mnemonic. @usual: shown in the field while it is empty. @wide: for a list, so that the field gets a
 * line of its own. */
PtlOptionRow *ptl_option_row_new (const char *title, const char *explanation, const char *usual, gboolean wide);
/* What was typed, without blanks at its ends. (transfer full) */
char *ptl_option_row_dup_text (PtlOptionRow *self);
void ptl_option_row_set_text (PtlOptionRow *self, const char *text);
/* Says what is wrong in place of the explanation; NULL = nothing is. */
void ptl_option_row_show_mistake (PtlOptionRow *self, const char *sentence);
void ptl_option_row_focus (PtlOptionRow *self);

G_END_DECLS
