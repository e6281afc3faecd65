/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-games.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"
#include "ptl-games-resources.h"

#define RESOURCE "/io/github/portolan/Portolan/games.json"

static int
compare_names (gconstpointer a, gconstpointer b, gpointer data)
{
  g_autofree char *left = g_utf8_casefold (ptl_game_get_name ((PtlGame *)a), -1);
  g_autofree char *right = g_utf8_casefold (ptl_game_get_name ((PtlGame *)b), -1);

  return g_utf8_collate (left, right);
}

static JsonArray *
get_entries (JsonNode *root)
{
  JsonNode *node = NULL;

  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    node = json_object_get_member (json_node_get_object (root), "games");
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static gboolean
append_entry (GListStore *store, JsonNode *node, GError **error)
{
  g_autoptr (PtlGame) game = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                     "An entry in the list of games is not an object.");
      return FALSE;
    }
  game = ptl_game_new_from_json (json_node_get_object (node), error);
  if (game == NULL)
    return FALSE;
  g_list_store_append (store, game);
  return TRUE;
}

GListModel *
ptl_games_parse (GBytes *data, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GListStore) store = g_list_store_new (PTL_TYPE_GAME);
  JsonArray *entries;
  gsize size;
  const char *text = g_bytes_get_data (data, &size);

  if (!json_parser_load_from_data (parser, text ?: "", size, error))
    return NULL;
  entries = get_entries (json_parser_get_root (parser));
  if (entries == NULL || json_array_get_length (entries) == 0)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, "The list of games is empty.");
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (entries); i++)
    if (!append_entry (store, json_array_get_element (entries, i), error))
      return NULL;
  g_list_store_sort (store, compare_names, NULL);
  return G_LIST_MODEL (g_steal_pointer (&store));
}

GListModel *
ptl_games_load (GError **error)
{
  g_autoptr (GBytes) data = NULL;

  data = g_resource_lookup_data (ptl_games_get_resource (), RESOURCE, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                 error);
  return data != NULL ? ptl_games_parse (data, error) : NULL;
}

static gboolean
has_name (PtlGame *game, const char *name)
{
  g_autofree char *left = g_utf8_casefold (ptl_game_get_name (game), -1);
  g_autofree char *right = g_utf8_casefold (name, -1);

  return g_str_equal (left, right);
}

/* The first few names that match, for the person to choose from. */
static char *
list_names (GPtrArray *games)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < MIN (games->len, 5); i++)
    g_string_append_printf (names, "%s“%s”", i > 0 ? ", " : "",
                            ptl_game_get_name (games->pdata[i]));
  if (games->len > 5)
    g_string_append (names, ", …");
  return g_string_free (g_steal_pointer (&names), FALSE);
}

PtlGame *
ptl_games_find (GListModel *games, const char *name, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *names = NULL;

  g_return_val_if_fail (G_IS_LIST_MODEL (games), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (games); i++)
    {
      g_autoptr (PtlGame) game = g_list_model_get_item (games, i);

      if (has_name (game, name))
        return g_steal_pointer (&game);
      if (name[strspn (name, " \t")] != '\0' && ptl_game_matches (game, name))
        g_ptr_array_add (found, g_steal_pointer (&game));
    }
  if (found->len == 1)
    return g_object_ref (found->pdata[0]);
  if (found->len == 0)
    {
      ptl_error_set (error, PTL_ERROR_NOT_FOUND, _ ("Open its port by number instead."),
                     /* Translators: %s is what the person typed. */
                     _ ("No game in the list is called “%s”."), name);
      return NULL;
    }
  names = list_names (found);
  ptl_error_set (
      error, PTL_ERROR_AMBIGUOUS, _ ("Give the whole name."),
      /* Translators: the first %s is what the person typed, the second a list of names. */
      _ ("“%s” fits more than one game: %s."), name, names);
  return NULL;
}
