/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a router that misbehaves does with what it holds already (tests/support/router-emulator.py):
 * renewing, showing and taking back. */

#include <string.h>

#include "router-home.h"

#define UPNP_AND(flags, more) "{\"pcp\":\"off\",\"natpmp\":\"off\",\"upnp\":\"" flags "\"" more "}"
#define UPNP(flags) UPNP_AND (flags, "")
#define TWO_OTHERS                                                                                 \
  ",\"taken\":[[\"tcp\",80,\"192.168.77.20\",8080,\"web\"],"                                       \
  "[\"udp\",53,\"192.168.77.21\",53,\"dns\"]]"

static PtlMapping *
new_mapping (guint16 external)
{
  PtlMapping *mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, 25565, external, 3600);

  mapping->description = g_strdup ("Portolan");
  return mapping;
}

static PtlMapping *
add (RouterHome *home, const PtlMapping *mapping)
{
  g_autoptr (GError) error = NULL;
  PtlMapping *granted = router_home_add (home, mapping, &error);

  g_assert_no_error (error);
  return granted;
}

static guint
count (RouterHome *home, const char *what)
{
  g_autofree char *log = router_home_dup_log (home);
  guint n = 0;

  for (const char *at = strstr (log, what); at != NULL; at = strstr (at + 1, what))
    n++;
  return n;
}

static void
assert_table_has (RouterHome *home, const char *line)
{
  g_autofree char *table = router_home_dup_table (home);

  g_test_message ("%s", table);
  g_assert_nonnull (strstr (table, line));
}

/* --- renewing --- */

/* Adding it again does not make it last longer: it is taken back and added anew. */
static void
test_lease_not_extended (void)
{
  RouterHome home;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;
  g_autoptr (PtlMapping) renewed = NULL;

  router_home_open_emulated (&home, UPNP ("no-extend"));
  granted = add (&home, mapping);
  g_assert_cmpuint (granted->granted_lifetime, ==, 3600);
  renewed = add (&home, granted);
  g_assert_cmpuint (renewed->granted_lifetime, ==, 3600);
  g_assert_true (renewed->read_back);
  assert_table_has (&home, "tcp 25566 192.168.77.10 25565 3600 ");
  g_assert_cmpuint (count (&home, "soap DeletePortMapping"), ==, 1);
  router_home_close (&home);
}

/* One that grants less than is asked for is obeyed, and its mapping is never taken away for it. */
static void
test_shorter_lease_renewed (void)
{
  RouterHome home;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;
  g_autoptr (PtlMapping) renewed = NULL;

  router_home_open_emulated (&home, UPNP_AND ("on", ",\"lifetime\":600"));
  granted = add (&home, mapping);
  renewed = add (&home, granted);
  g_assert_cmpuint (renewed->granted_lifetime, ==, 600);
  g_assert_cmpuint (count (&home, "soap DeletePortMapping"), ==, 0);
  router_home_close (&home);
}

/* 718 for what is our own: it is deleted, and added again. */
static void
test_own_conflict (void)
{
  RouterHome home;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;
  g_autoptr (PtlMapping) renewed = NULL;

  mapping->pinned = TRUE;
  router_home_open_emulated (&home, UPNP ("own-718"));
  granted = add (&home, mapping);
  renewed = add (&home, granted);
  g_assert_cmpint (renewed->granted_port, ==, 25566);
  g_assert_true (renewed->read_back);
  g_assert_cmpuint (count (&home, "soap DeletePortMapping"), ==, 1);
  router_home_close (&home);
}

/* A router that takes no leases, or dies of one, is not asked for one again. */
static void
test_no_lease_asked_twice (void)
{
  static const char *const options[]
      = { UPNP ("permanent"), UPNP ("lease-402"), UPNP ("lease-501"), UPNP ("crash=0.4") };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      RouterHome home;
      g_autoptr (PtlMapping) mapping = new_mapping (25566);
      g_autoptr (PtlMapping) other = ptl_mapping_new (PTL_PROTOCOL_UDP, 25565, 25566, 3600);
      g_autoptr (PtlMapping) granted = NULL;
      g_autoptr (PtlMapping) renewed = NULL;
      g_autoptr (PtlMapping) second = NULL;

      router_home_open_emulated (&home, options[i]);
      granted = add (&home, mapping);
      renewed = add (&home, granted);
      second = add (&home, other);
      g_assert_cmpuint (granted->granted_lifetime, ==, 0);
      g_assert_cmpuint (renewed->granted_lifetime, ==, 0);
      g_assert_cmpuint (second->granted_lifetime, ==, 0);
      g_assert_cmpuint (count (&home, "soap AddPortMapping 25566 3600"), ==, 1);
      router_home_close (&home);
    }
}

/* A wildcard that is spelled in another way is found again, and taken back. */
static void
test_other_wildcard (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;
  g_autoptr (PtlMapping) renewed = NULL;
  g_autofree char *table = NULL;

  router_home_open_emulated (&home, UPNP ("remote-dotted"));
  granted = add (&home, mapping);
  renewed = add (&home, granted);
  g_assert_true (router_home_read_back (&home, renewed, &error));
  g_assert_no_error (error);
  g_assert_true (router_home_delete (&home, renewed, &error));
  g_assert_no_error (error);
  table = router_home_dup_table (&home);
  g_assert_cmpstr (table, ==, "");
  router_home_close (&home);
}

/* --- showing --- */

static void
test_lists (void)
{
  static const char *const options[] = {
    UPNP_AND ("v1+list-end=501", TWO_OTHERS), UPNP_AND ("v1+list-end=402", TWO_OTHERS),
    UPNP_AND ("v1+list-empty", TWO_OTHERS),   UPNP_AND ("v1+list-skips", TWO_OTHERS),
    UPNP_AND ("v1+endless-list", TWO_OTHERS),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      RouterHome home;
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) entries = NULL;

      g_test_message ("%s", options[i]);
      router_home_open_emulated (&home, options[i]);
      entries = router_home_list (&home, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (entries->len, ==, 2);
      g_assert_cmpuint (count (&home, "soap GetGeneric"), <, 10);
      router_home_close (&home);
    }
}

/* It makes up one line after another: what was shown in time, or the most that is taken. */
static void
test_list_invents (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  gint64 start = g_get_monotonic_time ();

  router_home_open_emulated (&home, UPNP ("v1+list-invents"));
  entries = router_home_list (&home, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, >, 0);
  g_assert_cmpuint (entries->len, <=, 1024);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 11 * G_USEC_PER_SEC);
  router_home_close (&home);
}

/* The words of a hostile router in an error: as text, and without what a terminal obeys. */
static void
test_hostile_holder (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = new_mapping (80);

  mapping->pinned = TRUE;
  router_home_open_emulated (&home, UPNP_AND ("hostile-names", TWO_OTHERS));
  g_assert_null (router_home_add (&home, mapping, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_CONFLICT);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "192.168.77.20"));
  g_assert_null (strpbrk (error->message, "\x1b\x07"));
  g_assert_null (strstr (error->message, "\u202e"));
  router_home_close (&home);
}

static const struct
{
  const char *options;
  PtlRouterState state;
  gboolean told; /* that there is something in the way */
} statuses[] = {
  { UPNP ("no-address"), PTL_ROUTER_STATE_READY, FALSE },
  { UPNP ("no-status"), PTL_ROUTER_STATE_READY, FALSE },
  { UPNP ("no-status+no-address"), PTL_ROUTER_STATE_READY, FALSE },
  { UPNP_AND ("on", ",\"external\":\"\""), PTL_ROUTER_STATE_OFFLINE, TRUE },
  { UPNP_AND ("on", ",\"external\":\"nonsense\""), PTL_ROUTER_STATE_OFFLINE, TRUE },
  { UPNP_AND ("disconnected", ",\"external\":\"\""), PTL_ROUTER_STATE_OFFLINE, TRUE },
  { UPNP ("disconnected"), PTL_ROUTER_STATE_READY, FALSE },
};

/* Whatever it tells of the internet, it maps. */
static void
test_status (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      RouterHome home;
      g_autoptr (PtlMapping) mapping = new_mapping (25566);
      g_autoptr (PtlMapping) granted = NULL;

      g_test_message ("%s", statuses[i].options);
      router_home_open_emulated (&home, statuses[i].options);
      granted = add (&home, mapping);
      g_assert_true (granted->read_back);
      g_assert_cmpint (ptl_router_get_state (home.router), ==, statuses[i].state);
      g_assert_cmpint (ptl_router_get_error (home.router) != NULL, ==, statuses[i].told);
      router_home_close (&home);
    }
}

/* --- taking back --- */

static void
test_delete_lies (void)
{
  RouterHome home;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlMapping) mapping = new_mapping (25566);
  g_autoptr (PtlMapping) granted = NULL;

  router_home_open_emulated (&home, UPNP ("keeps"));
  granted = add (&home, mapping);
  g_assert_false (router_home_delete (&home, granted, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_LIED);
  router_home_close (&home);
}

/* What is gone already is taken back: 714, and 730 on some. */
static void
test_delete_absent (void)
{
  static const char *const options[] = { UPNP ("on"), UPNP ("absent=730"), UPNP ("absent=713") };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      RouterHome home;
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlMapping) mapping = new_mapping (25566);
      g_autoptr (PtlMapping) granted = NULL;

      router_home_open_emulated (&home, options[i]);
      granted = add (&home, mapping);
      for (guint n = 0; n < 2; n++)
        {
          g_assert_true (router_home_delete (&home, granted, &error));
          g_assert_no_error (error);
        }
      g_assert_false (router_home_read_back (&home, granted, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
      router_home_close (&home);
    }
}

/* A port that is another's by now is left alone, also where it takes the whole list to see that. */
static void
test_delete_leaves_others (void)
{
  static const char *const options[]
      = { UPNP_AND ("on", TWO_OTHERS), UPNP_AND ("no-specific", TWO_OTHERS) };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      RouterHome home;
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlMapping) mapping = new_mapping (80);

      mapping->system = PTL_ROUTER_PROTOCOL_UPNP;
      mapping->granted_port = 80;
      router_home_open_emulated (&home, options[i]);
      g_assert_true (router_home_delete (&home, mapping, &error));
      g_assert_no_error (error);
      assert_table_has (&home, "tcp 80 192.168.77.20 8080 ");
      router_home_close (&home);
    }
}

/* --- three of ten packets lost --- */

static void
test_loss (void)
{
  static const char *const options[] = { "{\"natpmp\":\"off\",\"upnp\":\"off\"}",
                                         "{\"pcp\":\"off\",\"upnp\":\"off\"}", UPNP ("on") };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      RouterHome home;
      g_autoptr (PtlMapping) mapping = new_mapping (25566);
      g_autoptr (PtlMapping) granted = NULL;
      guint tries = 0;

      g_test_message ("%s", options[i]);
      router_home_open_emulated (&home, options[i]);
      router_lab_lose (TRUE);
      /* By TCP an attempt may be over before a lost packet is sent again; the next one finds it. */
      for (; granted == NULL && tries < 5; tries++)
        {
          g_autoptr (GError) error = NULL;

          granted = router_home_add (&home, mapping, &error);
          g_test_message ("%s", error != NULL ? error->message : "done");
        }
      router_lab_lose (FALSE);
      g_assert_nonnull (granted);
      g_assert_cmpint (granted->granted_port, ==, 25566);
      g_assert_cmpuint (home.lost_state, ==, 0);
      assert_table_has (&home, "tcp 25566 192.168.77.10 25565 ");
      router_home_close (&home);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router/held/lease-not-extended", test_lease_not_extended);
  g_test_add_func ("/router/held/shorter-lease-renewed", test_shorter_lease_renewed);
  g_test_add_func ("/router/held/own-conflict", test_own_conflict);
  g_test_add_func ("/router/held/no-lease-asked-twice", test_no_lease_asked_twice);
  g_test_add_func ("/router/held/other-wildcard", test_other_wildcard);
  g_test_add_func ("/router/held/lists", test_lists);
  g_test_add_func ("/router/held/list-invents", test_list_invents);
  g_test_add_func ("/router/held/hostile-holder", test_hostile_holder);
  g_test_add_func ("/router/held/status", test_status);
  g_test_add_func ("/router/held/delete-lies", test_delete_lies);
  g_test_add_func ("/router/held/delete-absent", test_delete_absent);
  g_test_add_func ("/router/held/delete-leaves-others", test_delete_leaves_others);
  g_test_add_func ("/router/held/loss", test_loss);
  return g_test_run ();
}
