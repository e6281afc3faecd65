/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"
#include "worker/ptl-changes.h"

/* What a rule becomes as its targets come and go, with a back end that says what the test tells it. */

#define TEST_TYPE_BACKEND (test_backend_get_type ())
G_DECLARE_FINAL_TYPE (TestBackend, test_backend, TEST, BACKEND, GObject)

struct _TestBackend
{
  GObject parent;
  gboolean no_target; /* is up */
};

static void test_backend_iface_init (PtlBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestBackend,
                               test_backend,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PTL_TYPE_BACKEND, test_backend_iface_init))

static GError *
dup_trouble (PtlBackend *backend, const PtlRule *rule)
{
  return TEST_BACKEND (backend)->no_target ? ptl_error_new (PTL_ERROR_TARGET, "Start it.", "Nothing listens.")
                                           : NULL;
}

static void
test_backend_iface_init (PtlBackendInterface *iface)
{
  iface->dup_trouble = dup_trouble;
}

static void
test_backend_class_init (TestBackendClass *klass)
{
}

static void
test_backend_init (TestBackend *self)
{
}

typedef struct
{
  StoreFixture *store;
  PtlInventory *inventory;
  PtlDebts *debts;
  PtlEngine *engine;
  PtlMeter *meter;
  PtlChanges *changes;
  TestBackend *backend;
  char *id;
} Fixture;

static void
set_up (Fixture *f, gconstpointer state)
{
  g_autoptr (PtlRule) rule = store_fixture_rule (
      "{'Kind': <'forward'>, 'Name': <'n'>, 'Owner': <'ann'>, 'Purpose': <'test'>, 'Created': <int64 1>,"
      " 'Expires': <int64 4000000000>, 'PublicEndpoint': <'127.0.0.1:8080'>, 'Target': <'10.0.0.1:80'>,"
      " 'State': <'open'>}");

  f->store = store_fixture_new ();
  store_fixture_open (f->store);
  f->inventory = ptl_inventory_new ();
  f->debts = ptl_debts_new (f->store->clock, f->store->store);
  f->engine = ptl_engine_new (1);
  f->meter = ptl_meter_new (f->store->clock, f->engine, f->inventory);
  f->changes
      = ptl_changes_new (f->store->clock, f->store->store, f->inventory, f->debts, f->meter);
  f->backend = g_object_new (TEST_TYPE_BACKEND, NULL);
  ptl_changes_set_backend (f->changes, PTL_KIND_FORWARD, PTL_BACKEND (f->backend));
  if (*rule->id == '\0')
    {
      g_free (rule->id);
      rule->id = g_uuid_string_random ();
    }
  f->id = g_strdup (rule->id);
  store_fixture_put (f->store->store, rule);
  ptl_inventory_put (f->inventory, g_steal_pointer (&rule));
}

static void
tear_down (Fixture *f, gconstpointer state)
{
  g_clear_object (&f->changes);
  g_clear_object (&f->backend);
  g_clear_object (&f->meter);
  g_clear_object (&f->engine);
  g_clear_object (&f->debts);
  g_clear_object (&f->inventory);
  store_fixture_free (f->store);
  g_free (f->id);
}

static void
change (Fixture *f, gboolean up)
{
  g_autoptr (GError) error = up ? NULL : ptl_error_new (PTL_ERROR_TARGET, NULL, "Nothing listens.");

  f->backend->no_target = !up;
  ptl_changes_target_changed (f->changes, f->id, "10.0.0.1:80", up, error);
}

static void
assert_state (Fixture *f, PtlRuleState state, const char *message)
{
  const PtlRule *rule;

  ptl_changes_flush (f->changes);
  rule = ptl_inventory_get (f->inventory, f->id);
  g_assert_cmpint (rule->state, ==, state);
  g_assert_cmpstr (rule->error_message, ==, message);
}

static guint
count_events (Fixture *f, const char *what)
{
  g_autoptr (GPtrArray) events = ptl_store_list_events (f->store->store, f->id, 0, 1000, NULL);
  guint n = 0;

  for (guint i = 0; i < events->len; i++)
    n += g_str_equal (((const PtlEvent *) events->pdata[i])->what, what);
  return n;
}

static void
test_down_and_up (Fixture *f, gconstpointer unused)
{
  change (f, FALSE);
  assert_state (f, PTL_RULE_STATE_DEGRADED, "Nothing listens.");
  change (f, TRUE);
  assert_state (f, PTL_RULE_STATE_OPEN, "");
  g_assert_cmpuint (count_events (f, "target-down"), ==, 1);
  g_assert_cmpuint (count_events (f, "target-up"), ==, 1);
  /* Both within one turn of the main loop. */
  change (f, FALSE);
  change (f, TRUE);
  assert_state (f, PTL_RULE_STATE_OPEN, "");
  g_assert_cmpuint (count_events (f, "target-down"), ==, 2);
}

static void
degrade (Fixture *f)
{
  g_autoptr (GError) error = ptl_error_new (PTL_ERROR_FAILED, NULL, "The router is away.");

  g_signal_emit_by_name (f->backend, "degraded", f->id, error);
}

/* Two reasons: it is open when neither is left. */
static void
test_another_reason (Fixture *f, gconstpointer unused)
{
  degrade (f);
  assert_state (f, PTL_RULE_STATE_DEGRADED, "The router is away.");
  change (f, FALSE);
  assert_state (f, PTL_RULE_STATE_DEGRADED, "The router is away.");
  change (f, TRUE);
  assert_state (f, PTL_RULE_STATE_DEGRADED, "The router is away.");
  change (f, FALSE);
  g_signal_emit_by_name (f->backend, "recovered", f->id, NULL);
  assert_state (f, PTL_RULE_STATE_DEGRADED, "Nothing listens.");
  degrade (f);
  assert_state (f, PTL_RULE_STATE_DEGRADED, "The router is away.");
  change (f, TRUE);
  assert_state (f, PTL_RULE_STATE_DEGRADED, "The router is away.");
  g_signal_emit_by_name (f->backend, "recovered", f->id, NULL);
  assert_state (f, PTL_RULE_STATE_OPEN, "");
}

/* One that is being closed is not opened again by a target. */
static void
test_closing (Fixture *f, gconstpointer unused)
{
  PtlRule *rule;

  change (f, FALSE);
  assert_state (f, PTL_RULE_STATE_DEGRADED, "Nothing listens.");
  rule = ptl_inventory_dup (f->inventory, f->id);
  rule->state = PTL_RULE_STATE_CLOSING;
  ptl_rule_set_error (rule, NULL);
  ptl_inventory_put (f->inventory, rule);
  change (f, TRUE);
  assert_state (f, PTL_RULE_STATE_CLOSING, "");
}

/* What comes and goes all day does not fill the log, and the state follows all the same. */
static void
test_flapping (Fixture *f, gconstpointer unused)
{
  for (guint i = 0; i < 100; i++)
    {
      change (f, FALSE);
      assert_state (f, PTL_RULE_STATE_DEGRADED, "Nothing listens.");
      change (f, TRUE);
      assert_state (f, PTL_RULE_STATE_OPEN, "");
    }
  g_assert_cmpuint (count_events (f, "target-down"), ==, 30);
  g_assert_cmpuint (count_events (f, "target-up"), ==, 30);
  ptl_clock_turn (f->store->clock, 0, G_GINT64_CONSTANT (3601) * G_USEC_PER_SEC);
  change (f, FALSE);
  assert_state (f, PTL_RULE_STATE_DEGRADED, "Nothing listens.");
  g_assert_cmpuint (count_events (f, "target-down"), ==, 31);
}

#define ADD(path, test) g_test_add ("/change-target/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("down-and-up", test_down_and_up);
  ADD ("another-reason", test_another_reason);
  ADD ("closing", test_closing);
  ADD ("flapping", test_flapping);
  return g_test_run ();
}
