/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-event.h"

static PtlEvent *
make (gint64 seq, const char *who, const char *what)
{
  PtlEvent *event = ptl_event_new ();

  event->seq = seq;
  event->at = 1000;
  g_free (event->who);
  event->who = g_strdup (who);
  g_free (event->what);
  event->what = g_strdup (what);
  return event;
}

static void
test_hash (void)
{
  g_autoptr (PtlEvent) event = make (1, "ann", "open");
  g_autoptr (PtlEvent) shifted = make (1, "an", "nopen");
  g_autofree char *hash = ptl_event_compute_hash (event, "");
  g_autofree char *again = ptl_event_compute_hash (event, "");
  g_autofree char *after = ptl_event_compute_hash (event, hash);
  g_autofree char *other = ptl_event_compute_hash (shifted, "");

  g_assert_cmpuint (strlen (hash), ==, 64);
  g_assert_cmpstr (hash, ==, again);
  g_assert_cmpstr (hash, !=, after);
  g_assert_cmpstr (hash, !=, other);
  /* Kept chains must stay valid: computed by hand with sha256sum over
   * "0:" "6:1 1000" "3:ann" "4:open" "0:" "0:" "0:". */
  g_assert_cmpstr (hash, ==, "e0e72987b241e5a2482825c29e6d8a458fbd12b30cad0707668dbae5a0af9b82");
}

static void
test_every_field_counts (void)
{
  g_autoptr (PtlEvent) event = make (1, "ann", "open");
  g_autofree char *hash = ptl_event_compute_hash (event, "");
  char **fields[] = { &event->who, &event->what, &event->rule_id, &event->result, &event->detail };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      char *kept = *fields[i];
      g_autofree char *changed = NULL;

      *fields[i] = (char *) "x";
      changed = ptl_event_compute_hash (event, "");
      g_assert_cmpstr (changed, !=, hash);
      *fields[i] = kept;
    }
  event->at++;
  {
    g_autofree char *later = ptl_event_compute_hash (event, "");

    g_assert_cmpstr (later, !=, hash);
  }
}

static void
test_variant (void)
{
  g_autoptr (PtlEvent) event = make (7, "user ann (portolanctl)", "close");
  g_autoptr (GVariant) variant = g_variant_ref_sink (ptl_event_to_variant (event));
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlEvent) again = ptl_event_from_variant (variant, &error);
  g_autoptr (PtlEvent) copy = ptl_event_copy (again);

  g_assert_no_error (error);
  g_assert_cmpint (copy->seq, ==, 7);
  g_assert_cmpint (copy->at, ==, 1000);
  g_assert_cmpstr (copy->who, ==, "user ann (portolanctl)");
  g_assert_cmpstr (copy->what, ==, "close");
}

static void
test_bad_variant (void)
{
  const char *const texts[] = { "{'Seq': <int64 1>}", "{'Seq': <'1'>}", "@a{sv} {}" };
  g_autoptr (GVariant) number = g_variant_ref_sink (g_variant_new_int32 (1));

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GVariant) variant
          = g_variant_parse (G_VARIANT_TYPE_VARDICT, texts[i], NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (ptl_event_from_variant (variant, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
  g_assert_null (ptl_event_from_variant (number, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event/hash", test_hash);
  g_test_add_func ("/event/every-field-counts", test_every_field_counts);
  g_test_add_func ("/event/variant", test_variant);
  g_test_add_func ("/event/bad-variant", test_bad_variant);
  return g_test_run ();
}
