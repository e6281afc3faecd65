/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-inventory-private.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-feedback.h"
#include "ptl-adopt-dialog.h"
#include "ptl-entry-undo.h"

/* What can be done with the foreign entry that is selected. */

typedef struct
{
  GtkWidget *widget; /* where to say it */
  PtlClient *client;
  PtlAskedList *entries;
  char *router;
  char *id;
  char *name;
  gboolean ignore;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->widget);
  g_object_unref (request->client);
  g_clear_object (&request->entries);
  g_free (request->router);
  g_free (request->id);
  g_free (request->name);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

static PtlEntry *
selected_entry (PtlInventoryPage *self)
{
  PtlTable *table = ptl_inventory_page_get_table (self);

  return table == self->foreign_table ? ptl_entry_pane_get_entry (self->entry_pane) : NULL;
}

static Request *
request_new_for (GtkWidget *widget, PtlClient *client, PtlAskedList *entries, PtlEntry *entry)
{
  Request *request = g_new0 (Request, 1);

  request->widget = g_object_ref (widget);
  request->client = g_object_ref (client);
  request->entries = entries ? g_object_ref (entries) : NULL;
  request->router = g_strdup (ptl_entry_get_router (entry));
  request->id = g_strdup (ptl_entry_get_id (entry));
  request->name = ptl_entry_dup_name (entry);
  return request;
}

static Request *
request_new (PtlInventoryPage *self, PtlEntry *entry)
{
  return request_new_for (GTK_WIDGET (self), self->client, self->entries, entry);
}

/* ---- Adopt ---- */

static void
on_adopted (const PtlRule *rule, gpointer user_data)
{
  Request *request = user_data;
  /* Translators: %s is the name of a rule */
  g_autofree char *text = g_strdup_printf (_("“%s” is a rule of yours now"), rule->name);

  ptl_feedback_say (request->widget, text);
  ptl_asked_list_refresh (request->entries);
}

static void
on_adopt (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);
  PtlEntry *entry = selected_entry (self);

  if (entry)
    ptl_adopt_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->client, entry, on_adopted,
                              request_new (self, entry), request_free);
}

/* ---- Remove ---- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autofree char *text = NULL;

  if (!answer)
    {
      ptl_feedback_error (request->widget, error);
      return;
    }
  /* Translators: %s is what an entry in the router is called */
  text = g_strdup_printf (_("“%s” removed from the router"), request->name);
  ptl_feedback_offer (request->widget, text, _("_Undo"), "win.restore-entry",
                      g_variant_new ("(ss)", request->router, request->id));
  if (request->entries)
    ptl_asked_list_refresh (request->entries);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Request *owned)
{
  g_autoptr (Request) request = owned;
  PtlClient *client = request->client;
  GVariant *arguments;

  if (!g_str_equal (response, "remove"))
    return;
  arguments = g_variant_new ("(ss)", request->router, request->id);
  ptl_client_call_async (client, "RemoveEntry", arguments, NULL, on_removed, g_steal_pointer (&request));
}

static void
ask_remove (GtkWidget *widget, PtlEntry *entry, Request *request)
{
  g_autofree char *line = ptl_entry_dup_line (entry);
  g_autofree char *body = NULL;
  AdwMessageDialog *dialog;

  /* Translators: %s is like "25565 TCP → 192.168.1.30:25565" */
  body = g_strdup_printf (_("%s\n\nWho uses it from the internet cannot any more. The program that opened it may open it again."), line);
  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), _("Remove This Entry From the Router?"), body));
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "remove", _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), request);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
ptl_entry_remove_ask (GtkWidget *from, PtlClient *client, PtlEntry *entry)
{
  ask_remove (from, entry, request_new_for (from, client, NULL, entry));
}

static void
on_remove (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);
  PtlEntry *entry = selected_entry (self);

  if (entry)
    ask_remove (widget, entry, request_new (self, entry));
}

/* ---- Undoing, by a button of the window's ---- */

typedef struct
{
  GtkWidget *from;
  const char *done; /* what to say */
} Undo;

/* The tables follow the event that tells of it. */
static void
on_undone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Undo *undo = user_data;
  g_autoptr (GtkWidget) from = undo->from;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (answer)
    ptl_feedback_say (from, undo->done);
  else
    ptl_feedback_error (from, error);
}

static Undo *
undo_new (GtkWidget *from, const char *done)
{
  Undo *undo = g_new (Undo, 1);

  undo->from = g_object_ref (from);
  undo->done = done;
  return undo;
}

void
ptl_entry_undo_remove (GtkWidget *from, PtlClient *client, GVariant *arguments)
{
  ptl_client_call_async (client, "RestoreEntry", arguments, NULL, on_undone,
                         undo_new (from, _("The entry is back in the router")));
}

void
ptl_entry_undo_ignore (GtkWidget *from, PtlClient *client, GVariant *arguments)
{
  gboolean ignored;

  g_variant_get_child (arguments, 2, "b", &ignored);
  ptl_client_call_async (client, "IgnoreEntry", arguments, NULL, on_undone,
                         undo_new (from, ignored ? _("The entry is ignored again") : _("The entry is shown again")));
}

/* ---- Ignore ---- */

static void
on_ignored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autofree char *text = NULL;

  if (!answer)
    {
      ptl_feedback_error (request->widget, error);
      return;
    }
  /* Translators: %s is what an entry in the router is called */
  text = g_strdup_printf (request->ignore ? _("“%s” is ignored; it stays open") : _("“%s” is shown again"), request->name);
  ptl_feedback_offer (request->widget, text, _("_Undo"), "win.set-entry-ignored",
                      g_variant_new ("(ssb)", request->router, request->id, !request->ignore));
  ptl_asked_list_refresh (request->entries);
}

static void
ignore (PtlInventoryPage *self, gboolean ignored)
{
  PtlEntry *entry = selected_entry (self);
  Request *request;

  if (!entry)
    return;
  request = request_new (self, entry);
  request->ignore = ignored;
  ptl_client_call_async (self->client, "IgnoreEntry", g_variant_new ("(ssb)", request->router, request->id, ignored),
                         self->cancellable, on_ignored, request);
}

static void
on_ignore (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ignore (PTL_INVENTORY_PAGE (widget), TRUE);
}

static void
on_unignore (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ignore (PTL_INVENTORY_PAGE (widget), FALSE);
}

/* ---- The face ---- */

void
ptl_entry_actions_update (PtlInventoryPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  PtlEntry *entry = selected_entry (self);
  gboolean ignored = entry && ptl_entry_is_ignored (entry);

  gtk_widget_action_set_enabled (widget, "inventory.adopt-entry", entry != NULL);
  gtk_widget_action_set_enabled (widget, "inventory.remove-entry", entry != NULL);
  gtk_widget_action_set_enabled (widget, "inventory.ignore-entry", entry && !ignored);
  gtk_widget_action_set_enabled (widget, "inventory.unignore-entry", ignored);
}

void
ptl_entry_actions_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "inventory.adopt-entry", NULL, on_adopt);
  gtk_widget_class_install_action (klass, "inventory.remove-entry", NULL, on_remove);
  gtk_widget_class_install_action (klass, "inventory.ignore-entry", NULL, on_ignore);
  gtk_widget_class_install_action (klass, "inventory.unignore-entry", NULL, on_unignore);
}
