/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-vendor.h"

#include <string.h>

#define NAME_MAX_BYTES 120
/* Bits of the first byte of a hardware address, IEEE 802, clause 8.2.2. */
#define BIT_GROUP 0x01
#define BIT_LOCAL 0x02

static const char *const lists[] = {
  "/usr/lib/udev/hwdb.d/20-OUI.hwdb",
  "/lib/udev/hwdb.d/20-OUI.hwdb",
  "/usr/share/ieee-data/oui.txt",
  "/usr/share/nmap/nmap-mac-prefixes",
};

/* The hexadecimal digits at @at, hyphens left out; how many of them are those of @digits, all or none. @end: behind them. */
static guint
match_digits (const char *at, const char *limit, const char *digits, const char **end)
{
  guint n = 0;

  for (; at < limit && n < 12 && (g_ascii_isxdigit (*at) || (*at == '-' && n > 0)); at++)
    if (*at != '-' && g_ascii_toupper (*at) != digits[n++])
      return 0;
  *end = at;
  return n >= 6 ? n : 0;
}

static char *
take_name (const char *from, const char *limit)
{
  char *name;

  while (from < limit && g_ascii_isspace (*from))
    from++;
  name = g_strndup (from, MIN ((gsize) (limit - from), NAME_MAX_BYTES));
  g_strchomp (name);
  if (*name == '\0')
    g_clear_pointer (&name, g_free);
  return name;
}

static const char *
line_end (const char *at, const char *limit)
{
  const char *end = memchr (at, '\n', (gsize) (limit - at));

  return end != NULL ? end : limit;
}

/* "OUI:0022721*" and on the next line " ID_OUI_FROM_DATABASE=Name" */
static char *
name_of_hwdb (const char *next, const char *limit)
{
  const char *end = next < limit ? line_end (next, limit) : limit;
  const char *equals = next < limit ? memchr (next, '=', (gsize) (end - next)) : NULL;

  return equals != NULL ? take_name (equals + 1, end) : NULL;
}

/* "002272 Name", "00-22-72   (hex)\t\tName" */
static char *
name_of_line (const char *rest, const char *end)
{
  static const char mark[] = "(hex)";

  while (rest < end && g_ascii_isspace (*rest))
    rest++;
  if ((gsize) (end - rest) > strlen (mark) && strncmp (rest, mark, strlen (mark)) == 0)
    rest += strlen (mark);
  return take_name (rest, end);
}

char *
ptl_vendor_search (const char *list, gsize length, const guint8 mac[6])
{
  const char *limit = list + length;
  g_autofree char *found = NULL;
  char digits[13];
  guint best = 0;

  g_snprintf (digits, sizeof digits, "%02X%02X%02X%02X%02X%02X", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
  for (const char *at = list, *end; at < limit; at = end + 1)
    {
      gboolean hwdb = limit - at > 4 && strncmp (at, "OUI:", 4) == 0;
      const char *rest = at;
      guint n;
      char *name;

      end = line_end (at, limit);
      n = match_digits (hwdb ? at + 4 : at, end, digits, &rest);
      if (n <= best || (hwdb ? rest < end && *rest != '*' : rest < end && !g_ascii_isspace (*rest)))
        continue;
      name = hwdb ? name_of_hwdb (end + 1, limit) : name_of_line (rest, end);
      if (name == NULL)
        continue;
      best = n;
      g_free (found);
      found = name;
    }
  return g_steal_pointer (&found);
}

char *
ptl_vendor_find (const guint8 mac[6])
{
  if ((mac[0] & (BIT_GROUP | BIT_LOCAL)) != 0)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr (GMappedFile) file = g_mapped_file_new (lists[i], FALSE, NULL);
      char *name = NULL;

      if (file != NULL && g_mapped_file_get_length (file) > 0)
        name = ptl_vendor_search (g_mapped_file_get_contents (file), g_mapped_file_get_length (file), mac);
      if (name != NULL)
        return name;
    }
  return NULL;
}
