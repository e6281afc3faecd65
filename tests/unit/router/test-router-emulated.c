/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The router library against a router that misbehaves (tests/support/router-emulator.py). */

#include <signal.h>
#include <string.h>

#include "router-home.h"
#include "router/ptl-mapper.h"

/* What comes of one mapping: TCP, this computer's 25565, asked for as 25566 outside, for an hour.
 */
typedef struct
{
  const char *name;
  const char *options;
  gboolean pinned;
  /* granted: */
  PtlRouterProtocol system;
  int port;              /* -1 = any but the one asked for */
  int lifetime;          /* -1 = 3600; 0 = permanent */
  gboolean read_back;
  /* or refused: */
  int error;             /* 0 = granted */
  const char *says;      /* part of the message */
  double seconds;        /* at most; 0 = 2 */
} Case;

#define PCP PTL_ROUTER_PROTOCOL_PCP
#define NATPMP PTL_ROUTER_PROTOCOL_NATPMP
#define UPNP PTL_ROUTER_PROTOCOL_UPNP

static const Case cases[] = {
  { .name = "all", .options = "{}", .system = PCP },
  { .name = "pcp alone", .options = "{\"natpmp\":\"off\",\"upnp\":\"off\"}", .system = PCP },
  { .name = "pcp garbage",
    .options = "{\"pcp\":\"garbage\",\"natpmp\":\"off\",\"upnp\":\"off\"}",
    .system = PCP },
  { .name = "pcp short",
    .options = "{\"pcp\":\"short\",\"natpmp\":\"off\",\"upnp\":\"off\"}",
    .system = PCP },
  { .name = "pcp wrong nonce",
    .options = "{\"pcp\":\"wrong-nonce\",\"natpmp\":\"off\",\"upnp\":\"off\"}",
    .system = PCP },
  { .name = "pcp spoofed",
    .options = "{\"pcp\":\"spoof\",\"natpmp\":\"off\",\"upnp\":\"off\"}",
    .system = PCP },
  { .name = "pcp lossy",
    .options = "{\"pcp\":\"lossy\",\"natpmp\":\"off\",\"upnp\":\"off\"}",
    .system = PCP,
    .seconds = 6 },
  { .name = "pcp slow",
    .options = "{\"pcp\":\"slow\",\"natpmp\":\"off\",\"upnp\":\"off\"}",
    .system = PCP,
    .seconds = 3 },
  { .name = "pcp other port",
    .options = "{\"port\":30000,\"upnp\":\"off\"}",
    .system = PCP,
    .port = -1 },
  { .name = "pcp other lifetime",
    .options = "{\"lifetime\":120,\"upnp\":\"off\"}",
    .system = PCP,
    .lifetime = 120 },
  { .name = "pcp without options",
    .options = "{\"pcp\":\"no-options\",\"upnp\":\"off\"}",
    .pinned = TRUE,
    .system = PCP },
  { .name = "pcp is natpmp",
    .options = "{\"pcp\":\"natpmp-only\",\"upnp\":\"off\"}",
    .system = NATPMP },
  { .name = "pcp off", .options = "{\"pcp\":\"off\",\"upnp\":\"off\"}", .system = NATPMP },
  { .name = "pcp version 0 result 3 is no fallback",
    .options = "{\"pcp\":\"v0-3\"}",
    .system = NATPMP },
  { .name = "pcp refuses, natpmp does not",
    .options = "{\"pcp\":\"not-authorized\",\"upnp\":\"off\"}",
    .system = NATPMP },
  { .name = "pcp refuses mapping",
    .options = "{\"pcp\":\"not-authorized-map\",\"upnp\":\"off\"}",
    .system = NATPMP },
  { .name = "pcp silent, natpmp not",
    .options = "{\"pcp\":\"silent\",\"upnp\":\"off\"}",
    .system = NATPMP },
  { .name = "pcp grants nothing",
    .options = "{\"pcp\":\"nothing\",\"natpmp\":\"off\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "nested nat",
    .options = "{\"pcp\":\"mismatch\",\"natpmp\":\"off\",\"upnp\":\"off\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "another router",
    .seconds = 3 },
  { .name = "pcp full",
    .options = "{\"pcp\":\"full\",\"natpmp\":\"off\",\"upnp\":\"off\"}",
    .error = PTL_ERROR_ROUTER_FULL,
    .says = "room",
    .seconds = 3 },
  { .name = "pcp offline",
    .options = "{\"pcp\":\"offline\",\"natpmp\":\"off\",\"upnp\":\"off\"}",
    .error = PTL_ERROR_ROUTER_OFFLINE,
    .says = "internet",
    .seconds = 3 },
  { .name = "natpmp garbage",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"garbage\",\"upnp\":\"off\"}",
    .system = NATPMP },
  { .name = "natpmp spoofed",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"spoof\",\"upnp\":\"off\"}",
    .system = NATPMP },
  { .name = "natpmp refuses",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"refuse\",\"upnp\":\"off\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "NAT-PMP is switched off",
    .seconds = 3 },
  { .name = "natpmp answers in pcp",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"pcp-reply\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "udp mute, upnp not",
    .options = "{\"pcp\":\"silent\",\"natpmp\":\"silent\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp alone",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp v1",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"v1\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp weak answer",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"weak\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp chunked",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"chunked\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp relative control",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"relative\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp base without port",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"base-portless\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp foreign base",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"base-foreign\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp odd source port",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"odd-source\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp disconnected",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"disconnected\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp two services",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"two-services\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp hostile names",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"hostile-names\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp permanent only",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"permanent\"}",
    .system = UPNP,
    .lifetime = 0,
    .read_back = TRUE },
  { .name = "upnp 402 on leases",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"lease-402\"}",
    .system = UPNP,
    .lifetime = 0,
    .read_back = TRUE },
  { .name = "upnp shorter lease",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"lifetime\":600}",
    .system = UPNP,
    .lifetime = 600,
    .read_back = TRUE },
  { .name = "upnp no specific entry",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"no-specific\"}",
    .system = UPNP,
    .read_back = TRUE },
  { .name = "upnp cannot show",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"no-specific+no-list\"}",
    .system = UPNP },
  { .name = "upnp wants equal ports",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"fixed\"}",
    .system = UPNP,
    .port = 25565,
    .read_back = TRUE },
  { .name = "upnp wants equal ports, pinned",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"fixed\"}",
    .pinned = TRUE,
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "same" },
  { .name = "upnp lies",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"lying\"}",
    .error = PTL_ERROR_ROUTER_LIED,
    .says = "another thing" },
  { .name = "upnp stores another address",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"lying-address\"}",
    .error = PTL_ERROR_ROUTER_LIED,
    .says = "another thing" },
  { .name = "upnp stores it disabled",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"disabled\"}",
    .error = PTL_ERROR_ROUTER_LIED,
    .says = "another thing" },
  { .name = "upnp refuses",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"refuse\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "may not open" },
  { .name = "upnp full",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"full\"}",
    .error = PTL_ERROR_ROUTER_FULL,
    .says = "room" },
  { .name = "upnp wants a remote host",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"remote-only\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "who may connect" },
  { .name = "upnp conflicts without end",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"conflict+v1\"}",
    .error = PTL_ERROR_ROUTER_CONFLICT,
    .says = "25566" },
  { .name = "upnp location elsewhere",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"location-foreign\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "another host",
    .seconds = 4 },
  { .name = "upnp location loopback",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"location-loopback\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "another host",
    .seconds = 4 },
  { .name = "upnp location by name",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"location-name\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "another host",
    .seconds = 4 },
  { .name = "upnp control elsewhere",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"control-foreign\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "another host",
    .seconds = 4 },
  { .name = "upnp redirects",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"redirect\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "understood",
    .seconds = 4 },
  { .name = "upnp dtd",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"dtd\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "understood",
    .seconds = 4 },
  { .name = "upnp huge description",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"huge\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "understood",
    .seconds = 5 },
  { .name = "upnp drips",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"drip\"}",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "understood",
    .seconds = 6.5 },
  { .name = "upnp mute http",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"mute-http\"}",
    .error = PTL_ERROR_ROUTER_SILENT,
    .says = "announces UPnP",
    .seconds = 6.5 },
  { .name = "mute",
    .options = "{\"pcp\":\"silent\",\"natpmp\":\"silent\",\"upnp\":\"silent\"}",
    .error = PTL_ERROR_ROUTER_SILENT,
    .says = "does not answer",
    .seconds = 8 },
  { .name = "nothing",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"off\"}",
    .error = PTL_ERROR_ROUTER_NONE,
    .says = "takes no mappings" },
  { .name = "pinned and taken",
    .options = "{\"taken\":[[\"tcp\",25566,\"192.168.77.20\",80,\"Xbox\"]]}",
    .pinned = TRUE,
    .error = PTL_ERROR_ROUTER_CONFLICT,
    .says = "192.168.77.20, port 80 (“Xbox”)" },
  { .name = "pinned and taken, upnp alone",
    .options
    = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"taken\":[[\"tcp\",25566,\"192.168.77.20\",80,\"\"]]}",
    .pinned = TRUE,
    .error = PTL_ERROR_ROUTER_CONFLICT,
    .says = "25567 is free" },
  { .name = "pinned and taken, pcp alone",
    .options
    = "{\"natpmp\":\"off\",\"upnp\":\"off\",\"taken\":[[\"tcp\",25566,\"192.168.77.20\",80,\"\"]]}",
    .pinned = TRUE,
    .error = PTL_ERROR_ROUTER_CONFLICT,
    .says = "25566",
    .seconds = 3 },
  { .name = "pinned and taken by another program",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"taken\":[[\"tcp\",25566,\"192.168.77.10\","
               "25565,\"some game\"]]}",
    .pinned = TRUE,
    .error = PTL_ERROR_ROUTER_CONFLICT,
    .says = "this computer" },
  { .name = "taken, any other will do",
    .options = "{\"taken\":[[\"tcp\",25566,\"192.168.77.20\",80,\"Xbox\"]]}",
    .system = PCP,
    .port = -1 },
  { .name = "taken, any other will do, upnp v2",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"taken\":[[\"tcp\",25566,\"192.168.77.20\",80,"
               "\"Xbox\"]]}",
    .system = UPNP,
    .port = -1,
    .read_back = TRUE },
  { .name = "taken, any other will do, upnp v1",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"v1\",\"taken\":[[\"tcp\",25566,"
               "\"192.168.77.20\",80,\"Xbox\"]]}",
    .system = UPNP,
    .port = -1,
    .read_back = TRUE },
};

static void
check_granted (const Case *c, RouterHome *home, const PtlMapping *granted)
{
  g_autofree char *table = router_home_dup_table (home);
  g_autofree char *line = g_strdup_printf ("tcp %u 192.168.77.10 25565 %u ", granted->granted_port,
                                           granted->granted_lifetime);

  g_assert_cmpint (granted->system, ==, c->system);
  if (c->port < 0)
    g_assert_cmpint (granted->granted_port, !=, 25566);
  else
    g_assert_cmpint (granted->granted_port, ==, c->port);
  g_assert_cmpint (granted->granted_lifetime, ==, c->lifetime);
  g_assert_cmpint (granted->read_back, ==, c->read_back);
  g_assert_cmpstr (granted->granted_address, ==, "5.6.7.8");
  /* It is really there, as granted. */
  g_assert_nonnull (strstr (table, line));
  g_assert_cmpint (ptl_router_get_state (home->router), ==, PTL_ROUTER_STATE_READY);
}

static void
check_refused (const Case *c, RouterHome *home, const GError *error)
{
  g_autofree char *table = router_home_dup_table (home);

  g_test_message ("%s", error->message);
  g_assert_error (error, PTL_ERROR, c->error);
  if (c->says != NULL)
    g_assert_nonnull (strstr (error->message, c->says));
  /* Two lines: what, and what to do. */
  g_assert_nonnull (strchr (error->message, '\n'));
  /* Nothing of ours is left behind. */
  g_assert_null (strstr (table, "Portolan"));
  g_assert_null (strstr (table, "PCP"));
}

static void
check_log (RouterHome *home)
{
  g_autofree char *log = router_home_dup_log (home);

  g_assert_null (strstr (log, "canary"));
  g_assert_null (strstr (log, "PORT ZERO"));
}

/* Those of others that the router began with. */
static gboolean
foreign_is_untouched (const Case *c, const char *table)
{
  return strstr (c->options, "192.168.77.20") == NULL
         || strstr (table, "tcp 25566 192.168.77.20 80 0 ") != NULL;
}

static void
test_one (gconstpointer data)
{
  Case c = *(const Case *) data;
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 25565, 25566, 3600);
  g_autoptr (PtlMapping) granted = NULL;
  g_autofree char *table = NULL;
  gint64 start;
  double seconds;

  if (c.port == 0)
    c.port = 25566;
  if (c.lifetime == 0 && strstr (c.options, "permanent") == NULL
      && strstr (c.options, "lease-402") == NULL)
    c.lifetime = 3600;
  mapping->pinned = c.pinned;
  mapping->description = g_strdup ("Portolan");
  router_home_open_emulated (&home, c.options);
  start = g_get_monotonic_time ();
  granted = router_home_add (&home, mapping, &error);
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  g_test_message ("%.3f s", seconds);
  if (c.error == 0)
    {
      g_assert_no_error (error);
      check_granted (&c, &home, granted);
      g_assert_true (router_home_delete (&home, granted, &error));
      g_assert_no_error (error);
    }
  else
    {
      g_assert_null (granted);
      check_refused (&c, &home, error);
    }
  g_assert_cmpfloat (seconds, <, c.seconds > 0 ? c.seconds : 2);
  table = router_home_dup_table (&home);
  g_assert_true (foreign_is_untouched (&c, table));
  g_assert_null (strstr (table, "25565 3600"));
  check_log (&home);
  router_home_close (&home);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/router/emulated/one/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_one);
    }
  return g_test_run ();
}
