/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-games-page.h"

#include <glib/gi18n-lib.h>

#include "ptl-game-match.h"
#include "ptl-network-note.h"
#include "ptl-words.h"

struct _PtlGamesPage
{
  PtlWizardPage parent_instance;
  GtkSearchEntry *search_entry;
  PtlNetworkNote *network_note;
  GtkWidget *running_group;
  GtkListBox *running_list;
  GtkListBox *own_list;
  GtkWidget *own_row;
  GtkWidget *games_group;
  GtkListBox *games_list;
  GtkWidget *nothing_label;
  PtlClient *client;
  GListModel *games;
  GCancellable *cancellable;
  PtlGame *game;
  char *address;
};

G_DEFINE_FINAL_TYPE (PtlGamesPage, ptl_games_page, PTL_TYPE_WIZARD_PAGE)

PtlGame *
ptl_games_page_get_game (PtlGamesPage *self)
{
  g_return_val_if_fail (PTL_IS_GAMES_PAGE (self), NULL);
  return self->game;
}

const char *
ptl_games_page_get_address (PtlGamesPage *self)
{
  g_return_val_if_fail (PTL_IS_GAMES_PAGE (self), "");
  return self->address;
}

/* "port 7777 (TCP and UDP), port 8888 (TCP)": those that are needed. */
static char *
list_needed_ports (PtlGame *game)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < ptl_game_get_n_ports (game); i++)
    {
      const PtlGamePort *port = ptl_game_get_port (game, i);
      g_autofree char *words
          = port->optional ? NULL : ptl_words_ports (port->protocol, port->first, port->last);

      if (words != NULL)
        g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", words);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static GtkWidget *
create_row (PtlGame *game, const char *subtitle, const char *address)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), ptl_game_get_name (game));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "game", g_object_ref (game), g_object_unref);
  g_object_set_data_full (G_OBJECT (row), "address", g_strdup (address), g_free);
  return row;
}

static void
fill_games (PtlGamesPage *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->games); i++)
    {
      g_autoptr (PtlGame) game = g_list_model_get_item (self->games, i);
      g_autofree char *ports = list_needed_ports (game);

      gtk_list_box_append (self->games_list, create_row (game, ports, ""));
    }
}

/* Shows the rows of @list that match; returns the first of them. */
static GtkWidget *
filter_list (GtkListBox *list, const char *search)
{
  GtkWidget *first = NULL;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      PtlGame *game = g_object_get_data (G_OBJECT (row), "game");
      gboolean matches = game != NULL && ptl_game_matches (game, search);

      gtk_widget_set_visible (row, matches);
      if (matches && first == NULL)
        first = row;
    }
  return first;
}

/* The row that Enter in the search chooses. */
static GtkWidget *
apply_search (PtlGamesPage *self)
{
  const char *search = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  GtkWidget *running = filter_list (self->running_list, search);
  GtkWidget *game = filter_list (self->games_list, search);

  gtk_widget_set_visible (self->running_group, running != NULL);
  gtk_widget_set_visible (self->games_group, game != NULL);
  gtk_widget_set_visible (self->nothing_label, running == NULL && game == NULL);
  return running != NULL ? running : game;
}

static void
search_changed_cb (PtlGamesPage *self)
{
  apply_search (self);
}

static void
choose (PtlGamesPage *self, PtlGame *game, const char *address)
{
  g_set_object (&self->game, game);
  g_free (self->address);
  self->address = g_strdup (address);
  ptl_wizard_page_go_on (PTL_WIZARD_PAGE (self));
}

static void
search_activate_cb (PtlGamesPage *self)
{
  GtkWidget *row = apply_search (self);

  if (row != NULL)
    choose (self, g_object_get_data (G_OBJECT (row), "game"),
            g_object_get_data (G_OBJECT (row), "address"));
}

/* Escape empties the search first; in an empty one it cancels, as elsewhere. */
static void
search_stop_cb (PtlGamesPage *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "wizard.cancel", NULL);
}

static void
row_activated_cb (PtlGamesPage *self, GtkListBoxRow *row)
{
  if (GTK_WIDGET (row) == self->own_row)
    choose (self, NULL, "");
  else
    choose (self, g_object_get_data (G_OBJECT (row), "game"),
            g_object_get_data (G_OBJECT (row), "address"));
}

static void
clear_list (GtkListBox *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, row);
}

static void
add_running (PtlGamesPage *self, const PtlRunning *running)
{
  g_autofree char *ports = list_needed_ports (running->game);
  g_autofree char *subtitle = NULL;

  if (*running->process != '\0')
    /* Translators: 1 ports, 2 the name of a program: "port 25565 (TCP), running as java" */
    subtitle = g_strdup_printf (_ ("%1$s, running as %2$s"), ports, running->process);
  else
    subtitle = g_strdup (ports);
  gtk_list_box_append (self->running_list, create_row (running->game, subtitle, running->address));
}

static void
listeners_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlGamesPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autoptr (GVariant) listeners = NULL;
  g_autoptr (GPtrArray) running = NULL;

  /* Without the list the person chooses from all games: no reason to trouble them. */
  if (answer == NULL || self->client == NULL)
    return;
  listeners = g_variant_get_child_value (answer, 0);
  running = ptl_game_match_listeners (self->games, listeners);
  clear_list (self->running_list);
  for (guint i = 0; i < running->len; i++)
    add_running (self, running->pdata[i]);
  apply_search (self);
}

static void
enter (PtlWizardPage *page)
{
  PtlGamesPage *self = PTL_GAMES_PAGE (page);

  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
  ptl_client_call_async (self->client, "ListListeners", NULL, self->cancellable, listeners_cb,
                         g_object_ref (self));
}

static void
ptl_games_page_dispose (GObject *object)
{
  PtlGamesPage *self = PTL_GAMES_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_object (&self->games);
  g_clear_object (&self->game);
  g_clear_pointer (&self->address, g_free);
  G_OBJECT_CLASS (ptl_games_page_parent_class)->dispose (object);
}

static void
ptl_games_page_class_init (PtlGamesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_games_page_dispose;
  PTL_WIZARD_PAGE_CLASS (klass)->enter = enter;
  g_type_ensure (PTL_TYPE_NETWORK_NOTE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-games-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlGamesPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PtlGamesPage, network_note);
  gtk_widget_class_bind_template_child (widget_class, PtlGamesPage, running_group);
  gtk_widget_class_bind_template_child (widget_class, PtlGamesPage, running_list);
  gtk_widget_class_bind_template_child (widget_class, PtlGamesPage, own_list);
  gtk_widget_class_bind_template_child (widget_class, PtlGamesPage, own_row);
  gtk_widget_class_bind_template_child (widget_class, PtlGamesPage, games_group);
  gtk_widget_class_bind_template_child (widget_class, PtlGamesPage, games_list);
  gtk_widget_class_bind_template_child (widget_class, PtlGamesPage, nothing_label);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
ptl_games_page_init (PtlGamesPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->address = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}

PtlGamesPage *
ptl_games_page_new (PtlClient *client)
{
  PtlGamesPage *self = g_object_new (PTL_TYPE_GAMES_PAGE, NULL);
  g_autoptr (GError) error = NULL;

  self->client = g_object_ref (client);
  self->games = ptl_games_load (&error);
  if (self->games == NULL)
    {
      g_critical ("the list of games that is built in cannot be read: %s", error->message);
      self->games = G_LIST_MODEL (g_list_store_new (PTL_TYPE_GAME));
    }
  fill_games (self);
  ptl_network_note_set_client (self->network_note, client);
  apply_search (self);
  return self;
}
