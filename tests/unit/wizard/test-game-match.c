/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gui/wizard/ptl-game-match.h"

static const char games_json[]
    = "{\"games\": ["
      "{\"name\": \"Alpha\", \"aliases\": [\"alphad\"], \"category\": \"game\", \"source\": \"s\","
      " \"ports\": [{\"protocol\": \"udp\", \"first\": 100, \"last\": 101}, {\"protocol\": "
      "\"tcp\", \"first\": 200, \"last\": 200},"
      " {\"protocol\": \"tcp\", \"first\": 300, \"last\": 300, \"optional\": true, \"note\": "
      "\"n\"}]},"
      "{\"name\": \"Beta\", \"category\": \"game\", \"source\": \"s\", \"ports\": [{\"protocol\": "
      "\"udp\", \"first\": 500, \"last\": 500}]},"
      "{\"name\": \"Gamma\", \"category\": \"game\", \"source\": \"s\", \"ports\": [{\"protocol\": "
      "\"udp\", \"first\": 500, \"last\": 500}]},"
      "{\"name\": \"Delta\", \"category\": \"game\", \"source\": \"s\", \"ports\": [{\"protocol\": "
      "\"both\", \"first\": 500, \"last\": 500}]},"
      "{\"name\": \"Web\", \"category\": \"server\", \"source\": \"s\", \"ports\": [{\"protocol\": "
      "\"tcp\", \"first\": 80, \"last\": 80}]},"
      "{\"name\": \"Zeta\", \"category\": \"game\", \"source\": \"s\", \"ports\": [{\"protocol\": "
      "\"tcp\", \"first\": 900, \"last\": 900}]},"
      "{\"name\": \"Eta\", \"category\": \"game\", \"source\": \"s\", \"ports\": [{\"protocol\": "
      "\"tcp\", \"first\": 900, \"last\": 900}]}"
      "]}";

/* One row: names that are found, joined by commas, for the listeners "proto address port process".
 */
static const struct
{
  const char *listeners;
  const char *found;
} rows[] = {
  { "", "" },
  { "udp 0.0.0.0 100 x", "" }, /* one of two ports that are needed */
  { "udp 0.0.0.0 100 x;tcp :: 200 x", "Alpha" },
  { "tcp 0.0.0.0 100 x;tcp :: 200 x", "" }, /* the wrong protocol */
  { "tcp 0.0.0.0 300 x", "" },              /* the optional one alone says nothing */
  { "udp 0.0.0.0 500 x", "" },              /* three games use it: nobody knows which */
  { "udp 0.0.0.0 500 gamma_server.x86_64", "Gamma" },
  { "tcp 0.0.0.0 500 x", "Delta" },
  { "tcp 0.0.0.0 900 x", "Eta,Zeta" }, /* two: the person sees which */
  { "tcp 0.0.0.0 900 zeta-server", "Zeta" },
  { "tcp 0.0.0.0 80 nginx;tcp 0.0.0.0 900 zeta", "Zeta,Web" }, /* games before servers */
  { "tcp 0.0.0.0 900 portolan-worker", "" },
  { "sctp 0.0.0.0 900 x", "" },
  { "tcp 0.0.0.0 0 x", "" },
};

static GVariant *
parse_listeners (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; parts[i] != NULL && *parts[i] != '\0'; i++)
    {
      g_auto (GStrv) words = g_strsplit (parts[i], " ", 4);

      g_variant_builder_add_value (
          &builder,
          g_variant_new_parsed ("{'Protocol': <%s>, 'Address': <%s>, 'Port': <%u>, 'Process': "
                                "<%s>, 'Pid': <uint32 7>}",
                                words[0], words[1], (guint32)g_ascii_strtoull (words[2], NULL, 10),
                                words[3]));
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static GListModel *
load_games (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (games_json, strlen (games_json));
  g_autoptr (GError) error = NULL;
  GListModel *games = ptl_games_parse (bytes, &error);

  g_assert_no_error (error);
  return games;
}

static void
test_matches (void)
{
  g_autoptr (GListModel) games = load_games ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) listeners = parse_listeners (rows[i].listeners);
      g_autoptr (GPtrArray) found = ptl_game_match_listeners (games, listeners);
      g_autoptr (GString) names = g_string_new (NULL);

      for (guint n = 0; n < found->len; n++)
        g_string_append_printf (names, "%s%s", n > 0 ? "," : "",
                                ptl_game_get_name (((PtlRunning *)found->pdata[n])->game));
      if (strcmp (names->str, rows[i].found) != 0)
        g_error ("“%s” gives “%s”", rows[i].listeners, names->str);
    }
}

static void
test_details (void)
{
  g_autoptr (GListModel) games = load_games ();
  g_autoptr (GVariant) listeners = parse_listeners ("tcp 192.168.1.5 80 ng\033inx;tcp :: 900 zeta");
  g_autoptr (GPtrArray) found = ptl_game_match_listeners (games, listeners);
  PtlRunning *zeta, *web;

  g_assert_cmpuint (found->len, ==, 2);
  zeta = found->pdata[0];
  web = found->pdata[1];
  g_assert_cmpstr (zeta->address, ==, "");
  g_assert_cmpuint (zeta->pid, ==, 7);
  g_assert_cmpstr (web->address, ==, "192.168.1.5");
  g_assert_null (strchr (web->process, '\033'));
}

/* With the list as shipped: a Java server is named, and a Source server's port names nobody. */
static void
test_shipped (void)
{
  g_autoptr (GListModel) games = ptl_games_load (NULL);
  g_autoptr (GVariant) listeners
      = parse_listeners ("tcp :: 25565 java;udp 0.0.0.0 27015 srcds_linux;udp 0.0.0.0 2456 "
                         "valheim_server.;udp 0.0.0.0 2457 valheim_server.");
  g_autoptr (GPtrArray) found = ptl_game_match_listeners (games, listeners);

  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpstr (ptl_game_get_name (((PtlRunning *)found->pdata[0])->game), ==,
                   "Minecraft: Java Edition");
  g_assert_cmpstr (ptl_game_get_name (((PtlRunning *)found->pdata[1])->game), ==, "Valheim");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/game-match/matches", test_matches);
  g_test_add_func ("/game-match/details", test_details);
  g_test_add_func ("/game-match/shipped", test_shipped);
  return g_test_run ();
}
