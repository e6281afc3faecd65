/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-igd-url.h"

#include <arpa/inet.h>
#include <string.h>

#include "ptl-address-class.h"

#define SCHEME "http://"

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, why);
  return FALSE;
}

/* The end of "host[:port]". */
static const char *
authority_end (const char *authority)
{
  return authority + strcspn (authority, "/?#");
}

static const char *
after_scheme (const char *url)
{
  return g_ascii_strncasecmp (url, SCHEME, strlen (SCHEME)) == 0 ? url + strlen (SCHEME) : NULL;
}

/* IPv6 in brackets or not; NULL where it is no literal. */
static char *
dup_host (const char *authority, const char **rest)
{
  const char *end = authority_end (authority);
  const char *stop;

  if (*authority == '[')
    {
      stop = memchr (authority, ']', (gsize) (end - authority));
      if (stop == NULL)
        return NULL;
      *rest = stop + 1;
      return g_strndup (authority + 1, (gsize) (stop - authority - 1));
    }
  stop = memchr (authority, ':', (gsize) (end - authority));
  *rest = stop != NULL ? stop : end;
  return g_strndup (authority, (gsize) (*rest - authority));
}

static gboolean
same_address (const char *a, const char *b)
{
  guint8 x[16];
  guint8 y[16];

  if (inet_pton (AF_INET, a, x) == 1)
    return inet_pton (AF_INET, b, y) == 1 && memcmp (x, y, 4) == 0;
  return inet_pton (AF_INET6, a, x) == 1 && inet_pton (AF_INET6, b, y) == 1
         && memcmp (x, y, 16) == 0;
}

static gboolean
check_host (const char *host, const char *gateway, const char *source, GError **error)
{
  guint8 bytes[16];
  struct in6_addr v6;

  if (inet_pton (AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_V4MAPPED (&v6))
    return refuse (error, "an IPv4-mapped address");
  if (inet_pton (AF_INET, host, bytes) != 1 && inet_pton (AF_INET6, host, bytes) != 1)
    return refuse (error, "a name, not an address");
  switch (ptl_address_class_of (host))
    {
    case PTL_ADDRESS_NONE:
      return refuse (error, "the unspecified address");
    case PTL_ADDRESS_LOOPBACK:
      return refuse (error, "a loopback address");
    case PTL_ADDRESS_LINK_LOCAL:
      return refuse (error, "a link-local address");
    default:
      break;
    }
  if (inet_pton (AF_INET, host, bytes) == 1 ? bytes[0] >= 224 : v6.s6_addr[0] == 0xff)
    return refuse (error, "a multicast or broadcast address");
  if (!same_address (host, gateway))
    return refuse (error, "another host than the gateway");
  if (source != NULL && !same_address (host, source))
    return refuse (error, "another host than the one that answered");
  return TRUE;
}

static gboolean
check_port (const char *text, const char *end, GError **error)
{
  g_autofree char *digits = NULL;
  guint64 port;

  if (text == end)
    return TRUE;
  if (*text != ':')
    return refuse (error, "no port after the address");
  digits = g_strndup (text + 1, (gsize) (end - text - 1));
  if (!g_ascii_string_to_unsigned (digits, 10, 1, 65535, &port, NULL))
    return refuse (error, "a port that is none");
  return TRUE;
}

static gboolean
check_characters (const char *url, GError **error)
{
  if (strlen (url) > PTL_IGD_URL_MAX)
    return refuse (error, "too long");
  for (const char *p = url; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p) || strchr ("\"<>\\^`{|}", *p) != NULL)
      return refuse (error, "a character that no URL has");
  if (strchr (url, '#') != NULL)
    return refuse (error, "a fragment");
  return TRUE;
}

gboolean
ptl_igd_url_check (const char *url, const char *gateway, const char *source, GError **error)
{
  g_autofree char *host = NULL;
  const char *authority;
  const char *rest = NULL;
  const char *end;

  if (!check_characters (url, error))
    return FALSE;
  authority = after_scheme (url);
  if (authority == NULL)
    return refuse (error, "not http");
  end = authority_end (authority);
  if (memchr (authority, '@', (gsize) (end - authority)) != NULL)
    return refuse (error, "a user name");
  host = dup_host (authority, &rest);
  if (host == NULL)
    return refuse (error, "no address");
  return check_host (host, gateway, source, error) && check_port (rest, end, error);
}

guint16
ptl_igd_url_get_port (const char *url)
{
  const char *authority = after_scheme (url);
  const char *rest = NULL;
  g_autofree char *host = authority != NULL ? dup_host (authority, &rest) : NULL;

  if (host == NULL || *rest != ':')
    return 80;
  return (guint16) g_ascii_strtoull (rest + 1, NULL, 10);
}

const char *
ptl_igd_url_get_path (const char *url)
{
  const char *authority = after_scheme (url);
  const char *end = authority != NULL ? authority_end (authority) : "";

  return *end == '/' ? end : "/";
}

static gboolean
has_port (const char *url)
{
  const char *authority = after_scheme (url);
  const char *rest = NULL;
  g_autofree char *host = dup_host (authority, &rest);

  return host != NULL && *rest == ':';
}

/* "http://host:port" of @url, with @port where it has none. */
static char *
dup_origin (const char *url, guint16 port)
{
  const char *end = authority_end (after_scheme (url));
  g_autofree char *origin = g_strndup (url, (gsize) (end - url));

  return has_port (url) ? g_steal_pointer (&origin) : g_strdup_printf ("%s:%u", origin, port);
}

char *
ptl_igd_url_resolve (const char *location,
                     const char *base,
                     const char *reference,
                     const char *gateway)
{
  g_autofree char *origin = NULL;
  g_autofree char *folder = NULL;
  const char *from = location;
  const char *last;

  if (strstr (reference, "://") != NULL)
    return g_strdup (reference);
  if (base != NULL && *base != '\0' && ptl_igd_url_check (base, gateway, NULL, NULL))
    from = base;
  origin = dup_origin (from, ptl_igd_url_get_port (location));
  if (*reference == '/')
    return g_strconcat (origin, reference, NULL);
  last = strrchr (ptl_igd_url_get_path (from), '/');
  folder
      = g_strndup (ptl_igd_url_get_path (from), (gsize) (last - ptl_igd_url_get_path (from)) + 1);
  return g_strconcat (origin, folder, reference, NULL);
}
