/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-field.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-endpoint.h"
#include "core/ptl-error.h"
#include "core/ptl-validate.h"

static char *
strip_mnemonic (const char *title)
{
  g_auto (GStrv) parts = g_strsplit (title, "_", 2);

  return g_strjoinv ("", parts);
}

void
ptl_field_set_up (AdwEntryRow *row)
{
  g_autofree char *label
      = strip_mnemonic (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  GtkEditable *delegate = gtk_editable_get_delegate (GTK_EDITABLE (row));

  adw_entry_row_set_activates_default (row, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (delegate), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
combo_changed_cb (AdwComboRow *row)
{
  GObject *item = adw_combo_row_get_selected_item (row);
  const char *text
      = GTK_IS_STRING_OBJECT (item) ? gtk_string_object_get_string (GTK_STRING_OBJECT (item)) : "";

  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

void
ptl_field_set_up_combo (AdwComboRow *row)
{
  g_signal_connect (row, "notify::selected-item", G_CALLBACK (combo_changed_cb), NULL);
  combo_changed_cb (row);
}

/* GTK 4.8 names a button by its label's text with the mark, and by the label inside as well. */
void
ptl_field_set_button_label (GtkButton *button, const char *label)
{
  gtk_button_set_label (button, label);
  gtk_accessible_reset_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL);
}

char *
ptl_field_dup_text (AdwEntryRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

void
ptl_field_set_text (AdwEntryRow *row, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

static GtkAccessible *
get_accessible (GtkWidget *row)
{
  if (ADW_IS_ENTRY_ROW (row))
    return GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (row)));
  return GTK_ACCESSIBLE (row);
}

gboolean
ptl_field_show (GtkWidget *row, GtkLabel *label, const GError *error)
{
  g_autofree char *sentence = error != NULL ? ptl_error_dup_sentence (error) : NULL;

  if (error != NULL)
    gtk_widget_add_css_class (row, "error");
  else
    gtk_widget_remove_css_class (row, "error");
  gtk_accessible_update_state (get_accessible (row), GTK_ACCESSIBLE_STATE_INVALID,
                               error != NULL ? GTK_ACCESSIBLE_INVALID_TRUE
                                             : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
  if (ADW_IS_ENTRY_ROW (row))
    gtk_accessible_update_property (get_accessible (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    sentence != NULL ? sentence : "", -1);
  gtk_label_set_label (label, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (label), error != NULL);
  return error == NULL;
}

void
ptl_field_focus (GtkWidget *row)
{
  gtk_widget_grab_focus (row);
  if (ADW_IS_ENTRY_ROW (row))
    gtk_editable_select_region (GTK_EDITABLE (row), 0, -1);
}

gboolean
ptl_field_parse_ports (AdwEntryRow *row,
                       gboolean zero,
                       guint16 *first,
                       guint16 *last,
                       GError **error)
{
  g_autofree char *text = ptl_field_dup_text (row);

  if (*text != '\0')
    return ptl_port_range_parse (text, zero, first, last, error);
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Type a number from 1 to 65535."), "%s",
                 _ ("The port is missing."));
  return FALSE;
}

gboolean
ptl_field_check_text (const char *what, const char *text, gsize max_chars, GError **error)
{
  return ptl_validate_text (what, text, max_chars, TRUE, error);
}
