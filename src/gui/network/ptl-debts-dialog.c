/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-debts-dialog.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-format.h"
#include "gui/ptl-gui.h"

struct _PtlDebtsDialog
{
  AdwWindow parent_instance;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (PtlDebtsDialog, ptl_debts_dialog, ADW_TYPE_WINDOW)

static const char *
lookup (GVariant *debt, const char *key)
{
  const char *text = "";

  g_variant_lookup (debt, key, "&s", &text);
  return text;
}

static char *
describe (GVariant *debt, gint64 now)
{
  gint64 since = 0, ends = 0;
  guint tries = 0;
  g_autofree char *begun = NULL;
  g_autofree char *left = NULL;
  GString *text = g_string_new (NULL);

  g_variant_lookup (debt, "Since", "x", &since);
  g_variant_lookup (debt, "Ends", "x", &ends);
  g_variant_lookup (debt, "Tries", "u", &tries);
  begun = ptl_format_time (since, now);
  g_string_append_printf (text, "%s %s\n", ptl_format_system (lookup (debt, "System")), lookup (debt, "Endpoint"));
  /* Translators: %u is a number, %s a time, as in "Tried 3 times since today 18:00." */
  g_string_append_printf (text, ngettext ("Tried %u time since %s.", "Tried %u times since %s.", tries), tries, begun);
  if (ends > now)
    {
      left = ptl_format_duration (ends - now);
      g_string_append_c (text, ' ');
      /* Translators: %s is a length of time */
      g_string_append_printf (text, _("The router forgets it by itself in %s."), left);
    }
  if (*lookup (debt, "Message"))
    g_string_append_printf (text, "\n%s", lookup (debt, "Message"));
  return g_string_free (text, FALSE);
}

static GtkWidget *
make_row (GVariant *debt)
{
  g_autofree char *text = describe (debt, g_get_real_time () / G_USEC_PER_SEC);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", lookup (debt, "Name"),
                                 "title-lines", 0, "subtitle", text, "subtitle-lines", 0, NULL);

  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), "dialog-warning-symbolic");
  return row;
}

static void
show_debts (PtlDebtsDialog *self, GParamSpec *pspec, PtlClient *client)
{
  g_autoptr (GVariant) debts = NULL;
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)))
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  g_object_get (client, "debts", &debts, NULL);
  for (gsize i = 0; debts && i < g_variant_n_children (debts); i++)
    {
      g_autoptr (GVariant) debt = g_variant_get_child_value (debts, i);

      gtk_list_box_append (self->list, make_row (debt));
    }
  if (!debts || g_variant_n_children (debts) == 0)
    gtk_window_close (GTK_WINDOW (self));
}

void
ptl_debts_dialog_present (GtkWindow *parent, PtlClient *client)
{
  PtlDebtsDialog *self = g_object_new (PTL_TYPE_DEBTS_DIALOG, "transient-for", parent, NULL);

  g_signal_connect_object (client, "notify::debts", G_CALLBACK (show_debts), self, G_CONNECT_SWAPPED);
  show_debts (self, NULL, client);
  gtk_window_present (GTK_WINDOW (self));
}

static void
ptl_debts_dialog_class_init (PtlDebtsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/network/ptl-debts-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlDebtsDialog, list);
}

static void
ptl_debts_dialog_init (PtlDebtsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
