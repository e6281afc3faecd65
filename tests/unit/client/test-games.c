/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "client/ptl-games.h"
#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "core/ptl-validate.h"

static GListModel *
load (void)
{
  g_autoptr (GError) error = NULL;
  GListModel *games = ptl_games_load (&error);

  g_assert_no_error (error);
  g_assert_nonnull (games);
  return games;
}

static gboolean
is_source (const char *source)
{
  if (!g_str_has_prefix (source, "https://") && !g_str_has_prefix (source, "http://"))
    return strlen (source) > 10 && strchr (source, ' ') != NULL; /* a document's name */
  return g_uri_is_valid (source, G_URI_FLAGS_NONE, NULL);
}

/* Two entries of one game must not ask for the same port twice. */
static void
check_overlap (PtlGame *game, guint index)
{
  const PtlGamePort *port = ptl_game_get_port (game, index);

  for (guint i = 0; i < index; i++)
    {
      const PtlGamePort *other = ptl_game_get_port (game, i);

      if ((port->protocol & other->protocol) != 0 && port->first <= other->last
          && other->first <= port->last)
        g_error ("%s asks for port %u twice", ptl_game_get_name (game), port->first);
    }
}

static void
check_ports (PtlGame *game)
{
  gboolean needed = FALSE;

  for (guint i = 0; i < ptl_game_get_n_ports (game); i++)
    {
      const PtlGamePort *port = ptl_game_get_port (game, i);

      g_assert_cmpuint (port->protocol, !=, PTL_PROTOCOL_NONE);
      g_assert_cmpuint (port->first, >, 0);
      g_assert_cmpuint (port->last, >=, port->first);
      g_assert_cmpuint (port->last - port->first + 1, <=, PTL_RANGE_MAX_PORTS);
      g_assert_true (ptl_text_is_safe (port->note, 80));
      if (port->optional && *port->note == '\0')
        g_error ("%s: an optional port without a note", ptl_game_get_name (game));
      needed = needed || !port->optional;
      check_overlap (game, i);
    }
  if (!needed)
    g_error ("%s opens nothing", ptl_game_get_name (game));
}

static void
check_texts (PtlGame *game)
{
  const char *name = ptl_game_get_name (game);
  const char *join = ptl_game_get_join (game);
  g_autofree char *text = ptl_game_dup_join_text (game, "203.0.113.5", 4242);

  if (!ptl_text_is_safe (name, PTL_NAME_MAX_CHARS)
      || !ptl_text_is_safe (ptl_game_get_note (game), 250) || !ptl_text_is_safe (join, 250))
    g_error ("%s: text that is too long or unsafe", name);
  if (!is_source (ptl_game_get_source (game)))
    g_error ("%s: no source", name);
  if (*join == '\0' || strchr (text, '{') != NULL || strchr (text, '}') != NULL)
    g_error ("%s: a join text with an unknown placeholder, or none: %s", name, text);
  if (strstr (join, "{address}") == NULL && !g_str_has_prefix (join, "Nothing"))
    g_error ("%s: the join text lacks the address", name);
}

static void
test_list (void)
{
  g_autoptr (GListModel) games = load ();
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *previous = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (games), >=, 100);
  for (guint i = 0; i < g_list_model_get_n_items (games); i++)
    {
      g_autoptr (PtlGame) game = g_list_model_get_item (games, i);
      g_autofree char *folded = g_utf8_casefold (ptl_game_get_name (game), -1);

      check_texts (game);
      check_ports (game);
      if (previous != NULL)
        g_assert_cmpint (g_utf8_collate (previous, folded), <, 0);
      g_free (previous);
      previous = g_strdup (folded);
      if (!g_hash_table_add (names, g_steal_pointer (&folded)))
        g_error ("%s is there twice", ptl_game_get_name (game));
    }
}

/* Ports that are widely documented; a slip of the finger in the data shows here. */
static void
test_known_ports (void)
{
  static const struct
  {
    const char *name;
    PtlProtocol protocol;
    guint16 port;
  } rows[] = {
    { "Minecraft: Java Edition", PTL_PROTOCOL_TCP, 25565 },
    { "Minecraft: Bedrock Edition", PTL_PROTOCOL_UDP, 19132 },
    { "Valheim", PTL_PROTOCOL_UDP, 2456 },
    { "Valheim", PTL_PROTOCOL_UDP, 2457 },
    { "Terraria", PTL_PROTOCOL_TCP, 7777 },
    { "Factorio", PTL_PROTOCOL_UDP, 34197 },
    { "Palworld", PTL_PROTOCOL_UDP, 8211 },
    { "Satisfactory", PTL_PROTOCOL_BOTH, 7777 },
    { "Satisfactory", PTL_PROTOCOL_TCP, 8888 },
    { "Rust", PTL_PROTOCOL_UDP, 28015 },
    { "Project Zomboid", PTL_PROTOCOL_UDP, 16261 },
    { "Counter-Strike 2", PTL_PROTOCOL_UDP, 27015 },
    { "OpenTTD", PTL_PROTOCOL_BOTH, 3979 },
    { "Luanti (Minetest)", PTL_PROTOCOL_UDP, 30000 },
    { "Mumble", PTL_PROTOCOL_BOTH, 64738 },
    { "TeamSpeak 3", PTL_PROTOCOL_UDP, 9987 },
    { "TeamSpeak 3", PTL_PROTOCOL_TCP, 30033 },
    { "Jellyfin", PTL_PROTOCOL_TCP, 8096 },
    { "Plex Media Server", PTL_PROTOCOL_TCP, 32400 },
    { "WireGuard", PTL_PROTOCOL_UDP, 51820 },
    { "OpenVPN", PTL_PROTOCOL_UDP, 1194 },
    { "SSH", PTL_PROTOCOL_TCP, 22 },
  };
  g_autoptr (GListModel) games = load ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlGame) game = ptl_games_find (games, rows[i].name, &error);
      gboolean found = FALSE;

      g_assert_no_error (error);
      for (guint n = 0; n < ptl_game_get_n_ports (game); n++)
        {
          const PtlGamePort *port = ptl_game_get_port (game, n);

          found = found
                  || (!port->optional && (port->protocol & rows[i].protocol) == rows[i].protocol
                      && port->first <= rows[i].port && rows[i].port <= port->last);
        }
      if (!found)
        g_error ("%s does not open %s %u", rows[i].name, ptl_protocol_to_string (rows[i].protocol),
                 rows[i].port);
    }
}

static void
test_find (void)
{
  g_autoptr (GListModel) games = load ();
  g_autoptr (PtlGame) exact = ptl_games_find (games, "rust", NULL);
  g_autoptr (PtlGame) alias = ptl_games_find (games, "mc java", NULL);
  g_autoptr (PtlGame) upper = ptl_games_find (games, "VALHEIM", NULL);
  g_autoptr (GError) none = NULL, many = NULL, blank = NULL;

  /* "Rust" is also in "RustDesk server": the exact name wins. */
  g_assert_cmpstr (ptl_game_get_name (exact), ==, "Rust");
  g_assert_cmpstr (ptl_game_get_name (alias), ==, "Minecraft: Java Edition");
  g_assert_cmpstr (ptl_game_get_name (upper), ==, "Valheim");
  g_assert_null (ptl_games_find (games, "no such game", &none));
  g_assert_error (none, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_assert_null (ptl_games_find (games, "minecraft", &many));
  g_assert_error (many, PTL_ERROR, PTL_ERROR_AMBIGUOUS);
  g_assert_nonnull (strstr (many->message, "Minecraft: Java Edition"));
  g_assert_null (ptl_games_find (games, "  ", &blank));
  g_assert_error (blank, PTL_ERROR, PTL_ERROR_NOT_FOUND);
}

static void
test_matches (void)
{
  static const struct
  {
    const char *search;
    gboolean matches;
  } rows[] = {
    { "", TRUE },          { NULL, TRUE },       { "mine", TRUE },
    { "JAVA mine", TRUE }, { "  paper ", TRUE }, { "mine bedrock", FALSE },
    { "25565", FALSE },    { "<b>", FALSE },
  };
  g_autoptr (GListModel) games = load ();
  g_autoptr (PtlGame) game = ptl_games_find (games, "Minecraft: Java Edition", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (ptl_game_matches (game, rows[i].search), ==, rows[i].matches);
}

static PtlGame *
parse_one (const char *fields, GError **error)
{
  g_autofree char *text = g_strdup_printf ("{\"games\": [{%s}]}", fields);
  g_autoptr (GBytes) data = g_bytes_new (text, strlen (text));
  g_autoptr (GListModel) games = ptl_games_parse (data, error);

  return games != NULL ? g_list_model_get_item (games, 0) : NULL;
}

#define BASE "\"name\": \"X\", \"category\": \"game\", \"source\": \"https://example.org/\""
#define PORT "\"ports\": [{\"protocol\": \"tcp\", \"first\": 1, \"last\": 1}]"

static void
test_join (void)
{
  static const struct
  {
    const char *join;
    const char *address;
    const char *text;
  } rows[] = {
    { "type {address}:{port} there", "203.0.113.5", "type 203.0.113.5:99 there" },
    { "type {address}:{port} there", "2001:db8::1", "type [2001:db8::1]:99 there" },
    { "{address} with port {port}", "2001:db8::1", "2001:db8::1 with port 99" },
    { "Open http://{address}/x", "2001:db8::1", "Open http://[2001:db8::1]/x" },
    { "{address}", "{port}", "{port}" }, /* what is filled in is not looked at again */
    { "{other} {", "h", "{other} {" },
    { "", "h", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *fields = g_strdup_printf (BASE ", " PORT ", \"join\": \"%s\"", rows[i].join);
      g_autoptr (PtlGame) game = parse_one (fields, NULL);
      g_autofree char *text = ptl_game_dup_join_text (game, rows[i].address, 99);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_properties (void)
{
  g_autoptr (PtlGame) game = parse_one (BASE ", " PORT ", \"note\": \"N\"", NULL);
  g_autofree char *name = NULL, *note = NULL, *category = NULL;

  g_object_get (game, "name", &name, "note", &note, "category", &category, NULL);
  g_assert_cmpstr (name, ==, "X");
  g_assert_cmpstr (note, ==, "N");
  g_assert_cmpstr (category, ==, "game");
  g_assert_cmpstr (ptl_game_get_join (game), ==, "");
}

static void
test_bad_entries (void)
{
  static const char *const rows[] = {
    PORT,
    "\"name\": 3, \"category\": \"game\", \"source\": \"s\", " PORT,
    "\"name\": \"X\", \"category\": \"toy\", \"source\": \"s\", " PORT,
    "\"name\": \"X\", \"category\": \"game\", \"source\": \"\", " PORT,
    BASE,
    BASE ", \"ports\": []",
    BASE ", \"ports\": [7]",
    BASE ", \"ports\": {}",
    BASE ", \"ports\": [{\"protocol\": \"sctp\", \"first\": 1, \"last\": 1}]",
    BASE ", \"ports\": [{\"protocol\": \"tcp\", \"first\": 0, \"last\": 1}]",
    BASE ", \"ports\": [{\"protocol\": \"tcp\", \"first\": 1, \"last\": 65536}]",
    BASE ", \"ports\": [{\"protocol\": \"tcp\", \"first\": 2, \"last\": 1}]",
    BASE ", \"ports\": [{\"protocol\": \"tcp\", \"first\": \"1\", \"last\": 1}]",
    BASE ", \"ports\": [{\"first\": 1, \"last\": 1}]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse_one (rows[i], &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

static void
test_bad_documents (void)
{
  static const char *const rows[]
      = { "", "[]", "{}", "{\"games\": []}", "{\"games\": [1]}", "{\"games\"", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) data = g_bytes_new_static (rows[i], strlen (rows[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (ptl_games_parse (data, &error));
      g_assert_nonnull (error);
    }
}

/* One sentence as it stands in the file that the translators' tools read. */
static void
check_named (const char *strings, const char *sentence)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *escaped = NULL, *line = NULL;

  if (*sentence == '\0')
    return;
  parts = g_strsplit (sentence, "\"", -1);
  escaped = g_strjoinv ("\\\"", parts);
  line = g_strdup_printf ("\nN_ (\"%s\")\n", escaped);
  if (strstr (strings, line) == NULL)
    g_error ("data/games-strings.h lacks “%s”", sentence);
}

static void
test_strings (void)
{
  g_autoptr (GListModel) games = load ();
  g_autofree char *strings = NULL;

  g_assert_true (g_file_get_contents (GAMES_STRINGS, &strings, NULL, NULL));
  for (guint i = 0; i < g_list_model_get_n_items (games); i++)
    {
      g_autoptr (PtlGame) game = g_list_model_get_item (games, i);

      check_named (strings, ptl_game_get_note (game));
      check_named (strings, ptl_game_get_join (game));
      for (guint n = 0; n < ptl_game_get_n_ports (game); n++)
        check_named (strings, ptl_game_get_port (game, n)->note);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/games/list", test_list);
  g_test_add_func ("/games/known-ports", test_known_ports);
  g_test_add_func ("/games/find", test_find);
  g_test_add_func ("/games/matches", test_matches);
  g_test_add_func ("/games/join", test_join);
  g_test_add_func ("/games/properties", test_properties);
  g_test_add_func ("/games/bad-entries", test_bad_entries);
  g_test_add_func ("/games/bad-documents", test_bad_documents);
  g_test_add_func ("/games/strings", test_strings);
  return g_test_run ();
}
