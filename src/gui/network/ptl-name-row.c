/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-name-row.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-a11y.h"
#include "gui/ptl-feedback.h"
#include "gui/ptl-format.h"
#include "gui/ptl-gui.h"
#include "gui/ptl-state-look.h"
#include "ptl-name-dialog.h"

struct _PtlNameRow
{
  AdwActionRow parent_instance;
  GtkImage *icon;
  GtkLabel *state;
  GtkMenuButton *menu;
  PtlClient *client;
  PtlNameItem *item;
  const char *style;
};

G_DEFINE_FINAL_TYPE (PtlNameRow, ptl_name_row, ADW_TYPE_ACTION_ROW)

static const PtlStateLook states[] = {
  { "waiting", NC_ ("dynamic name", "Waiting"), "content-loading-symbolic", "warning" },
  { "up-to-date", NC_ ("dynamic name", "Up to date"), "object-select-symbolic", "success" },
  { "updating", NC_ ("dynamic name", "Updating"), "content-loading-symbolic", "accent" },
  { "stopped", NC_ ("dynamic name", "Stopped"), "dialog-error-symbolic", "error" },
  { "no-address", NC_ ("dynamic name", "No address"), "dialog-warning-symbolic", "warning" },
};

static void
show_state (PtlNameRow *self)
{
  const PtlStateLook *look = ptl_state_look_find (states, G_N_ELEMENTS (states), ptl_name_item_get_state (self->item), 0);

  ptl_state_look_show (look, "dynamic name", self->state, self->icon, &self->style);
}

static void
append_addresses (GString *text, const PtlDynamicName *name)
{
  const char *ipv4 = name->ipv4 ? name->published_ipv4 : "";
  const char *ipv6 = name->ipv6 ? name->published_ipv6 : "";

  if (*ipv4 == '\0' && *ipv6 == '\0')
    return;
  g_string_append_printf (text, "%s%s%s", ipv4, *ipv4 && *ipv6 ? ", " : "", ipv6);
}

static void
append_line (GString *text, const char *line)
{
  g_string_append_printf (text, "%s%s", text->len > 0 && *line ? "\n" : "", line);
}

static void
append_times (GString *text, PtlNameItem *item, gint64 now)
{
  const PtlDynamicName *name = ptl_name_item_get_name (item);
  gint64 next = ptl_name_item_get_next_try (item);
  g_autofree char *time
      = ptl_format_time (next != 0 && *name->message ? next : name->last_update, now);
  g_autofree char *line = NULL;

  if (*time == '\0')
    return;
  if (next != 0 && *name->message)
    /* Translators: %s is a time, like “today 18:00” */
    line = g_strdup_printf (_ ("Next try %s"), time);
  else
    /* Translators: %s is a time, like “today 18:00” */
    line = g_strdup_printf (_ ("Updated %s"), time);
  append_line (text, line);
}

static char *
dup_subtitle (PtlNameItem *item)
{
  const PtlDynamicName *name = ptl_name_item_get_name (item);
  GString *text = g_string_new (NULL);
  g_autofree char *trouble = g_strdup_printf ("%s %s", name->message, name->advice);

  append_addresses (text, name);
  append_line (text, g_strstrip (trouble));
  append_times (text, item, g_get_real_time () / G_USEC_PER_SEC);
  return g_string_free (text, FALSE);
}

static void
show_name (PtlNameRow *self)
{
  const char *hostname = ptl_name_item_get_name (self->item)->hostname;
  g_autofree char *subtitle = dup_subtitle (self->item);
  /* Translators: %s is a name like home.example.org */
  g_autofree char *label = g_strdup_printf (_ ("What to do with %s"), hostname);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), hostname);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  ptl_a11y_name (GTK_WIDGET (self->menu), label);
  show_state (self);
}

/* ---- Actions ---- */

static GtkWindow *
get_window (PtlNameRow *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlNameRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (!answer)
    ptl_feedback_error (GTK_WIDGET (self), error);
}

static void
call (PtlNameRow *self, const char *method)
{
  ptl_client_call_async (self->client, method,
                         g_variant_new ("(s)", ptl_name_item_get_name (self->item)->id), NULL,
                         on_done, g_object_ref (self));
}

static void
on_update (GtkWidget *widget, const char *name, GVariant *parameter)
{
  call (PTL_NAME_ROW (widget), "UpdateName");
}

static void
on_edit (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlNameRow *self = PTL_NAME_ROW (widget);

  ptl_name_dialog_present (get_window (self), self->client, ptl_name_item_get_name (self->item));
}

static void
on_response (PtlNameRow *self, const char *response)
{
  if (g_str_equal (response, "remove"))
    call (self, "RemoveName");
}

static void
on_remove (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlNameRow *self = PTL_NAME_ROW (widget);
  /* Translators: %s is a name like home.example.org */
  g_autofree char *question
      = g_strdup_printf (_ ("Remove %s?"), ptl_name_item_get_name (self->item)->hostname);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (get_window (self), question,
                              _ ("It follows your address no more, and its password is forgotten. "
                                 "What the provider was told stays "
                                 "there: delete the name there too if nobody should use it.")));

  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "remove", _ ("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- Life ---- */

GtkWidget *
ptl_name_row_new (PtlClient *client, PtlNameItem *item)
{
  PtlNameRow *self = g_object_new (PTL_TYPE_NAME_ROW, NULL);

  self->client = g_object_ref (client);
  self->item = g_object_ref (item);
  g_signal_connect_object (item, "changed", G_CALLBACK (show_name), self, G_CONNECT_SWAPPED);
  show_name (self);
  return GTK_WIDGET (self);
}

static void
ptl_name_row_dispose (GObject *object)
{
  PtlNameRow *self = PTL_NAME_ROW (object);

  g_clear_object (&self->client);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (ptl_name_row_parent_class)->dispose (object);
}

static void
ptl_name_row_class_init (PtlNameRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_name_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               PTL_GUI_RESOURCES "/network/ptl-name-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlNameRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PtlNameRow, state);
  gtk_widget_class_bind_template_child (widget_class, PtlNameRow, menu);
  gtk_widget_class_install_action (widget_class, "name.update", NULL, on_update);
  gtk_widget_class_install_action (widget_class, "name.edit", NULL, on_edit);
  gtk_widget_class_install_action (widget_class, "name.remove", NULL, on_remove);
}

static void
ptl_name_row_init (PtlNameRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_a11y_keep_focus (self->menu);
}
