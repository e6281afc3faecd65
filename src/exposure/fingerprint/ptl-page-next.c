/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-page.h"

#include <gio/gio.h>
#include <string.h>

#include "ptl-pattern.h"

#define MAX_PATH 300
/* Bytes of a page that is there to send on. */
#define MAX_SENDING 4096

/* What a page of little else sends to. */
static char *
find_in_body (const PtlPage *self)
{
  static const char *const patterns[] = {
    "<meta[^>]{0,80}http-equiv\\s*=\\s*[\"']?refresh[^>]{0,80}url\\s*=\\s*[\"']?([^\"'> ]{1,300})",
    "location(?:\\.href)?\\s*=\\s*[\"']([^\"']{1,300})[\"']",
    "location\\.(?:replace|assign)\\s*\\(\\s*[\"']([^\"']{1,300})[\"']",
  };
  gsize length;
  const char *body = g_bytes_get_data (self->body, &length);
  char *to = NULL;

  if (self->status != 200 || length == 0 || length > MAX_SENDING)
    return NULL;
  for (guint i = 0; to == NULL && i < G_N_ELEMENTS (patterns); i++)
    to = ptl_pattern_find (patterns[i], body, length);
  return to;
}

/* It goes into the first line of a request as it stands. */
static gboolean
is_safe (const char *path)
{
  if (*path != '/' || strlen (path) > MAX_PATH)
    return FALSE;
  for (; *path != '\0'; path++)
    if (*path <= ' ' || *path >= 0x7f)
      return FALSE;
  return TRUE;
}

char *
ptl_page_resolve (const char *to, const char *path, guint16 port, gboolean in_tls)
{
  const char *scheme = in_tls ? "https" : "http";
  g_autofree char *from = g_strdup_printf ("%s://here:%u%s", scheme, port, path);
  g_autoptr (GUri) base = g_uri_parse (from, G_URI_FLAGS_ENCODED, NULL), uri = NULL;
  g_autofree char *next = NULL;
  int to_port;

  uri = base == NULL ? NULL : g_uri_parse_relative (base, to, G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || g_ascii_strcasecmp (g_uri_get_scheme (uri), scheme) != 0)
    return NULL;
  to_port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : (in_tls ? 443 : 80);
  if (to_port != port)
    return NULL;
  next = g_strconcat (*g_uri_get_path (uri) != '\0' ? g_uri_get_path (uri) : "/",
                      g_uri_get_query (uri) != NULL ? "?" : "", g_uri_get_query (uri), NULL);
  return is_safe (next) ? g_steal_pointer (&next) : NULL;
}

char *
ptl_page_dup_next (const PtlPage *self, const char *path, guint16 port, gboolean in_tls)
{
  const char *location = ptl_page_get_header (self, "Location");
  gboolean redirects = self->status >= 300 && self->status < 400 && location != NULL;
  g_autofree char *to = redirects ? g_strdup (location) : find_in_body (self);
  g_autofree char *next = to == NULL ? NULL : ptl_page_resolve (to, path, port, in_tls);

  return next != NULL && !g_str_equal (next, path) ? g_steal_pointer (&next) : NULL;
}
