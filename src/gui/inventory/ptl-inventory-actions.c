/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-inventory-private.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-feedback.h"
#include "gui/ptl-format.h"
#include "ptl-edit-dialog.h"
#include "ptl-extend-dialog.h"

typedef struct
{
  PtlInventoryPage *page;
  char **ids;
  char *name; /* of the only one, else NULL */
} Request;

static void
request_free (Request *request)
{
  g_object_unref (request->page);
  g_strfreev (request->ids);
  g_free (request->name);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static gboolean
can_close (const PtlRule *rule)
{
  return ptl_rule_is_living (rule) && rule->state != PTL_RULE_STATE_CLOSING;
}

static gboolean
can_extend (const PtlRule *rule)
{
  return can_close (rule) && !ptl_rule_is_permanent (rule);
}

static gboolean
can_reopen (const PtlRule *rule)
{
  return rule->state == PTL_RULE_STATE_CLOSED;
}

static guint
count (GPtrArray *selected, gboolean (*can) (const PtlRule *))
{
  guint n = 0;

  for (guint i = 0; i < selected->len; i++)
    n += can (ptl_rule_item_get_rule (selected->pdata[i])) ? 1 : 0;
  return n;
}

static Request *
request_new (PtlInventoryPage *self, gboolean (*can) (const PtlRule *))
{
  g_autoptr (GPtrArray) selected = ptl_inventory_page_dup_selected (self);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  Request *request = g_new0 (Request, 1);
  const char *name = NULL;

  for (guint i = 0; i < selected->len; i++)
    {
      const PtlRule *rule = ptl_rule_item_get_rule (selected->pdata[i]);

      if (!can (rule))
        continue;
      g_strv_builder_add (ids, rule->id);
      name = rule->name;
    }
  request->page = g_object_ref (self);
  request->ids = g_strv_builder_end (ids);
  request->name = g_strv_length (request->ids) == 1 ? g_strdup (name) : NULL;
  return request;
}

static void
offer_undo (Request *request)
{
  guint n = g_strv_length (request->ids);
  g_autofree char *text = NULL;

  if (request->name)
    /* Translators: %s is the name of a rule */
    text = g_strdup_printf (_("“%s” closed"), request->name);
  else
    /* Translators: %u is a number of rules */
    text = g_strdup_printf (ngettext ("%u rule closed", "%u rules closed", n), n);
  ptl_feedback_offer (GTK_WIDGET (request->page), text, _("_Undo"), "win.reopen",
                      g_variant_new_strv ((const char *const *) request->ids, -1));
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;

  if (ptl_client_close_finish (PTL_CLIENT (source), result, &error))
    offer_undo (request);
  else
    ptl_feedback_error (GTK_WIDGET (request->page), error);
}

static void
on_close (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);
  Request *request = request_new (self, can_close);

  ptl_client_close_async (self->client, (const char *const *) request->ids, self->cancellable, on_closed, request);
}

static void
on_extended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  guint n = g_strv_length (request->ids);
  g_autofree char *text = NULL;

  if (!answer)
    {
      ptl_feedback_error (GTK_WIDGET (request->page), error);
      return;
    }
  if (request->name)
    /* Translators: %s is the name of a rule */
    text = g_strdup_printf (_("“%s” stays open for longer"), request->name);
  else
    /* Translators: %u is a number of rules */
    text = g_strdup_printf (ngettext ("%u rule stays open for longer", "%u rules stay open for longer", n), n);
  ptl_feedback_say (GTK_WIDGET (request->page), text);
}

static void
extend (Request *request, gint64 until, gint64 by)
{
  PtlInventoryPage *self = request->page;

  ptl_client_call_async (self->client, "ExtendRules", g_variant_new ("(^asxx)", request->ids, until, by),
                         self->cancellable, on_extended, request);
}

static void
on_extend (GtkWidget *widget, const char *name, GVariant *parameter)
{
  extend (request_new (PTL_INVENTORY_PAGE (widget), can_extend), 0, g_variant_get_int64 (parameter));
}

static void
on_time_chosen (gint64 until, gpointer user_data)
{
  Request *request = user_data;

  if (until > 0)
    extend (request, until, 0);
  else
    request_free (request);
}

static gint64
latest_end (GPtrArray *selected)
{
  gint64 latest = 0;

  for (guint i = 0; i < selected->len; i++)
    latest = MAX (latest, ptl_rule_item_get_rule (selected->pdata[i])->expires);
  return latest;
}

static void
on_extend_custom (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);
  g_autoptr (GPtrArray) selected = ptl_inventory_page_dup_selected (self);
  Request *request = request_new (self, can_extend);

  ptl_extend_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), latest_end (selected), on_time_chosen,
                             request);
}

static void
on_edit (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);
  g_autoptr (GPtrArray) selected = ptl_inventory_page_dup_selected (self);

  if (selected->len == 1)
    ptl_edit_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->client,
                             ptl_rule_item_get_rule (selected->pdata[0]));
}

static void
on_reopen (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (Request) request = request_new (PTL_INVENTORY_PAGE (widget), can_reopen);

  gtk_widget_activate_action (widget, "win.reopen", "^as", request->ids);
}

static const PtlRule *
get_single (GPtrArray *selected)
{
  return selected->len == 1 ? ptl_rule_item_get_rule (selected->pdata[0]) : NULL;
}

/* @text: (transfer full) (nullable) */
static void
copy (GtkWidget *widget, char *text)
{
  g_autofree char *owned = text;
  g_autofree char *words = NULL;

  if (!text)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  /* Translators: %s is an address with a port */
  words = g_strdup_printf (_("%s copied"), text);
  ptl_feedback_say (widget, words);
}

static char *
dup_endpoint (const PtlEndpoint *endpoint)
{
  return endpoint ? ptl_endpoint_to_string (endpoint) : NULL;
}

static void
on_copy_endpoint (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) selected = ptl_inventory_page_dup_selected (PTL_INVENTORY_PAGE (widget));
  const PtlRule *rule = get_single (selected);

  copy (widget, rule ? dup_endpoint (rule->public_endpoint) : NULL);
}

static void
on_copy_name (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) selected = ptl_inventory_page_dup_selected (PTL_INVENTORY_PAGE (widget));
  const PtlRule *rule = get_single (selected);

  copy (widget, rule ? ptl_rule_dup_named_endpoint (rule) : NULL);
}

static void
on_copy_endpoint6 (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) selected = ptl_inventory_page_dup_selected (PTL_INVENTORY_PAGE (widget));
  const PtlRule *rule = get_single (selected);
  g_autoptr (PtlEndpoint) endpoint = rule ? ptl_leases_dup_pinhole_endpoint (rule->leases) : NULL;

  copy (widget, dup_endpoint (endpoint));
}

static void
on_copy_target (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) selected = ptl_inventory_page_dup_selected (PTL_INVENTORY_PAGE (widget));
  const PtlRule *rule = get_single (selected);

  copy (widget, rule ? dup_endpoint (rule->target) : NULL);
}

/* A page of the details, which come up for it. */
static void
on_show_page (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);

  if (!ptl_details_pane_get_item (self->details))
    return;
  g_object_set (self, "show-details", TRUE, NULL);
  g_object_set (self->details, "page", g_variant_get_string (parameter, NULL), NULL);
}

static void
on_unselect (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ptl_table_unselect_all (ptl_inventory_page_get_table (PTL_INVENTORY_PAGE (widget)));
}

void
ptl_inventory_actions_update (PtlInventoryPage *self, GPtrArray *selected)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean single = selected->len == 1;
  gboolean extendable = count (selected, can_extend) > 0;

  gtk_widget_action_set_enabled (widget, "inventory.close", count (selected, can_close) > 0);
  gtk_widget_action_set_enabled (widget, "inventory.extend", extendable);
  gtk_widget_action_set_enabled (widget, "inventory.extend-custom", extendable);
  gtk_widget_action_set_enabled (widget, "inventory.edit", single && count (selected, can_close) == 1);
  gtk_widget_action_set_enabled (widget, "inventory.reopen", count (selected, can_reopen) > 0);
  gtk_widget_action_set_enabled (widget, "inventory.copy-endpoint", single);
  gtk_widget_action_set_enabled (widget, "inventory.copy-name", single);
  gtk_widget_action_set_enabled (widget, "inventory.copy-target", single);
}

void
ptl_inventory_actions_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "inventory.close", NULL, on_close);
  gtk_widget_class_install_action (klass, "inventory.extend", "x", on_extend);
  gtk_widget_class_install_action (klass, "inventory.extend-custom", NULL, on_extend_custom);
  gtk_widget_class_install_action (klass, "inventory.edit", NULL, on_edit);
  gtk_widget_class_install_action (klass, "inventory.reopen", NULL, on_reopen);
  gtk_widget_class_install_action (klass, "inventory.copy-endpoint", NULL, on_copy_endpoint);
  gtk_widget_class_install_action (klass, "inventory.copy-name", NULL, on_copy_name);
  gtk_widget_class_install_action (klass, "inventory.copy-endpoint6", NULL, on_copy_endpoint6);
  gtk_widget_class_install_action (klass, "inventory.copy-target", NULL, on_copy_target);
  gtk_widget_class_install_action (klass, "inventory.unselect", NULL, on_unselect);
  gtk_widget_class_install_action (klass, "inventory.show-page", "s", on_show_page);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_KP_Delete, 0, "inventory.close", NULL);
  /* The last one is what the menu shows. */
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Delete, 0, "inventory.close", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F2, 0, "inventory.edit", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_e, GDK_CONTROL_MASK, "inventory.extend", "x",
                                       G_GINT64_CONSTANT (3600));
  gtk_widget_class_add_binding_action (klass, GDK_KEY_e, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "inventory.extend-custom", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "inventory.copy-endpoint", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_1, GDK_CONTROL_MASK, "inventory.show-page", "s", "overview");
  gtk_widget_class_add_binding_action (klass, GDK_KEY_2, GDK_CONTROL_MASK, "inventory.show-page", "s", "traffic");
  gtk_widget_class_add_binding_action (klass, GDK_KEY_3, GDK_CONTROL_MASK, "inventory.show-page", "s", "peers");
}
