/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-port-set.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"

#define SHOWN_MAX 24 /* of a part that is wrong: characters that are repeated to the person */

guint
ptl_port_set_count (const PtlPortSet *self)
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (self->bits); i++)
    n += __builtin_popcountll (self->bits[i]);
  return n;
}

static gboolean
refuse (GError **error, const char *part, gsize length, const char *what)
{
  g_autofree char *shown
      = ptl_text_make_safe (part, (gssize) MIN (length, 4 * SHOWN_MAX), SHOWN_MAX);

  /* Translators: %1$s is a part of what was typed as ports, %2$s a sentence on what is wrong with
   * it. */
  ptl_error_set (error, PTL_ERROR_INVALID,
                 _ ("Write ports as in “22,80,8000-8100”, from 1 to 65535."),
                 _ ("“%1$s” is not a port or a range of ports: %2$s"), shown, what);
  return FALSE;
}

/* @text is moved behind the digits. At most five of them are read, so that nothing overflows. */
static gboolean
read_port (const char **text, const char *end, guint *port)
{
  const char *start = *text;

  *port = 0;
  while (*text < end && g_ascii_isdigit (**text) && *text - start < 6)
    *port = *port * 10 + (guint) g_ascii_digit_value (*(*text)++);
  return *text > start;
}

static gboolean
parse_part (const char *part, gsize length, PtlPortSet *ports, GError **error)
{
  const char *at = part, *end = part + length;
  guint first, last;

  if (length == 0)
    return refuse (error, part, length, _ ("there is nothing between two commas."));
  if (!read_port (&at, end, &first))
    return refuse (error, part, length, _ ("it does not begin with a number."));
  last = first;
  if (at < end && *at == '-')
    {
      at++;
      if (!read_port (&at, end, &last))
        return refuse (error, part, length, _ ("the range has no end."));
    }
  if (first > 65535 || last > 65535)
    return refuse (error, part, length, _ ("the highest port is 65535."));
  if (at < end)
    return refuse (error, part, length, _ ("only digits and one hyphen belong there."));
  if (first == 0 || last == 0)
    return refuse (error, part, length, _ ("the lowest port is 1."));
  if (first > last)
    return refuse (error, part, length, _ ("the range runs backwards."));
  for (guint port = first; port <= last; port++)
    ptl_port_set_add (ports, (guint16) port);
  return TRUE;
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

gboolean
ptl_port_set_parse (const char *text, PtlPortSet *ports, GError **error)
{
  PtlPortSet parsed = { 0 };
  const char *part = text;

  if (text[strspn (text, " \t")] == '\0')
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _ ("Write ports as in “22,80,8000-8100”, from 1 to 65535."),
                     _ ("No ports were given."));
      return FALSE;
    }
  for (;;)
    {
      const char *end = part + strcspn (part, ",");
      const char *next = end;

      while (part < end && is_blank (*part))
        part++;
      while (end > part && is_blank (end[-1]))
        end--;
      if (!parse_part (part, (gsize) (end - part), &parsed, error))
        return FALSE;
      if (*next == '\0')
        break;
      part = next + 1;
    }
  if (ports != NULL)
    *ports = parsed;
  return TRUE;
}

char *
ptl_port_set_to_string (const PtlPortSet *self)
{
  GString *text = g_string_new (NULL);

  for (guint first = 1; first < PTL_N_PORTS; first++)
    {
      guint last = first;

      if (!ptl_port_set_has (self, (guint16) first))
        continue;
      while (last + 1 < PTL_N_PORTS && ptl_port_set_has (self, (guint16) (last + 1)))
        last++;
      if (text->len > 0)
        g_string_append_c (text, ',');
      g_string_append_printf (text, "%u", first);
      if (last > first)
        g_string_append_printf (text, "-%u", last);
      first = last;
    }
  return g_string_free (text, FALSE);
}
