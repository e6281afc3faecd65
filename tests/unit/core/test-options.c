/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-error.h"
#include "core/ptl-options.h"

typedef struct
{
  PtlOption option;
  const char *text;
  guint64 value;
  const char *again; /* NULL: refused */
} ParseCase;

static const ParseCase parse_cases[] = {
  { PTL_OPTION_MAX_CONNECTIONS, "100", 100, "100" },
  { PTL_OPTION_MAX_CONNECTIONS, "0", 0, "0" },
  { PTL_OPTION_MAX_CONNECTIONS, "1000001", 0, NULL },
  { PTL_OPTION_MAX_CONNECTIONS, "-1", 0, NULL },
  { PTL_OPTION_MAX_CONNECTIONS, "1k", 0, NULL },
  { PTL_OPTION_MAX_CONNECTIONS, "", 0, NULL },
  { PTL_OPTION_MAX_CONNECTIONS, "99999999999999999999", 0, NULL },
  { PTL_OPTION_RATE, "10M", 10000000, "10M" },
  { PTL_OPTION_RATE, "512Ki", 512 * 1024, "512Ki" },
  { PTL_OPTION_RATE, "1500", 1500, "1500" },
  { PTL_OPTION_RATE, "1500000", 1500000, "1500k" },
  { PTL_OPTION_RATE, "10Mb", 0, NULL },
  { PTL_OPTION_RATE, "10 M", 10000000, "10M" },
  { PTL_OPTION_RATE, "10 MB/s", 10000000, "10M" },
  { PTL_OPTION_RATE, "10MB", 10000000, "10M" },
  { PTL_OPTION_RATE, "1.5M", 1500000, "1500k" },
  { PTL_OPTION_RATE, "1,25 GB", 1250000000, "1250M" },
  { PTL_OPTION_RATE, "0.5Ki", 512, "512" },
  { PTL_OPTION_RATE, "500 kB", 500000, "500k" },
  { PTL_OPTION_RATE, "800 B/s", 800, "800" },
  { PTL_OPTION_RATE, "1.5.5M", 0, NULL },
  { PTL_OPTION_RATE, "1.M", 0, NULL },
  { PTL_OPTION_RATE, "10M/h", 0, NULL },
  { PTL_OPTION_RATE, "10 MBit", 0, NULL },
  { PTL_OPTION_RATE, "99999999999999T", 0, NULL },
  { PTL_OPTION_RATE, "99999999T", 0, NULL },
  { PTL_OPTION_BAN_FOR, "90", 90, "1m30s" },
  { PTL_OPTION_BAN_FOR, "10m", 600, "10m" },
  { PTL_OPTION_BAN_FOR, "0", 0, NULL },
  { PTL_OPTION_BAN_FOR, "31d", 0, NULL },
  { PTL_OPTION_TOTAL_TIMEOUT, "0", 0, "0s" },
  { PTL_OPTION_BALANCE, "source-hash", PTL_BALANCE_SOURCE_HASH, "source-hash" },
  { PTL_OPTION_BALANCE, "random", 0, NULL },
  { PTL_OPTION_BALANCE, "1", 0, NULL },
  { PTL_OPTION_PROXY, "v2", PTL_PROXY_V2, "v2" },
};

static void
test_parse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (parse_cases); i++)
    {
      const ParseCase *c = &parse_cases[i];
      g_autoptr (GError) error = NULL;
      guint64 value = 77;
      gboolean good = ptl_option_parse (c->option, c->text, &value, &error);
      g_autofree char *again = NULL;

      g_test_message ("%s: %s", ptl_option_get_spec (c->option)->name, c->text);
      g_assert_cmpint (good, ==, c->again != NULL);
      if (!good)
        {
          g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
          g_assert_cmpuint (value, ==, 77);
          continue;
        }
      again = ptl_option_to_string (c->option, value);
      g_assert_cmpuint (value, ==, c->value);
      g_assert_cmpstr (again, ==, c->again);
    }
}

static void
test_find (void)
{
  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    {
      const PtlOptionSpec *spec = ptl_option_get_spec (i);
      g_autofree char *hyphens = g_strdelimit (g_strdup (spec->name), "_", '-');
      PtlOption found = PTL_N_OPTIONS;

      g_assert_true (ptl_option_find (spec->key, &found) && found == i);
      g_assert_true (ptl_option_find (spec->name, &found) && found == i);
      g_assert_true (ptl_option_find (hyphens, &found) && found == i);
      g_assert_cmpuint (spec->fallback, >=, spec->least);
      g_assert_cmpuint (spec->fallback, <=, spec->most);
    }
  g_assert_false (ptl_option_find ("max_connection", &(PtlOption){ 0 }));
  g_assert_false (ptl_option_find ("", &(PtlOption){ 0 }));
}

static PtlOptions *
options_of (const char *text, GError **error)
{
  g_autoptr (PtlOptions) options = ptl_options_new ();
  g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (variant);
  return ptl_options_apply (options, variant, PTL_PROTOCOL_TCP, error)
             ? g_steal_pointer (&options)
             : NULL;
}

static void
test_variant (void)
{
  g_autoptr (PtlOptions) plain = ptl_options_new ();
  g_autoptr (GVariant) nothing = g_variant_ref_sink (ptl_options_to_variant (plain));
  g_autoptr (PtlOptions) options = options_of (
      "{'MaxConnections': <uint64 5>, 'Balance': <'source-hash'>, 'Proxy': <'v1'>,"
      " 'Targets': <['10.0.0.2:80', '!10.0.0.3:80', '/run/x.sock']>, 'ProxyFrom': <['10.0.0.0/8']>}",
      NULL);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (PtlOptions) again = ptl_options_new ();
  g_autoptr (PtlOptions) copy = NULL;

  g_assert_true (ptl_options_is_plain (plain));
  g_assert_cmpuint (g_variant_n_children (nothing), ==, 0);
  g_assert_nonnull (options);
  g_assert_false (ptl_options_is_plain (options));
  g_assert_cmpuint (options->values[PTL_OPTION_MAX_CONNECTIONS], ==, 5);
  g_assert_cmpuint (options->targets->len, ==, 3);
  g_assert_true (((PtlTarget *) g_ptr_array_index (options->targets, 1))->backup);
  variant = g_variant_ref_sink (ptl_options_to_variant (options));
  g_assert_cmpuint (g_variant_n_children (variant), ==, 5);
  g_assert_true (ptl_options_apply (again, variant, PTL_PROTOCOL_TCP, NULL));
  g_assert_true (ptl_options_equal (options, again));
  g_assert_false (ptl_options_equal (options, plain));
  copy = ptl_options_copy (options);
  g_assert_true (ptl_options_equal (options, copy));
  copy->values[PTL_OPTION_RATE] = 1;
  g_assert_false (ptl_options_equal (options, copy));
}

/* What went back to usual is said, and so is a list that is empty now. */
static void
test_since (void)
{
  g_autoptr (PtlOptions) before = options_of (
      "{'MaxConnections': <uint64 5>, 'Rate': <uint64 1000>, 'Balance': <'source-hash'>,"
      " 'Targets': <['10.0.0.2:80']>, 'ProxyFrom': <['10.0.0.0/8']>}",
      NULL);
  g_autoptr (PtlOptions) after = options_of ("{'Rate': <uint64 1000>, 'Proxy': <'v2'>}", NULL);
  g_autoptr (GVariant) same = g_variant_ref_sink (ptl_options_to_variant_since (before, before));
  g_autoptr (GVariant) variant = g_variant_ref_sink (ptl_options_to_variant_since (after, before));
  g_autoptr (GVariant) wanted = g_variant_ref_sink (g_variant_new_parsed (
      "{'MaxConnections': <uint64 0>, 'Balance': <'round-robin'>, 'Proxy': <'v2'>,"
      " 'Targets': <@as []>, 'ProxyFrom': <@as []>}"));

  g_assert_cmpuint (g_variant_n_children (same), ==, 0);
  g_assert_true (g_variant_equal (variant, wanted));
  g_assert_true (ptl_options_apply (before, variant, PTL_PROTOCOL_TCP, NULL));
  g_assert_true (ptl_options_equal (before, after));
}

static const char *const bad[] = {
  "{'MaxConnection': <uint64 5>}",
  "{'max_connections': <uint64 5>}",
  "{'MaxConnections': <int64 5>}",
  "{'MaxConnections': <'5'>}",
  "{'MaxConnections': <uint64 1000001>}",
  "{'Balance': <'random'>}",
  "{'Balance': <uint64 1>}",
  "{'Targets': <'10.0.0.1:80'>}",
  "{'Targets': <['10.0.0.1:808080']>}",
  "{'ProxyFrom': <['10.0.0.1/8']>}",
  "{'UdpSessions': <uint64 0>}",
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (options_of (bad[i], &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

static void
test_words (void)
{
  g_autoptr (PtlOptions) plain = ptl_options_new ();
  g_autoptr (PtlOptions) options = options_of (
      "{'UdpReplies': <uint64 0>, 'BanFor': <uint64 90>, 'Balance': <'source-hash'>,"
      " 'Targets': <['10.0.0.2:80', '!10.0.0.3:80']>, 'ProxyFrom': <['10.0.0.0/8']>}",
      NULL);
  g_auto (GStrv) nothing = ptl_options_to_words (plain, TRUE);
  g_auto (GStrv) words = ptl_options_to_words (options, FALSE);
  g_autofree char *text = g_strjoinv ("\n", words);

  g_assert_cmpuint (g_strv_length (nothing), ==, 0);
  g_assert_cmpstr (text, ==,
                   "A source is banned for: 1m30s\n"
                   "UDP reply bytes for each byte of an unknown source: no bound\n"
                   "Choice of the target: source-hash\n"
                   "Further targets: 10.0.0.2:80\n"
                   "Backup targets: 10.0.0.3:80\n"
                   "A PROXY header is asked of: 10.0.0.0/8");
  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    g_assert_nonnull (ptl_option_get_label (i));
}

/* A mistake in one leaves the others as they were too. */
static void
test_all_or_nothing (void)
{
  g_autoptr (PtlOptions) options = ptl_options_new ();
  g_autoptr (GVariant) variant = g_variant_parse (
      G_VARIANT_TYPE_VARDICT, "{'Rate': <uint64 5>, 'Nonsense': <uint64 1>}", NULL, NULL, NULL);

  g_assert_false (ptl_options_apply (options, variant, PTL_PROTOCOL_TCP, NULL));
  g_assert_true (ptl_options_is_plain (options));
}

typedef struct
{
  const char *options;
  const char *target;
  PtlProtocol protocol;
  gboolean fits;
} CheckCase;

static const CheckCase check_cases[] = {
  { "{'MaxConnections': <uint64 5>, 'MaxPerSource': <uint64 5>}", "h:1", PTL_PROTOCOL_TCP, TRUE },
  { "{'MaxConnections': <uint64 5>, 'MaxPerSource': <uint64 6>}", "h:1", PTL_PROTOCOL_TCP, FALSE },
  { "{'MaxPerSource': <uint64 6>}", "h:1", PTL_PROTOCOL_TCP, TRUE },
  { "{'NewPerSecond': <uint64 5>, 'NewPerSource': <uint64 6>}", "h:1", PTL_PROTOCOL_TCP, FALSE },
  { "{'Rate': <uint64 5>, 'RatePerConnection': <uint64 6>}", "h:1", PTL_PROTOCOL_TCP, FALSE },
  { "{'Targets': <['g:1', 'k:2']>}", "h:1", PTL_PROTOCOL_TCP, TRUE },
  { "{'Targets': <['g:1', 'g:1']>}", "h:1", PTL_PROTOCOL_TCP, FALSE },
  { "{'Targets': <['h:1']>}", "h:1", PTL_PROTOCOL_TCP, FALSE },
  { "{'Targets': <['g:1-2']>}", "h:1", PTL_PROTOCOL_TCP, FALSE },
  { "{'Targets': <['g:1-2']>}", "h:3-4", PTL_PROTOCOL_TCP, TRUE },
  { "{'Targets': <['g']>}", "h:1", PTL_PROTOCOL_TCP, FALSE },
  { "{'Targets': <['/run/x.sock']>}", "h:1", PTL_PROTOCOL_TCP, TRUE },
  { "{'Targets': <['/run/x.sock']>}", "h:1", PTL_PROTOCOL_BOTH, FALSE },
  { "{'Proxy': <'v2'>}", "h:1", PTL_PROTOCOL_BOTH, TRUE },
  { "{'Proxy': <'v2'>}", "h:1", PTL_PROTOCOL_UDP, FALSE },
  { "{'ProxyFrom': <['!10.0.0.0/8']>}", "h:1", PTL_PROTOCOL_TCP, FALSE },
  { "{'HealthInterval': <uint64 10>}", "h:1", PTL_PROTOCOL_UDP, FALSE },
};

static void
test_check (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (check_cases); i++)
    {
      const CheckCase *c = &check_cases[i];
      g_autoptr (PtlOptions) options = options_of (c->options, NULL);
      g_autoptr (PtlEndpoint) target = ptl_endpoint_parse (c->target, c->protocol, NULL);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", c->options);
      for (guint j = 0; j < options->targets->len; j++)
        ((PtlTarget *) g_ptr_array_index (options->targets, j))->endpoint->protocol = c->protocol;
      g_assert_cmpint (ptl_options_check (options, c->protocol, target, &error), ==, c->fits);
      if (!c->fits)
        g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/parse", test_parse);
  g_test_add_func ("/options/find", test_find);
  g_test_add_func ("/options/variant", test_variant);
  g_test_add_func ("/options/words", test_words);
  g_test_add_func ("/options/since", test_since);
  g_test_add_func ("/options/bad", test_bad);
  g_test_add_func ("/options/all-or-nothing", test_all_or_nothing);
  g_test_add_func ("/options/check", test_check);
  return g_test_run ();
}
