/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"
#include "worker/ptl-restorer.h"

#define N_RULES 120
#define SLOW_US 2000

/* A back end that takes its time, and the main loop with it. */
#define TEST_TYPE_BACKEND (test_backend_get_type ())
G_DECLARE_FINAL_TYPE (TestBackend, test_backend, TEST, BACKEND, GObject)

struct _TestBackend
{
  GObject parent;
  guint n_opened;
};

static void test_backend_iface_init (PtlBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestBackend,
                               test_backend,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PTL_TYPE_BACKEND, test_backend_iface_init))

static void
open_async (PtlBackend *backend,
            const PtlRule *rule,
            GPtrArray *prepared,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (backend, cancellable, callback, user_data);

  g_usleep (SLOW_US);
  TEST_BACKEND (backend)->n_opened++;
  g_task_return_pointer (task, g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free),
                         (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
open_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_backend_iface_init (PtlBackendInterface *iface)
{
  iface->open_async = open_async;
  iface->open_finish = open_finish;
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
  PtlRestorer *restorer;
  TestBackend *backend;
} Fixture;

static void
add_rule (Fixture *f)
{
  g_autoptr (PtlRule) rule = store_fixture_rule (
      "{'Kind': <'forward'>, 'Name': <'n'>, 'Owner': <'ann'>, 'Purpose': <'test'>, 'Created': <int64 1>,"
      " 'Expires': <int64 4000000000>, 'PublicEndpoint': <'127.0.0.1:8080'>, 'Target': <'10.0.0.1:80'>,"
      " 'State': <'degraded'>}");

  g_free (rule->id);
  rule->id = g_uuid_string_random ();
  store_fixture_put (f->store->store, rule);
  ptl_inventory_put (f->inventory, ptl_rule_copy (rule));
  ptl_restorer_add (f->restorer, rule->id);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->store = store_fixture_new ();
  store_fixture_open (f->store);
  f->inventory = ptl_inventory_new ();
  f->debts = ptl_debts_new (f->store->clock, f->store->store);
  f->engine = ptl_engine_new (1);
  f->meter = ptl_meter_new (f->store->clock, f->engine, f->inventory);
  f->changes = ptl_changes_new (f->store->clock, f->store->store, f->inventory, f->debts, f->meter);
  f->backend = g_object_new (TEST_TYPE_BACKEND, NULL);
  ptl_changes_set_backend (f->changes, PTL_KIND_FORWARD, PTL_BACKEND (f->backend));
  f->restorer = ptl_restorer_new (f->store->clock, f->inventory, f->changes);
  for (guint i = 0; i < N_RULES; i++)
    add_rule (f);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_clear_object (&f->restorer);
  g_clear_object (&f->changes);
  g_clear_object (&f->backend);
  g_clear_object (&f->meter);
  g_clear_object (&f->engine);
  g_clear_object (&f->debts);
  g_clear_object (&f->inventory);
  store_fixture_free (f->store);
}

static void
test_restores_all (Fixture *f, gconstpointer unused)
{
  while (ptl_inventory_count (f->inventory, PTL_RULE_STATE_OPEN) < N_RULES)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (f->backend->n_opened, ==, N_RULES);
}

typedef struct
{
  Fixture *f;
  guint before;
  guint most;
} Asking;

static gboolean
on_asked (gpointer data)
{
  Asking *asking = data;

  asking->most = MAX (asking->most, asking->f->backend->n_opened - asking->before);
  asking->before = asking->f->backend->n_opened;
  return G_SOURCE_CONTINUE;
}

/* Who asks something of the worker meanwhile waits for some of the rules, not for all. */
static void
test_others_have_their_turn (Fixture *f, gconstpointer unused)
{
  Asking asking = { f, 0, 0 };
  guint id = g_timeout_add (1, on_asked, &asking);

  while (ptl_inventory_count (f->inventory, PTL_RULE_STATE_OPEN) < N_RULES)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
  g_assert_cmpuint (asking.most, >, 0);
  g_assert_cmpuint (asking.most, <=, 20 * 1000 / SLOW_US + 1);
}

#define add(path, func) g_test_add ("/restorer/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("restores-all", test_restores_all);
  add ("others-have-their-turn", test_others_have_their_turn);
  return g_test_run ();
}
