/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"
#include "worker/ptl-sampler.h"

#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define YEAR (365 * DAY)

/* A sampler and all that it stands on; the meter is told what it would have read. */
typedef struct
{
  StoreFixture *store;
  PtlClock *clock;
  PtlInventory *inventory;
  PtlEngine *engine;
  PtlMeter *meter;
  PtlSampler *sampler;
  gint64 began; /* the minute */
} Rig;

static void
make_sampler (Rig *rig)
{
  rig->sampler = ptl_sampler_new (rig->clock, rig->store->store, rig->inventory, rig->meter);
}

static void
set_up (Rig *rig, gconstpointer data)
{
  gint64 now;

  rig->store = store_fixture_new ();
  rig->clock = rig->store->clock;
  /* To the middle of a minute, so that the test's own time matters nowhere. */
  now = ptl_clock_get_wall_us (rig->clock);
  ptl_clock_turn (rig->clock, MINUTE - now % MINUTE + 20 * G_USEC_PER_SEC, 0);
  now = ptl_clock_get_wall (rig->clock);
  rig->began = now - now % 60;
  store_fixture_open (rig->store);
  rig->inventory = ptl_inventory_new ();
  rig->engine = ptl_engine_new (1);
  rig->meter = ptl_meter_new (rig->clock, rig->engine, rig->inventory);
  make_sampler (rig);
}

static void
tear_down (Rig *rig, gconstpointer data)
{
  g_clear_object (&rig->sampler);
  g_object_unref (rig->meter);
  ptl_engine_stop (rig->engine);
  g_object_unref (rig->engine);
  g_object_unref (rig->inventory);
  store_fixture_free (rig->store);
}

static char *
add_rule (Rig *rig)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_FORWARD);
  char *id = g_strdup (rule->id);

  rule->state = PTL_RULE_STATE_OPEN;
  store_fixture_put (rig->store->store, rule);
  ptl_inventory_put (rig->inventory, rule);
  return id;
}

/* The meter reads so much more than before. */
static void
move (Rig *rig, const char *id, guint64 bytes, guint64 now, guint64 begun)
{
  PtlTraffic traffic = ptl_inventory_get (rig->inventory, id)->traffic;

  traffic.bytes_in += bytes;
  traffic.bytes_out += 10 * bytes;
  traffic.connections_now = now;
  traffic.connections_ever += begun;
  g_signal_emit_by_name (rig->meter, "moved", ptl_inventory_get (rig->inventory, id), &traffic);
  ptl_inventory_set_traffic (rig->inventory, id, &traffic);
}

/* Time goes on, and what is due is done. */
static void
pass (Rig *rig, gint64 us)
{
  ptl_clock_turn (rig->clock, us, us);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
assert_list (Rig *rig, const char *id, guint step, const char *wanted)
{
  g_autoptr (GArray) samples = ptl_sampler_list (rig->sampler, id, 0, G_MAXINT64, step, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_nonnull (samples);
  for (guint i = 0; i < samples->len; i++)
    {
      const PtlSample *s = &g_array_index (samples, PtlSample, i);

      g_string_append_printf (text, "%s%" G_GINT64_FORMAT ":%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
                                    "/%" G_GUINT64_FORMAT,
                              i > 0 ? " " : "", (s->at - rig->began) / 60, s->bytes_in, s->peak, s->begun);
    }
  g_assert_cmpstr (text->str, ==, wanted);
}

static guint
count_stored (Rig *rig, const char *id)
{
  g_autoptr (GArray) samples
      = ptl_store_list_samples (rig->store->store, id, 0, G_MAXINT64, PTL_SAMPLE_MINUTE, NULL);

  return samples->len;
}

static void
test_minutes (Rig *rig, gconstpointer data)
{
  g_autofree char *one = add_rule (rig);
  g_autofree char *idle = add_rule (rig);

  move (rig, one, 100, 2, 2);
  move (rig, one, 50, 1, 0);
  assert_list (rig, one, 60, "0:150/2/2"); /* the present one, unfinished */
  g_assert_cmpuint (count_stored (rig, one), ==, 0);
  pass (rig, MINUTE);
  g_assert_cmpuint (count_stored (rig, one), ==, 1);
  move (rig, one, 7, 0, 0);
  assert_list (rig, one, 60, "0:150/2/2 1:7/1/0");
  pass (rig, MINUTE);
  pass (rig, MINUTE);
  pass (rig, MINUTE);
  assert_list (rig, one, 60, "0:150/2/2 1:7/1/0");
  assert_list (rig, idle, 60, "");
  g_assert_cmpuint (count_stored (rig, idle), ==, 0);
}

/* A connection that stands and carries nothing is a sample all the same. */
static void
test_connected (Rig *rig, gconstpointer data)
{
  g_autofree char *id = add_rule (rig);

  move (rig, id, 1, 3, 3);
  for (guint i = 0; i < 3; i++)
    pass (rig, MINUTE);
  move (rig, id, 0, 0, 0);
  pass (rig, MINUTE);
  pass (rig, MINUTE);
  assert_list (rig, id, 60, "0:1/3/3 1:0/3/0 2:0/3/0 3:0/3/0");
}

/* One that came and went between two readings was there. */
static void
test_brief_connection (Rig *rig, gconstpointer data)
{
  g_autofree char *id = add_rule (rig);

  move (rig, id, 0, 0, 5);
  assert_list (rig, id, 60, "0:0/1/5");
}

static void
test_closed (Rig *rig, gconstpointer data)
{
  g_autofree char *id = add_rule (rig);

  move (rig, id, 9, 4, 4);
  ptl_inventory_remove (rig->inventory, id);
  pass (rig, MINUTE);
  pass (rig, MINUTE);
  assert_list (rig, id, 60, "0:9/4/4");
}

static void
test_restart (Rig *rig, gconstpointer data)
{
  g_autofree char *id = add_rule (rig);

  move (rig, id, 9, 1, 1);
  ptl_sampler_flush (rig->sampler);
  g_clear_object (&rig->sampler);
  make_sampler (rig);
  move (rig, id, 1, 1, 0);
  assert_list (rig, id, 60, "0:10/1/1");
  pass (rig, MINUTE);
  assert_list (rig, id, 60, "0:10/1/1 1:0/1/0");
}

static void
test_hours (Rig *rig, gconstpointer data)
{
  g_autofree char *id = add_rule (rig);

  pass (rig, HOUR); /* what is old may be thrown away from now on */
  rig->began = ptl_clock_get_wall (rig->clock);
  rig->began -= rig->began % 3600;
  pass (rig, HOUR - (ptl_clock_get_wall_us (rig->clock) % HOUR));
  rig->began += 3600;
  for (guint i = 0; i < 10; i++)
    {
      move (rig, id, 10, 1, 1);
      pass (rig, 6 * MINUTE);
    }
  assert_list (rig, id, 3600, "0:100/1/10 60:0/1/0");
  pass (rig, DAY);
  for (guint i = 0; i < 20; i++)
    pass (rig, MINUTE);
  assert_list (rig, id, 3600, "0:100/1/10 60:0/1/0 1500:0/1/0");
  g_assert_cmpuint (count_stored (rig, id), <, 30);
}

/* Row 13 of the faults: a year forth and back again takes nothing away. */
static void
test_clock_is_set (Rig *rig, gconstpointer data)
{
  g_autofree char *id = add_rule (rig);

  pass (rig, HOUR);
  rig->began = ptl_clock_get_wall (rig->clock) / 60 * 60;
  move (rig, id, 5, 1, 1);
  pass (rig, MINUTE);
  ptl_clock_turn (rig->clock, YEAR, 0);
  move (rig, id, 6, 1, 0);
  pass (rig, MINUTE);
  pass (rig, MINUTE);
  ptl_clock_turn (rig->clock, -YEAR, 0);
  move (rig, id, 7, 0, 0);
  pass (rig, MINUTE);
  pass (rig, MINUTE);
  assert_list (rig, id, 60, "0:5/1/1 1:0/1/0 3:7/1/0 525601:6/1/0 525602:0/1/0 525603:0/1/0");
}

/* Back into a minute that is written already: it is added to it. */
static void
test_clock_goes_back (Rig *rig, gconstpointer data)
{
  g_autofree char *id = add_rule (rig);

  move (rig, id, 5, 1, 1);
  pass (rig, MINUTE);
  ptl_clock_turn (rig->clock, -MINUTE, 0);
  move (rig, id, 6, 2, 1);
  pass (rig, MINUTE);
  move (rig, id, 0, 0, 0);
  pass (rig, MINUTE);
  assert_list (rig, id, 60, "0:11/2/2 1:0/2/0");
}

static void
test_counters_set_anew (Rig *rig, gconstpointer data)
{
  g_autofree char *id = add_rule (rig);
  PtlTraffic anew = { .bytes_in = 3, .connections_now = 1, .connections_ever = 1 };

  move (rig, id, 500, 1, 7);
  g_signal_emit_by_name (rig->meter, "moved", ptl_inventory_get (rig->inventory, id), &anew);
  assert_list (rig, id, 60, "0:503/1/8");
}

#define ADD(name, function) g_test_add ("/sampler/" name, Rig, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("minutes", test_minutes);
  ADD ("connected", test_connected);
  ADD ("brief-connection", test_brief_connection);
  ADD ("closed", test_closed);
  ADD ("restart", test_restart);
  ADD ("hours", test_hours);
  ADD ("clock-is-set", test_clock_is_set);
  ADD ("clock-goes-back", test_clock_goes_back);
  ADD ("counters-set-anew", test_counters_set_anew);
  return g_test_run ();
}
