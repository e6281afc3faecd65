/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-metrics-head.h"

#include <string.h>

static const char token_marks[] = "!#$%&'*+-.^_`|~";

static gboolean
is_token (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && (text[i] == '\0' || strchr (token_marks, text[i]) == NULL))
      return FALSE;
  return length > 0;
}

static gboolean
is_word (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      return FALSE;
  return length > 0;
}

/* What may stand in a header's value: no control but the tab. */
static gboolean
is_value (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) text[i] < ' ' ? text[i] != '\t' : text[i] == 0x7f)
      return FALSE;
  return TRUE;
}

/* Takes what stands before @mark off the front of a line. */
static gboolean
cut (const char **line, gsize *length, char mark, const char **part, gsize *part_length)
{
  const char *at = memchr (*line, mark, *length);

  if (at == NULL)
    return FALSE;
  *part = *line;
  *part_length = (gsize) (at - *line);
  *length -= *part_length + 1;
  *line = at + 1;
  return TRUE;
}

static gboolean
is_text (const char *bytes, gsize length, const char *text)
{
  return length == strlen (text) && memcmp (bytes, text, length) == 0;
}

static PtlMetricsHead
check_request_line (const char *line, gsize length)
{
  const char *method, *target;
  gsize method_length, target_length, path_length;
  const char *query;

  if (!cut (&line, &length, ' ', &method, &method_length)
      || !cut (&line, &length, ' ', &target, &target_length))
    return PTL_METRICS_HEAD_BAD;
  if (!is_token (method, method_length) || !is_word (target, target_length)
      || (!is_text (line, length, "HTTP/1.1") && !is_text (line, length, "HTTP/1.0")))
    return PTL_METRICS_HEAD_BAD;
  if (!is_text (method, method_length, "GET"))
    return PTL_METRICS_HEAD_NOT_ALLOWED;
  query = memchr (target, '?', target_length);
  path_length = query != NULL ? (gsize) (query - target) : target_length;
  return is_text (target, path_length, "/metrics") ? PTL_METRICS_HEAD_OK : PTL_METRICS_HEAD_NOT_FOUND;
}

static gboolean
is_this_computer (const char *host, gsize length, guint16 port)
{
  static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s:%u", names[i], port);

      if (length == strlen (name) && g_ascii_strncasecmp (host, name, length) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
trim (const char **text, gsize *length)
{
  while (*length > 0 && (**text == ' ' || **text == '\t'))
    {
      (*text)++;
      (*length)--;
    }
  while (*length > 0 && ((*text)[*length - 1] == ' ' || (*text)[*length - 1] == '\t'))
    (*length)--;
}

static gboolean
check_header (const char *line, gsize length, guint16 port, guint *n_hosts)
{
  const char *name;
  gsize name_length;

  if (!cut (&line, &length, ':', &name, &name_length) || !is_token (name, name_length)
      || !is_value (line, length))
    return FALSE;
  if (name_length != strlen ("Host") || g_ascii_strncasecmp (name, "Host", name_length) != 0)
    return TRUE;
  (*n_hosts)++;
  trim (&line, &length);
  return is_this_computer (line, length, port);
}

/* A line without its end; FALSE where none ends within @length. */
static gboolean
cut_line (const char **bytes, gsize *length, const char **line, gsize *line_length)
{
  const char *end = memmem (*bytes, *length, "\r\n", 2);

  if (end == NULL)
    return FALSE;
  *line = *bytes;
  *line_length = (gsize) (end - *bytes);
  *length -= *line_length + 2;
  *bytes = end + 2;
  return TRUE;
}

static PtlMetricsHead
check_whole (const char *bytes, gsize length, guint16 port)
{
  const char *line = NULL;
  gsize line_length = 0;
  guint n_hosts = 0;
  PtlMetricsHead verdict;

  cut_line (&bytes, &length, &line, &line_length);
  verdict = check_request_line (line, line_length);
  while (verdict != PTL_METRICS_HEAD_BAD && cut_line (&bytes, &length, &line, &line_length)
         && line_length > 0)
    if (!check_header (line, line_length, port, &n_hosts))
      return PTL_METRICS_HEAD_BAD;
  return n_hosts == 1 ? verdict : PTL_METRICS_HEAD_BAD;
}

PtlMetricsHead
ptl_metrics_head_check (const char *bytes, gsize length, guint16 port)
{
  gsize seen = MIN (length, PTL_METRICS_HEAD_MAX);
  const char *end = memmem (bytes, seen, "\r\n\r\n", 4);

  if (end != NULL)
    return check_whole (bytes, (gsize) (end - bytes) + 4, port);
  return seen < PTL_METRICS_HEAD_MAX ? PTL_METRICS_HEAD_MORE : PTL_METRICS_HEAD_BAD;
}
