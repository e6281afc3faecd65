/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-audience-chooser.h"

#include <glib/gi18n-lib.h>

#include "ptl-audience-text.h"
#include "ptl-field.h"

struct _PtlAudienceChooser
{
  AdwPreferencesGroup parent_instance;
  AdwComboRow *who_row;
  GtkStringList *choices;
  AdwEntryRow *networks_row;
  AdwEntryRow *except_row;
  GtkLabel *hint;
  GtkLabel *error_label;
};

G_DEFINE_FINAL_TYPE (PtlAudienceChooser, ptl_audience_chooser, ADW_TYPE_PREFERENCES_GROUP)

static guint changed_signal;

static PtlWho
get_who (PtlAudienceChooser *self)
{
  return (PtlWho) MIN (adw_combo_row_get_selected (self->who_row), PTL_WHO_BUT);
}

void
ptl_audience_chooser_focus (PtlAudienceChooser *self)
{
  g_return_if_fail (PTL_IS_AUDIENCE_CHOOSER (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->who_row));
}

gboolean
ptl_audience_chooser_is_anyone (PtlAudienceChooser *self)
{
  g_return_val_if_fail (PTL_IS_AUDIENCE_CHOOSER (self), TRUE);
  return get_who (self) != PTL_WHO_ONLY;
}

PtlAudience *
ptl_audience_chooser_dup_audience (PtlAudienceChooser *self, GError **error)
{
  g_autofree char *networks = NULL, *except = NULL;

  g_return_val_if_fail (PTL_IS_AUDIENCE_CHOOSER (self), NULL);
  networks = ptl_field_dup_text (self->networks_row);
  except = ptl_field_dup_text (self->except_row);
  return ptl_audience_compose (get_who (self), networks, except, error);
}

/* While it is typed, an empty field is no mistake yet. */
static void
networks_changed_cb (PtlAudienceChooser *self)
{
  g_autofree char *text = ptl_field_dup_text (self->networks_row);
  g_autoptr (PtlAudience) audience = NULL;
  g_autoptr (GError) error = NULL;

  if (*text != '\0')
    audience = ptl_audience_chooser_dup_audience (self, &error);
  ptl_field_show (GTK_WIDGET (self->networks_row), self->error_label, error);
  g_signal_emit (self, changed_signal, 0);
}

static const char *
get_hint (PtlWho who)
{
  switch (who)
    {
    case PTL_WHO_ONLY:
      return _ ("Addresses of people's connections, one or more: 203.0.113.7 is one connection, "
                "198.51.100.0/24 all 256 that begin with 198.51.100. Your friend sees theirs on "
                "any “what is my address” page.");
    case PTL_WHO_BUT:
      return _ ("Whoever comes from one of these is turned away: 203.0.113.7 is one connection, "
                "198.51.100.0/24 all 256 that begin with 198.51.100. Everyone else can try to "
                "connect.");
    case PTL_WHO_ANYONE:
    default:
      return _ ("Whoever has the address can try to connect.");
    }
}

static void
who_changed_cb (PtlAudienceChooser *self)
{
  PtlWho who = get_who (self);

  gtk_widget_set_visible (GTK_WIDGET (self->networks_row), who != PTL_WHO_ANYONE);
  gtk_widget_set_visible (GTK_WIDGET (self->except_row), who == PTL_WHO_ONLY);
  gtk_label_set_label (self->hint, get_hint (who));
  networks_changed_cb (self);
}

void
ptl_audience_chooser_set_audience (PtlAudienceChooser *self, const PtlAudience *audience)
{
  g_autofree char *networks = NULL, *except = NULL;
  PtlWho who;

  g_return_if_fail (PTL_IS_AUDIENCE_CHOOSER (self));
  who = ptl_audience_take_apart (audience, &networks, &except);
  ptl_field_set_text (self->networks_row, networks);
  ptl_field_set_text (self->except_row, except);
  adw_combo_row_set_selected (self->who_row, who);
  who_changed_cb (self);
}

gboolean
ptl_audience_chooser_check (PtlAudienceChooser *self, char ***networks)
{
  g_autoptr (PtlAudience) audience = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (PTL_IS_AUDIENCE_CHOOSER (self), FALSE);
  audience = ptl_audience_chooser_dup_audience (self, &error);
  if (audience != NULL)
    {
      *networks = ptl_audience_to_strv (audience);
      return TRUE;
    }
  ptl_field_show (GTK_WIDGET (self->networks_row), self->error_label, error);
  ptl_field_focus (GTK_WIDGET (self->networks_row));
  return FALSE;
}

void
ptl_audience_chooser_set_anyone_label (PtlAudienceChooser *self, const char *label)
{
  const char *labels[] = { label, NULL };
  guint selected = adw_combo_row_get_selected (self->who_row);

  gtk_string_list_splice (self->choices, PTL_WHO_ANYONE, 1, labels);
  adw_combo_row_set_selected (self->who_row, selected);
}

static void
ptl_audience_chooser_class_init (PtlAudienceChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/fields/"
                                                             "ptl-audience-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlAudienceChooser, who_row);
  gtk_widget_class_bind_template_child (widget_class, PtlAudienceChooser, choices);
  gtk_widget_class_bind_template_child (widget_class, PtlAudienceChooser, networks_row);
  gtk_widget_class_bind_template_child (widget_class, PtlAudienceChooser, except_row);
  gtk_widget_class_bind_template_child (widget_class, PtlAudienceChooser, hint);
  gtk_widget_class_bind_template_child (widget_class, PtlAudienceChooser, error_label);
  gtk_widget_class_bind_template_callback (widget_class, who_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, networks_changed_cb);
  changed_signal = g_signal_new ("changed", PTL_TYPE_AUDIENCE_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_audience_chooser_init (PtlAudienceChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_field_set_up (self->networks_row);
  ptl_field_set_up (self->except_row);
  ptl_field_set_up_combo (self->who_row);
  who_changed_cb (self);
}
