/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-new-relay-page.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-endpoint.h"
#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "core/ptl-validate.h"
#include "gui/fields/ptl-field.h"

#define SSH_PORT "22"
#define PATH_MAX_CHARS 300

struct _PtlNewRelayPage
{
  PtlWizardPage parent_instance;
  AdwEntryRow *name_row;
  AdwEntryRow *host_row;
  AdwEntryRow *port_row;
  AdwEntryRow *user_row;
  GtkLabel *server_error;
  AdwActionRow *key_row;
  GtkWidget *clear_button;
  GtkWidget *choose_button;
  GtkFileChooserNative *chooser; /* while it is shown */
  char *key_file;                /* "" = the usual ones */
};

G_DEFINE_FINAL_TYPE (PtlNewRelayPage, ptl_new_relay_page, PTL_TYPE_WIZARD_PAGE)

char *
ptl_new_relay_page_dup_name (PtlNewRelayPage *self)
{
  g_return_val_if_fail (PTL_IS_NEW_RELAY_PAGE (self), NULL);
  return ptl_field_dup_text (self->name_row);
}

static gboolean
parse_port (PtlNewRelayPage *self, guint16 *port, GError **error)
{
  guint16 last;

  if (!ptl_field_parse_ports (self->port_row, FALSE, port, &last, error))
    return FALSE;
  if (last == *port)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, "%s",
                 _ ("A server answers at one port, not a range."));
  return FALSE;
}

GVariant *
ptl_new_relay_page_build (PtlNewRelayPage *self)
{
  g_autofree char *name = ptl_field_dup_text (self->name_row);
  g_autofree char *host = ptl_field_dup_text (self->host_row);
  g_autofree char *user = ptl_field_dup_text (self->user_row);
  GVariantBuilder builder;
  guint16 port = 0;

  parse_port (self, &port, NULL);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "Name", g_variant_new_string (name));
  g_variant_builder_add (&builder, "{sv}", "Host", g_variant_new_string (host));
  g_variant_builder_add (&builder, "{sv}", "Port", g_variant_new_uint32 (port));
  g_variant_builder_add (&builder, "{sv}", "User", g_variant_new_string (user));
  g_variant_builder_add (&builder, "{sv}", "KeyFile", g_variant_new_string (self->key_file));
  return g_variant_builder_end (&builder);
}

/* The first mistake, from the top; @row: where. */
static gboolean
find_mistake (PtlNewRelayPage *self, AdwEntryRow **row, GError **error)
{
  g_autofree char *name = ptl_field_dup_text (self->name_row);
  g_autofree char *host = ptl_field_dup_text (self->host_row);
  g_autofree char *user = ptl_field_dup_text (self->user_row);
  guint16 port;

  *row = self->name_row;
  if (!ptl_validate_text (_ ("The name"), name, PTL_NAME_MAX_CHARS, TRUE, error))
    return TRUE;
  *row = self->host_row;
  if (!ptl_validate_relay_host (host, error))
    return TRUE;
  *row = self->port_row;
  if (!parse_port (self, &port, error))
    return TRUE;
  *row = self->user_row;
  return !ptl_validate_relay_user (user, error);
}

static void
clear_errors (PtlNewRelayPage *self)
{
  AdwEntryRow *rows[] = { self->name_row, self->host_row, self->port_row, self->user_row };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    ptl_field_show (GTK_WIDGET (rows[i]), self->server_error, NULL);
}

static gboolean
check (PtlWizardPage *page)
{
  PtlNewRelayPage *self = PTL_NEW_RELAY_PAGE (page);
  g_autoptr (GError) error = NULL;
  AdwEntryRow *row;

  clear_errors (self);
  if (!find_mistake (self, &row, &error))
    return TRUE;
  ptl_field_show (GTK_WIDGET (row), self->server_error, error);
  ptl_field_focus (GTK_WIDGET (row));
  return FALSE;
}

void
ptl_new_relay_page_show_error (PtlNewRelayPage *self, const GError *error)
{
  g_return_if_fail (PTL_IS_NEW_RELAY_PAGE (self));
  clear_errors (self);
  ptl_field_show (GTK_WIDGET (self->name_row), self->server_error, error);
}

static void
changed_cb (PtlNewRelayPage *self)
{
  clear_errors (self);
}

static void
set_key_file (PtlNewRelayPage *self, const char *path)
{
  g_autofree char *safe = ptl_text_make_safe (path, -1, PATH_MAX_CHARS);

  g_free (self->key_file);
  self->key_file = g_strdup (path);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->key_row), FALSE);
  adw_action_row_set_subtitle (self->key_row,
                               *safe != '\0'
                                   ? safe
                                   : _ ("The usual ones: the agent's, and those in ~/.ssh"));
  gtk_widget_set_visible (self->clear_button, *path != '\0');
}

static void
clear_cb (PtlNewRelayPage *self)
{
  set_key_file (self, "");
}

static void
chooser_response_cb (PtlNewRelayPage *self, int response, GtkFileChooser *chooser)
{
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (chooser) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    set_key_file (self, path);
  g_clear_object (&self->chooser);
}

static void
choose_cb (PtlNewRelayPage *self)
{
  g_autofree char *folder_path = g_build_filename (g_get_home_dir (), ".ssh", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (folder_path);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser != NULL)
    return;
  self->chooser
      = gtk_file_chooser_native_new (_ ("Choose a Key File"), GTK_WINDOW (root),
                                     GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), folder, NULL);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chooser_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
enter (PtlWizardPage *page)
{
  ptl_field_focus (GTK_WIDGET (PTL_NEW_RELAY_PAGE (page)->name_row));
}

static void
ptl_new_relay_page_dispose (GObject *object)
{
  PtlNewRelayPage *self = PTL_NEW_RELAY_PAGE (object);

  g_clear_object (&self->chooser);
  g_clear_pointer (&self->key_file, g_free);
  G_OBJECT_CLASS (ptl_new_relay_page_parent_class)->dispose (object);
}

static void
ptl_new_relay_page_class_init (PtlNewRelayPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_new_relay_page_dispose;
  PTL_WIZARD_PAGE_CLASS (klass)->check = check;
  PTL_WIZARD_PAGE_CLASS (klass)->enter = enter;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-new-relay-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlNewRelayPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, PtlNewRelayPage, host_row);
  gtk_widget_class_bind_template_child (widget_class, PtlNewRelayPage, port_row);
  gtk_widget_class_bind_template_child (widget_class, PtlNewRelayPage, user_row);
  gtk_widget_class_bind_template_child (widget_class, PtlNewRelayPage, server_error);
  gtk_widget_class_bind_template_child (widget_class, PtlNewRelayPage, key_row);
  gtk_widget_class_bind_template_child (widget_class, PtlNewRelayPage, clear_button);
  gtk_widget_class_bind_template_child (widget_class, PtlNewRelayPage, choose_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
}

static void
ptl_new_relay_page_init (PtlNewRelayPage *self)
{
  AdwEntryRow *rows[4];

  gtk_widget_init_template (GTK_WIDGET (self));
  rows[0] = self->name_row;
  rows[1] = self->host_row;
  rows[2] = self->port_row;
  rows[3] = self->user_row;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    ptl_field_set_up (rows[i]);
  ptl_field_set_text (self->port_row, SSH_PORT);
  ptl_field_set_text (self->user_row, g_get_user_name ());
  set_key_file (self, "");
}

PtlNewRelayPage *
ptl_new_relay_page_new (void)
{
  return g_object_new (PTL_TYPE_NEW_RELAY_PAGE, NULL);
}
