/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-adopt-dialog.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-validate.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-banner.h"
#include "gui/ptl-gui.h"
#include "gui/ptl-time-row.h"

struct _PtlAdoptDialog
{
  AdwWindow parent_instance;
  PtlBanner *banner;
  GtkWidget *adopt_button;
  AdwPreferencesGroup *group;
  AdwEntryRow *name;
  AdwEntryRow *owner;
  AdwEntryRow *purpose;
  PtlTimeRow *time;
  PtlClient *client;
  PtlEntry *entry;
  PtlAdoptedFunc adopted;
  gpointer user_data;
  GDestroyNotify destroy;
};

G_DEFINE_FINAL_TYPE (PtlAdoptDialog, ptl_adopt_dialog, ADW_TYPE_WINDOW)

static const char *
text_of (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static gboolean
check (PtlAdoptDialog *self, GError **error)
{
  if (!ptl_validate_text (_("The name"), text_of (self->name), PTL_NAME_MAX_CHARS, TRUE, error)
      || !ptl_validate_text (_("The owner"), text_of (self->owner), PTL_OWNER_MAX_CHARS, TRUE, error)
      || !ptl_validate_text (_("The purpose"), text_of (self->purpose), PTL_PURPOSE_MAX_CHARS, TRUE, error))
    return FALSE;
  if (ptl_time_row_get_time (self->time) > g_get_real_time () / G_USEC_PER_SEC)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("That time is over already."));
  return FALSE;
}

/* What is still empty is no mistake yet: then the button waits, and nothing is said. */
static void
on_changed (PtlAdoptDialog *self)
{
  gboolean empty = *text_of (self->owner) == '\0' || *text_of (self->purpose) == '\0' || *text_of (self->name) == '\0';
  g_autoptr (GError) error = NULL;
  gboolean fine = check (self, &error);

  gtk_widget_set_sensitive (self->adopt_button, fine);
  ptl_banner_set_message (self->banner, fine || empty ? NULL : error->message);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlAdoptDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlRule) rule = ptl_client_open_finish (PTL_CLIENT (source), result, &error);

  /* It was closed meanwhile: the rule is there all the same. */
  if (!self->client)
    return;
  if (rule)
    {
      self->adopted (rule, self->user_data);
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  gtk_widget_set_sensitive (self->adopt_button, TRUE);
  ptl_banner_set_message (self->banner, error->message);
}

static GVariant *
make_request (PtlAdoptDialog *self)
{
  g_auto (GVariantDict) request = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&request, "Adopt", "s", ptl_entry_get_id (self->entry));
  g_variant_dict_insert (&request, "Backend", "s", ptl_entry_get_router (self->entry));
  g_variant_dict_insert (&request, "Name", "s", text_of (self->name));
  g_variant_dict_insert (&request, "Owner", "s", text_of (self->owner));
  g_variant_dict_insert (&request, "Purpose", "s", text_of (self->purpose));
  g_variant_dict_insert (&request, "Expires", "x", ptl_time_row_get_time (self->time));
  return g_variant_dict_end (&request);
}

static void
on_adopt (PtlAdoptDialog *self)
{
  if (!check (self, NULL))
    return;
  gtk_widget_set_sensitive (self->adopt_button, FALSE);
  ptl_banner_set_message (self->banner, NULL);
  ptl_client_open_async (self->client, make_request (self), NULL, on_opened, g_object_ref (self));
}

static void
fill (PtlAdoptDialog *self)
{
  g_autoptr (GSettings) settings = g_settings_new (PTL_GUI_APP_ID);
  g_autofree char *owner = g_settings_get_string (settings, "default-owner");
  g_autofree char *name = ptl_entry_dup_name (self->entry);
  g_autofree char *short_name = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), PTL_NAME_MAX_CHARS));
  g_autofree char *line = ptl_entry_dup_line (self->entry);
  /* Translators: %s is like "25565 TCP → 192.168.1.30:25565" */
  g_autofree char *text = g_strdup_printf (_("%s becomes a rule of yours. It goes on without a cut, and closes when its time is over."), line);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  gtk_editable_set_text (GTK_EDITABLE (self->name), short_name);
  gtk_editable_set_text (GTK_EDITABLE (self->owner), *owner ? owner : g_get_user_name ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->time), _("Expires"));
  ptl_time_row_set_time (self->time, g_get_real_time () / G_USEC_PER_SEC + g_settings_get_uint (settings, "default-duration"));
  adw_preferences_group_set_description (self->group, markup);
  on_changed (self);
}

void
ptl_adopt_dialog_present (GtkWindow *parent,
                          PtlClient *client,
                          PtlEntry *entry,
                          PtlAdoptedFunc adopted,
                          gpointer user_data,
                          GDestroyNotify destroy)
{
  PtlAdoptDialog *self = g_object_new (PTL_TYPE_ADOPT_DIALOG, "transient-for", parent, NULL);

  self->client = g_object_ref (client);
  self->entry = g_object_ref (entry);
  self->adopted = adopted;
  self->user_data = user_data;
  self->destroy = destroy;
  fill (self);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->purpose));
}

static void
ptl_adopt_dialog_dispose (GObject *object)
{
  PtlAdoptDialog *self = PTL_ADOPT_DIALOG (object);

  g_clear_object (&self->entry);
  g_clear_object (&self->client);
  if (self->destroy)
    g_clear_pointer (&self->user_data, self->destroy);
  G_OBJECT_CLASS (ptl_adopt_dialog_parent_class)->dispose (object);
}

static void
ptl_adopt_dialog_class_init (PtlAdoptDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_adopt_dialog_dispose;
  g_type_ensure (PTL_TYPE_BANNER);
  g_type_ensure (PTL_TYPE_TIME_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/inventory/ptl-adopt-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlAdoptDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, PtlAdoptDialog, adopt_button);
  gtk_widget_class_bind_template_child (widget_class, PtlAdoptDialog, group);
  gtk_widget_class_bind_template_child (widget_class, PtlAdoptDialog, name);
  gtk_widget_class_bind_template_child (widget_class, PtlAdoptDialog, owner);
  gtk_widget_class_bind_template_child (widget_class, PtlAdoptDialog, purpose);
  gtk_widget_class_bind_template_child (widget_class, PtlAdoptDialog, time);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_adopt);
}

static void
ptl_adopt_dialog_init (PtlAdoptDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_a11y_name_buttons (GTK_WIDGET (self));
}
