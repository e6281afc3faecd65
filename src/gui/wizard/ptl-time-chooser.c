/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-time-chooser.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-time.h"
#include "gui/fields/ptl-field.h"
#include "gui/ptl-format.h"

struct _PtlTimeChooser
{
  AdwPreferencesGroup parent_instance;
  AdwComboRow *span_row;
  AdwEntryRow *text_row;
  GtkLabel *error_label;
  GtkLabel *end_label;
};

G_DEFINE_FINAL_TYPE (PtlTimeChooser, ptl_time_chooser, ADW_TYPE_PREFERENCES_GROUP)

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gboolean
is_typed (PtlSpan span)
{
  return span == PTL_SPAN_DURATION || span == PTL_SPAN_TIME;
}

static gboolean
read_term (PtlTimeChooser *self, PtlTerm *term, GError **error)
{
  g_autofree char *text = ptl_field_dup_text (self->text_row);

  return ptl_term_from_span (adw_combo_row_get_selected (self->span_row), text, get_now (), term,
                             error);
}

static void
show_end (PtlTimeChooser *self, const PtlTerm *term)
{
  gint64 now = get_now ();
  g_autofree char *time = ptl_format_time (ptl_term_get_end (term, now), now);
  g_autofree char *text = NULL;

  if (term->kind == PTL_TERM_REVIEW)
    /* Translators: %s is a date. */
    text = g_strdup_printf (_ ("Stays open until you close it. You are asked about it %s."), time);
  else
    /* Translators: %s is a time, as in "today 21:30". */
    text = g_strdup_printf (_ ("Closes by itself %s."), time);
  gtk_label_set_label (self->end_label, text);
}

static void
changed_cb (PtlTimeChooser *self)
{
  PtlSpan span = adw_combo_row_get_selected (self->span_row);
  g_autofree char *typed = ptl_field_dup_text (self->text_row);
  gboolean empty = is_typed (span) && *typed == '\0';
  g_autoptr (GError) error = NULL;
  PtlTerm term;
  gboolean right = read_term (self, &term, &error);

  ptl_field_show (GTK_WIDGET (self->text_row), self->error_label, empty ? NULL : error);
  gtk_widget_set_visible (GTK_WIDGET (self->end_label), right);
  if (right)
    show_end (self, &term);
}

static void
span_changed_cb (PtlTimeChooser *self)
{
  PtlSpan span = adw_combo_row_get_selected (self->span_row);

  gtk_widget_set_visible (GTK_WIDGET (self->text_row), is_typed (span));
  if (is_typed (span))
    {
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->text_row),
                                     span == PTL_SPAN_DURATION
                                         ? _ ("Length, like 45m or 2h 30m")
                                         : _ ("End, like 18:00 or 2026-12-24 18:00"));
      ptl_field_set_up (self->text_row);
      ptl_field_set_text (self->text_row, "");
    }
  changed_cb (self);
}

void
ptl_time_chooser_set_seconds (PtlTimeChooser *self, gint64 seconds)
{
  PtlSpan span = ptl_span_from_seconds (seconds);
  g_autofree char *text = NULL;

  g_return_if_fail (PTL_IS_TIME_CHOOSER (self));
  adw_combo_row_set_selected (self->span_row, span);
  if (span != PTL_SPAN_DURATION)
    return;
  text = ptl_duration_to_string (seconds);
  ptl_field_set_text (self->text_row, text);
}

gboolean
ptl_time_chooser_check (PtlTimeChooser *self, PtlTerm *term)
{
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (PTL_IS_TIME_CHOOSER (self), FALSE);
  if (read_term (self, term, &error))
    return TRUE;
  ptl_field_show (GTK_WIDGET (self->text_row), self->error_label, error);
  ptl_field_focus (GTK_WIDGET (self->text_row));
  return FALSE;
}

static void
ptl_time_chooser_class_init (PtlTimeChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-time-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlTimeChooser, span_row);
  gtk_widget_class_bind_template_child (widget_class, PtlTimeChooser, text_row);
  gtk_widget_class_bind_template_child (widget_class, PtlTimeChooser, error_label);
  gtk_widget_class_bind_template_child (widget_class, PtlTimeChooser, end_label);
  gtk_widget_class_bind_template_callback (widget_class, span_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
ptl_time_chooser_init (PtlTimeChooser *self)
{
  GtkStringList *spans = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (PtlSpan span = 0; span < PTL_N_SPANS; span++)
    gtk_string_list_append (spans, ptl_span_get_label (span));
  adw_combo_row_set_model (self->span_row, G_LIST_MODEL (spans));
  g_object_unref (spans);
  ptl_field_set_up (self->text_row);
  ptl_field_set_up_combo (self->span_row);
  adw_combo_row_set_selected (self->span_row, PTL_SPAN_THREE_HOURS);
  span_changed_cb (self);
}
