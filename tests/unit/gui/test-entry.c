/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gui/inventory/ptl-rule-columns.h"
#include "gui/network/ptl-entry.h"

static PtlEntry *
make_entry (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) properties = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return ptl_entry_new (properties);
}

static char *
text_of (PtlEntry *entry, const char *id)
{
  return ptl_table_spec_find (&ptl_entry_table, id)->dup_text (entry);
}

static void
test_foreign (void)
{
  g_autoptr (PtlEntry) entry = make_entry ("{'Protocol': <'udp'>, 'ExternalPort': <uint32 51413>, 'Address': <'192.168.1.30'>,"
                                           " 'Port': <uint32 51413>, 'Description': <'<b>Transmission</b>'>,"
                                           " 'Lifetime': <int64 0>, 'Enabled': <true>, 'RuleId': <''>}");
  g_autofree char *whose = text_of (entry, "whose"), *port = text_of (entry, "port");
  g_autofree char *target = text_of (entry, "target"), *lifetime = text_of (entry, "lifetime");
  g_autofree char *description = text_of (entry, "description"), *remote = text_of (entry, "remote");

  g_assert_true (ptl_entry_is_foreign (entry));
  g_assert_cmpstr (whose, ==, "Foreign");
  g_assert_cmpstr (port, ==, "51413 UDP");
  g_assert_cmpstr (target, ==, "192.168.1.30:51413");
  g_assert_cmpstr (lifetime, ==, "permanent");
  g_assert_cmpstr (description, ==, "<b>Transmission</b>");
  g_assert_cmpstr (remote, ==, "Anyone");
}

static void
test_own (void)
{
  g_autoptr (PtlEntry) entry = make_entry ("{'Protocol': <'tcp'>, 'ExternalPort': <uint32 80>, 'Address': <'2001:db8::1'>,"
                                           " 'Port': <uint32 8080>, 'Lifetime': <int64 3600>, 'RuleId': <'a-rule'>}");
  g_autofree char *whose = text_of (entry, "whose"), *target = text_of (entry, "target");

  g_assert_false (ptl_entry_is_foreign (entry));
  g_assert_cmpstr (whose, ==, "Rule");
  g_assert_cmpstr (target, ==, "[2001:db8::1]:8080");
}

/* What strangers wrote into the router comes as it is: it must not steer a label. */
static void
test_hostile (void)
{
  g_autoptr (PtlEntry) entry = make_entry ("{'Protocol': <'sctp'>, 'Description': <'evil\\u202Egnp.exe\\n\\u001b[31m'>}");
  g_autofree char *description = text_of (entry, "description"), *port = text_of (entry, "port");

  g_assert_true (g_utf8_validate (description, -1, NULL));
  g_assert_null (strchr (description, '\n'));
  g_assert_null (strchr (description, 0x1b));
  g_assert_null (strstr (description, "\u202E"));
  g_assert_cmpstr (port, ==, "0 ");
}

static void
test_matches (void)
{
  g_autoptr (PtlEntry) entry = make_entry ("{'ExternalPort': <uint32 51413>, 'Address': <'192.168.1.30'>,"
                                           " 'Description': <'Transmission'>}");
  g_auto (GStrv) hit = ptl_search_words ("TRANS 514"), miss = ptl_search_words ("trans 80");

  g_assert_true (ptl_entry_matches (entry, (const char *const *) hit));
  g_assert_false (ptl_entry_matches (entry, (const char *const *) miss));
  g_assert_true (ptl_entry_matches (entry, NULL));
}

/* For ever is longer than anything. */
static void
test_lifetime_order (void)
{
  g_autoptr (PtlEntry) forever = make_entry ("{'Lifetime': <int64 0>}");
  g_autoptr (PtlEntry) hour = make_entry ("{'Lifetime': <int64 3600>}");

  g_assert_cmpint (ptl_table_spec_find (&ptl_entry_table, "lifetime")->compare (forever, hour), >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/entry/foreign", test_foreign);
  g_test_add_func ("/gui/entry/own", test_own);
  g_test_add_func ("/gui/entry/hostile", test_hostile);
  g_test_add_func ("/gui/entry/matches", test_matches);
  g_test_add_func ("/gui/entry/lifetime-order", test_lifetime_order);
  return g_test_run ();
}
