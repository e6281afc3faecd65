/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-greeting.h"

#include <string.h>

/* RFB: remote desktops; the others: file shares, commands of a telephone server, a web server that
 * speaks out of turn. */
static const char *const beginnings[] = { "RFB ", "@RSYNCD:", "Asterisk Call", "HTTP/" };
/* A login that is typed, and what stands before a command. */
static const char *const parts[] = { "ogin:", "sername", "assword" };

static gboolean
ends_as_prompt (const char *text, gsize length)
{
  while (length > 0 && text[length - 1] == ' ')
    length--;
  return length > 0 && strchr ("$#>%:", text[length - 1]) != NULL;
}

gboolean
ptl_greeting_is_worth_a_look (const guint8 *bytes, gsize length)
{
  g_autofree char *text = g_strndup ((const char *) bytes, length);

  /* MySQL's, telnet's and others' begin with a number or a command byte. */
  for (gsize i = 0; i < length; i++)
    if (bytes[i] < ' ' && bytes[i] != '\r' && bytes[i] != '\n' && bytes[i] != '\t')
      return TRUE;
  if (length == 0 || bytes[0] >= 0x7f)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (beginnings); i++)
    if (g_str_has_prefix (text, beginnings[i]))
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (text, parts[i]) != NULL)
      return TRUE;
  return ends_as_prompt (text, length);
}
