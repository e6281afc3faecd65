/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-host.h"

#include <arpa/inet.h>
#include <string.h>

#include "ptl-endpoint.h"

#define NAME_MAX_LENGTH 253
#define LABEL_MAX_LENGTH 63

guint8
ptl_address_parse (const char *text, guint8 bytes[16])
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  guint8 found[16];

  if (text == NULL)
    return 0;
  if (inet_pton (AF_INET, text, found) == 1)
    {
      memcpy (bytes, found, 4);
      return 4;
    }
  if (inet_pton (AF_INET6, text, found) != 1)
    return 0;
  if (memcmp (found, mapped, sizeof mapped) == 0)
    {
      memcpy (bytes, found + 12, 4);
      return 4;
    }
  memcpy (bytes, found, 16);
  return 6;
}

char *
ptl_address_to_string (guint8 family, const guint8 *bytes)
{
  char text[INET6_ADDRSTRLEN];

  inet_ntop (family == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text);
  return g_strdup (text);
}

char *
ptl_host_normalize (const char *host)
{
  guint8 bytes[16];
  guint8 family = ptl_address_parse (host, bytes);

  return family != 0 ? ptl_address_to_string (family, bytes) : g_strdup (host);
}

static gboolean
is_label (const char *label, gsize length)
{
  if (length == 0 || length > LABEL_MAX_LENGTH || label[0] == '-' || label[length - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (label[i]) && label[i] != '-' && label[i] != '_')
      return FALSE;
  return TRUE;
}

/* Resolvers take "127.1", "0x7f.1" and "2130706433" for addresses: such a name is none. */
static gboolean
is_number (const char *label, gsize length)
{
  gsize digits = 0;

  if (length >= 2 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X'))
    {
      for (digits = 2; digits < length && g_ascii_isxdigit (label[digits]);)
        digits++;
      return digits == length;
    }
  while (digits < length && g_ascii_isdigit (label[digits]))
    digits++;
  return digits == length;
}

static gboolean
is_name (const char *host)
{
  gsize length = strlen (host), label_length = 0;
  const char *label = host;

  if (length > 0 && host[length - 1] == '.')
    length--;
  if (length == 0 || length > NAME_MAX_LENGTH)
    return FALSE;
  for (const char *p = host;; p++)
    {
      if (p < host + length && *p != '.')
        continue;
      label_length = (gsize) (p - label);
      if (!is_label (label, label_length))
        return FALSE;
      if (p == host + length)
        return !is_number (label, label_length);
      label = p + 1;
    }
}

gboolean
ptl_host_is_address (const char *host)
{
  guint8 bytes[16];

  return ptl_address_parse (host, bytes) != 0;
}

gboolean
ptl_host_is_valid (const char *host)
{
  return host != NULL && (ptl_host_is_address (host) || is_name (host));
}

gboolean
ptl_host_is_loopback (const char *host)
{
  static const guint8 loopback6[16] = { [15] = 1 };
  guint8 bytes[16];
  guint8 family;

  if (host == NULL)
    return FALSE;
  family = ptl_address_parse (host, bytes);
  if (family == 4)
    return bytes[0] == 127;
  if (family == 6)
    return memcmp (bytes, loopback6, sizeof bytes) == 0;
  return g_ascii_strcasecmp (host, "localhost") == 0
         || g_ascii_strcasecmp (host, "localhost.") == 0;
}

gboolean
ptl_host_is_wildcard (const char *host)
{
  static const guint8 zero[16];
  guint8 bytes[16];
  guint8 family = ptl_address_parse (host, bytes);

  return family != 0 && memcmp (bytes, zero, family == 4 ? 4 : 16) == 0;
}

gboolean
ptl_host_equal (const char *a, const char *b)
{
  g_autofree char *first = ptl_host_normalize (a);
  g_autofree char *second = ptl_host_normalize (b);

  if (first == NULL || second == NULL)
    return first == second;
  return g_ascii_strcasecmp (first, second) == 0;
}
