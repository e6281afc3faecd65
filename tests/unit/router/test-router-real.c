/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The router library against Debian's miniupnpd in a home of its own (tests/support/router-lab.sh). */

#include <string.h>

#include "router-lab.h"
#include "router/ptl-discovery.h"
#include "router/ptl-router.h"

typedef struct
{
  PtlClock *clock;
  PtlDiscovery *discovery;
  PtlRouter *router;
  RouterLabDaemon *daemon;
  gboolean lost_state;
} Home;

static void
on_lost_state (PtlRouter *router, gpointer user_data)
{
  ((Home *) user_data)->lost_state = TRUE;
}

static void
home_open (Home *home, gboolean upnp, gboolean natpmp, const char *extra)
{
  memset (home, 0, sizeof *home);
  router_lab_flush ();
  if (upnp || natpmp)
    home->daemon = router_lab_miniupnpd (upnp, natpmp, extra);
  home->clock = ptl_clock_new ();
  home->discovery = ptl_discovery_new (home->clock, g_getenv ("PORTOLAN_IGD_HELPER"));
  home->router = ptl_discovery_get_default (home->discovery);
  g_assert_nonnull (home->router);
  g_signal_connect (home->router, "lost-state", G_CALLBACK (on_lost_state), home);
}

static void
on_gone (gpointer user_data, GObject *object)
{
  *(gboolean *) user_data = TRUE;
}

/* What is still asked of the router holds on to the clock until it is over; then nothing may be left. */
static void
home_close (Home *home)
{
  gboolean gone = FALSE;

  g_signal_handlers_disconnect_by_data (home->router, home);
  g_assert_finalize_object (home->discovery);
  g_object_weak_ref (G_OBJECT (home->clock), on_gone, &gone);
  g_object_unref (home->clock);
  router_lab_wait (&gone, 20);
  g_clear_pointer (&home->daemon, router_lab_stop);
}

/* --- calling and waiting --- */

typedef struct
{
  gboolean done;
  GAsyncResult *result;
} Wait;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->result = g_object_ref (result);
  wait->done = TRUE;
}

static GAsyncResult *
await (Wait *wait)
{
  router_lab_wait (&wait->done, 20);
  return wait->result;
}

static PtlMapping *
add (Home *home, const PtlMapping *mapping, GError **error)
{
  Wait wait = { 0 };
  PtlMapping *granted;

  ptl_router_add_async (home->router, mapping, NULL, on_done, &wait);
  granted = ptl_router_add_finish (home->router, await (&wait), error);
  g_object_unref (wait.result);
  return granted;
}

static gboolean
take_back (Home *home, const PtlMapping *mapping, GError **error)
{
  Wait wait = { 0 };
  gboolean ok;

  ptl_router_delete_async (home->router, mapping, NULL, on_done, &wait);
  ok = ptl_router_delete_finish (home->router, await (&wait), error);
  g_object_unref (wait.result);
  return ok;
}

static gboolean
read_back (Home *home, const PtlMapping *mapping, GError **error)
{
  Wait wait = { 0 };
  gboolean ok;

  ptl_router_read_back_async (home->router, mapping, NULL, on_done, &wait);
  ok = ptl_router_read_back_finish (home->router, await (&wait), error);
  g_object_unref (wait.result);
  return ok;
}

static GPtrArray *
list (Home *home, GError **error)
{
  Wait wait = { 0 };
  GPtrArray *entries;

  ptl_router_list_async (home->router, NULL, on_done, &wait);
  entries = ptl_router_list_finish (home->router, await (&wait), error);
  g_object_unref (wait.result);
  return entries;
}

static gboolean
probe (Home *home, GError **error)
{
  Wait wait = { 0 };
  gboolean ok;

  ptl_router_probe_async (home->router, NULL, on_done, &wait);
  ok = ptl_router_probe_finish (home->router, await (&wait), error);
  g_object_unref (wait.result);
  return ok;
}

static void
search (Home *home)
{
  Wait wait = { 0 };

  ptl_discovery_search_async (home->discovery, NULL, on_done, &wait);
  g_assert_true (ptl_discovery_search_finish (home->discovery, await (&wait), NULL));
  g_object_unref (wait.result);
}

/* As nft writes miniupnpd's rules: the protocol is byte 9 of the network header. */
static gboolean
router_leads (PtlProtocol protocol, guint16 external, guint16 internal)
{
  g_autofree char *rules = router_lab_router_output ("nft list chain inet filter prerouting_miniupnpd");
  g_autofree char *wanted = g_strdup_printf ("@nh,72,8 %s th dport %u dnat ip to " ROUTER_LAB_LOCAL ":%u",
                                             protocol == PTL_PROTOCOL_TCP ? "0x6" : "0x11", external, internal);

  return strstr (rules, wanted) != NULL;
}

/* --- each protocol --- */

typedef struct
{
  const char *name;
  gboolean upnp;
  gboolean natpmp;
  const char *remembered;
  PtlRouterProtocol system;
} Case;

static const Case cases[] = {
  { "pcp", TRUE, TRUE, NULL, PTL_ROUTER_PROTOCOL_PCP },
  { "pcp alone", FALSE, TRUE, NULL, PTL_ROUTER_PROTOCOL_PCP },
  { "natpmp", FALSE, TRUE, "natpmp", PTL_ROUTER_PROTOCOL_NATPMP },
  { "upnp", TRUE, FALSE, NULL, PTL_ROUTER_PROTOCOL_UPNP },
  { "upnp remembered", TRUE, TRUE, "upnp", PTL_ROUTER_PROTOCOL_UPNP },
};

static void
test_life (gconstpointer data)
{
  const Case *c = data;
  Home home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 25565, 25566, 3600);
  g_autoptr (PtlMapping) granted = NULL;
  g_autoptr (PtlMapping) renewed = NULL;
  gint64 start;

  home_open (&home, c->upnp, c->natpmp, NULL);
  mapping->description = g_strdup ("Portolan test");
  if (c->remembered != NULL)
    ptl_router_set_remembered_protocol (home.router, c->remembered);
  start = g_get_monotonic_time ();
  granted = add (&home, mapping, &error);
  g_test_message ("%s: first mapping after %.1f ms", c->name, (double) (g_get_monotonic_time () - start) / 1000);
  g_assert_no_error (error);
  g_assert_cmpint (granted->system, ==, c->system);
  g_assert_cmpint (granted->granted_port, ==, 25566);
  g_assert_cmpint (granted->granted_lifetime, ==, 3600);
  g_assert_cmpstr (granted->granted_address, ==, ROUTER_LAB_EXTERNAL);
  g_assert_cmpint (granted->read_back, ==, c->system == PTL_ROUTER_PROTOCOL_UPNP);
  g_assert_true (router_leads (PTL_PROTOCOL_TCP, 25566, 25565));
  g_assert_cmpint (ptl_router_get_state (home.router), ==, PTL_ROUTER_STATE_READY);
  g_assert_cmpstr (ptl_router_get_remembered_protocol (home.router), ==, ptl_router_protocol_to_string (c->system));

  renewed = add (&home, granted, &error);
  g_assert_no_error (error);
  g_assert_cmpint (renewed->system, ==, c->system);
  g_assert_cmpint (renewed->granted_port, ==, 25566);
  g_assert_cmpmem (renewed->nonce, 12, mapping->nonce, 12);

  if (c->upnp)
    {
      g_assert_true (read_back (&home, renewed, &error));
      g_assert_no_error (error);
    }
  else
    {
      g_assert_false (read_back (&home, renewed, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED);
      g_clear_error (&error);
    }
  g_assert_true (take_back (&home, renewed, &error));
  g_assert_no_error (error);
  g_assert_false (router_leads (PTL_PROTOCOL_TCP, 25566, 25565));
  /* once more: not there any more is success */
  g_assert_true (take_back (&home, renewed, &error));
  g_assert_no_error (error);
  g_assert_false (home.lost_state);
  home_close (&home);
}

static void
test_none (void)
{
  Home home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_UDP, 25565, 0, 3600);
  gint64 start = g_get_monotonic_time ();

  home_open (&home, FALSE, FALSE, NULL);
  g_assert_null (add (&home, mapping, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_NONE);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
  g_assert_cmpint (ptl_router_get_state (home.router), ==, PTL_ROUTER_STATE_NONE);
  home_close (&home);
}

static void
test_search (void)
{
  Home home;

  home_open (&home, TRUE, TRUE, NULL);
  g_assert_cmpint (ptl_router_get_state (home.router), ==, PTL_ROUTER_STATE_SEARCHING);
  search (&home);
  g_assert_cmpint (ptl_router_get_state (home.router), ==, PTL_ROUTER_STATE_READY);
  g_assert_cmpstr (ptl_router_get_external_address (home.router), ==, ROUTER_LAB_EXTERNAL);
  g_assert_cmpstr (ptl_router_get_name (home.router), ==, "Lab router");
  g_assert_cmpstr (ptl_router_get_local_address (home.router), ==, ROUTER_LAB_LOCAL);
  g_assert_cmpint (g_strv_length ((char **) ptl_router_get_protocols (home.router)), ==, 3);
  g_assert_true (ptl_discovery_get_router (home.discovery, "r020000007701") == home.router);
  home_close (&home);
}

/* --- lists --- */

static void
test_list (void)
{
  Home home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_UDP, 9000, 9000, 600);
  g_autoptr (PtlMapping) granted = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  guint found = 0;

  home_open (&home, TRUE, TRUE, NULL);
  router_lab_here ("upnpc -e foreign -a " ROUTER_LAB_LOCAL " 7777 7778 TCP >/dev/null 2>&1");
  granted = add (&home, mapping, &error);
  g_assert_no_error (error);
  entries = list (&home, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 2);
  for (guint i = 0; i < entries->len; i++)
    {
      const PtlRouterEntry *entry = entries->pdata[i];

      g_assert_cmpstr (entry->address, ==, ROUTER_LAB_LOCAL);
      if (entry->protocol == PTL_PROTOCOL_TCP && entry->external_port == 7778 && entry->port == 7777 &&
          strcmp (entry->description, "foreign") == 0)
        found |= 1;
      if (entry->protocol == PTL_PROTOCOL_UDP && entry->external_port == 9000 && entry->port == 9000)
        found |= 2;
    }
  g_assert_cmpuint (found, ==, 3);
  home_close (&home);
}

/* The daemon starts anew with empty tables: its epoch, or its announcement, tells. */
static void
test_restart (void)
{
  Home home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 25565, 25565, 3600);
  g_autoptr (PtlMapping) granted = NULL;
  g_autoptr (PtlMapping) again = NULL;

  home_open (&home, FALSE, TRUE, NULL);
  granted = add (&home, mapping, &error);
  g_assert_no_error (error);
  /* A day later by our clock, a moment later by the daemon's: no epoch goes on like that. */
  router_lab_stop (g_steal_pointer (&home.daemon));
  router_lab_flush ();
  g_assert_false (router_leads (PTL_PROTOCOL_TCP, 25565, 25565));
  ptl_clock_turn (home.clock, 0, 86400LL * G_USEC_PER_SEC);
  home.daemon = router_lab_miniupnpd (FALSE, TRUE, NULL);
  g_assert_true (probe (&home, &error));
  g_assert_no_error (error);
  g_assert_true (home.lost_state);
  again = add (&home, granted, &error);
  g_assert_no_error (error);
  g_assert_cmpint (again->granted_port, ==, 25565);
  g_assert_true (router_leads (PTL_PROTOCOL_TCP, 25565, 25565));
  home_close (&home);
}

static void
test_mute (void)
{
  Home home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_UDP, 25565, 0, 3600);
  g_autoptr (PtlMapping) granted = NULL;
  gint64 start;

  home_open (&home, TRUE, TRUE, NULL);
  granted = add (&home, mapping, &error);
  g_assert_no_error (error);
  router_lab_mute (TRUE);
  start = g_get_monotonic_time ();
  g_assert_null (add (&home, granted, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_SILENT);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 8 * G_USEC_PER_SEC);
  g_assert_cmpint (ptl_router_get_state (home.router), ==, PTL_ROUTER_STATE_SILENT);
  g_clear_error (&error);
  router_lab_mute (FALSE);
  g_assert_true (take_back (&home, granted, &error));
  g_assert_no_error (error);
  home_close (&home);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/router/real/life/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_life);
    }
  g_test_add_func ("/router/real/search", test_search);
  g_test_add_func ("/router/real/none", test_none);
  g_test_add_func ("/router/real/list", test_list);
  g_test_add_func ("/router/real/restart", test_restart);
  g_test_add_func ("/router/real/mute", test_mute);
  return g_test_run ();
}
