/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-rest.h"

#include "exposure/fingerprint/ptl-fingerprints.h"
#include "store-fixture.h"

typedef struct
{
  StoreFixture *store;
  PtlRest *rest;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->store = store_fixture_new ();
  fixture->rest = ptl_rest_new (fixture->store->clock, store_fixture_open (fixture->store));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->rest);
  store_fixture_free (fixture->store);
  ptl_fingerprints_forget_default ();
}

/* Time goes on, and what is due is done. */
static void
pass (Fixture *fixture, gint64 seconds)
{
  ptl_clock_turn (fixture->store->clock, seconds * G_USEC_PER_SEC, seconds * G_USEC_PER_SEC);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
look (void)
{
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();

  g_assert_nonnull (ptl_fingerprints_find_service (set, "ssh"));
}

static void
test_forgets_after_a_minute (Fixture *fixture, gconstpointer data)
{
  look ();
  ptl_rest_soon (fixture->rest);
  pass (fixture, 3);
  g_assert_true (ptl_fingerprints_have_default ());
  pass (fixture, 50);
  g_assert_true (ptl_fingerprints_have_default ());
  pass (fixture, 10);
  g_assert_false (ptl_fingerprints_have_default ());
  look ();
  g_assert_true (ptl_fingerprints_have_default ());
}

static void
test_keeps_while_it_is_used (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 5; i++)
    {
      look ();
      ptl_rest_soon (fixture->rest);
      pass (fixture, 3);
      pass (fixture, 40);
    }
  g_assert_true (ptl_fingerprints_have_default ());
}

/* A look that is under way goes on with what it has. */
static void
test_whoever_has_them_keeps_them (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();

  ptl_rest_soon (fixture->rest);
  pass (fixture, 3);
  pass (fixture, 60);
  g_assert_false (ptl_fingerprints_have_default ());
  g_assert_nonnull (ptl_fingerprints_find_service (set, "ssh"));
}

#define add(path, func) g_test_add ("/rest/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("forgets-after-a-minute", test_forgets_after_a_minute);
  add ("keeps-while-it-is-used", test_keeps_while_it_is_used);
  add ("whoever-has-them-keeps-them", test_whoever_has_them_keeps_them);
  return g_test_run ();
}
