/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-text.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
try_csv (const char *text)
{
  g_autofree char *cell = ptl_text_to_csv_cell (text);

  g_assert_null (strchr ("=+-@\t\r", *cell == '\0' ? 'x' : *cell));
  if (strpbrk (cell, ",\r\n") != NULL)
    g_assert_true (*cell == '"' && g_str_has_suffix (cell, "\""));
}

/* Safe text is valid, has no control characters, keeps to the limit and stays as it is. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *safe = ptl_text_make_safe ((const char *) data, (gssize) size, 20);
  g_autofree char *again = ptl_text_make_safe (safe, -1, 20);

  g_assert_true (g_utf8_validate (safe, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (safe, -1), <=, 20);
  g_assert_cmpstr (safe, ==, again);
  for (const char *p = safe; *p != '\0'; p = g_utf8_next_char (p))
    {
      GUnicodeType type = g_unichar_type (g_utf8_get_char (p));

      g_assert_true (type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT);
    }
  try_csv (safe);
  return 0;
}
