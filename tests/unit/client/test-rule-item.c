/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ptl-rule-item.h"
#include "fake-worker.h"

static void
on_notify (GObject *object, GParamSpec *pspec, GString *log)
{
  g_string_append_printf (log, "%s ", pspec->name);
}

static void
on_changed (PtlRuleItem *item, GString *log)
{
  g_string_append (log, "! ");
}

static const struct
{
  const char *changed;
  const char *log; /* what is notified, then ! for the signal */
} changes[] = {
  { "{'BytesIn': <uint64 5>}", "bytes-in ! " },
  { "{'BytesIn': <uint64 0>}", "! " },
  { "{'LastUsed': <int64 9>}", "! " },
  { "{'BytesOut': <uint64 5>, 'ConnectionsNow': <uint64 2>}", "bytes-out connections-now ! " },
  { "{'State': <'degraded'>, 'ErrorCode': <'router-silent'>, 'ErrorMessage': <'Mute.'>}",
    "error-message state ! " },
  { "{'PublicEndpoint': <'5.6.7.8:8080'>}", "public-endpoint ! " },
  { "{'Expires': <int64 1900000001>, 'BytesIn': <uint64 1>}", "bytes-in expires ! " },
  { "{'Owner': <'bob'>, 'Name': <'x'>}", "name owner ! " },
};

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* The order of notifications says nothing. */
static char *
sorted (const char *log)
{
  g_auto (GStrv) words = g_strsplit (log, " ", -1);

  qsort (words, g_strv_length (words), sizeof (char *), compare_words);
  return g_strjoinv (" ", words);
}

static void
test_apply (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (PtlRuleItem) item = ptl_rule_item_new (fake_rule (1, "one"));
      g_autoptr (GString) log = g_string_new (NULL);
      g_autoptr (GVariant) changed = g_variant_new_parsed (changes[i].changed);
      g_autoptr (GError) error = NULL;
      g_autofree char *got = NULL;
      g_autofree char *expected = sorted (changes[i].log);

      g_variant_ref_sink (changed);
      g_signal_connect (item, "notify", G_CALLBACK (on_notify), log);
      g_signal_connect (item, "changed", G_CALLBACK (on_changed), log);
      g_assert_true (ptl_rule_item_apply (item, changed, &error));
      g_assert_no_error (error);
      got = sorted (log->str);
      g_assert_cmpstr (got, ==, expected);
    }
}

static void
test_apply_wrong (void)
{
  g_autoptr (PtlRuleItem) item = ptl_rule_item_new (fake_rule (1, "one"));
  g_autoptr (GVariant) changed = g_variant_ref_sink (
    g_variant_new_parsed ("{'State': <'sideways'>, 'Name': <'two'>}"));
  g_autoptr (GError) error = NULL;

  g_assert_false (ptl_rule_item_apply (item, changed, &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (ptl_rule_item_get_rule (item)->name, ==, "one");
}

static void
test_properties (void)
{
  g_autoptr (PtlRuleItem) item = ptl_rule_item_new (fake_rule (7, "seven"));
  g_autofree char *id = NULL, *state = NULL, *public_endpoint = NULL, *kind = NULL,
                  *protocol = NULL;
  gint64 expires;

  g_object_get (item, "id", &id, "state", &state, "public-endpoint", &public_endpoint, "kind",
                &kind, "protocol", &protocol, "expires", &expires, NULL);
  g_assert_cmpstr (id, ==, "00000007-1234-4abc-8def-000000000000");
  g_assert_cmpstr (state, ==, "open");
  g_assert_cmpstr (public_endpoint, ==, "127.0.0.1:8080");
  g_assert_cmpstr (kind, ==, "forward");
  g_assert_cmpstr (protocol, ==, "tcp");
  g_assert_cmpint (expires, ==, 1900000000);
}

static void
test_placeholder (void)
{
  g_autoptr (PtlRuleItem) item = ptl_rule_item_new_placeholder ();
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *id = NULL;

  g_assert_true (ptl_rule_item_is_placeholder (item));
  g_object_get (item, "public-endpoint", &id, NULL);
  g_assert_cmpstr (id, ==, "");
  g_signal_connect (item, "notify::placeholder", G_CALLBACK (on_notify), log);
  ptl_rule_item_update (item, fake_rule (1, "one"));
  g_assert_false (ptl_rule_item_is_placeholder (item));
  g_assert_cmpstr (log->str, ==, "placeholder ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rule-item/apply", test_apply);
  g_test_add_func ("/rule-item/apply-wrong", test_apply_wrong);
  g_test_add_func ("/rule-item/properties", test_properties);
  g_test_add_func ("/rule-item/placeholder", test_placeholder);
  return g_test_run ();
}
