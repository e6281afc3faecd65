/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"
#include "worker/ptl-changes.h"
#include "worker/ptl-host-firewall.h"

/* What a back end tells of a rule while this computer's firewall is asked, before anybody knows that it is open. */

#define TEST_TYPE_BACKEND (test_backend_get_type ())
G_DECLARE_FINAL_TYPE (TestBackend, test_backend, TEST, BACKEND, GObject)

struct _TestBackend
{
  GObject parent;
  gboolean opened;
  guint n_left; /* leases that the last close was to take back */
};

static void test_backend_iface_init (PtlBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestBackend,
                               test_backend,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PTL_TYPE_BACKEND, test_backend_iface_init))

static GPtrArray *
make_leases (guint n)
{
  GPtrArray *leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  for (guint i = 0; i < n; i++)
    {
      PtlLease *lease = ptl_lease_new ("engine", "");
      g_autofree char *endpoint = g_strdup_printf ("192.0.2.%u:8080", i + 1);

      lease->endpoint = ptl_endpoint_parse (endpoint, PTL_PROTOCOL_TCP, NULL);
      lease->inner = ptl_endpoint_parse ("127.0.0.1:80", PTL_PROTOCOL_TCP, NULL);
      g_assert_nonnull (lease->endpoint);
      g_assert_nonnull (lease->inner);
      g_ptr_array_add (leases, lease);
    }
  return leases;
}

static GPtrArray *
prepare (PtlBackend *backend, const PtlRule *rule, GError **error)
{
  return make_leases (1);
}

static void
open_async (PtlBackend *backend,
            const PtlRule *rule,
            GPtrArray *prepared,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (backend, cancellable, callback, user_data);

  g_task_return_pointer (task, make_leases (1), (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
open_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  TEST_BACKEND (backend)->opened = TRUE;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
close_async (PtlBackend *backend, const PtlRule *rule, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (backend, NULL, callback, user_data);

  TEST_BACKEND (backend)->n_left = rule->leases->len;
  g_task_return_pointer (task, make_leases (0), (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
close_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_backend_iface_init (PtlBackendInterface *iface)
{
  iface->prepare = prepare;
  iface->open_async = open_async;
  iface->open_finish = open_finish;
  iface->close_async = close_async;
  iface->close_finish = close_finish;
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
  PtlFirewalld *firewalld;
  PtlHostFirewall *firewall;
  PtlChanges *changes;
  TestBackend *backend;
  char *id;
} Fixture;

static void
iterate_until (gboolean (*is_so) (Fixture *f), Fixture *f)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (!is_so (f) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (is_so (f));
}

static gboolean
is_opened (Fixture *f)
{
  return f->backend->opened;
}

static gboolean
is_settled (Fixture *f)
{
  return !ptl_changes_is_busy (f->changes, f->id);
}

static gboolean
is_gone (Fixture *f)
{
  return ptl_inventory_get (f->inventory, f->id) == NULL;
}

/* Open as far as the back end knows; the firewall has not answered. */
static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  PtlRule *rule = store_fixture_rule (
      "{'Kind': <'forward'>, 'Name': <'n'>, 'Owner': <'ann'>, 'Purpose': <'test'>, 'Created': <int64 1>,"
      " 'PublicEndpoint': <'192.0.2.1:8080'>, 'Target': <'127.0.0.1:80'>}");

  f->store = store_fixture_new ();
  rule->expires = ptl_clock_get_wall (f->store->clock) + 3600;
  store_fixture_open (f->store);
  f->inventory = ptl_inventory_new ();
  f->debts = ptl_debts_new (f->store->clock, f->store->store);
  f->engine = ptl_engine_new (1);
  f->meter = ptl_meter_new (f->store->clock, f->engine, f->inventory);
  f->changes = ptl_changes_new (f->store->clock, f->store->store, f->inventory, f->debts, f->meter);
  f->backend = g_object_new (TEST_TYPE_BACKEND, NULL);
  ptl_changes_set_backend (f->changes, PTL_KIND_FORWARD, PTL_BACKEND (f->backend));
  f->firewalld = ptl_firewalld_new ();
  f->firewall = ptl_host_firewall_new (f->store->clock, f->store->store, f->inventory, f->debts, f->firewalld);
  ptl_changes_set_firewall (f->changes, f->firewall);
  f->id = ptl_changes_open (f->changes, rule, "test", &error);
  g_assert_no_error (error);
  iterate_until (is_opened, f);
  g_assert_false (is_settled (f));
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_clear_object (&f->changes);
  g_clear_object (&f->firewall);
  g_clear_object (&f->firewalld);
  g_clear_object (&f->backend);
  g_clear_object (&f->meter);
  g_clear_object (&f->engine);
  g_clear_object (&f->debts);
  g_clear_object (&f->inventory);
  store_fixture_free (f->store);
  g_free (f->id);
}

static const PtlRule *
settle (Fixture *f)
{
  ptl_host_firewall_start (f->firewall);
  iterate_until (is_settled, f);
  ptl_changes_flush (f->changes);
  return ptl_inventory_get (f->inventory, f->id);
}

static void
test_nothing_told (Fixture *f, gconstpointer unused)
{
  const PtlRule *rule = settle (f);

  g_assert_cmpint (rule->state, ==, PTL_RULE_STATE_OPEN);
  g_assert_cmpuint (rule->leases->len, ==, 1);
}

static void
test_leases (Fixture *f, gconstpointer unused)
{
  g_autoptr (GPtrArray) leases = make_leases (2);
  g_autoptr (PtlRule) kept = NULL;
  const PtlRule *rule;

  g_signal_emit_by_name (f->backend, "leases-changed", f->id, leases);
  rule = settle (f);
  g_assert_cmpint (rule->state, ==, PTL_RULE_STATE_OPEN);
  g_assert_cmpuint (rule->leases->len, ==, 2);
  kept = ptl_store_get_rule (f->store->store, f->id, NULL);
  g_assert_cmpuint (kept->leases->len, ==, 2);
}

static void
test_degraded (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = ptl_error_new (PTL_ERROR_FAILED, NULL, "The router is away.");
  const PtlRule *rule;

  g_signal_emit_by_name (f->backend, "degraded", f->id, error);
  rule = settle (f);
  g_assert_cmpint (rule->state, ==, PTL_RULE_STATE_DEGRADED);
  g_assert_cmpstr (rule->error_message, ==, "The router is away.");
}

/* Closed before anybody knew that it was open: all that is held goes. */
static void
test_closed (Fixture *f, gconstpointer unused)
{
  g_autoptr (GPtrArray) leases = make_leases (3);
  const char *ids[] = { f->id, NULL };
  g_autoptr (GError) error = NULL;

  g_signal_emit_by_name (f->backend, "leases-changed", f->id, leases);
  g_assert_true (ptl_changes_close (f->changes, ids, PTL_CLOSE_REASON_REVOKED, "test", &error));
  g_assert_no_error (error);
  ptl_host_firewall_start (f->firewall);
  iterate_until (is_gone, f);
  g_assert_cmpuint (f->backend->n_left, ==, 3);
}

#define ADD(path, test) g_test_add ("/change-open/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  /* Nobody is there: that is found out when the firewall is asked, and not before. */
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("nothing-told", test_nothing_told);
  ADD ("leases", test_leases);
  ADD ("degraded", test_degraded);
  ADD ("closed", test_closed);
  return g_test_run ();
}
