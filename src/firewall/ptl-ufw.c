/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ufw.h"

#include <string.h>

#define FILE_MAX_BYTES (1024 * 1024)

/* The value of the last line KEY=value, without quotes; NULL = there is none. (transfer full) */
static char *
find_value (const char *text, const char *key)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  char *found = NULL;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);

      if (!g_str_has_prefix (line, key) || line[strlen (key)] != '=')
        continue;
      g_free (found);
      found = g_strdup (line + strlen (key) + 1);
      g_strdelimit (found, "\"'", ' ');
      g_strstrip (found);
    }
  return found;
}

gboolean
ptl_ufw_is_enabled (const char *text)
{
  g_autofree char *value = find_value (text, "ENABLED");

  return value != NULL && g_ascii_strcasecmp (value, "yes") == 0;
}

gboolean
ptl_ufw_is_strict (const char *text)
{
  g_autofree char *value = find_value (text, "DEFAULT_INPUT_POLICY");

  return value == NULL || g_ascii_strcasecmp (value, "ACCEPT") != 0;
}

/* "22", "8000:8010", "80,443", "any": whether all of @first to @last are of it. */
static gboolean
covers (const char *ports, guint16 first, guint16 last)
{
  g_auto (GStrv) parts = g_strsplit (ports, ",", 64);

  if (strcmp (ports, "any") == 0)
    return TRUE;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *colon = strchr (parts[i], ':');
      guint64 from = g_ascii_strtoull (parts[i], NULL, 10);
      guint64 to = colon != NULL ? g_ascii_strtoull (colon + 1, NULL, 10) : from;

      if (from != 0 && from <= first && last <= to)
        return TRUE;
    }
  return FALSE;
}

/* allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in [comment=...]; after "in" an interface may stand: in_eth0. */
static gboolean
applies (char **words, guint n, PtlProtocol protocol, guint16 first, guint16 last)
{
  const char *name = protocol == PTL_PROTOCOL_UDP ? "udp" : "tcp";
  gboolean anywhere;

  if (n < 7 || (strcmp (words[1], name) != 0 && strcmp (words[1], "any") != 0) || strcmp (words[6], "in") != 0)
    return FALSE;
  anywhere = (strcmp (words[5], "0.0.0.0/0") == 0 || strcmp (words[5], "::/0") == 0) && strcmp (words[4], "any") == 0 &&
             (strcmp (words[3], "0.0.0.0/0") == 0 || strcmp (words[3], "::/0") == 0);
  return anywhere && covers (words[2], first, last);
}

PtlFirewallVerdict
ptl_ufw_weigh (const char *rules, gboolean strict, PtlProtocol protocol, guint16 first, guint16 last)
{
  static const char mark[] = "### tuple ### ";
  g_auto (GStrv) lines = g_strsplit (rules, "\n", -1);

  /* The first that fits decides. */
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = NULL;

      if (!g_str_has_prefix (lines[i], mark))
        continue;
      words = g_strsplit (lines[i] + strlen (mark), " ", 16);
      if (applies (words, g_strv_length (words), protocol, first, last))
        return g_str_has_prefix (words[0], "allow") || g_str_has_prefix (words[0], "limit") ? PTL_FIREWALL_OPEN
                                                                                            : PTL_FIREWALL_BLOCKED;
    }
  return strict ? PTL_FIREWALL_BLOCKED : PTL_FIREWALL_OPEN;
}

/* NULL: it is not there, or may not be read. */
static char *
read_file (const char *root, const char *path)
{
  g_autofree char *whole = g_strconcat (root, path, NULL);
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (whole, &text, &length, NULL) || length > FILE_MAX_BYTES)
    return NULL;
  return g_steal_pointer (&text);
}

static PtlFirewallVerdict
worse (PtlFirewallVerdict a, PtlFirewallVerdict b)
{
  return a == PTL_FIREWALL_BLOCKED || b == PTL_FIREWALL_BLOCKED ? PTL_FIREWALL_BLOCKED : a;
}

gboolean
ptl_ufw_look (const char *root, PtlFirewallView *view)
{
  g_autofree char *conf = read_file (root, "/etc/ufw/ufw.conf");
  g_autofree char *defaults = read_file (root, "/etc/default/ufw");
  g_autofree char *rules = read_file (root, "/etc/ufw/user.rules");
  gboolean strict = ptl_ufw_is_strict (defaults != NULL ? defaults : "");

  if (conf == NULL || !ptl_ufw_is_enabled (conf))
    return FALSE;
  view->kind = PTL_FIREWALL_UFW;
  view->verdict = PTL_FIREWALL_UNKNOWN;
  if (rules == NULL)
    return TRUE;
  view->verdict = PTL_FIREWALL_OPEN;
  if ((view->protocol & PTL_PROTOCOL_TCP) != 0)
    view->verdict = ptl_ufw_weigh (rules, strict, PTL_PROTOCOL_TCP, view->first, view->last);
  if ((view->protocol & PTL_PROTOCOL_UDP) != 0)
    view->verdict = worse (view->verdict, ptl_ufw_weigh (rules, strict, PTL_PROTOCOL_UDP, view->first, view->last));
  return TRUE;
}
