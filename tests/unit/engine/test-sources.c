/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ptl-sources.h"

#include <string.h>

#define SECOND ((gint64) G_USEC_PER_SEC)
#define NOW (1000 * SECOND)

static PtlAddress
address (const char *text)
{
  PtlSockaddr parsed;
  PtlAddress result;

  g_assert_true (ptl_sockaddr_parse (&parsed, text, 0));
  ptl_sockaddr_get_address (&parsed, &result);
  return result;
}

static PtlAddress
nth_address (guint n)
{
  PtlAddress result = { .family = 4, .bytes = { 10, (guint8) (n >> 16), (guint8) (n >> 8), (guint8) n } };

  return result;
}

static PtlSourceEntry *
begin (PtlSources *sources, PtlAddress from)
{
  PtlSourceEntry *entry = ptl_sources_enter (sources, &from);

  entry->now++;
  entry->ever++;
  ptl_sources_leave (sources, entry, NOW);
  return entry;
}

static void
end (PtlSources *sources, PtlSourceEntry *entry, guint64 in, guint64 out)
{
  ptl_source_entry_add_bytes (entry, in, out);
  ptl_sources_reenter (sources, entry);
  entry->now--;
  ptl_sources_leave (sources, entry, NOW);
}

static void
visit (PtlSources *sources, guint n)
{
  end (sources, begin (sources, nth_address (n)), 0, 0);
}

static void
ban (PtlSources *sources, guint n)
{
  PtlAddress from = nth_address (n);
  PtlSourceEntry *entry = ptl_sources_enter (sources, &from);

  entry->banned_until_us = NOW + SECOND;
  ptl_sources_leave (sources, entry, NOW);
}

static gboolean
is_banned (PtlSources *sources, guint n)
{
  PtlAddress from = nth_address (n);
  PtlSourceEntry *entry = ptl_sources_enter (sources, &from);
  gboolean banned = entry->banned_until_us > NOW;

  ptl_sources_leave (sources, entry, NOW);
  return banned;
}

static const struct
{
  const char *a, *b;
  gboolean same;
  guint8 bits;
} keys[] = {
  { "192.0.2.1", "192.0.2.1", TRUE, 32 },
  { "192.0.2.1", "192.0.2.2", FALSE, 32 },
  { "192.0.2.1", "::ffff:192.0.2.1", TRUE, 32 },
  { "2001:db8:1:2::1", "2001:db8:1:2:ffff::7", TRUE, 64 },
  { "2001:db8:1:2::1", "2001:db8:1:3::1", FALSE, 64 },
  { "fe80::1", "fe80::2", FALSE, 128 },
  { "::1", "::2", FALSE, 128 },
  { "64:ff9b::192.0.2.1", "64:ff9b::192.0.2.2", FALSE, 128 },
};

static void
test_keys (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      PtlAddress a = address (keys[i].a), b = address (keys[i].b), key_a, key_b;

      g_assert_cmpuint (ptl_source_key (&a, &key_a), ==, keys[i].bits);
      g_assert_cmpuint (ptl_source_key (&b, &key_b), ==, keys[i].bits);
      g_assert_cmpint (memcmp (&key_a, &key_b, sizeof key_a) == 0, ==, keys[i].same);
    }
}

static void
test_list (void)
{
  g_autoptr (PtlSources) sources = ptl_sources_new ();
  g_autoptr (GArray) top = NULL;
  PtlSourceEntry *living;
  const PtlSourceRecord *records;

  for (guint i = 0; i < 20; i++)
    end (sources, begin (sources, nth_address (i)), i, 2 * i);
  visit (sources, 0);
  living = begin (sources, nth_address (7));
  ptl_source_entry_add_bytes (living, 1000, 0);
  ban (sources, 19);
  top = ptl_sources_list (sources, 3, NOW);
  records = (const PtlSourceRecord *) (gpointer) top->data;
  g_assert_cmpuint (top->len, ==, 3);
  g_assert_cmpuint (records[0].address.bytes[3], ==, 7);
  g_assert_cmpuint (records[0].now, ==, 1);
  g_assert_cmpuint (records[0].ever, ==, 2);
  g_assert_cmpuint (records[0].bytes_in, ==, 1007);
  g_assert_cmpuint (records[0].bytes_out, ==, 14);
  g_assert_cmpuint (records[0].prefix, ==, 32);
  g_assert_cmpuint (records[1].address.bytes[3], ==, 19);
  g_assert_cmpint (records[1].banned_until_us, ==, NOW + SECOND);
  g_assert_cmpuint (records[2].address.bytes[3], ==, 18);
  g_assert_cmpuint (ptl_sources_get_n (sources), ==, 20);
  end (sources, living, 0, 0);
  g_clear_pointer (&top, g_array_unref);
  top = ptl_sources_list (sources, 100, NOW + 2 * SECOND);
  g_assert_cmpuint (top->len, ==, 20);
  g_assert_cmpint (g_array_index (top, PtlSourceRecord, 1).banned_until_us, ==, 0);
  /* Of two that moved nothing the one that came more often. */
  g_assert_cmpuint (g_array_index (top, PtlSourceRecord, 19).ever, ==, 2);
}

/* Those with connections stay whatever comes, and a ban is not washed away by other sources. */
static void
test_bound (void)
{
  g_autoptr (PtlSources) sources = ptl_sources_new ();
  g_autoptr (GPtrArray) living = g_ptr_array_new ();

  ban (sources, 1);
  for (guint i = 0; i < 100; i++)
    g_ptr_array_add (living, begin (sources, nth_address (1000 + i)));
  for (guint i = 0; i < 10 * PTL_SOURCES_MOST; i++)
    visit (sources, 10000 + i);
  g_assert_cmpuint (ptl_sources_get_n (sources), <=, PTL_SOURCES_MOST);
  g_assert_cmpuint (ptl_sources_get_n (sources), >, PTL_SOURCES_MOST / 2);
  g_assert_true (is_banned (sources, 1));
  for (guint i = 0; i < living->len; i++)
    {
      PtlSourceEntry *entry = living->pdata[i];

      g_assert_cmpuint (entry->now, ==, 1);
      g_assert_cmpuint (entry->key.bytes[3], ==, (guint8) (1000 + i));
      end (sources, entry, 0, 0);
    }
}

/* More living than the table is to hold are held; and let go when they end. */
static void
test_many_living (void)
{
  g_autoptr (PtlSources) sources = ptl_sources_new ();
  g_autoptr (GPtrArray) living = g_ptr_array_new ();

  for (guint i = 0; i < PTL_SOURCES_MOST + 1000; i++)
    g_ptr_array_add (living, begin (sources, nth_address (i)));
  g_assert_cmpuint (ptl_sources_get_n (sources), ==, PTL_SOURCES_MOST + 1000);
  for (guint i = 0; i < living->len; i++)
    end (sources, living->pdata[i], 0, 0);
  g_assert_cmpuint (ptl_sources_get_n (sources), <=, PTL_SOURCES_MOST);
}

/* So many bans do not keep everybody else out of the table. */
static void
test_many_banned (void)
{
  g_autoptr (PtlSources) sources = ptl_sources_new ();
  guint n = 0;

  for (guint i = 0; i < 4 * PTL_SOURCES_MOST; i++)
    ban (sources, i);
  for (guint i = 0; i < 4 * PTL_SOURCES_MOST; i++)
    visit (sources, 1000000 + i);
  for (guint i = 0; i < 4 * PTL_SOURCES_MOST; i++)
    n += is_banned (sources, i);
  g_assert_cmpuint (n, >, PTL_SOURCES_MOST / 4);
  g_assert_cmpuint (n, <, PTL_SOURCES_MOST * 3 / 4);
  ptl_sources_clear_bans (sources);
  g_assert_false (is_banned (sources, 4 * PTL_SOURCES_MOST - 1));
}

static void
test_violations (void)
{
  PtlSourceEntry entry = { 0 };

  for (guint i = 1; i <= 5; i++)
    g_assert_cmpuint (ptl_source_entry_violate (&entry, NOW), ==, i);
  g_assert_cmpuint (ptl_source_entry_violate (&entry, NOW + 30 * SECOND), ==, 6);
  g_assert_cmpuint (ptl_source_entry_violate (&entry, NOW + 29 * SECOND), ==, 7);
  g_assert_cmpuint (ptl_source_entry_violate (&entry, NOW + 61 * SECOND), ==, 3);
  g_assert_cmpuint (ptl_source_entry_violate (&entry, NOW + 1000 * SECOND), ==, 1);
}

typedef struct
{
  PtlSources *sources;
  guint seed;
} Job;

static gpointer
come_and_go (gpointer data)
{
  Job *job = data;

  for (guint i = 0; i < 20000; i++)
    end (job->sources, begin (job->sources, nth_address ((i * job->seed) % 50)), 1, 2);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (PtlSources) sources = ptl_sources_new ();
  g_autoptr (GArray) all = NULL;
  Job jobs[4];
  GThread *threads[4];
  guint64 ever = 0, bytes = 0;

  for (guint i = 0; i < 4; i++)
    {
      jobs[i] = (Job){ sources, 2 * i + 1 };
      threads[i] = g_thread_new ("visitor", come_and_go, &jobs[i]);
    }
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  all = ptl_sources_list (sources, 1000, NOW);
  for (guint i = 0; i < all->len; i++)
    {
      const PtlSourceRecord *record = &g_array_index (all, PtlSourceRecord, i);

      g_assert_cmpuint (record->now, ==, 0);
      ever += record->ever;
      bytes += record->bytes_in + record->bytes_out;
    }
  g_assert_cmpuint (ever, ==, 80000);
  g_assert_cmpuint (bytes, ==, 240000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/sources/keys", test_keys);
  g_test_add_func ("/engine/sources/list", test_list);
  g_test_add_func ("/engine/sources/bound", test_bound);
  g_test_add_func ("/engine/sources/many-living", test_many_living);
  g_test_add_func ("/engine/sources/many-banned", test_many_banned);
  g_test_add_func ("/engine/sources/violations", test_violations);
  g_test_add_func ("/engine/sources/threads", test_threads);
  return g_test_run ();
}
