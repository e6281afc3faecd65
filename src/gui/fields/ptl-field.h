/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Helpers for rows that a person types into: one label below the group says what is wrong. */

/* Gives the text inside @row the row's name, for screen readers, and lets Enter go on. */
void ptl_field_set_up (AdwEntryRow *row);
/* Tells a screen reader what is chosen in @row, which shows strings. */
void ptl_field_set_up_combo (AdwComboRow *row);
/* The name of a button without the mark of its mnemonic. */
void ptl_field_set_button_label (GtkButton *button, const char *label);
/* What was typed, without blanks at its ends. (transfer full) */
char *ptl_field_dup_text (AdwEntryRow *row);
void ptl_field_set_text (AdwEntryRow *row, const char *text);
/* Marks @row as wrong and says why in @label; NULL = it is right. Returns whether it is right. */
gboolean ptl_field_show (GtkWidget *row, GtkLabel *label, const GError *error);
/* Puts the focus into @row, with its text selected. */
void ptl_field_focus (GtkWidget *row);
/* ptl_port_range_parse() of what was typed, with a sentence of its own for nothing. */
gboolean ptl_field_parse_ports (AdwEntryRow *row, gboolean zero, guint16 *first, guint16 *last, GError **error);
/* PTL_ERROR_INVALID for a text that is missing or too long. @what: "The purpose". */
gboolean ptl_field_check_text (const char *what, const char *text, gsize max_chars, GError **error);

G_END_DECLS
