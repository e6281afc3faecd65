/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-text.h"

#include <string.h>

#define REPLACEMENT 0xFFFDu
#define ELLIPSIS 0x2026u
/* Enough for every script; more of them paint over the lines above and below. */
#define MAX_MARKS 4

typedef struct
{
  gunichar first;
  gunichar last;
} Range;

/* Shown as nothing or as a blank, though Unicode does not class them as format characters. */
static const Range invisible[] = {
  { 0x034F, 0x034F }, { 0x115F, 0x1160 }, { 0x17B4, 0x17B5 }, { 0x180B, 0x180F },
  { 0x2065, 0x2065 }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 }, { 0xFDD0, 0xFDEF },
  { 0xFE00, 0xFE0D }, { 0xFFA0, 0xFFA0 }, { 0xFFF0, 0xFFF8 }, { 0xE0000, 0xE0FFF },
};

static gboolean
is_invisible (gunichar c)
{
  if ((c & 0xFFFE) == 0xFFFE)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (invisible); i++)
    if (c >= invisible[i].first && c <= invisible[i].last)
      return TRUE;
  return FALSE;
}

static gunichar
make_char_safe (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
      return (c >= '\t' && c <= '\r') || c == 0x85 ? ' ' : REPLACEMENT;
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return ' ';
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
      return REPLACEMENT;
    default:
      return is_invisible (c) ? REPLACEMENT : c;
    }
}

/* Takes one character, or one byte that is none. */
static gunichar
next_char (const char **p, const char *end)
{
  gunichar c = g_utf8_get_char_validated (*p, end - *p);

  /* g_utf8_get_char_validated() takes a NUL within the length for the text's end. */
  if (**p == '\0')
    c = 0;
  if (c == (gunichar) -1 || c == (gunichar) -2)
    {
      *p += 1;
      return REPLACEMENT;
    }
  *p += c == 0 ? 1 : g_unichar_to_utf8 (c, NULL);
  return make_char_safe (c);
}

char *
ptl_text_make_safe (const char *text, gssize length, gsize max_chars)
{
  g_autoptr (GString) safe = g_string_new (NULL);
  const char *p = text, *end;
  gsize n = 0, last_start = 0;
  guint marks = 0;

  if (text == NULL)
    return g_strdup ("");
  for (end = text + (length < 0 ? (gssize) strlen (text) : length); p < end; n++)
    {
      gunichar c = next_char (&p, end);

      if (max_chars > 0 && n == max_chars)
        {
          g_string_truncate (safe, last_start);
          g_string_append_unichar (safe, ELLIPSIS);
          break;
        }
      marks = g_unichar_ismark (c) ? marks + 1 : 0;
      last_start = safe->len;
      g_string_append_unichar (safe, marks > MAX_MARKS ? REPLACEMENT : c);
    }
  return g_string_free (g_steal_pointer (&safe), FALSE);
}

gboolean
ptl_text_is_safe (const char *text, gsize max_chars)
{
  g_autofree char *safe = ptl_text_make_safe (text, -1, max_chars);

  return text != NULL && strcmp (safe, text) == 0;
}

/* Spreadsheets run a cell that begins so; leading blanks do not stop all of them, and some read the
 * full-width forms alike. */
static gboolean
is_formula (const char *text)
{
  gunichar c;

  if (*text == '\t' || *text == '\r')
    return TRUE;
  while (*text == ' ')
    text++;
  c = g_utf8_get_char_validated (text, -1);
  switch (c)
    {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
    case 0xFF1D:
    case 0xFF0B:
    case 0xFF0D:
    case 0xFF20:
      return TRUE;
    default:
      return FALSE;
    }
}

char *
ptl_text_to_csv_cell (const char *text)
{
  g_autofree char *cell = NULL;
  g_autoptr (GString) quoted = NULL;

  if (text == NULL || *text == '\0')
    return g_strdup ("");
  cell = g_strconcat (is_formula (text) ? "'" : "", text, NULL);
  if (strpbrk (cell, ",;\"\r\n\t") == NULL && cell[0] != ' ' && cell[strlen (cell) - 1] != ' ')
    return g_steal_pointer (&cell);
  quoted = g_string_new (cell);
  g_string_replace (quoted, "\"", "\"\"", 0);
  g_string_prepend_c (quoted, '"');
  g_string_append_c (quoted, '"');
  return g_string_free (g_steal_pointer (&quoted), FALSE);
}

gboolean
ptl_text_is_id_prefix (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  return length >= 4 && length <= 36 && strspn (text, "0123456789abcdefABCDEF-") == length;
}
