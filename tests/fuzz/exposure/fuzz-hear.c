/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-text.h"
#include "exposure/fingerprint/ptl-asks.h"
#include "exposure/ptl-greeting.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
hear (const PtlAsk *ask, const guint8 *bytes, gsize size)
{
  PtlFound found = { .auth = PTL_AUTH_UNTOLD, .evidence = g_ptr_array_new_with_free_func (g_free) };

  if (ask->hear != NULL && ask->hear (ask, bytes, size, &found))
    {
      g_assert_nonnull (found.service);
      g_assert_true (found.product == NULL || ptl_text_is_safe (found.product, 0));
      g_assert_true (found.version == NULL || ptl_text_is_safe (found.version, 0));
      for (guint i = 0; i < found.evidence->len; i++)
        g_assert_true (ptl_text_is_safe (g_ptr_array_index (found.evidence, i), 0));
    }
  ptl_found_clear (&found);
}

/* What anybody may answer, heard by each ask of the code, and by one talk of the data that the
 * first byte chooses. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GByteArray) reply = g_byte_array_new ();
  PtlFound found = { .auth = PTL_AUTH_UNTOLD, .evidence = g_ptr_array_new_with_free_func (g_free) };
  /* Of its own, so that one byte too far is seen. */
  g_autofree guint8 *bytes = NULL;
  PtlAsk talk;

  if (size == 0)
    return 0;
  bytes = g_memdup2 (data + 1, size - 1);
  for (const PtlAsk *ask = ptl_asks; ask->service != NULL; ask++)
    hear (ask, bytes, size - 1);
  talk = ptl_ask_of_talk (g_ptr_array_index (set->talks, data[0] % set->talks->len));
  hear (&talk, bytes, size - 1);
  ptl_telnet_read (bytes, size - 1, text, reply);
  ptl_tftp_hear (bytes, size - 1, &found);
  ptl_greeting_is_worth_a_look (bytes, size - 1);
  ptl_found_clear (&found);
  return 0;
}
