/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-name-dialog.h"

#include <glib/gi18n-lib.h>

#include "gui/fields/ptl-field.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-banner.h"
#include "gui/ptl-gui.h"

struct _PtlNameDialog
{
  AdwWindow parent_instance;
  PtlBanner *banner;
  GtkWidget *save_button;
  AdwComboRow *provider;
  GtkLabel *help;
  GtkLinkButton *link;
  AdwEntryRow *hostname;
  AdwEntryRow *server;
  AdwEntryRow *user;
  AdwEntryRow *secret;
  AdwEntryRow *success;
  GtkLabel *mistake;
  GtkSwitch *ipv4;
  GtkSwitch *ipv6;
  GtkSpinButton *refresh;
  PtlClient *client;
  PtlDynamicName *before; /* NULL = a new one */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PtlNameDialog, ptl_name_dialog, ADW_TYPE_WINDOW)

static const PtlNameProvider *
get_provider (PtlNameDialog *self)
{
  return &ptl_name_provider_list ()[adw_combo_row_get_selected (self->provider)];
}

/* Whether what is told to the provider so far stays good. */
static gboolean
is_same_provider (PtlNameDialog *self)
{
  return self->before && g_str_equal (self->before->provider, get_provider (self)->id);
}

/* ---- What was typed ---- */

static void
insert_text (GVariantDict *dict, const char *key, AdwEntryRow *row)
{
  g_autofree char *text = ptl_field_dup_text (row);

  if (gtk_widget_get_visible (GTK_WIDGET (row)))
    g_variant_dict_insert (dict, key, "s", text);
}

/* Without the secret: a{sv}, not floating. */
static GVariant *
build (PtlNameDialog *self)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "Provider", "s", get_provider (self)->id);
  insert_text (&dict, "Hostname", self->hostname);
  insert_text (&dict, "Server", self->server);
  insert_text (&dict, "User", self->user);
  insert_text (&dict, "Success", self->success);
  g_variant_dict_insert (&dict, "Ipv4", "b", gtk_switch_get_active (self->ipv4));
  g_variant_dict_insert (&dict, "Ipv6", "b", gtk_switch_get_active (self->ipv6));
  g_variant_dict_insert (&dict, "RefreshDays", "u",
                         (guint32) gtk_spin_button_get_value_as_int (self->refresh));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static PtlDynamicName *
dup_name (PtlNameDialog *self)
{
  g_autoptr (GVariant) dict = build (self);
  PtlDynamicName *name
      = self->before ? ptl_dynamic_name_copy (self->before) : ptl_dynamic_name_new ();

  ptl_dynamic_name_apply (name, dict, !self->before, NULL);
  ptl_dynamic_name_settle (name);
  return name;
}

static gboolean
check_secret (PtlNameDialog *self, const PtlDynamicName *name, GError **error)
{
  const char *secret = gtk_editable_get_text (GTK_EDITABLE (self->secret));

  return (*secret == '\0' && is_same_provider (self))
         || ptl_dynamic_name_validate_secret (name, secret, error);
}

/* ---- What is shown ---- */

static void
set_title (AdwEntryRow *row, const char *title)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  ptl_field_set_up (row);
}

static void
show_secret (PtlNameDialog *self, const PtlNameProvider *provider)
{
  g_autofree char *title = NULL;

  if (is_same_provider (self))
    /* Translators: %s is “Token”, “Password”, ...; the field may stay empty */
    title = g_strdup_printf (_ ("%s (empty: as it is)"), _ (provider->secret_label));
  set_title (self->secret, title ? title : _ (provider->secret_label));
}

static void
show_provider (PtlNameDialog *self)
{
  const PtlNameProvider *provider = get_provider (self);

  gtk_label_set_label (self->help, _ (provider->help));
  gtk_widget_set_visible (GTK_WIDGET (self->link), provider->help_url != NULL);
  if (provider->help_url)
    gtk_link_button_set_uri (self->link, provider->help_url);
  gtk_widget_set_visible (GTK_WIDGET (self->server), provider->server_label != NULL);
  if (provider->server_label)
    set_title (self->server, _ (provider->server_label));
  gtk_widget_set_visible (GTK_WIDGET (self->user), provider->user_label != NULL);
  if (provider->user_label)
    set_title (self->user, _ (provider->user_label));
  gtk_widget_set_visible (GTK_WIDGET (self->success),
                          provider->protocol == PTL_NAME_PROTOCOL_CUSTOM);
  show_secret (self, provider);
}

static void
clear_mistakes (PtlNameDialog *self)
{
  AdwEntryRow *rows[] = { self->hostname, self->server, self->user, self->secret, self->success };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    ptl_field_show (GTK_WIDGET (rows[i]), self->mistake, NULL);
  ptl_banner_set_message (self->banner, NULL);
}

static void
on_changed (PtlNameDialog *self)
{
  clear_mistakes (self);
}

static void
on_provider (PtlNameDialog *self)
{
  const PtlNameProvider *provider = get_provider (self);

  show_provider (self);
  clear_mistakes (self);
  gtk_spin_button_set_value (self->refresh, is_same_provider (self) ? self->before->refresh_days
                                                                    : provider->refresh_days);
}

/* The first row whose content alone makes it wrong. */
static AdwEntryRow *
find_row (PtlNameDialog *self, const PtlDynamicName *name)
{
  g_autoptr (PtlDynamicName) good = ptl_dynamic_name_copy (name);

  g_free (good->hostname);
  good->hostname = get_provider (self)->domain
                       ? g_strconcat ("x.", get_provider (self)->domain, NULL)
                       : g_strdup ("x.example.org");
  if (ptl_dynamic_name_validate (good, NULL))
    return self->hostname;
  g_free (good->server);
  good->server = g_strdup (get_provider (self)->protocol == PTL_NAME_PROTOCOL_RFC2136
                               ? "ns.example.org"
                               : "https://example.org/");
  if (ptl_dynamic_name_validate (good, NULL))
    return self->server;
  g_free (good->user);
  good->user = g_strdup (get_provider (self)->user_label ? "x" : "");
  return ptl_dynamic_name_validate (good, NULL) ? self->user : self->success;
}

static gboolean
check (PtlNameDialog *self)
{
  g_autoptr (PtlDynamicName) name = dup_name (self);
  g_autoptr (GError) error = NULL;
  AdwEntryRow *row = NULL;

  clear_mistakes (self);
  if (!ptl_dynamic_name_validate (name, &error))
    row = find_row (self, name);
  else if (!check_secret (self, name, &error))
    row = self->secret;
  if (!row)
    return TRUE;
  ptl_field_show (GTK_WIDGET (row), self->mistake, error);
  ptl_field_focus (GTK_WIDGET (row));
  return FALSE;
}

/* ---- Asking the worker ---- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlNameDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (answer)
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  gtk_widget_set_sensitive (self->save_button, TRUE);
  if (ptl_error_code_of (error) != PTL_ERROR_CANCELLED)
    ptl_banner_set_message (self->banner, error->message);
}

static GVariant *
build_with_secret (PtlNameDialog *self)
{
  g_autoptr (GVariant) plain = build (self);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (plain);
  const char *secret = gtk_editable_get_text (GTK_EDITABLE (self->secret));

  if (*secret != '\0')
    g_variant_dict_insert (&dict, "Secret", "s", secret);
  return g_variant_dict_end (&dict);
}

static void
on_save (PtlNameDialog *self)
{
  if (!check (self))
    return;
  gtk_widget_set_sensitive (self->save_button, FALSE);
  if (self->before)
    ptl_client_call_async (self->client, "EditName",
                           g_variant_new ("(s@a{sv})", self->before->id, build_with_secret (self)),
                           self->cancellable, on_saved, g_object_ref (self));
  else
    ptl_client_call_async (self->client, "AddName",
                           g_variant_new ("(@a{sv})", build_with_secret (self)), self->cancellable,
                           on_saved, g_object_ref (self));
}

/* ---- Life ---- */

static void
fill (PtlNameDialog *self, const PtlDynamicName *name)
{
  const PtlNameProvider *list = ptl_name_provider_list ();

  self->before = ptl_dynamic_name_copy (name);
  for (guint i = 0; list[i].id; i++)
    if (g_str_equal (list[i].id, name->provider))
      adw_combo_row_set_selected (self->provider, i);
  ptl_field_set_text (self->hostname, name->hostname);
  ptl_field_set_text (self->server, name->server);
  ptl_field_set_text (self->user, name->user);
  ptl_field_set_text (self->success, name->success);
  gtk_switch_set_active (self->ipv4, name->ipv4);
  gtk_switch_set_active (self->ipv6, name->ipv6);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Edit Name"));
  ptl_field_set_button_label (GTK_BUTTON (self->save_button), _ ("_Save"));
}

void
ptl_name_dialog_present (GtkWindow *parent, PtlClient *client, const PtlDynamicName *name)
{
  PtlNameDialog *self = g_object_new (PTL_TYPE_NAME_DIALOG, "transient-for", parent, NULL);

  self->client = g_object_ref (client);
  if (name)
    fill (self, name);
  on_provider (self);
  gtk_widget_grab_focus (name ? GTK_WIDGET (self->hostname) : GTK_WIDGET (self->provider));
  gtk_window_present (GTK_WINDOW (self));
}

static void
ptl_name_dialog_dispose (GObject *object)
{
  PtlNameDialog *self = PTL_NAME_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_pointer (&self->before, ptl_dynamic_name_free);
  G_OBJECT_CLASS (ptl_name_dialog_parent_class)->dispose (object);
}

static void
ptl_name_dialog_class_init (PtlNameDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_name_dialog_dispose;
  g_type_ensure (PTL_TYPE_BANNER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               PTL_GUI_RESOURCES "/network/ptl-name-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, provider);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, help);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, link);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, hostname);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, server);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, user);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, secret);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, success);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, mistake);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, ipv4);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, ipv6);
  gtk_widget_class_bind_template_child (widget_class, PtlNameDialog, refresh);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
ptl_name_dialog_init (PtlNameDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_a11y_name_buttons (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  for (const PtlNameProvider *provider = ptl_name_provider_list (); provider->id; provider++)
    gtk_string_list_append (titles, ptl_name_provider_get_title (provider));
  adw_combo_row_set_model (self->provider, G_LIST_MODEL (titles));
  ptl_field_set_up_combo (self->provider);
  ptl_field_set_up (self->hostname);
  ptl_field_set_up (self->success);
  ptl_field_set_button_label (GTK_BUTTON (self->save_button), _ ("_Add"));
  gtk_window_set_title (GTK_WINDOW (self), _ ("Add Name"));
  g_signal_connect_swapped (self->provider, "notify::selected", G_CALLBACK (on_provider), self);
}
