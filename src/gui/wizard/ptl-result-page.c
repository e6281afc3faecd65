/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-result-page.h"

#include <glib/gi18n-lib.h>

#include "gui/fields/ptl-field.h"
#include "gui/ptl-format.h"
#include "ptl-words.h"

#define COPIED_SECONDS 2

struct _PtlResultPage
{
  PtlWizardPage parent_instance;
  GtkLabel *address_label;
  GtkLabel *plain_label; /* the address behind a name */
  GtkWidget *pinhole_box;
  GtkLabel *pinhole_label;
  GtkButton *copy_button;
  GtkLabel *time_label;
  GtkWidget *warning_row;
  GtkLabel *warning_label;
  GtkWidget *join_group;
  GtkLabel *join_label;
  GtkWidget *others_group;
  GtkListBox *others_list;
  gint64 expires;
  gint64 review;
  guint tick_source;
  guint copied_source;
  PtlRuleItem *followed; /* the first rule as it is now, or NULL */
};

G_DEFINE_FINAL_TYPE (PtlResultPage, ptl_result_page, PTL_TYPE_WIZARD_PAGE)

static gboolean
tick_cb (gpointer data)
{
  PtlResultPage *self = data;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *left = ptl_format_time_left (self->expires, self->review, now);
  g_autofree char *time = ptl_format_time (self->expires != 0 ? self->expires : self->review, now);
  /* Translators: 1 "2 h 59 min left", 2 "today 21:30" */
  g_autofree char *text = g_strdup_printf (_ ("%1$s (%2$s)"), left, time);

  gtk_label_set_label (self->time_label, text);
  self->tick_source
      = g_timeout_add_seconds (ptl_format_next_change (self->expires, self->review, now), tick_cb,
                               self);
  return G_SOURCE_REMOVE;
}

static gboolean
copied_over_cb (gpointer data)
{
  PtlResultPage *self = data;

  self->copied_source = 0;
  ptl_field_set_button_label (self->copy_button, _ ("_Copy"));
  return G_SOURCE_REMOVE;
}

static void
copy_cb (PtlResultPage *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_label (self->address_label));
  ptl_field_set_button_label (self->copy_button, _ ("_Copied"));
  g_clear_handle_id (&self->copied_source, g_source_remove);
  self->copied_source = g_timeout_add_seconds (COPIED_SECONDS, copied_over_cb, self);
}

static void
add_other (PtlResultPage *self, const PtlRule *rule)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *address = ptl_words_address (rule);
  g_autofree char *subtitle = NULL;

  /* Translators: 1 a rule's name, 2 a protocol */
  subtitle = g_strdup_printf (_ ("%1$s, %2$s"), rule->name,
                              ptl_format_protocol (ptl_rule_get_protocol (rule)));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), address);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_append (self->others_list, row);
}

static void
show_others (PtlResultPage *self, GPtrArray *rules)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->others_list))) != NULL)
    gtk_list_box_remove (self->others_list, row);
  for (guint i = 1; i < rules->len; i++)
    add_other (self, rules->pdata[i]);
  gtk_widget_set_visible (self->others_group, rules->len > 1);
}

/* A rule that opened degraded says what is not as it should be. */
static void
show_warning (PtlResultPage *self, GPtrArray *rules)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];

      if (rule->state != PTL_RULE_STATE_DEGRADED || rule->error_message == NULL)
        continue;
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? "\n" : "", rule->error_message,
                              rule->error_advice);
    }
  gtk_label_set_label (self->warning_label, text->str);
  gtk_widget_set_visible (self->warning_row, text->len > 0);
}

/* The name leads to it today; the address itself is for whoever cannot look names up. */
static void
show_plain (PtlResultPage *self, const PtlRule *rule)
{
  g_autofree char *named = ptl_rule_dup_named_endpoint (rule);
  g_autofree char *plain = named != NULL ? ptl_endpoint_to_string (rule->public_endpoint) : g_strdup ("");
  /* Translators: %s is an address with a port, behind the name that is shown above it */
  g_autofree char *text = g_strdup_printf (_ ("Today that is %s"), plain);

  gtk_label_set_label (self->plain_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->plain_label), named != NULL);
}

static void
show_pinhole (PtlResultPage *self, const PtlRule *rule)
{
  g_autoptr (PtlEndpoint) endpoint = ptl_leases_dup_pinhole_endpoint (rule->leases);
  gboolean beside = endpoint != NULL && ptl_leases_have_ipv4 (rule->leases);
  g_autofree char *text = beside ? ptl_endpoint_to_string (endpoint) : g_strdup ("");

  gtk_label_set_label (self->pinhole_label, text);
  gtk_widget_set_visible (self->pinhole_box, beside);
}

static void
followed_cb (PtlResultPage *self)
{
  show_pinhole (self, ptl_rule_item_get_rule (self->followed));
}

void
ptl_result_page_follow (PtlResultPage *self, PtlRuleItem *item)
{
  g_return_if_fail (PTL_IS_RESULT_PAGE (self));
  if (self->followed != NULL)
    g_signal_handlers_disconnect_by_data (self->followed, self);
  g_set_object (&self->followed, item);
  if (item == NULL)
    return;
  g_signal_connect_object (item, "changed", G_CALLBACK (followed_cb), self, G_CONNECT_SWAPPED);
  followed_cb (self);
}

static void
copy_pinhole_cb (PtlResultPage *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_label (self->pinhole_label));
}

void
ptl_result_page_show (PtlResultPage *self, GPtrArray *rules, const char *join)
{
  const PtlRule *first;
  g_autofree char *address = NULL;

  g_return_if_fail (PTL_IS_RESULT_PAGE (self));
  g_return_if_fail (rules->len > 0);
  first = rules->pdata[0];
  address = ptl_words_address (first);
  gtk_label_set_label (self->address_label, address);
  show_plain (self, first);
  show_pinhole (self, first);
  gtk_label_set_label (self->join_label, join != NULL ? join : "");
  gtk_widget_set_visible (self->join_group, join != NULL && *join != '\0');
  self->expires = first->expires;
  self->review = first->review;
  show_others (self, rules);
  show_warning (self, rules);
  g_clear_handle_id (&self->tick_source, g_source_remove);
  tick_cb (self);
}

static void
enter (PtlWizardPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (PTL_RESULT_PAGE (page)->copy_button));
}

static void
ptl_result_page_dispose (GObject *object)
{
  PtlResultPage *self = PTL_RESULT_PAGE (object);

  g_clear_handle_id (&self->tick_source, g_source_remove);
  g_clear_handle_id (&self->copied_source, g_source_remove);
  g_clear_object (&self->followed);
  G_OBJECT_CLASS (ptl_result_page_parent_class)->dispose (object);
}

static void
ptl_result_page_class_init (PtlResultPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_result_page_dispose;
  PTL_WIZARD_PAGE_CLASS (klass)->enter = enter;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-result-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, address_label);
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, plain_label);
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, pinhole_box);
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, pinhole_label);
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, copy_button);
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, time_label);
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, warning_row);
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, warning_label);
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, join_group);
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, join_label);
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, others_group);
  gtk_widget_class_bind_template_child (widget_class, PtlResultPage, others_list);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_pinhole_cb);
}

static void
ptl_result_page_init (PtlResultPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_field_set_button_label (self->copy_button, _ ("_Copy"));
}

PtlResultPage *
ptl_result_page_new (void)
{
  return g_object_new (PTL_TYPE_RESULT_PAGE, NULL);
}
