/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-audience.h"
#include "core/ptl-error.h"

static void
test_anyone (void)
{
  g_autoptr (PtlAudience) anyone = ptl_audience_new_anyone ();
  g_autoptr (PtlAudience) empty = ptl_audience_new ((const char *const[]){ NULL }, NULL);
  g_autoptr (PtlAudience) null = ptl_audience_new (NULL, NULL);
  g_autofree char *text = ptl_audience_to_string (anyone);
  g_auto (GStrv) texts = ptl_audience_to_strv (anyone);
  guint8 four[4] = { 8, 8, 8, 8 }, six[16] = { 0x20 };

  g_assert_true (ptl_audience_is_anyone (anyone));
  g_assert_true (ptl_audience_equal (anyone, empty));
  g_assert_true (ptl_audience_equal (anyone, null));
  g_assert_cmpstr (text, ==, "anyone");
  g_assert_cmpuint (g_strv_length (texts), ==, 0);
  g_assert_true (ptl_audience_contains (anyone, 4, four));
  g_assert_true (ptl_audience_contains (anyone, 6, six));
}

static void
test_list (void)
{
  const char *const networks[] = { "10.0.0.0/8", "2001:db8::/32", "10.0.0.0/8", NULL };
  const char *const turned[] = { "2001:db8::/32", "10.0.0.0/8", NULL };
  const char *const other[] = { "2001:db8::/32", "10.0.0.0/9", NULL };
  g_autoptr (PtlAudience) list = ptl_audience_new (networks, NULL);
  g_autoptr (PtlAudience) same = ptl_audience_new (turned, NULL);
  g_autoptr (PtlAudience) different = ptl_audience_new (other, NULL);
  g_autofree char *text = ptl_audience_to_string (list);
  guint8 in[4] = { 10, 1, 1, 1 }, out[4] = { 11, 1, 1, 1 };
  guint8 mapped[16] = { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 9 };

  g_assert_cmpuint (ptl_audience_get_n_networks (list), ==, 2);
  g_assert_cmpuint (ptl_audience_get_network (list, 1)->prefix, ==, 32);
  g_assert_cmpstr (text, ==, "10.0.0.0/8, 2001:db8::/32");
  g_assert_true (ptl_audience_equal (list, same));
  g_assert_false (ptl_audience_equal (list, different));
  g_assert_false (ptl_audience_is_anyone (list));
  g_assert_true (ptl_audience_contains (list, 4, in));
  g_assert_false (ptl_audience_contains (list, 4, out));
  g_assert_true (ptl_audience_contains (list, 6, mapped));
}

static void
test_bad (void)
{
  const char *const networks[] = { "10.0.0.0/8", "10.0.0.1/8", NULL };
  const char *const blank[] = { "", NULL };
  g_autoptr (GPtrArray) many = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  g_assert_null (ptl_audience_new (networks, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_assert_null (ptl_audience_new (blank, NULL));
  for (int i = 0; i < 257; i++)
    g_ptr_array_add (many, g_strdup_printf ("10.0.%d.%d", i / 256, i % 256));
  g_ptr_array_add (many, NULL);
  g_assert_null (ptl_audience_new ((const char *const *) many->pdata, NULL));
}

static gpointer
hold (gpointer data)
{
  for (int i = 0; i < 10000; i++)
    {
      PtlAudience *audience = ptl_audience_ref (data);

      ptl_audience_unref (audience);
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (PtlAudience) anyone = ptl_audience_new_anyone ();
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("hold", hold, anyone);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_true (ptl_audience_is_anyone (anyone));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audience/anyone", test_anyone);
  g_test_add_func ("/audience/list", test_list);
  g_test_add_func ("/audience/bad", test_bad);
  g_test_add_func ("/audience/threads", test_threads);
  return g_test_run ();
}
