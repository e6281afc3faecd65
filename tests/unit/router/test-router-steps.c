/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens over time at a router that misbehaves (tests/support/router-emulator.py). */

#include <signal.h>
#include <string.h>

#include "router-home.h"

static PtlMapping *
new_mapping (guint16 external)
{
  PtlMapping *mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 25565, external, 3600);

  mapping->description = g_strdup ("Portolan");
  return mapping;
}

static void
test_announce (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;
  gboolean told = FALSE;

  router_home_open_emulated (&home, "{}");
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  router_home_signal (&home, SIGUSR1);
  while (!told)
    {
      g_main_context_iteration (NULL, TRUE);
      told = home.lost_state > 0;
    }
  /* The rest of the burst, and NAT-PMP's beside PCP's. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (home.lost_state, ==, 1);
  router_home_close (&home);
}

static void
test_announce_spoofed (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;

  router_home_open_emulated (&home, "{\"announce-from\":\"192.168.77.66\"}");
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  router_home_signal (&home, SIGUSR1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (home.lost_state, ==, 0);
  /* The router's own epoch tells it all the same. */
  g_assert_true (router_home_probe (&home, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (home.lost_state, ==, 1);
  router_home_close (&home);
}

static void
test_upnp_uptime (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;

  router_home_open_emulated (&home, "{\"pcp\":\"off\",\"natpmp\":\"off\"}");
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  g_assert_true (router_home_read_back (&home, granted, &error));
  g_assert_no_error (error);
  router_home_signal (&home, SIGUSR1);
  /* An uptime of 0 tells nothing, on many routers for ever: the entry that is gone does. */
  g_assert_false (router_home_read_back (&home, granted, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_assert_cmpuint (home.lost_state, ==, 1);
  router_home_close (&home);
}

/* A router that speaks UPnP alone tells of its restart by SSDP; what another host says so is no
 * reason to ask. */
static void
test_notify (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;
  gint64 start;

  router_home_open_emulated (&home, "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"notify\"}");
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  start = g_get_monotonic_time ();
  router_home_signal (&home, SIGUSR1);
  while (home.lost_state == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  router_home_close (&home);
}

static void
test_notify_spoofed (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  router_home_open_emulated (&home, "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"notify\","
                                    "\"announce-from\":\"192.168.77.66\"}");
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  before = router_home_dup_log (&home);
  router_home_signal (&home, SIGUSR1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  after = router_home_dup_log (&home);
  g_assert_cmpuint (home.lost_state, ==, 0);
  g_assert_true (g_str_has_prefix (after, before));
  g_assert_null (strstr (after + strlen (before), "soap"));
  router_home_close (&home);
}

/* The control port is another after a restart: the mapping is renewed all the same. */
static void
test_moved (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;
  g_autoptr (PtlMapping) renewed = NULL;

  router_home_open_emulated (&home, "{\"pcp\":\"off\",\"natpmp\":\"off\"}");
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  router_home_signal (&home, SIGUSR2);
  renewed = router_home_add (&home, granted, &error);
  g_assert_no_error (error);
  g_assert_cmpint (renewed->granted_port, ==, 25566);
  g_assert_true (renewed->read_back);
  router_home_close (&home);
}

static void
test_list (void)
{
  static const char *const options[] = {
    "{\"taken\":[[\"tcp\",80,\"192.168.77.20\",8080,\"web\"],[\"udp\",53,\"192.168.77.21\",53,"
    "\"dns\"]]}",
    "{\"upnp\":\"v1\",\"taken\":[[\"tcp\",80,\"192.168.77.20\",8080,\"web\"],[\"udp\",53,\"192.168."
    "77.21\",53,\"dns\"]]}",
    "{\"upnp\":\"endless-list\",\"taken\":[[\"tcp\",80,\"192.168.77.20\",8080,\"web\"],[\"udp\",53,"
    "\"192.168.77.21\",53,\"dns\"]]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      RouterHome home;
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) entries = NULL;
      const PtlRouterEntry *web;

      router_home_open_emulated (&home, options[i]);
      entries = router_home_list (&home, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (entries->len, ==, 2);
      web = entries->pdata[0];
      g_assert_cmpint (web->protocol, ==, PTL_PROTOCOL_TCP);
      g_assert_cmpint (web->external_port, ==, 80);
      g_assert_cmpstr (web->address, ==, "192.168.77.20");
      g_assert_cmpint (web->port, ==, 8080);
      g_assert_cmpstr (web->description, ==, "web");
      g_assert_cmpint (web->lifetime, ==, 0);
      g_assert_true (web->enabled);
      router_home_close (&home);
    }
}

static void
test_list_not (void)
{
  static const char *const options[] = { "{\"upnp\":\"off\"}", "{\"upnp\":\"no-list\"}" };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      RouterHome home;
      g_autoptr (GError) error = NULL;

      router_home_open_emulated (&home, options[i]);
      g_assert_null (router_home_list (&home, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED);
      router_home_close (&home);
    }
}

static void
test_empty_list (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  router_home_open_emulated (&home, "{}");
  entries = router_home_list (&home, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 0);
  router_home_close (&home);
}

/* One whose answer never came: it is looked for by each protocol, and another's entry is left
 * alone. */
static void
test_delete_unseen (void)
{
  static const char *const options[]
      = { "{}", "{\"pcp\":\"off\"}", "{\"pcp\":\"off\",\"natpmp\":\"off\"}", "{\"upnp\":\"off\"}" };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      RouterHome home;
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlMapping) mapping = new_mapping (0);
      g_autoptr (PtlMapping) granted = NULL;
      g_autofree char *before = NULL;
      g_autofree char *after = NULL;

      router_home_open_emulated (&home, options[i]);
      granted = router_home_add (&home, mapping, &error);
      g_assert_no_error (error);
      before = router_home_dup_table (&home);
      g_assert_nonnull (strstr (before, "192.168.77.10 25565"));
      g_assert_true (router_home_delete (&home, mapping, &error));
      g_assert_no_error (error);
      after = router_home_dup_table (&home);
      g_assert_cmpstr (after, ==, "");
      router_home_close (&home);
    }
}

static void
test_delete_foreign (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autofree char *table = NULL;

  router_home_open_emulated (&home, "{\"taken\":[[\"tcp\",25566,\"192.168.77.20\",80,\"Xbox\"]]}");
  mapping->system = PTL_ROUTER_PROTOCOL_UPNP;
  mapping->granted_port = 25566;
  g_assert_true (router_home_delete (&home, mapping, &error));
  g_assert_no_error (error);
  table = router_home_dup_table (&home);
  g_assert_nonnull (strstr (table, "Xbox"));
  router_home_close (&home);
}

/* What PCP granted is shown by UPnP, and taken back by it where PCP is not there any more. */
static void
test_across (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;

  router_home_open_emulated (&home, "{}");
  granted = router_home_add (&home, mapping, &error);
  g_assert_no_error (error);
  g_assert_cmpint (granted->system, ==, PTL_ROUTER_PROTOCOL_PCP);
  g_assert_true (router_home_read_back (&home, granted, &error));
  g_assert_no_error (error);
  g_assert_true (router_home_delete (&home, granted, &error));
  g_assert_no_error (error);
  g_assert_false (router_home_read_back (&home, granted, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  router_home_close (&home);
}

typedef struct
{
  const char *external;
  PtlRouterState state;
  const char *says;
} Wan;

static const Wan wans[] = {
  { "5.6.7.8", PTL_ROUTER_STATE_READY, NULL },
  { "0.0.0.0", PTL_ROUTER_STATE_OFFLINE, "no internet address" },
  { "100.64.9.9", PTL_ROUTER_STATE_READY, "carrier-grade" },
  { "192.168.1.5", PTL_ROUTER_STATE_READY, "double NAT" },
  { "192.0.0.4", PTL_ROUTER_STATE_READY, "DS-Lite" },
};

/* The grant is kept: what nobody can reach today may be reached tomorrow. */
static void
test_wan (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wans) * 2; i++)
    {
      const Wan *wan = &wans[i / 2];
      g_autofree char *options
          = g_strdup_printf ("{\"external\":\"%s\"%s}", wan->external,
                             i % 2 ? ",\"pcp\":\"off\",\"natpmp\":\"off\"" : "");
      RouterHome home;
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlMapping) mapping = new_mapping (25566);
      g_autoptr (PtlMapping) granted = NULL;

      g_test_message ("%s", options);
      router_home_open_emulated (&home, options);
      granted = router_home_add (&home, mapping, &error);
      g_assert_no_error (error);
      router_home_search (&home);
      g_assert_cmpint (ptl_router_get_state (home.router), ==, wan->state);
      if (wan->says == NULL)
        g_assert_no_error (ptl_router_get_error (home.router));
      else
        g_assert_nonnull (strstr (ptl_router_get_error (home.router)->message, wan->says));
      router_home_close (&home);
    }
}

static void
test_names (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  const char *name;

  router_home_open_emulated (&home, "{\"upnp\":\"hostile-names\",\"taken\":[[\"tcp\",80,\"192.168."
                                    "77.20\",80,\"x\"]]}");
  router_home_search (&home);
  name = ptl_router_get_name (home.router);
  g_test_message ("%s", name);
  g_assert_cmpint (g_utf8_strlen (name, -1), <=, 80);
  g_assert_null (strchr (name, '\x1b'));
  g_assert_null (strstr (name, "\u202e"));
  router_home_close (&home);
}

/* A hundred at once: none is lost, and the router is not asked a hundred things at a time. */
static void
on_many_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) granted = ptl_router_add_finish (PTL_ROUTER (source), result, &error);

  g_assert_no_error (error);
  --*(guint *) user_data;
}

static void
test_many (void)
{
  static const char *const options[] = { "{}", "{\"pcp\":\"off\",\"natpmp\":\"off\"}" };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      RouterHome home;
      guint left = 100;
      g_autofree char *table = NULL;
      g_auto (GStrv) lines = NULL;

      router_home_open_emulated (&home, options[i]);
      for (guint16 port = 0; port < 100; port++)
        {
          g_autoptr (PtlMapping) mapping
              = ptl_mapping_new (PTL_PROTOCOL_UDP, 20000 + port, 20000 + port, 3600);

          ptl_router_add_async (home.router, mapping, NULL, on_many_added, &left);
        }
      while (left > 0)
        g_main_context_iteration (NULL, TRUE);
      table = router_home_dup_table (&home);
      lines = g_strsplit (table, "\n", -1);
      g_assert_cmpuint (g_strv_length (lines), ==, 101);
      router_home_close (&home);
    }
}

/* Cancelled on the way: an error at once, and nothing is left. */
static void
on_cancelled_add (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ptl_router_add_finish (PTL_ROUTER (source), result, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
  *(gboolean *) user_data = TRUE;
}

static gboolean
on_time_to_cancel (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static const struct
{
  const char *options;
  guint after_ms; /* 0 = before it begins */
} cancel_cases[] = {
  { "{}", 0 },
  { "{\"pcp\":\"slow\",\"natpmp\":\"off\",\"upnp\":\"off\"}", 800 },
  { "{\"pcp\":\"silent\",\"natpmp\":\"silent\",\"upnp\":\"silent\"}", 0 },
  { "{\"pcp\":\"silent\",\"natpmp\":\"silent\",\"upnp\":\"silent\"}", 300 },
};

static void
test_cancel (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cancel_cases); i++)
    {
      RouterHome home;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (PtlMapping) mapping = new_mapping (25566);
      g_autofree char *table = NULL;
      gboolean done = FALSE;

      router_home_open_emulated (&home, cancel_cases[i].options);
      if (cancel_cases[i].after_ms == 0)
        g_cancellable_cancel (cancellable);
      else
        g_timeout_add (cancel_cases[i].after_ms, on_time_to_cancel, cancellable);
      ptl_router_add_async (home.router, mapping, cancellable, on_cancelled_add, &done);
      router_lab_wait (&done, 2);
      router_home_close (&home);
      table = router_home_dup_table (&home);
      g_assert_null (strstr (table, "25565"));
    }
}

static void
test_invalid (void)
{
  RouterHome home;
  g_autoptr (PtlMapping) both = ptl_mapping_new (PTL_PROTOCOL_BOTH, 1, 1, 1);
  g_autoptr (PtlMapping) portless = ptl_mapping_new (PTL_PROTOCOL_TCP, 0, 1, 1);
  g_autoptr (PtlMapping) endless = ptl_mapping_new (PTL_PROTOCOL_TCP, 1, 1, 0);
  const PtlMapping *bad[] = { both, portless, endless };
  g_autofree char *log = NULL;

  router_home_open_emulated (&home, "{}");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (router_home_add (&home, bad[i], &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
  /* Nothing was asked of the router. */
  log = router_home_dup_log (&home);
  g_assert_cmpstr (log, ==, "");
  router_home_close (&home);
}

static guint
count_asked (RouterHome *home)
{
  g_autofree char *log = router_home_dup_log (home);
  g_auto (GStrv) parts = g_strsplit (log, "pcp map ", -1);

  return g_strv_length (parts) - 1;
}

/* "No room, for half a minute": until then the same is not asked again. */
static void
test_short_lived (void)
{
  RouterHome home;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) other = new_mapping (25567);
  guint asked = 0;

  router_home_open_emulated (&home, "{\"pcp\":\"full\",\"natpmp\":\"off\",\"upnp\":\"off\"}");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (router_home_add (&home, mapping, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_FULL);
      if (i == 0)
        asked = count_asked (&home);
    }
  g_assert_cmpuint (asked, >=, 1);
  g_assert_cmpuint (count_asked (&home), ==, asked);
  g_assert_null (router_home_add (&home, other, NULL));
  g_assert_cmpuint (count_asked (&home), >, asked);
  asked = count_asked (&home);
  ptl_clock_turn (home.clock, 31 * G_USEC_PER_SEC, 31 * G_USEC_PER_SEC);
  g_assert_null (router_home_add (&home, mapping, NULL));
  g_assert_cmpuint (count_asked (&home), >, asked);
  router_home_close (&home);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router/steps/announce", test_announce);
  g_test_add_func ("/router/steps/announce-spoofed", test_announce_spoofed);
  g_test_add_func ("/router/steps/upnp-uptime", test_upnp_uptime);
  g_test_add_func ("/router/steps/notify", test_notify);
  g_test_add_func ("/router/steps/notify-spoofed", test_notify_spoofed);
  g_test_add_func ("/router/steps/moved", test_moved);
  g_test_add_func ("/router/steps/list", test_list);
  g_test_add_func ("/router/steps/list-not", test_list_not);
  g_test_add_func ("/router/steps/list-empty", test_empty_list);
  g_test_add_func ("/router/steps/delete-unseen", test_delete_unseen);
  g_test_add_func ("/router/steps/delete-foreign", test_delete_foreign);
  g_test_add_func ("/router/steps/across", test_across);
  g_test_add_func ("/router/steps/wan", test_wan);
  g_test_add_func ("/router/steps/names", test_names);
  g_test_add_func ("/router/steps/many", test_many);
  g_test_add_func ("/router/steps/cancel", test_cancel);
  g_test_add_func ("/router/steps/invalid", test_invalid);
  g_test_add_func ("/router/steps/short-lived", test_short_lived);
  return g_test_run ();
}
