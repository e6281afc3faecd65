/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-audience.h"
#include "core/ptl-error.h"
#include "core/ptl-host.h"

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
  for (int i = 0; i <= PTL_AUDIENCE_MAX_NETWORKS; i++)
    g_ptr_array_add (many, g_strdup_printf ("10.0.%d.%d", i / 256, i % 256));
  g_ptr_array_add (many, NULL);
  g_assert_null (ptl_audience_new ((const char *const *) many->pdata, NULL));
}

typedef struct
{
  const char *networks; /* by spaces */
  const char *in;       /* addresses that may connect */
  const char *out;
  const char *text;
} Case;

static const Case cases[] = {
  { "!10.0.0.5", "10.0.0.4 10.0.0.6 ::1 8.8.8.8", "10.0.0.5 ::ffff:10.0.0.5", "anyone but 10.0.0.5/32" },
  { "10.0.0.0/8 !10.1.0.0/16 10.1.2.0/24 !10.1.2.3",
    "10.0.255.255 10.2.0.0 10.1.2.0 10.1.2.2 10.1.2.4 10.1.2.255 10.255.255.255",
    "9.255.255.255 11.0.0.0 10.1.0.0 10.1.1.255 10.1.2.3 10.1.3.0 10.1.255.255 ::1",
    "10.0.0.0/8, 10.1.2.0/24 but 10.1.0.0/16, 10.1.2.3/32" },
  { "0.0.0.0/0 !255.255.255.255", "0.0.0.0 255.255.255.254", "255.255.255.255 ::1",
    "0.0.0.0/0 but 255.255.255.255/32" },
  { "!0.0.0.0/0", "2001:db8::1", "0.0.0.0 1.2.3.4 255.255.255.255", "anyone but 0.0.0.0/0" },
  { "2001:db8::/32 !2001:db8:1::/48", "2001:db8::1 2001:db8:2::", "2001:db8:1::7 2001:db9:: 1.2.3.4",
    "2001:db8::/32 but 2001:db8:1::/48" },
  { "10.0.0.0/25 10.0.0.128/25", "10.0.0.0 10.0.0.127 10.0.0.128 10.0.0.255", "10.0.1.0 9.255.255.255",
    "10.0.0.0/25, 10.0.0.128/25" },
};

static void
assert_verdicts (const PtlAudience *audience, const char *addresses, gboolean expected)
{
  g_auto (GStrv) list = g_strsplit (addresses, " ", -1);

  for (char **i = list; *i != NULL; i++)
    {
      guint8 bytes[16];
      guint8 family = ptl_address_parse (*i, bytes);

      if (ptl_audience_contains (audience, family, bytes) != expected)
        g_error ("%s should be %s", *i, expected ? "in" : "out");
    }
}

static void
test_denied (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) networks = g_strsplit (cases[i].networks, " ", -1);
      g_autoptr (PtlAudience) audience = ptl_audience_new ((const char *const *) networks, NULL);
      g_autofree char *text = ptl_audience_to_string (audience);
      g_auto (GStrv) again = ptl_audience_to_strv (audience);
      g_autoptr (PtlAudience) same = ptl_audience_new ((const char *const *) again, NULL);

      assert_verdicts (audience, cases[i].in, TRUE);
      assert_verdicts (audience, cases[i].out, FALSE);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_true (ptl_audience_equal (audience, same));
      g_assert_false (ptl_audience_is_anyone (audience));
    }
}

static void
assert_strv (const PtlAudience *audience, const char *wanted)
{
  g_auto (GStrv) texts = ptl_audience_to_strv (audience);
  g_autofree char *text = g_strjoinv (" ", texts);

  g_assert_cmpstr (text, ==, wanted);
}

static void
test_undeny (void)
{
  const char *const networks[] = { "10.0.0.0/8", "!10.0.0.5", "!10.1.0.0/16", NULL };
  g_autoptr (PtlAudience) audience = ptl_audience_new (networks, NULL);
  g_autoptr (PtlAudience) less = ptl_audience_undeny (audience, "10.0.0.5/32", NULL);
  g_autoptr (PtlAudience) none = ptl_audience_undeny (less, "10.1.0.0/16", NULL);
  g_autoptr (PtlAudience) again = ptl_audience_deny (none, "10.0.0.5", NULL);
  g_autoptr (GError) allowed = NULL;
  g_autoptr (GError) part = NULL;
  g_autoptr (GError) nonsense = NULL;

  assert_strv (less, "10.0.0.0/8 !10.1.0.0/16");
  assert_strv (none, "10.0.0.0/8");
  assert_strv (again, "10.0.0.0/8 !10.0.0.5/32");
  g_assert_null (ptl_audience_undeny (audience, "10.0.0.0/8", &allowed));
  g_assert_error (allowed, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_assert_null (ptl_audience_undeny (audience, "10.1.2.0/24", &part));
  g_assert_error (part, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_assert_null (ptl_audience_undeny (audience, "!10.0.0.5", &nonsense));
  g_assert_error (nonsense, PTL_ERROR, PTL_ERROR_INVALID);
}

/* Against the plain way: of all networks that hold the address, the longest decides. */
static gboolean
decide (const PtlAudience *audience, const guint8 *bytes)
{
  gboolean verdict = ptl_audience_get_n_networks (audience) == 0;
  int longest = -1;

  for (guint i = 0; i < ptl_audience_get_n_networks (audience); i++)
    {
      const PtlNetwork *network = ptl_audience_get_network (audience, i);

      if (ptl_network_contains (network, 4, bytes) && network->prefix > longest)
        {
          longest = network->prefix;
          verdict = TRUE;
        }
    }
  for (guint i = 0; i < ptl_audience_get_n_denied (audience); i++)
    {
      const PtlNetwork *network = ptl_audience_get_denied (audience, i);

      if (ptl_network_contains (network, 4, bytes) && network->prefix > longest)
        {
          longest = network->prefix;
          verdict = FALSE;
        }
    }
  return verdict;
}

static void
test_random (void)
{
  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (PtlAudience) audience = NULL;
      guint n = (guint) g_test_rand_int_range (1, 30);

      for (guint i = 0; i < n; i++)
        {
          guint prefix = (guint) g_test_rand_int_range (0, 33);
          guint32 address = prefix == 0 ? 0 : (guint32) g_test_rand_int () & 0xc0c00003u & ~0u << (32 - prefix);

          g_ptr_array_add (texts, g_strdup_printf ("%s%u.%u.%u.%u/%u", i % 3 == 0 ? "!" : "", address >> 24,
                                                   address >> 16 & 255, address >> 8 & 255, address & 255,
                                                   prefix));
        }
      g_ptr_array_add (texts, NULL);
      audience = ptl_audience_new ((const char *const *) texts->pdata, NULL);
      if (audience == NULL) /* one network both ways */
        continue;
      for (guint i = 0; i < 300; i++)
        {
          guint32 address = g_htonl ((guint32) g_test_rand_int () & 0xe0e00007u);
          guint8 bytes[16] = { 0 };

          memcpy (bytes, &address, sizeof address);
          g_assert_cmpint (ptl_audience_contains (audience, 4, bytes), ==, decide (audience, bytes));
        }
    }
}

static void
test_deny (void)
{
  g_autoptr (PtlAudience) anyone = ptl_audience_new_anyone ();
  g_autoptr (PtlAudience) once = ptl_audience_deny (anyone, "10.0.0.5", NULL);
  g_autoptr (PtlAudience) twice = ptl_audience_deny (once, "10.0.0.5/32", NULL);
  const char *const lone[] = { "10.0.0.5", NULL };
  g_autoptr (PtlAudience) one = ptl_audience_new (lone, NULL);
  const char *const both[] = { "10.0.0.5", "!10.0.0.5/32", NULL };
  g_autofree char *text = ptl_audience_to_string (once);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (text, ==, "anyone but 10.0.0.5/32");
  g_assert_true (ptl_audience_equal (once, twice));
  g_assert_null (ptl_audience_deny (one, "10.0.0.5", &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (ptl_audience_new (both, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
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
  g_test_add_func ("/audience/denied", test_denied);
  g_test_add_func ("/audience/undeny", test_undeny);
  g_test_add_func ("/audience/random", test_random);
  g_test_add_func ("/audience/deny", test_deny);
  g_test_add_func ("/audience/threads", test_threads);
  return g_test_run ();
}
