/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-page.h"

#include <gio/gio.h>
#include <string.h>

#include "core/ptl-nesting.h"
#include "core/ptl-text.h"
#include "ptl-page-body.h"

#define MAX_HEADERS 100
#define MAX_TITLE 120
#define MAX_JSON_DEPTH 64

static void
ptl_header_free (PtlHeader *self)
{
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

void
ptl_page_free (PtlPage *self)
{
  g_clear_pointer (&self->headers, g_ptr_array_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->json, json_node_unref);
  g_free (self->lower);
  g_free (self->title);
  g_free (self);
}

const char *
ptl_page_get_lower (const PtlPage *self)
{
  gsize length;
  const char *body = g_bytes_get_data (self->body, &length);

  if (self->lower == NULL)
    ((PtlPage *) self)->lower = g_ascii_strdown (body != NULL ? body : "", length);
  return self->lower;
}

const char *
ptl_page_get_header (const PtlPage *self, const char *name)
{
  for (guint i = 0; i < self->headers->len; i++)
    {
      const PtlHeader *header = g_ptr_array_index (self->headers, i);

      if (g_ascii_strcasecmp (header->name, name) == 0)
        return header->value;
    }
  return NULL;
}

/* "HTTP/1.1 200 OK"; an Icecast of old says "ICY 200 OK". */
static int
read_status (const char *data, gsize length)
{
  const char *p = data;

  if (length > 12 && g_ascii_strncasecmp (data, "HTTP/", 5) == 0)
    p = memchr (data, ' ', MIN (length, 16));
  else if (length > 7 && strncmp (data, "ICY ", 4) == 0)
    p = data + 3;
  else
    return 0;
  if (p == NULL || data + length - p < 4 || !g_ascii_isdigit (p[1]) || !g_ascii_isdigit (p[2])
      || !g_ascii_isdigit (p[3]))
    return 0;
  return (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0');
}

/* Takes the lines up to the empty one; gives where the body begins. */
static const char *
read_headers (PtlPage *self, const char *p, const char *end)
{
  while (p < end)
    {
      const char *line_end = memchr (p, '\n', end - p), *stop = line_end ? line_end : end, *colon;

      if (stop > p && stop[-1] == '\r')
        stop--;
      if (stop == p)
        return line_end ? line_end + 1 : end;
      colon = memchr (p, ':', stop - p);
      if (colon != NULL && self->headers->len < MAX_HEADERS)
        {
          PtlHeader *header = g_new0 (PtlHeader, 1);

          header->name = g_strndup (p, colon - p);
          header->value = g_strstrip (g_strndup (colon + 1, stop - colon - 1));
          g_ptr_array_add (self->headers, header);
        }
      p = line_end ? line_end + 1 : end;
    }
  return end;
}

/* Where the headers begin: after the first line. */
static const char *
skip_line (const char *p, const char *end)
{
  const char *line_end = memchr (p, '\n', end - p);

  return line_end ? line_end + 1 : end;
}

static const char *
find_text (const char *p, const char *end, const char *needle)
{
  gsize length = strlen (needle);

  for (; (gsize) (end - p) >= length && p < end; p++)
    if (g_ascii_strncasecmp (p, needle, length) == 0)
      return p;
  return NULL;
}

/* The few entities that titles hold. */
static char *
decode_entities (const char *text, gsize length)
{
  static const char *const pairs[][2]
      = { { "&amp;", "&" },   { "&lt;", "<" },    { "&gt;", ">" },
          { "&quot;", "\"" }, { "&#39;", "'" },   { "&nbsp;", " " },
          { "&mdash;", "-" }, { "&#8211;", "-" }, { "&middot;", "·" } };
  GString *out = g_string_new_len (text, length);

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_string_replace (out, pairs[i][0], pairs[i][1], 0);
  return g_string_free (out, FALSE);
}

static char *
read_title (GBytes *body)
{
  gsize length;
  const char *start = g_bytes_get_data (body, &length), *end, *p, *stop;
  g_autofree char *decoded = NULL, *safe = NULL;

  if (length == 0)
    return g_strdup ("");
  end = start + length;
  p = find_text (start, end, "<title");
  p = p == NULL ? NULL : memchr (p, '>', end - p);
  if (p == NULL)
    return g_strdup ("");
  p++;
  stop = memchr (p, '<', end - p);
  decoded = decode_entities (p, MIN ((stop ? stop : end) - p, 1000));
  safe = ptl_text_make_safe (decoded, -1, MAX_TITLE);
  return g_strdup (g_strstrip (safe));
}

static JsonNode *
read_json (GBytes *body)
{
  g_autoptr (JsonParser) parser = NULL;
  gsize length, at = 0;
  const char *text = g_bytes_get_data (body, &length);

  while (at < length && g_ascii_isspace (text[at]))
    at++;
  if (at == length || (text[at] != '{' && text[at] != '[') || !ptl_nesting_is_shallow (text, length, MAX_JSON_DEPTH)
      || !g_utf8_validate (text, length, NULL))
    return NULL;
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, length, NULL))
    return NULL;
  return json_parser_steal_root (parser);
}

PtlPage *
ptl_page_parse (const void *data, gsize length)
{
  g_autoptr (PtlPage) self = NULL;
  const char *start = data, *end, *body;
  int status = length == 0 ? 0 : read_status (data, length);

  if (status == 0)
    return NULL;
  end = start + length;
  self = g_new0 (PtlPage, 1);
  self->status = status;
  self->headers = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_header_free);
  body = read_headers (self, skip_line (start, end), end);
  self->body
      = ptl_page_body_decode (body, end - body, ptl_page_get_header (self, "Transfer-Encoding"),
                              ptl_page_get_header (self, "Content-Encoding"));
  self->title = read_title (self->body);
  self->json = read_json (self->body);
  return g_steal_pointer (&self);
}

gboolean
ptl_page_is_whole (const void *data, gsize length)
{
  const char *start = data, *end, *body, *value;

  if (length == 0 || read_status (data, length) == 0)
    return FALSE;
  end = start + length;
  body = find_text (start, end, "\r\n\r\n");
  if (body == NULL)
    return FALSE;
  body += 4;
  value = find_text (start, body, "\r\ncontent-length:");
  if (value != NULL)
    return (guint64) (end - body) >= g_ascii_strtoull (value + 17, NULL, 10);
  if (find_text (start, body, "\r\ntransfer-encoding:") != NULL)
    return end - body >= 5 && memcmp (end - 5, "0\r\n\r\n", 5) == 0;
  return FALSE;
}
