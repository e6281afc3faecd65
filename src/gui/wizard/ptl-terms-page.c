/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-terms-page.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-validate.h"
#include "gui/fields/ptl-field.h"
#include "ptl-defaults.h"
#include "ptl-time-chooser.h"

struct _PtlTermsPage
{
  PtlWizardPage parent_instance;
  AdwPreferencesPage *groups;
  PtlAudienceChooser *audience_chooser;
  PtlOptionsGroup *options_group;
  PtlFirewallGroup *firewall_group;
  PtlTimeChooser *time_chooser;
  GtkWidget *stranger_group;
  AdwComboRow *harm_row;
  GtkLabel *harm_error;
  GtkLabel *stranger_label;
  AdwEntryRow *purpose_row;
  AdwEntryRow *owner_row;
  GtkLabel *why_error;
  gboolean asks_audience;
  gboolean asks_strangers;
  char *risky;
  char *filled_purpose; /* what we typed for the person */
  char **audience;
  PtlTerm term;
};

G_DEFINE_FINAL_TYPE (PtlTermsPage, ptl_terms_page, PTL_TYPE_WIZARD_PAGE)

PtlAudienceChooser *
ptl_terms_page_get_audience_chooser (PtlTermsPage *self)
{
  g_return_val_if_fail (PTL_IS_TERMS_PAGE (self), NULL);
  return self->audience_chooser;
}

PtlOptionsGroup *
ptl_terms_page_get_options (PtlTermsPage *self)
{
  g_return_val_if_fail (PTL_IS_TERMS_PAGE (self), NULL);
  return self->options_group;
}

PtlHarm
ptl_terms_page_get_harm (PtlTermsPage *self)
{
  g_return_val_if_fail (PTL_IS_TERMS_PAGE (self), PTL_HARM_UNSAID);
  return (PtlHarm) adw_combo_row_get_selected (self->harm_row);
}

const char *
ptl_terms_page_get_risky (PtlTermsPage *self)
{
  g_return_val_if_fail (PTL_IS_TERMS_PAGE (self), NULL);
  return self->risky;
}

gboolean
ptl_terms_page_is_anyone (PtlTermsPage *self)
{
  g_return_val_if_fail (PTL_IS_TERMS_PAGE (self), TRUE);
  return self->asks_strangers
         && (!self->asks_audience || ptl_audience_chooser_is_anyone (self->audience_chooser));
}

static void
update_stranger (PtlTermsPage *self)
{
  g_autofree char *text = ptl_words_stranger (ptl_terms_page_get_harm (self),
                                              ptl_terms_page_is_anyone (self), self->risky);

  gtk_label_set_label (self->stranger_label, text);
  ptl_field_show (GTK_WIDGET (self->harm_row), self->harm_error, NULL);
}

gboolean
ptl_terms_page_asks_strangers (PtlTermsPage *self)
{
  g_return_val_if_fail (PTL_IS_TERMS_PAGE (self), FALSE);
  return self->asks_strangers;
}

PtlFirewallGroup *
ptl_terms_page_get_firewall (PtlTermsPage *self)
{
  g_return_val_if_fail (PTL_IS_TERMS_PAGE (self), NULL);
  return self->firewall_group;
}

void
ptl_terms_page_set_asks (PtlTermsPage *self, gboolean audience, gboolean strangers)
{
  g_return_if_fail (PTL_IS_TERMS_PAGE (self));
  self->asks_audience = audience;
  self->asks_strangers = strangers;
  gtk_widget_set_visible (GTK_WIDGET (self->audience_chooser), audience);
  gtk_widget_set_visible (self->stranger_group, strangers);
  update_stranger (self);
}

void
ptl_terms_page_set_subject (PtlTermsPage *self,
                            PtlHarm harm,
                            const char *risky,
                            const char *purpose)
{
  g_autofree char *typed = NULL;

  g_return_if_fail (PTL_IS_TERMS_PAGE (self));
  typed = ptl_field_dup_text (self->purpose_row);
  g_free (self->risky);
  self->risky = g_strdup (risky);
  adw_combo_row_set_selected (self->harm_row, harm);
  if (*typed == '\0' || g_strcmp0 (typed, self->filled_purpose) == 0)
    {
      g_free (self->filled_purpose);
      self->filled_purpose = g_strdup (purpose);
      ptl_field_set_text (self->purpose_row, purpose);
    }
  update_stranger (self);
}

void
ptl_terms_page_add_group (PtlTermsPage *self, AdwPreferencesGroup *group)
{
  g_return_if_fail (PTL_IS_TERMS_PAGE (self));
  adw_preferences_page_remove (self->groups, ADW_PREFERENCES_GROUP (self->firewall_group));
  adw_preferences_page_remove (self->groups, ADW_PREFERENCES_GROUP (self->options_group));
  adw_preferences_page_add (self->groups, group);
  adw_preferences_page_add (self->groups, ADW_PREFERENCES_GROUP (self->firewall_group));
  adw_preferences_page_add (self->groups, ADW_PREFERENCES_GROUP (self->options_group));
}

void
ptl_terms_page_fill (PtlTermsPage *self, PtlDraft *draft)
{
  g_return_if_fail (PTL_IS_TERMS_PAGE (self));
  g_free (draft->owner);
  g_free (draft->purpose);
  g_strfreev (draft->audience);
  draft->owner = ptl_field_dup_text (self->owner_row);
  draft->purpose = ptl_field_dup_text (self->purpose_row);
  draft->audience = self->asks_audience ? g_strdupv (self->audience) : NULL;
  draft->term = self->term;
  draft->firewall = ptl_firewall_group_get_wish (self->firewall_group);
  ptl_options_free (draft->options);
  draft->options = ptl_options_group_dup_options (self->options_group, NULL, NULL);
}

static void
harm_changed_cb (PtlTermsPage *self)
{
  update_stranger (self);
}

static gboolean
check_harm (PtlTermsPage *self)
{
  g_autoptr (GError) error = NULL;

  if (!ptl_terms_page_is_anyone (self) || ptl_terms_page_get_harm (self) != PTL_HARM_UNSAID)
    return TRUE;
  error = ptl_error_new (PTL_ERROR_INVALID, NULL,
                         _ ("Say what a stranger could do with it before it is opened to anyone."));
  ptl_field_show (GTK_WIDGET (self->harm_row), self->harm_error, error);
  gtk_widget_grab_focus (GTK_WIDGET (self->harm_row));
  return FALSE;
}

static gboolean
check_why (PtlTermsPage *self)
{
  const struct
  {
    AdwEntryRow *row;
    const char *what;
    gsize max_chars;
  } fields[] = {
    { self->purpose_row, _ ("The purpose"), PTL_PURPOSE_MAX_CHARS },
    { self->owner_row, _ ("The owner"), PTL_OWNER_MAX_CHARS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *text = ptl_field_dup_text (fields[i].row);
      g_autoptr (GError) error = NULL;

      if (ptl_field_check_text (fields[i].what, text, fields[i].max_chars, &error))
        continue;
      ptl_field_show (GTK_WIDGET (fields[i].row), self->why_error, error);
      ptl_field_focus (GTK_WIDGET (fields[i].row));
      return FALSE;
    }
  return TRUE;
}

static void
why_changed_cb (PtlTermsPage *self)
{
  ptl_field_show (GTK_WIDGET (self->purpose_row), self->why_error, NULL);
  ptl_field_show (GTK_WIDGET (self->owner_row), self->why_error, NULL);
}

static gboolean
check (PtlWizardPage *page)
{
  PtlTermsPage *self = PTL_TERMS_PAGE (page);
  g_auto (GStrv) audience = NULL;

  if (self->asks_audience && !ptl_audience_chooser_check (self->audience_chooser, &audience))
    return FALSE;
  if (!ptl_time_chooser_check (self->time_chooser, &self->term) || !check_harm (self)
      || !check_why (self) || !ptl_options_group_check (self->options_group, NULL))
    return FALSE;
  g_strfreev (self->audience);
  self->audience = g_steal_pointer (&audience);
  return TRUE;
}

/* The first question that is not answered from the start; where all are, Enter goes on. */
static void
enter (PtlWizardPage *page)
{
  PtlTermsPage *self = PTL_TERMS_PAGE (page);

  if (self->asks_audience)
    ptl_audience_chooser_focus (self->audience_chooser);
  else
    ptl_field_focus (self->asks_strangers ? GTK_WIDGET (self->harm_row)
                                          : GTK_WIDGET (self->purpose_row));
}

static void
ptl_terms_page_finalize (GObject *object)
{
  PtlTermsPage *self = PTL_TERMS_PAGE (object);

  g_free (self->risky);
  g_free (self->filled_purpose);
  g_strfreev (self->audience);
  g_object_unref (self->firewall_group);
  g_object_unref (self->options_group);
  G_OBJECT_CLASS (ptl_terms_page_parent_class)->finalize (object);
}

static void
ptl_terms_page_class_init (PtlTermsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ptl_terms_page_finalize;
  PTL_WIZARD_PAGE_CLASS (klass)->check = check;
  PTL_WIZARD_PAGE_CLASS (klass)->enter = enter;
  g_type_ensure (PTL_TYPE_AUDIENCE_CHOOSER);
  g_type_ensure (PTL_TYPE_TIME_CHOOSER);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-terms-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlTermsPage, groups);
  gtk_widget_class_bind_template_child (widget_class, PtlTermsPage, audience_chooser);
  gtk_widget_class_bind_template_child (widget_class, PtlTermsPage, time_chooser);
  gtk_widget_class_bind_template_child (widget_class, PtlTermsPage, stranger_group);
  gtk_widget_class_bind_template_child (widget_class, PtlTermsPage, harm_row);
  gtk_widget_class_bind_template_child (widget_class, PtlTermsPage, harm_error);
  gtk_widget_class_bind_template_child (widget_class, PtlTermsPage, stranger_label);
  gtk_widget_class_bind_template_child (widget_class, PtlTermsPage, purpose_row);
  gtk_widget_class_bind_template_child (widget_class, PtlTermsPage, owner_row);
  gtk_widget_class_bind_template_child (widget_class, PtlTermsPage, why_error);
  gtk_widget_class_bind_template_callback (widget_class, harm_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, why_changed_cb);
}

static void
ptl_terms_page_init (PtlTermsPage *self)
{
  g_autofree char *owner = ptl_defaults_dup_owner ();

  self->asks_audience = self->asks_strangers = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->firewall_group = g_object_ref_sink (ptl_firewall_group_new ());
  adw_preferences_page_add (self->groups, ADW_PREFERENCES_GROUP (self->firewall_group));
  self->options_group = g_object_ref_sink (ptl_options_group_new ());
  adw_preferences_page_add (self->groups, ADW_PREFERENCES_GROUP (self->options_group));
  ptl_field_set_up (self->purpose_row);
  ptl_field_set_up_combo (self->harm_row);
  ptl_field_set_up (self->owner_row);
  ptl_field_set_text (self->owner_row, owner);
  ptl_time_chooser_set_seconds (self->time_chooser, ptl_defaults_get_seconds ());
  g_signal_connect_object (self->audience_chooser, "changed", G_CALLBACK (update_stranger), self,
                           G_CONNECT_SWAPPED);
  update_stranger (self);
}

PtlTermsPage *
ptl_terms_page_new (void)
{
  return g_object_new (PTL_TYPE_TERMS_PAGE, NULL);
}
