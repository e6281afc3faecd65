/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ptl-bucket.h"

#define SECOND G_USEC_PER_SEC
#define START (1000 * (gint64) SECOND)

/* A burst of one second's worth, then evenly. */
static void
test_take (void)
{
  static const guint64 rates[] = { 1, 3, 7, 100, 10000 };

  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      PtlBucket bucket = { 0 };
      guint64 rate = rates[i], taken = 0;
      gint64 one_us = (gint64) (SECOND / rate) + 1;

      while (ptl_bucket_take (&bucket, rate, SECOND, 1, START))
        taken++;
      g_assert_cmpuint (taken, ==, rate);
      g_assert_false (ptl_bucket_take (&bucket, rate, SECOND, 1, START + one_us / 2 - 1));
      g_assert_true (ptl_bucket_take (&bucket, rate, SECOND, 1, START + one_us));
      g_assert_false (ptl_bucket_take (&bucket, rate, SECOND, 1, START + one_us));
      for (taken = 0; ptl_bucket_take (&bucket, rate, SECOND, 1, START + 100 * SECOND); taken++)
        ;
      g_assert_cmpuint (taken, ==, rate);
    }
}

static void
test_all_or_none (void)
{
  PtlBucket bucket = { 0 };

  g_assert_false (ptl_bucket_take (&bucket, 100, SECOND, 101, START));
  g_assert_true (ptl_bucket_take (&bucket, 100, SECOND, 99, START));
  g_assert_false (ptl_bucket_take (&bucket, 100, SECOND, 2, START));
  g_assert_true (ptl_bucket_take (&bucket, 100, SECOND, 1, START));
}

/* What is larger than the burst passes whole, and is paid for afterwards. */
static void
test_overdraw (void)
{
  PtlBucket bucket = { 0 };

  g_assert_true (ptl_bucket_overdraw (&bucket, 1000, SECOND / 50, 2000, START));
  g_assert_false (ptl_bucket_overdraw (&bucket, 1000, SECOND / 50, 1, START));
  g_assert_false (ptl_bucket_overdraw (&bucket, 1000, SECOND / 50, 1, START + 1979 * 1000));
  g_assert_true (ptl_bucket_overdraw (&bucket, 1000, SECOND / 50, 1, START + 1981 * 1000));
}

/* Each after the one before, whoever it is. */
static void
test_book (void)
{
  PtlBucket bucket = { 0 };
  gint64 burst_us = 20 * 1000;

  g_assert_cmpint (ptl_bucket_book (&bucket, 1000000, burst_us, 10000, START), ==, START - 10000);
  g_assert_cmpint (ptl_bucket_book (&bucket, 1000000, burst_us, 10000, START), ==, START);
  g_assert_cmpint (ptl_bucket_book (&bucket, 1000000, burst_us, 5000, START), ==, START + 5000);
  g_assert_cmpint (ptl_bucket_book (&bucket, 1000000, burst_us, 5000, START), ==, START + 10000);
  ptl_bucket_give_back (&bucket, 1000000, 10000);
  g_assert_cmpint (ptl_bucket_book (&bucket, 1000000, burst_us, 5000, START), ==, START + 5000);
}

typedef struct
{
  PtlBucket bucket;
  gint64 now_us;
  _Atomic guint taken;
} Shared;

static gpointer
take_many (gpointer data)
{
  Shared *shared = data;

  for (guint i = 0; i < 20000; i++)
    if (ptl_bucket_take (&shared->bucket, 5000, SECOND, 1, shared->now_us))
      atomic_fetch_add (&shared->taken, 1);
  return NULL;
}

/* Four at a time get together what one would have got. */
static void
test_threads (void)
{
  Shared shared = { .now_us = START };
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("taker", take_many, &shared);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (shared.taken, ==, 5000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/bucket/take", test_take);
  g_test_add_func ("/engine/bucket/all-or-none", test_all_or_none);
  g_test_add_func ("/engine/bucket/overdraw", test_overdraw);
  g_test_add_func ("/engine/bucket/book", test_book);
  g_test_add_func ("/engine/bucket/threads", test_threads);
  return g_test_run ();
}
