/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-page.h"

#include <string.h>

#define MAX_SCRIPTS 4
#define MAX_ASKS 4
#define MAX_TAGS 40
#define MAX_TAG 1000
#define MAX_PATH 80

/* Words of a login, of more scripts that may have one, or of requests that may be refused. */
static const char *const doubts[]
    = { "login",          "log in",     "logon",     "signin",     "sign in",    "sign_in",
        "sign-in",        "passw",      "username",  "authoriz",   "authent",    "unauth",
        "bearer",         "jwt",        "oauth",     "token",      "credential", "forbidden",
        "denied",         "401",        "403",       "anmeld",     "import(",    "from\"",
        "importscripts(", "chunk",      ".mjs",      "\"script\"", "'script'",   "`script`",
        "<iframe",        "<frame",     "import \"", "import '",   "fetch(",     "fetch (",
        "xmlhttp",        "axios",      ".ajax",     "$.get",      "$.post",     "websocket",
        "eventsource",    "sendbeacon", NULL };

static gboolean
has_doubts (const PtlPage *self)
{
  for (const char *const *word = doubts; *word != NULL; word++)
    if (g_strstr_len (ptl_page_get_lower (self), g_bytes_get_size (self->body), *word) != NULL)
      return TRUE;
  return FALSE;
}

/* The value of "src" in @tag, or NULL. */
static char *
read_source (const char *tag, gsize length)
{
  return ptl_pattern_find ("\\bsrc\\s*=\\s*[\"']?([^\"'\\s>]{1,300})", tag, length);
}

GPtrArray *
ptl_page_list_scripts (const PtlPage *self, const char *path, guint16 port, gboolean in_tls)
{
  g_autoptr (GPtrArray) scripts = g_ptr_array_new_with_free_func (g_free);
  gsize length;
  const char *body = g_bytes_get_data (self->body, &length);
  const char *lower = ptl_page_get_lower (self), *end = lower + length, *at = lower;
  guint n_tags = 0;

  if (self->status != 200 || !self->whole || ptl_page_asks_login (self) || has_doubts (self))
    return NULL;
  while ((at = g_strstr_len (at, end - at, "<script")) != NULL)
    {
      gsize most = MIN (end - at, MAX_TAG);
      const char *stop = memchr (at, '>', most);
      g_autofree char *source
          = read_source (body + (at - lower), stop ? (gsize) (stop - at) : most);
      g_autofree char *script
          = source == NULL ? NULL : ptl_page_resolve (source, path, port, in_tls);

      if (n_tags++ == MAX_TAGS)
        return NULL;
      at += strlen ("<script");
      if (source == NULL)
        continue;
      if (script == NULL || scripts->len == MAX_SCRIPTS)
        return NULL;
      g_ptr_array_add (scripts, g_steal_pointer (&script));
    }
  return g_steal_pointer (&scripts);
}

/* A server that gives its first page for whatever is asked gives no script. */
static gboolean
is_script (const PtlPage *self)
{
  const char *type = ptl_page_get_header (self, "Content-Type");

  return self->status == 200 && type != NULL && strstr (type, "script") != NULL;
}

gboolean
ptl_page_is_script_without_login (const PtlPage *self)
{
  return is_script (self) && self->whole && g_bytes_get_size (self->body) > 0 && !has_doubts (self);
}

/* Whether @path is one that tells who or what is there, and does nothing. */
static gboolean
only_tells (const char *path)
{
  static const char *const words[] = { "me",      "whoami",  "profile",  "user",   "users", "self",
                                       "current", "session", "settings", "config", "info",  "status" };
  const char *last = strrchr (path, '/');

  for (guint i = 0; last != NULL && i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (last + 1, words[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_path_letter (char c)
{
  return g_ascii_isalnum (c) || c == '/' || c == '-' || c == '_' || c == '.';
}

/* The path in quotes at @p, which stands at the first of them (transfer full), or NULL. */
static char *
read_path (const char *p, const char *end)
{
  const char *stop = p + 1;

  if (end - p < 3 || (*p != '"' && *p != '\'' && *p != '`') || p[1] != '/' || p[2] == '/')
    return NULL;
  while (stop < end && is_path_letter (*stop))
    stop++;
  if (stop == end || *stop != *p || stop - p > MAX_PATH)
    return NULL;
  return g_strndup (p + 1, stop - p - 1);
}

GPtrArray *
ptl_page_list_asks (const PtlPage *self)
{
  GPtrArray *asks = g_ptr_array_new_with_free_func (g_free);
  gsize length;
  const char *body = g_bytes_get_data (self->body, &length);

  if (!is_script (self))
    return asks;
  for (gsize i = 0; i < length && asks->len < MAX_ASKS; i++)
    {
      g_autofree char *path = read_path (body + i, body + length);

      if (path != NULL && only_tells (path)
          && !g_ptr_array_find_with_equal_func (asks, path, g_str_equal, NULL))
        g_ptr_array_add (asks, g_steal_pointer (&path));
    }
  return asks;
}
