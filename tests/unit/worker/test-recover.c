/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include "worker/ptl-recover.h"

/* What the last worker left, of one rule, and what a start makes of it. */
typedef struct
{
  const char *what;
  PtlRuleState state;
  gint64 expires_in;
  const char *intent;     /* action, or NULL */
  gboolean intent_leases; /* a router's lease that the rule does not hold */
  gboolean rule_lease;    /* a router's lease that it holds */
  /* after it: */
  PtlRuleState becomes;   /* DEGRADED = to be restored */
  PtlCloseReason reason;
  guint n_debts;
} Left;

static const Left left[] = {
  { "open", PTL_RULE_STATE_OPEN, 3600, NULL, FALSE, TRUE, PTL_RULE_STATE_DEGRADED, PTL_CLOSE_REASON_NONE, 0 },
  { "degraded", PTL_RULE_STATE_DEGRADED, 3600, NULL, FALSE, TRUE, PTL_RULE_STATE_DEGRADED,
    PTL_CLOSE_REASON_NONE, 0 },
  { "opening", PTL_RULE_STATE_OPENING, 3600, "open", TRUE, FALSE, PTL_RULE_STATE_FAILED, PTL_CLOSE_REASON_NONE, 1 },
  { "opening and over", PTL_RULE_STATE_OPENING, -5, "open", TRUE, FALSE, PTL_RULE_STATE_FAILED,
    PTL_CLOSE_REASON_NONE, 1 },
  { "closing", PTL_RULE_STATE_CLOSING, 3600, "close", FALSE, TRUE, PTL_RULE_STATE_CLOSED,
    PTL_CLOSE_REASON_REVOKED, 1 },
  { "closing while opening", PTL_RULE_STATE_CLOSING, 3600, "close", TRUE, FALSE, PTL_RULE_STATE_CLOSED,
    PTL_CLOSE_REASON_REVOKED, 1 },
  { "expired", PTL_RULE_STATE_OPEN, -5, NULL, FALSE, TRUE, PTL_RULE_STATE_CLOSED, PTL_CLOSE_REASON_EXPIRED, 1 },
  { "expires now", PTL_RULE_STATE_OPEN, 0, NULL, FALSE, TRUE, PTL_RULE_STATE_CLOSED, PTL_CLOSE_REASON_EXPIRED, 1 },
  { "edited", PTL_RULE_STATE_OPEN, 3600, "edit", TRUE, TRUE, PTL_RULE_STATE_DEGRADED, PTL_CLOSE_REASON_NONE, 1 },
  { "edited and over", PTL_RULE_STATE_OPEN, -5, "edit", TRUE, TRUE, PTL_RULE_STATE_CLOSED,
    PTL_CLOSE_REASON_EXPIRED, 2 },
};

typedef struct
{
  char *directory;
  PtlClock *clock;
  PtlStore *store;
  PtlInventory *inventory;
  PtlDebts *debts;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = g_dir_make_tmp ("ptl-recover-XXXXXX", NULL);
  fixture->clock = ptl_clock_new ();
  fixture->store = ptl_store_new (fixture->directory, fixture->clock);
  fixture->inventory = ptl_inventory_new ();
  fixture->debts = ptl_debts_new (fixture->clock, fixture->store);
}

static void
remove_all (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_remove (path);
    }
  g_rmdir (directory);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->debts);
  g_clear_object (&fixture->inventory);
  g_clear_object (&fixture->store);
  g_clear_object (&fixture->clock);
  remove_all (fixture->directory);
  g_free (fixture->directory);
}

static PtlLease *
router_lease (guint16 port, const char *key)
{
  PtlLease *lease = ptl_lease_new ("pcp", "r1");

  lease->endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, "203.0.113.5", port, port);
  lease->inner = ptl_endpoint_new (PTL_PROTOCOL_TCP, "192.168.1.2", 40000, 40000);
  lease->lifetime = 3600;
  g_free (lease->key);
  lease->key = g_strdup (key);
  return lease;
}

static PtlRule *
make_rule (Fixture *fixture, const Left *item)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_MAPPING);
  gint64 now = ptl_clock_get_wall (fixture->clock);
  PtlLease *guard = ptl_lease_new ("engine", "");

  g_free (rule->name);
  rule->name = g_strdup (item->what);
  g_free (rule->owner);
  rule->owner = g_strdup ("ann");
  g_free (rule->purpose);
  rule->purpose = g_strdup ("test");
  rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 25565, 25565);
  rule->created = now - 100;
  rule->expires = now + item->expires_in;
  rule->state = item->state;
  guard->endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, "192.168.1.2", 40000, 40000);
  guard->inner = ptl_endpoint_copy (rule->target);
  g_ptr_array_add (rule->leases, guard);
  if (item->rule_lease)
    g_ptr_array_add (rule->leases, router_lease (25565, "aa"));
  return rule;
}

static void
leave (Fixture *fixture, const PtlRule *rule, const Left *item)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlIntent) intent = item->intent != NULL ? ptl_intent_new (rule->id, item->intent) : NULL;

  g_assert_true (ptl_store_begin (fixture->store, &error));
  g_assert_true (ptl_store_put_rule (fixture->store, rule, &error));
  if (intent != NULL)
    {
      if (item->intent_leases)
        g_ptr_array_add (intent->leases, router_lease (25570, "bb"));
      for (guint i = 0; i < rule->leases->len; i++)
        g_ptr_array_add (intent->leases, ptl_lease_copy (rule->leases->pdata[i]));
      g_assert_true (ptl_store_put_intent (fixture->store, intent, &error));
    }
  g_assert_true (ptl_store_add_event (fixture->store, "user ann", "open", rule->id, "begun", "", &error));
  g_assert_true (ptl_store_commit (fixture->store, &error));
  g_assert_no_error (error);
}

static void
test_left (Fixture *fixture, gconstpointer data)
{
  const Left *item = data;
  g_autoptr (PtlRule) rule = make_rule (fixture, item);
  g_autoptr (PtlRule) stored = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  g_autoptr (GPtrArray) intents = NULL;
  g_autoptr (GPtrArray) debts = NULL;
  gboolean lives = item->becomes == PTL_RULE_STATE_DEGRADED;

  leave (fixture, rule, item);
  ids = ptl_recover (fixture->store, fixture->clock, fixture->inventory, fixture->debts);
  g_assert_cmpuint (ids->len, ==, lives ? 1 : 0);
  g_assert_cmpuint (ptl_inventory_get_n_rules (fixture->inventory), ==, lives ? 1 : 0);
  if (lives)
    g_assert_cmpint (ptl_inventory_get (fixture->inventory, rule->id)->state, ==, PTL_RULE_STATE_DEGRADED);
  stored = ptl_store_get_rule (fixture->store, rule->id, NULL);
  g_assert_cmpint (stored->state, ==, lives ? item->state : item->becomes);
  g_assert_cmpint (stored->close_reason, ==, item->reason);
  g_assert_cmpint (stored->closed != 0, ==, !lives);
  intents = ptl_store_list_intents (fixture->store, NULL);
  g_assert_cmpuint (intents->len, ==, 0);
  debts = ptl_store_list_debts (fixture->store, NULL);
  g_assert_cmpuint (debts->len, ==, item->n_debts);
  g_assert_cmpuint (ptl_debts_get_n_debts (fixture->debts), ==, item->n_debts);
}

/* A start after a start: nothing is left to do. */
static void
test_twice (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PtlInventory) again = ptl_inventory_new ();
  g_autoptr (PtlDebts) debts = ptl_debts_new (fixture->clock, fixture->store);
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  gint64 events;

  for (guint i = 0; i < G_N_ELEMENTS (left); i++)
    {
      g_autoptr (PtlRule) rule = make_rule (fixture, &left[i]);

      leave (fixture, rule, &left[i]);
    }
  first = ptl_recover (fixture->store, fixture->clock, fixture->inventory, fixture->debts);
  events = ptl_store_get_n_events (fixture->store);
  second = ptl_recover (fixture->store, fixture->clock, again, debts);
  g_assert_cmpuint (first->len, ==, second->len);
  g_assert_cmpint (ptl_store_get_n_events (fixture->store), ==, events);
  g_assert_cmpuint (ptl_debts_get_n_debts (fixture->debts), ==, ptl_debts_get_n_debts (debts));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (left); i++)
    {
      g_autofree char *name = g_strdelimit (g_strdup (left[i].what), " ", '-');
      g_autofree char *path = g_strdup_printf ("/recover/%s", name);

      g_test_add (path, Fixture, &left[i], set_up, test_left, tear_down);
    }
  g_test_add ("/recover/twice", Fixture, NULL, set_up, test_twice, tear_down);
  return g_test_run ();
}
