/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The router library against Debian's miniupnpd in a home of its own (tests/support/router-lab.sh).
 */

#include <string.h>

#include "router-home.h"
#include "router-lab.h"

/* As nft writes miniupnpd's rules: the protocol is byte 9 of the network header. */
static gboolean
router_leads (PtlProtocol protocol, guint16 external, guint16 internal)
{
  g_autofree char *rules
      = router_lab_router_output ("nft list chain inet filter prerouting_miniupnpd");
  g_autofree char *wanted
      = g_strdup_printf ("@nh,72,8 %s th dport %u dnat ip to " ROUTER_LAB_LOCAL ":%u",
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

static const Case by_protocol[] = {
  { "pcp", TRUE, TRUE, "pcp", PTL_ROUTER_PROTOCOL_PCP },
  { "natpmp", FALSE, TRUE, "natpmp", PTL_ROUTER_PROTOCOL_NATPMP },
  { "upnp", TRUE, FALSE, "upnp", PTL_ROUTER_PROTOCOL_UPNP },
};

static void
test_life (gconstpointer data)
{
  const Case *c = data;
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 25565, 25566, 3600);
  g_autoptr (PtlMapping) granted = NULL;
  g_autoptr (PtlMapping) renewed = NULL;
  gint64 start;

  router_home_open_real (&home, c->upnp, c->natpmp, NULL);
  mapping->description = g_strdup ("Portolan test");
  if (c->remembered != NULL)
    ptl_router_set_remembered_protocol (home.router, c->remembered);
  start = g_get_monotonic_time ();
  granted = router_home_add (&home, mapping, &error);
  g_test_message ("%s: first mapping after %.1f ms", c->name,
                  (double) (g_get_monotonic_time () - start) / 1000);
  g_assert_no_error (error);
  g_assert_cmpint (granted->system, ==, c->system);
  g_assert_cmpint (granted->granted_port, ==, 25566);
  g_assert_cmpint (granted->granted_lifetime, ==, 3600);
  g_assert_cmpstr (granted->granted_address, ==, ROUTER_LAB_EXTERNAL);
  g_assert_cmpint (granted->read_back, ==, c->system == PTL_ROUTER_PROTOCOL_UPNP);
  g_assert_true (router_leads (PTL_PROTOCOL_TCP, 25566, 25565));
  g_assert_cmpint (ptl_router_get_state (home.router), ==, PTL_ROUTER_STATE_READY);
  g_assert_cmpstr (ptl_router_get_remembered_protocol (home.router), ==,
                   ptl_router_protocol_to_string (c->system));

  renewed = router_home_add (&home, granted, &error);
  g_assert_no_error (error);
  g_assert_cmpint (renewed->system, ==, c->system);
  g_assert_cmpint (renewed->granted_port, ==, 25566);
  g_assert_cmpmem (renewed->nonce, 12, mapping->nonce, 12);

  if (c->upnp)
    {
      g_assert_true (router_home_read_back (&home, renewed, &error));
      g_assert_no_error (error);
    }
  else
    {
      g_assert_false (router_home_read_back (&home, renewed, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED);
      g_clear_error (&error);
    }
  g_assert_true (router_home_delete (&home, renewed, &error));
  g_assert_no_error (error);
  g_assert_false (router_leads (PTL_PROTOCOL_TCP, 25566, 25565));
  /* once more: not there any more is success */
  g_assert_true (router_home_delete (&home, renewed, &error));
  g_assert_no_error (error);
  g_assert_false (home.lost_state);
  router_home_close (&home);
}

/* --- what the router does not give --- */

/* External port 0: any free one, by each protocol. */
static void
test_any (gconstpointer data)
{
  const Case *c = data;
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_UDP, 30000, 0, 600);
  g_autoptr (PtlMapping) granted = NULL;

  router_home_open_real (&home, c->upnp, c->natpmp, NULL);
  ptl_router_set_remembered_protocol (home.router, c->remembered);
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  g_assert_cmpint (granted->system, ==, c->system);
  g_assert_cmpint (granted->granted_port, >=, 1024);
  g_assert_true (router_leads (PTL_PROTOCOL_UDP, granted->granted_port, 30000));
  g_assert_true (router_home_delete (&home, granted, &error));
  g_assert_no_error (error);
  router_home_close (&home);
}

/* The rules of the daemon deny ports below 1024. (From far below it walks up so slowly that it is
 * asked again, and then keeps one of the two rules that it made.) */
static void
test_denied (gconstpointer data)
{
  const Case *c = data;
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 30000, 1022, 600);
  g_autofree char *rules = NULL;

  router_home_open_real (&home, c->upnp, c->natpmp, NULL);
  mapping->pinned = TRUE;
  mapping->description = g_strdup ("Portolan test");
  ptl_router_set_remembered_protocol (home.router, c->remembered);
  g_assert_null (router_home_add (&home, mapping, &error));
  g_test_message ("%s", error->message);
  g_assert_true (g_error_matches (error, PTL_ERROR, PTL_ERROR_ROUTER_CONFLICT) ||
                 g_error_matches (error, PTL_ERROR, PTL_ERROR_ROUTER_REFUSED));
  g_assert_nonnull (strstr (error->message, ROUTER_LAB_GATEWAY));
  router_home_close (&home);
  /* What was granted in its place was given back. */
  rules = router_lab_router_output ("nft list chain inet filter prerouting_miniupnpd");
  g_assert_null (strstr (rules, "dnat"));
}

/* Another device holds the port. */
static void
test_taken (gconstpointer data)
{
  const Case *c = data;
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 30000, 7778, 600);
  g_autoptr (PtlMapping) granted = NULL;

  router_home_open_real (&home, TRUE, TRUE, NULL);
  ptl_router_set_remembered_protocol (home.router, c->remembered);
  mapping->description = g_strdup ("Portolan test");
  /* As if it came from another device: with that address as the source. */
  router_lab_here ("ip addr add 192.168.77.20/24 dev p0; ip route add " ROUTER_LAB_GATEWAY
                   " dev p0 src 192.168.77.20; "
                   "upnpc -e Xbox -a 192.168.77.20 7777 7778 TCP 2>&1 | grep -q 'is redirected' && "
                   "ip route del " ROUTER_LAB_GATEWAY " && ip addr del 192.168.77.20/24 dev p0");
  mapping->pinned = TRUE;
  granted = router_home_add (&home, mapping, &error);
  g_assert_null (granted);
  g_test_message ("%s", error->message);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_CONFLICT);
  g_assert_nonnull (strstr (error->message, "192.168.77.20, port 7777"));
  g_clear_error (&error);
  mapping->pinned = FALSE;
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  g_assert_cmpint (granted->granted_port, !=, 7778);
  g_assert_true (router_leads (PTL_PROTOCOL_TCP, granted->granted_port, 30000));
  g_assert_true (router_home_delete (&home, granted, &error));
  g_assert_no_error (error);
  router_home_close (&home);
}

/* A mapping straight to another host: only who is asked from that host may, with this daemon's
 * secure mode. */
static void
test_other_host (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 30000, 30001, 600);

  router_home_open_real (&home, TRUE, TRUE, NULL);
  mapping->internal_address = g_strdup ("192.168.77.20");
  g_assert_null (router_home_add (&home, mapping, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_REFUSED);
  router_home_close (&home);
}

/* A FILTER that the router honours; the grant of PCP is shown by UPnP and read back. */
static void
test_remote (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 30000, 30001, 600);
  g_autoptr (PtlMapping) granted = NULL;

  router_home_open_real (&home, TRUE, FALSE, NULL);
  mapping->remote = g_strdup ("5.6.7.1/32");
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  g_assert_cmpint (granted->system, ==, PTL_ROUTER_PROTOCOL_UPNP);
  g_assert_true (granted->read_back);
  {
    g_autofree char *rules = router_lab_router_output ("nft list chain inet filter miniupnpd");

    /* the source address, as nft writes it */
    g_assert_nonnull (strstr (rules, "@nh,96,32 0x5060701"));
  }
  g_assert_true (router_home_read_back (&home, granted, &error));
  g_assert_true (router_home_delete (&home, granted, &error));
  g_assert_no_error (error);
  router_home_close (&home);
}

static void
test_none (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_UDP, 25565, 0, 3600);
  gint64 start = g_get_monotonic_time ();

  router_home_open_real (&home, FALSE, FALSE, NULL);
  g_assert_null (router_home_add (&home, mapping, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_NONE);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
  g_assert_cmpint (ptl_router_get_state (home.router), ==, PTL_ROUTER_STATE_NONE);
  router_home_close (&home);
}

static void
test_search (void)
{
  RouterHome home;

  router_home_open_real (&home, TRUE, TRUE, NULL);
  g_assert_cmpint (ptl_router_get_state (home.router), ==, PTL_ROUTER_STATE_SEARCHING);
  router_home_search (&home);
  g_assert_cmpint (ptl_router_get_state (home.router), ==, PTL_ROUTER_STATE_READY);
  g_assert_cmpstr (ptl_router_get_external_address (home.router), ==, ROUTER_LAB_EXTERNAL);
  g_assert_cmpstr (ptl_router_get_name (home.router), ==, "Lab router");
  g_assert_cmpstr (ptl_router_get_local_address (home.router), ==, ROUTER_LAB_LOCAL);
  g_assert_cmpint (g_strv_length ((char **) ptl_router_get_protocols (home.router)), ==, 3);
  g_assert_true (ptl_discovery_get_router (home.discovery, "r020000007701") == home.router);
  router_home_close (&home);
}

/* --- lists --- */

static void
test_list (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_UDP, 9000, 9000, 600);
  g_autoptr (PtlMapping) granted = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  guint found = 0;

  router_home_open_real (&home, TRUE, TRUE, NULL);
  router_lab_here ("upnpc -e foreign -a " ROUTER_LAB_LOCAL " 7777 7778 TCP >/dev/null 2>&1");
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  entries = router_home_list (&home, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 2);
  for (guint i = 0; i < entries->len; i++)
    {
      const PtlRouterEntry *entry = entries->pdata[i];

      g_assert_cmpstr (entry->address, ==, ROUTER_LAB_LOCAL);
      if (entry->protocol == PTL_PROTOCOL_TCP && entry->external_port == 7778 && entry->port == 7777
          && strcmp (entry->description, "foreign") == 0)
        found |= 1;
      if (entry->protocol == PTL_PROTOCOL_UDP && entry->external_port == 9000
          && entry->port == 9000)
        found |= 2;
    }
  g_assert_cmpuint (found, ==, 3);
  router_home_close (&home);
}

/* The daemon starts anew with empty tables: its epoch, or its announcement, tells. */
static void
test_restart (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 25565, 25565, 3600);
  g_autoptr (PtlMapping) granted = NULL;
  g_autoptr (PtlMapping) again = NULL;

  router_home_open_real (&home, FALSE, TRUE, NULL);
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  /* A day later by our clock, a moment later by the daemon's: no epoch goes on like that. */
  router_lab_stop (g_steal_pointer (&home.daemon));
  router_lab_flush ();
  g_assert_false (router_leads (PTL_PROTOCOL_TCP, 25565, 25565));
  ptl_clock_turn (home.clock, 0, 86400LL * G_USEC_PER_SEC);
  home.daemon = router_lab_miniupnpd (FALSE, TRUE, NULL);
  g_assert_true (router_home_probe (&home, &error));
  g_assert_no_error (error);
  g_assert_true (home.lost_state);
  again = router_home_add (&home, granted, &error);
  g_assert_no_error (error);
  g_assert_cmpint (again->granted_port, ==, 25565);
  g_assert_true (router_leads (PTL_PROTOCOL_TCP, 25565, 25565));
  router_home_close (&home);
}

/* Three of ten packets are lost, either way: it takes longer, and comes out the same. */
static void
test_loss (void)
{
  RouterHome home;

  router_home_open_real (&home, TRUE, TRUE, NULL);
  router_lab_lose (TRUE);
  for (guint16 i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlMapping) mapping =
        ptl_mapping_new (PTL_PROTOCOL_TCP, 30000 + i, 30000 + i, 600);
      g_autoptr (PtlMapping) granted = router_home_add (&home, mapping, &error);

      g_assert_no_error (error);
      g_assert_cmpint (granted->granted_port, ==, 30000 + i);
      g_assert_true (router_leads (PTL_PROTOCOL_TCP, 30000 + i, 30000 + i));
    }
  router_lab_lose (FALSE);
  /* What was lost and sent again is no sign of a restart. */
  g_assert_cmpuint (home.lost_state, ==, 0);
  router_home_close (&home);
}

static void
test_mute (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = ptl_mapping_new (PTL_PROTOCOL_UDP, 25565, 0, 3600);
  g_autoptr (PtlMapping) granted = NULL;
  gint64 start;

  router_home_open_real (&home, TRUE, TRUE, NULL);
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  router_lab_mute (TRUE);
  start = g_get_monotonic_time ();
  g_assert_null (router_home_add (&home, granted, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_SILENT);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 8 * G_USEC_PER_SEC);
  g_assert_cmpint (ptl_router_get_state (home.router), ==, PTL_ROUTER_STATE_SILENT);
  g_clear_error (&error);
  router_lab_mute (FALSE);
  g_assert_true (router_home_delete (&home, granted, &error));
  g_assert_no_error (error);
  router_home_close (&home);
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
  for (gsize i = 0; i < G_N_ELEMENTS (by_protocol); i++)
    {
      g_autofree char *any = g_strdup_printf ("/router/real/any/%s", by_protocol[i].name);
      g_autofree char *denied = g_strdup_printf ("/router/real/denied/%s", by_protocol[i].name);
      g_autofree char *taken = g_strdup_printf ("/router/real/taken/%s", by_protocol[i].name);

      g_test_add_data_func (any, &by_protocol[i], test_any);
      g_test_add_data_func (denied, &by_protocol[i], test_denied);
      g_test_add_data_func (taken, &by_protocol[i], test_taken);
    }
  g_test_add_func ("/router/real/other-host", test_other_host);
  g_test_add_func ("/router/real/remote", test_remote);
  g_test_add_func ("/router/real/search", test_search);
  g_test_add_func ("/router/real/none", test_none);
  g_test_add_func ("/router/real/list", test_list);
  g_test_add_func ("/router/real/restart", test_restart);
  g_test_add_func ("/router/real/loss", test_loss);
  g_test_add_func ("/router/real/mute", test_mute);
  return g_test_run ();
}
