/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One mapping at a router with one quirk (tests/support/router-emulator.py): it works, and is read
 * back, or the error says why and what to do. tests/support/README.md lists them. */

#include <string.h>

#include "router-home.h"

#define PCP(flags) "{\"pcp\":\"" flags "\",\"natpmp\":\"off\",\"upnp\":\"off\"}"
#define NATPMP(flags) "{\"pcp\":\"off\",\"natpmp\":\"" flags "\",\"upnp\":\"off\"}"
#define UPNP_AND(flags, more) "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"" flags "\"" more "}"
#define UPNP(flags) UPNP_AND (flags, "")

/* A router is asked to add so often at most for one mapping. */
#define ADDS_MAX 16

typedef struct
{
  const char *name;
  const char *options;
  gboolean any; /* ask for any external port, not for 25566 */
  gboolean pinned;
  gboolean permanent; /* granted without an end */
  gboolean unseen;    /* the router cannot show it */
  gboolean elsewhere; /* another port than 25566 is granted */
  const char *remote;
  guint lifetime;   /* 0 = the 3600 s asked for */
  int error;        /* PTL_ERROR_, 0 = it works */
  const char *says; /* what the error says */
  const char *logs; /* what the router was asked */
  double seconds;   /* at most; 0 = 2 */
} Case;

static const Case pcp_cases[] = {
  { .name = "other port, pinned",
    .options = "{\"pcp\":\"no-prefer\",\"natpmp\":\"off\",\"upnp\":\"off\",\"port\":30000}",
    .pinned = TRUE,
    .error = PTL_ERROR_ROUTER_CONFLICT,
    .says = "25566" },
  { .name = "no filter",
    .options = PCP ("no-filter"),
    .remote = "203.0.113.5/32",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "PCP code 5" },
  { .name = "code 1",
    .options = PCP ("code=1"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "version" },
  { .name = "code 2",
    .options = PCP ("code=2"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "Permit independent port sharing" },
  { .name = "code 3",
    .options = PCP ("code=3"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "firmware" },
  { .name = "code 4",
    .options = PCP ("code=4"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "UPnP" },
  { .name = "code 5",
    .options = PCP ("code=5"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "by hand" },
  { .name = "code 6",
    .options = PCP ("code=6"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "option" },
  { .name = "code 7",
    .options = PCP ("code=7"),
    .error = PTL_ERROR_ROUTER_OFFLINE,
    .says = "cable" },
  { .name = "code 8", .options = PCP ("code=8"), .error = PTL_ERROR_ROUTER_FULL, .says = "room" },
  { .name = "code 9",
    .options = PCP ("code=9"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "transport protocol" },
  { .name = "code 10",
    .options = PCP ("code=10"),
    .error = PTL_ERROR_ROUTER_FULL,
    .says = "allowed" },
  { .name = "code 11",
    .options = PCP ("code=11"),
    .error = PTL_ERROR_ROUTER_CONFLICT,
    .says = "another external port" },
  { .name = "code 12",
    .options = PCP ("code=12"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "bridge mode" },
  { .name = "code 13",
    .options = PCP ("code=13"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "guarded" },
};

static const Case natpmp_cases[] = {
  { .name = "no external port 0", .options = NATPMP ("no-zero"), .any = TRUE, .elsewhere = TRUE },
  { .name = "lossy", .options = NATPMP ("lossy"), .seconds = 6 },
  { .name = "shorter lease",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"on\",\"upnp\":\"off\",\"lifetime\":120}",
    .lifetime = 120 },
  { .name = "other port",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"on\",\"upnp\":\"off\",\"port\":30000}",
    .elsewhere = TRUE },
  { .name = "other port, pinned",
    .options = "{\"pcp\":\"off\",\"natpmp\":\"on\",\"upnp\":\"off\",\"port\":30000}",
    .pinned = TRUE,
    .error = PTL_ERROR_ROUTER_CONFLICT,
    .says = "25566" },
  { .name = "code 1",
    .options = NATPMP ("code=1"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "version" },
  { .name = "code 2",
    .options = NATPMP ("code=2"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "Allow this computer" },
  { .name = "code 3",
    .options = NATPMP ("code=3"),
    .error = PTL_ERROR_ROUTER_OFFLINE,
    .says = "cable" },
  { .name = "code 4",
    .options = NATPMP ("code=4"),
    .error = PTL_ERROR_ROUTER_FULL,
    .says = "room" },
  { .name = "code 5",
    .options = NATPMP ("code=5"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "UPnP" },
};

/* What it answers to every AddPortMapping. */
static const Case code_cases[] = {
  { .name = "401",
    .options = UPNP ("code=401"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "firmware" },
  { .name = "402",
    .options = UPNP ("code=402"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "with a lease and without" },
  { .name = "501",
    .options = UPNP ("code=501"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "restart" },
  { .name = "606",
    .options = UPNP ("code=606"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "Permit independent port sharing" },
  { .name = "715",
    .options = UPNP ("code=715"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "one address" },
  { .name = "716",
    .options = UPNP ("code=716"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "another external port" },
  { .name = "718",
    .options = UPNP ("code=718"),
    .error = PTL_ERROR_ROUTER_CONFLICT,
    .says = "25567" },
  { .name = "724",
    .options = UPNP ("code=724"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "both sides" },
  { .name = "725",
    .options = UPNP ("code=725"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "permanent" },
  { .name = "726",
    .options = UPNP ("code=726"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "guarded" },
  { .name = "727",
    .options = UPNP ("code=727"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "all external" },
  { .name = "728",
    .options = UPNP ("code=728"),
    .error = PTL_ERROR_ROUTER_FULL,
    .says = "Close mappings" },
  { .name = "729",
    .options = UPNP ("code=729"),
    .error = PTL_ERROR_ROUTER_CONFLICT,
    .says = "fixed rule" },
  { .name = "730",
    .options = UPNP ("code=730"),
    .error = PTL_ERROR_NOT_FOUND,
    .says = "UPnP code 730" },
  { .name = "732",
    .options = UPNP ("code=732"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "all internal" },
  { .name = "733",
    .options = UPNP ("code=733"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "inconsistent" },
  { .name = "899",
    .options = UPNP ("code=899"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "UPnP code 899" },
  { .name = "730 once", .options = UPNP ("code-once=730") },
  { .name = "733 once", .options = UPNP ("code-once=733") },
  { .name = "501 for a port", .options = UPNP ("v1+code-at=501"), .elsewhere = TRUE },
  { .name = "716 for a port", .options = UPNP ("v1+code-at=716"), .elsewhere = TRUE },
  { .name = "718 for a port", .options = UPNP ("v1+code-at=718"), .elsewhere = TRUE },
  { .name = "727 for a port", .options = UPNP ("code-at=727"), .elsewhere = TRUE },
  { .name = "729 for a port", .options = UPNP ("code-at=729"), .elsewhere = TRUE },
  { .name = "729 for a port, pinned",
    .options = UPNP ("code-at=729"),
    .pinned = TRUE,
    .error = PTL_ERROR_ROUTER_CONFLICT,
    .says = "the router itself" },
  { .name = "715 for the empty wildcard", .options = UPNP ("remote-dotted") },
  { .name = "726 for one address",
    .options = UPNP ("remote-wild"),
    .remote = "203.0.113.5/32",
    .error = PTL_ERROR_ROUTER_REFUSED,
    .says = "guarded" },
};

static const Case lease_cases[] = {
  { .name = "725", .options = UPNP ("permanent"), .permanent = TRUE },
  { .name = "402", .options = UPNP ("lease-402"), .permanent = TRUE },
  { .name = "501", .options = UPNP ("lease-501"), .permanent = TRUE },
  { .name = "crash",
    .options = UPNP ("crash=0.4"),
    .permanent = TRUE,
    .logs = "crashed",
    .seconds = 4 },
  { .name = "crash for long",
    .options = UPNP ("crash=30"),
    .error = PTL_ERROR_ROUTER_SILENT,
    .says = "crashed of it",
    .seconds = 8 },
  { .name = "always 0", .options = UPNP ("lease-0") },
  { .name = "always 86400", .options = UPNP ("lease-86400") },
  { .name = "shorter", .options = UPNP_AND ("on", ",\"lifetime\":600"), .lifetime = 600 },
  { .name = "402 for a full table",
    .options = UPNP_AND ("full-402=10", ",\"crowd\":10"),
    .error = PTL_ERROR_ROUTER_FULL,
    .says = "10 entries" },
  { .name = "silently dropped beyond 32",
    .options = UPNP_AND ("drops=32", ",\"crowd\":32"),
    .error = PTL_ERROR_ROUTER_FULL,
    .says = "32 entries" },
};

#define ONLY(target)                                                                               \
  {                                                                                                \
    .name = "only " target, .options = UPNP ("only=" target)                                       \
  }

static const Case finding_cases[] = {
  ONLY ("urn:schemas-upnp-org:device:InternetGatewayDevice:1"),
  ONLY ("urn:schemas-upnp-org:device:InternetGatewayDevice:2"),
  ONLY ("urn:schemas-upnp-org:service:WANIPConnection:1"),
  ONLY ("urn:schemas-upnp-org:service:WANIPConnection:2"),
  ONLY ("urn:schemas-upnp-org:service:WANPPPConnection:1"),
  ONLY ("upnp:rootdevice"),
  ONLY ("ssdp:all"),
  { .name = "other st", .options = UPNP ("st-other") },
  { .name = "no st", .options = UPNP ("no-st") },
  { .name = "headers in small letters", .options = UPNP ("lower-headers") },
  { .name = "neighbour poses as router", .options = UPNP ("neighbour") },
  { .name = "neighbour alone poses as router",
    .options = UPNP ("neighbour+silent"),
    .error = PTL_ERROR_ROUTER_NONE,
    .says = "takes no mappings",
    .seconds = 8 },
  { .name = "media server on the router", .options = UPNP ("media"), .logs = "get /media.xml" },
  { .name = "legacy service name", .options = UPNP ("legacy") },
  { .name = "absolute control url", .options = UPNP ("absolute") },
  { .name = "three services", .options = UPNP ("three-services") },
  { .name = "status not told", .options = UPNP ("no-status") },
  { .name = "status in small letters", .options = UPNP ("lower-status+two-services") },
  { .name = "status wrong", .options = UPNP ("disconnected") },
  { .name = "no way to show", .options = UPNP ("no-specific+no-list"), .unseen = TRUE },
  { .name = "list invents, no specific entry",
    .options = UPNP ("no-specific+list-invents"),
    .unseen = TRUE,
    .seconds = 9 },
};

/* What comes over HTTP and is no answer. */
static const Case transport_cases[] = {
  { .name = "drips",
    .options = UPNP ("soap-drip"),
    .error = PTL_ERROR_ROUTER_SILENT,
    .seconds = 8 },
  { .name = "mute", .options = UPNP ("soap-mute"), .error = PTL_ERROR_ROUTER_SILENT, .seconds = 8 },
  { .name = "huge",
    .options = UPNP ("soap-huge"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .seconds = 8 },
  { .name = "garbage",
    .options = UPNP ("soap-garbage"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .seconds = 4 },
  { .name = "empty",
    .options = UPNP ("soap-empty"),
    .error = PTL_ERROR_ROUTER_SILENT,
    .seconds = 4 },
  { .name = "page",
    .options = UPNP ("soap-page"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .seconds = 4 },
  { .name = "drips always",
    .options = UPNP ("soap-drip+soap-all"),
    .error = PTL_ERROR_ROUTER_SILENT,
    .says = "announces UPnP",
    .seconds = 8 },
  { .name = "mute always",
    .options = UPNP ("soap-mute+soap-all"),
    .error = PTL_ERROR_ROUTER_SILENT,
    .says = "announces UPnP",
    .seconds = 8 },
  { .name = "garbage always",
    .options = UPNP ("soap-garbage+soap-all"),
    .error = PTL_ERROR_ROUTER_REFUSED,
    .seconds = 4 },
};

static guint
count (const char *text, const char *what)
{
  guint n = 0;

  for (const char *at = strstr (text, what); at != NULL; at = strstr (at + 1, what))
    n++;
  return n;
}

static void
check_granted (const Case *c, RouterHome *home, const PtlMapping *granted)
{
  guint lifetime = c->permanent ? 0 : c->lifetime != 0 ? c->lifetime : 3600;
  g_autofree char *table = router_home_dup_table (home);
  g_autofree char *line
      = g_strdup_printf ("tcp %u 192.168.77.10 25565 %u ", granted->granted_port, lifetime);

  if (c->elsewhere)
    g_assert_cmpint (granted->granted_port, !=, 25566);
  else
    g_assert_cmpint (granted->granted_port, ==, 25566);
  g_assert_cmpint (granted->granted_lifetime, ==, lifetime);
  /* UPnP alone reads back. */
  g_assert_cmpint (granted->read_back, ==,
                   granted->system == PTL_ROUTER_PROTOCOL_UPNP && !c->unseen);
  g_assert_nonnull (strstr (table, line));
}

static void
check_refused (const Case *c, RouterHome *home, const GError *error)
{
  g_autofree char *table = router_home_dup_table (home);
  g_autofree char *advice = ptl_error_dup_advice (error);

  g_test_message ("%s", error->message);
  g_assert_error (error, PTL_ERROR, c->error);
  if (c->says != NULL)
    g_assert_nonnull (strstr (error->message, c->says));
  g_assert_cmpstr (advice, !=, "");
  g_assert_null (strstr (table, "192.168.77.10"));
}

static void
check_log (const Case *c, RouterHome *home)
{
  g_autofree char *log = router_home_dup_log (home);

  g_assert_null (strstr (log, "canary"));
  g_assert_null (strstr (log, "PORT ZERO"));
  g_assert_null (strstr (log, "/s.xml"));
  g_assert_cmpuint (count (log, "soap Add"), <=, ADDS_MAX);
  if (c->logs != NULL)
    g_assert_nonnull (strstr (log, c->logs));
}

static void
check_gone (RouterHome *home, const PtlMapping *granted)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *table = NULL;

  g_assert_true (router_home_delete (home, granted, &error));
  g_assert_no_error (error);
  table = router_home_dup_table (home);
  g_assert_null (strstr (table, "192.168.77.10"));
}

static void
test_one (gconstpointer data)
{
  const Case *c = data;
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping
      = ptl_mapping_new (PTL_PROTOCOL_TCP, 25565, c->any ? 0 : 25566, 3600);
  g_autoptr (PtlMapping) granted = NULL;
  gint64 start;
  double seconds;

  mapping->pinned = c->pinned;
  mapping->description = g_strdup ("Portolan");
  mapping->remote = g_strdup (c->remote);
  router_home_open_emulated (&home, c->options);
  start = g_get_monotonic_time ();
  granted = router_home_add (&home, mapping, &error);
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  g_test_message ("%.3f s", seconds);
  if (c->error == 0)
    {
      g_assert_no_error (error);
      check_granted (c, &home, granted);
      check_gone (&home, granted);
    }
  else
    {
      g_assert_null (granted);
      check_refused (c, &home, error);
    }
  check_log (c, &home);
  g_assert_cmpfloat (seconds, <, c->seconds> 0 ? c->seconds : 2);
  router_home_close (&home);
}

static void
add_tests (const char *group, const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/router/quirks/%s/%s", group, cases[i].name);

      g_test_add_data_func (path, &cases[i], test_one);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_tests ("pcp", pcp_cases, G_N_ELEMENTS (pcp_cases));
  add_tests ("natpmp", natpmp_cases, G_N_ELEMENTS (natpmp_cases));
  add_tests ("code", code_cases, G_N_ELEMENTS (code_cases));
  add_tests ("lease", lease_cases, G_N_ELEMENTS (lease_cases));
  add_tests ("finding", finding_cases, G_N_ELEMENTS (finding_cases));
  add_tests ("transport", transport_cases, G_N_ELEMENTS (transport_cases));
  return g_test_run ();
}
