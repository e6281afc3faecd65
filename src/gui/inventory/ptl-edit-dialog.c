/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-edit-dialog.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-validate.h"
#include "gui/fields/ptl-audience-chooser.h"
#include "gui/fields/ptl-firewall-group.h"
#include "gui/fields/ptl-options-group.h"
#include "gui/fields/ptl-router-choice.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-banner.h"
#include "gui/ptl-gui.h"
#include "gui/ptl-time-row.h"

struct _PtlEditDialog
{
  AdwWindow parent_instance;
  PtlBanner *banner;
  GtkWidget *save_button;
  AdwEntryRow *name;
  AdwEntryRow *owner;
  AdwEntryRow *purpose;
  PtlAudienceChooser *audience;
  PtlTimeRow *time;
  PtlFirewallGroup *firewall;
  PtlOptionsGroup *options;
  GtkWidget *router_group;
  PtlRouterChoice *router;
  PtlClient *client;
  PtlRule *rule;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PtlEditDialog, ptl_edit_dialog, ADW_TYPE_WINDOW)

static const char *
text_of (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static gint64
end_of (const PtlRule *rule)
{
  return ptl_rule_is_permanent (rule) ? rule->review : rule->expires;
}

static gboolean
check (PtlEditDialog *self, GError **error)
{
  g_autoptr (PtlAudience) audience = NULL;

  if (!ptl_validate_text (_("The name"), text_of (self->name), PTL_NAME_MAX_CHARS, TRUE, error)
      || !ptl_validate_text (_("The owner"), text_of (self->owner), PTL_OWNER_MAX_CHARS, TRUE, error)
      || !ptl_validate_text (_("The purpose"), text_of (self->purpose), PTL_PURPOSE_MAX_CHARS, TRUE, error))
    return FALSE;
  audience = ptl_audience_chooser_dup_audience (self->audience, error);
  if (!audience)
    return FALSE;
  if (ptl_time_row_get_time (self->time) != end_of (self->rule)
      && ptl_time_row_get_time (self->time) <= g_get_real_time () / G_USEC_PER_SEC)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("That time is over already."));
      return FALSE;
    }
  return TRUE;
}

static void
add_text (GVariantDict *changes, const char *key, const char *old, AdwEntryRow *row)
{
  if (g_strcmp0 (old, text_of (row)) != 0)
    g_variant_dict_insert (changes, key, "s", text_of (row));
}

static void
add_audience (GVariantDict *changes, PtlEditDialog *self)
{
  g_autoptr (PtlAudience) audience = ptl_audience_chooser_dup_audience (self->audience, NULL);
  g_auto (GStrv) networks = ptl_audience_to_strv (audience);

  if (!ptl_audience_equal (audience, self->rule->audience))
    g_variant_dict_insert_value (changes, "Audience", g_variant_new_strv ((const char *const *) networks, -1));
}

static void
add_options (GVariantDict *changes, PtlEditDialog *self)
{
  g_autoptr (PtlOptions) options = ptl_options_group_dup_options (self->options, self->rule->target, NULL);
  g_autoptr (GVariant) differing
      = g_variant_ref_sink (ptl_options_to_variant_since (options, self->rule->options));

  if (g_variant_n_children (differing) > 0)
    g_variant_dict_insert_value (changes, "Options", differing);
}

static void
add_router (GVariantDict *changes, PtlEditDialog *self)
{
  const char *id = ptl_router_choice_get_id (self->router);

  if (self->rule->kind == PTL_KIND_MAPPING && g_strcmp0 (id, self->rule->backend) != 0)
    g_variant_dict_insert (changes, "Backend", "s", id);
}

static void
add_firewall (GVariantDict *changes, PtlEditDialog *self)
{
  PtlFirewallWish wish = ptl_firewall_group_get_wish (self->firewall);

  if (wish != self->rule->firewall)
    g_variant_dict_insert (changes, "Firewall", "s", ptl_firewall_wish_to_string (wish));
}

/* Only what differs, so that what changed meanwhile elsewhere is not undone. */
static GVariant *
make_changes (PtlEditDialog *self)
{
  g_auto (GVariantDict) changes = G_VARIANT_DICT_INIT (NULL);

  add_text (&changes, "Name", self->rule->name, self->name);
  add_text (&changes, "Owner", self->rule->owner, self->owner);
  add_text (&changes, "Purpose", self->rule->purpose, self->purpose);
  add_audience (&changes, self);
  add_firewall (&changes, self);
  add_options (&changes, self);
  add_router (&changes, self);
  if (ptl_time_row_get_time (self->time) != end_of (self->rule))
    g_variant_dict_insert (&changes, ptl_rule_is_permanent (self->rule) ? "Review" : "Expires", "x",
                           ptl_time_row_get_time (self->time));
  return g_variant_dict_end (&changes);
}

static gboolean
check_options (PtlEditDialog *self)
{
  g_autoptr (PtlOptions) options = ptl_options_group_dup_options (self->options, self->rule->target, NULL);

  return options != NULL;
}

/* What is wrong with an option, its row says. */
static void
on_changed (PtlEditDialog *self)
{
  g_autoptr (GError) error = NULL;
  gboolean fine;

  if (!self->rule)
    return;
  fine = check (self, &error);
  gtk_widget_set_sensitive (self->save_button, fine && check_options (self));
  ptl_banner_set_message (self->banner, fine ? NULL : error->message);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlEditDialog) self = user_data;
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

static void
on_save (PtlEditDialog *self)
{
  g_autoptr (GVariant) changes = NULL;

  if (!check (self, NULL) || !check_options (self))
    return;
  changes = g_variant_ref_sink (make_changes (self));
  if (g_variant_n_children (changes) == 0)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  gtk_widget_set_sensitive (self->save_button, FALSE);
  ptl_client_call_async (self->client, "EditRule", g_variant_new ("(s@a{sv})", self->rule->id, changes),
                         self->cancellable, on_saved, g_object_ref (self));
}

/* Asked only where there is a choice. */
static void
fill_routers (PtlEditDialog *self, const PtlRule *rule)
{
  ptl_router_choice_set_routers (self->router, ptl_client_get_routers (self->client),
                                 rule->kind == PTL_KIND_MAPPING ? rule->backend : "");
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->router),
                               rule->way == PTL_WAY_GUARDED ? _("The mapping goes over; connections stay")
                                                            : _("The mapping is closed here and opened there"));
  gtk_widget_set_visible (self->router_group,
                          rule->kind == PTL_KIND_MAPPING && ptl_router_choice_is_needed (self->router));
}

/* Through a server people come by ssh, which this computer began; what is at loopback they never reach. */
static gboolean
may_arrive (const PtlRule *rule)
{
  const PtlEndpoint *listens = rule->public_endpoint;

  if (rule->kind == PTL_KIND_MAPPING)
    return TRUE;
  return rule->kind == PTL_KIND_FORWARD && listens && listens->host && !ptl_host_is_loopback (listens->host);
}

static void
fill (PtlEditDialog *self, const PtlRule *rule)
{
  gtk_editable_set_text (GTK_EDITABLE (self->name), rule->name);
  gtk_editable_set_text (GTK_EDITABLE (self->owner), rule->owner);
  gtk_editable_set_text (GTK_EDITABLE (self->purpose), rule->purpose);
  ptl_audience_chooser_set_audience (self->audience, rule->audience);
  ptl_firewall_group_set_wish (self->firewall, rule->firewall);
  ptl_firewall_group_set_arriving (self->firewall, may_arrive (rule));
  ptl_options_group_set_options (self->options, rule->options);
  ptl_options_group_set_subject (self->options, rule->kind, rule->way, ptl_rule_get_protocol (rule));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->time),
                                 ptl_rule_is_permanent (rule) ? _("Review") : _("Expires"));
  ptl_time_row_set_time (self->time, end_of (rule));
  fill_routers (self, rule);
  self->rule = ptl_rule_copy (rule);
  on_changed (self);
}

void
ptl_edit_dialog_present (GtkWindow *parent, PtlClient *client, const PtlRule *rule)
{
  PtlEditDialog *self = g_object_new (PTL_TYPE_EDIT_DIALOG, "transient-for", parent, NULL);

  self->client = g_object_ref (client);
  ptl_firewall_group_set_client (self->firewall, client);
  fill (self, rule);
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
  gtk_window_present (GTK_WINDOW (self));
}

static void
ptl_edit_dialog_dispose (GObject *object)
{
  PtlEditDialog *self = PTL_EDIT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_pointer (&self->rule, ptl_rule_free);
  G_OBJECT_CLASS (ptl_edit_dialog_parent_class)->dispose (object);
}

static void
ptl_edit_dialog_class_init (PtlEditDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_edit_dialog_dispose;
  g_type_ensure (PTL_TYPE_BANNER);
  g_type_ensure (PTL_TYPE_TIME_ROW);
  g_type_ensure (PTL_TYPE_AUDIENCE_CHOOSER);
  g_type_ensure (PTL_TYPE_FIREWALL_GROUP);
  g_type_ensure (PTL_TYPE_OPTIONS_GROUP);
  g_type_ensure (PTL_TYPE_ROUTER_CHOICE);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/inventory/ptl-edit-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlEditDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, PtlEditDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, PtlEditDialog, name);
  gtk_widget_class_bind_template_child (widget_class, PtlEditDialog, owner);
  gtk_widget_class_bind_template_child (widget_class, PtlEditDialog, purpose);
  gtk_widget_class_bind_template_child (widget_class, PtlEditDialog, audience);
  gtk_widget_class_bind_template_child (widget_class, PtlEditDialog, time);
  gtk_widget_class_bind_template_child (widget_class, PtlEditDialog, firewall);
  gtk_widget_class_bind_template_child (widget_class, PtlEditDialog, options);
  gtk_widget_class_bind_template_child (widget_class, PtlEditDialog, router_group);
  gtk_widget_class_bind_template_child (widget_class, PtlEditDialog, router);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
ptl_edit_dialog_init (PtlEditDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_a11y_name_buttons (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}
