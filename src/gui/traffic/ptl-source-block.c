/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-source-block.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "gui/ptl-feedback.h"

typedef struct
{
  GtkWidget *from;
  PtlClient *client;
  char *id;
  char *address;
} Block;

static Block *
block_new (GtkWidget *from, PtlClient *client, const char *id, const char *address)
{
  Block *block = g_new0 (Block, 1);

  block->from = g_object_ref (from);
  block->client = g_object_ref (client);
  block->id = g_strdup (id);
  block->address = g_strdup (address);
  return block;
}

static void
block_free (Block *block)
{
  g_object_unref (block->from);
  g_object_unref (block->client);
  g_free (block->id);
  g_free (block->address);
  g_free (block);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Block, block_free)

static void
on_blocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Block) block = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autofree char *words = NULL;

  if (!answer)
    {
      ptl_feedback_error (block->from, error);
      return;
    }
  /* Translators: %s is an address or a network */
  words = g_strdup_printf (_("%s is blocked"), block->address);
  ptl_feedback_offer (block->from, words, _("_Undo"), "win.unblock", g_variant_new ("(ss)", block->id, block->address));
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Block *owned)
{
  g_autoptr (Block) block = owned;
  PtlClient *client = block->client;
  GVariant *arguments;

  if (!g_str_equal (response, "block"))
    return;
  arguments = g_variant_new ("(ss)", block->id, block->address);
  ptl_client_call_async (client, "BlockSource", arguments, NULL, on_blocked, g_steal_pointer (&block));
}

void
ptl_source_block_ask (GtkWidget *from, PtlClient *client, const PtlRule *rule, const char *address)
{
  GtkRoot *root = gtk_widget_get_root (from);
  /* Translators: %s is an address or a network */
  g_autofree char *heading = g_strdup_printf (_("Block %s?"), address);
  /* Translators: %s is the name of a rule */
  g_autofree char *body = g_strdup_printf (_("It cannot connect to “%s” any more, and what it has open there is closed."),
                                           rule->name);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (root), heading, body));

  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "block", _("_Block"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "block", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), block_new (from, client, rule->id, address));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Block) block = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autofree char *words = NULL;

  if (!answer)
    {
      ptl_feedback_error (block->from, error);
      return;
    }
  /* Translators: %s is an address or a network */
  words = g_strdup_printf (_("%s may connect again"), block->address);
  ptl_feedback_say (block->from, words);
}

void
ptl_source_block_undo (GtkWidget *from, PtlClient *client, const char *id, const char *address)
{
  ptl_client_call_async (client, "UnblockSource", g_variant_new ("(ss)", id, address), NULL, on_undone,
                         block_new (from, client, id, address));
}
