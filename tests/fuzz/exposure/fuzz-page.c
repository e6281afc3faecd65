/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-text.h"
#include "exposure/fingerprint/ptl-page.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* An HTTP answer: what is shown of it is safe, and what was unpacked has a bound. The first two
 * bytes choose some applications to compare it with. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (PtlFingerprints) set = ptl_fingerprints_dup_default ();
  g_autoptr (PtlPage) page = NULL;
  g_autoptr (GPtrArray) scripts = NULL, asks = NULL;
  g_autofree char *next = NULL;

  if (size < 2)
    return 0;
  page = ptl_page_parse (data + 2, size - 2);
  ptl_page_is_whole (data + 2, size - 2);
  if (page == NULL)
    return 0;
  g_assert_true (ptl_text_is_safe (page->title, 0));
  g_assert_cmpuint (g_bytes_get_size (page->body), <=, PTL_PAGE_MAX_BODY + 8192);
  g_assert_false (ptl_page_asks_login (page) && ptl_page_shows_all (page));
  g_assert_true (ptl_page_shows_all (page) || !ptl_page_is_plain (page));
  page->whole = TRUE;
  scripts = ptl_page_list_scripts (page, "/a/b", 8384, TRUE);
  g_assert_true (scripts == NULL || scripts->len <= 4);
  asks = ptl_page_list_asks (page);
  g_assert_cmpuint (asks->len, <=, 4);
  ptl_page_is_script_without_login (page);
  next = ptl_page_dup_next (page, "/a/b", 8384, FALSE);
  g_assert_true (next == NULL || (*next == '/' && strpbrk (next, " \r\n") == NULL));
  ptl_page_wants_tls (page, 8384);
  for (guint i = (data[0] << 8 | data[1]) % set->applications->len, n = 0; n < 8; n++)
    {
      const PtlApplication *application
          = g_ptr_array_index (set->applications, (i + n) % set->applications->len);

      for (guint j = 0; j < application->match->len; j++)
        {
          g_autofree char *found = NULL;

          ptl_place_match (g_ptr_array_index (application->match, j), page, NULL, &found);
          g_assert_true (found == NULL || ptl_text_is_safe (found, 0));
        }
    }
  return 0;
}
