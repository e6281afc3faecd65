/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "core/ptl-text.h"

#define GAP 2
#define COLUMN_LEAST 6

struct _PtlCtlTable
{
  guint n_columns;
  GPtrArray *rows; /* GStrv, the headings first */
};

PtlCtlTable *
ptl_ctl_table_new (const char *const *headings)
{
  PtlCtlTable *self = g_new0 (PtlCtlTable, 1);

  self->n_columns = g_strv_length ((char **) headings);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  ptl_ctl_table_add (self, headings);
  return self;
}

void
ptl_ctl_table_free (PtlCtlTable *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self);
}

void
ptl_ctl_table_add (PtlCtlTable *self, const char *const *cells)
{
  char **row = g_new0 (char *, self->n_columns + 1);

  for (guint i = 0; i < self->n_columns; i++)
    row[i] = ptl_text_make_safe (cells[i], -1, 0);
  g_ptr_array_add (self->rows, row);
}

static guint
char_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

guint
ptl_ctl_text_get_width (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    width += char_width (g_utf8_get_char (text));
  return width;
}

static guint
column_width (PtlCtlTable *self, guint column)
{
  guint width = 0;

  for (guint i = 0; i < self->rows->len; i++)
    width = MAX (width, ptl_ctl_text_get_width (((char **) self->rows->pdata[i])[column]));
  return width;
}

/* Takes cells from the widest column, again and again, until the line fits. */
static void
shrink (guint *widths, guint n, guint width)
{
  guint total = (n - 1) * GAP;

  for (guint i = 0; i < n; i++)
    total += widths[i];
  while (total > width)
    {
      guint widest = 0;

      for (guint i = 1; i < n; i++)
        if (widths[i] > widths[widest])
          widest = i;
      if (widths[widest] <= COLUMN_LEAST)
        return;
      widths[widest]--;
      total--;
    }
}

static void
append_cell (GString *out, const char *text, guint width, gboolean pad)
{
  guint whole = ptl_ctl_text_get_width (text);
  guint used = 0;

  if (whole <= width)
    g_string_append (out, text);
  for (; whole > width && *text != '\0'; text = g_utf8_next_char (text))
    {
      guint w = char_width (g_utf8_get_char (text));

      if (used + w + 1 > width)
        break;
      g_string_append_unichar (out, g_utf8_get_char (text));
      used += w;
    }
  if (whole > width)
    g_string_append (out, "…");
  for (guint i = whole > width ? used + 1 : whole; pad && i < width + GAP; i++)
    g_string_append_c (out, ' ');
}

char *
ptl_ctl_table_to_string (PtlCtlTable *self, guint width)
{
  g_autofree guint *widths = g_new0 (guint, self->n_columns);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < self->n_columns; i++)
    widths[i] = column_width (self, i);
  if (width > 0)
    shrink (widths, self->n_columns, width);
  for (guint i = 0; i < self->rows->len; i++)
    {
      char **row = self->rows->pdata[i];

      for (guint j = 0; j < self->n_columns; j++)
        append_cell (out, row[j], widths[j], j + 1 < self->n_columns);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

guint
ptl_ctl_table_get_terminal_width (void)
{
  struct winsize size;

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 0;
}
