/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-pattern.h"

#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"

#define MAX_PATTERN 600
#define MAX_DEPTH 16
#define MAX_GROUPS 10
#define MAX_SHOWN 80
/* PCRE2 counts the calls of its matcher: this is some milliseconds. */
#define LIMITS "(*LIMIT_MATCH=100000)(*LIMIT_DEPTH=2000)"

struct _PtlPattern
{
  GRegex *regex;
};

static const char *
skip_class (const char *p)
{
  p++;
  if (*p == '^')
    p++;
  if (*p == ']')
    p++;
  for (; *p != '\0' && *p != ']'; p++)
    if (*p == '\\' && p[1] != '\0')
      p++;
  return *p == ']' ? p : NULL;
}

/* Whether what stands at @p repeats without an end, or often. */
static gboolean
repeats (const char *p)
{
  if (*p == '*' || *p == '+')
    return TRUE;
  return *p == '{' && (strchr (p, ',') != NULL) && strchr (p, '}') != NULL
         && strchr (p, ',') < strchr (p, '}')
         && (strchr (p, ',')[1] == '}' || g_ascii_strtoull (strchr (p, ',') + 1, NULL, 10) > 8);
}

static gboolean
refuse (GError **error, const char *pattern, const char *why)
{
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, "The pattern “%s” %s.", pattern, why);
  return FALSE;
}

/* A group that repeats and holds what repeats can take exponential time. */
static gboolean
check_cost (const char *pattern, GError **error)
{
  gboolean inner[MAX_DEPTH] = { FALSE };
  guint depth = 0;

  if (strlen (pattern) > MAX_PATTERN)
    return refuse (error, pattern, "is too long");
  for (const char *p = pattern; *p != '\0'; p++)
    {
      if (*p == '\\')
        {
          if (p[1] == '\0' || (p[1] >= '1' && p[1] <= '9') || p[1] == 'g' || p[1] == 'k')
            return refuse (error, pattern, "refers back");
          p++;
        }
      else if (*p == '[' && (p = skip_class (p)) == NULL)
        return refuse (error, pattern, "has a class without an end");
      else if (*p == '(')
        {
          if (p[1] == '*' || (p[1] == '?' && p[2] != ':' && p[2] != '=' && p[2] != '!'))
            return refuse (error, pattern, "has a group of a kind that is not taken");
          if (++depth == MAX_DEPTH)
            return refuse (error, pattern, "is nested too deep");
          inner[depth] = FALSE;
          continue;
        }
      else if (*p == ')')
        {
          gboolean inside = inner[depth];

          if (depth == 0)
            return refuse (error, pattern, "closes a group that is not open");
          depth--;
          if (inside && repeats (p + 1))
            return refuse (error, pattern, "repeats what repeats");
          inner[depth] = inner[depth] || inside || repeats (p + 1);
          continue;
        }
      if (repeats (p + 1))
        inner[depth] = TRUE;
    }
  return TRUE;
}

PtlPattern *
ptl_pattern_new (const char *pattern, gboolean caseless, GError **error)
{
  g_autoptr (PtlPattern) self = g_new0 (PtlPattern, 1);
  g_autofree char *limited = g_strconcat (LIMITS, pattern, NULL);
  g_autoptr (GError) failure = NULL;

  if (!check_cost (pattern, error))
    return NULL;
  self->regex = g_regex_new (limited, G_REGEX_RAW | (caseless ? G_REGEX_CASELESS : 0), 0, &failure);
  if (self->regex == NULL)
    {
      refuse (error, pattern, failure->message);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
ptl_pattern_free (PtlPattern *self)
{
  g_clear_pointer (&self->regex, g_regex_unref);
  g_free (self);
}

static void
free_group (gpointer bytes)
{
  if (bytes != NULL)
    g_bytes_unref (bytes);
}

static GPtrArray *
take_groups (GMatchInfo *info, const char *data)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func (free_group);

  for (int i = 0; i < MAX_GROUPS; i++)
    {
      int start = -1, end = -1;

      g_match_info_fetch_pos (info, i, &start, &end);
      g_ptr_array_add (groups, start < 0 ? NULL : g_bytes_new (data + start, end - start));
    }
  return groups;
}

gboolean
ptl_pattern_match (const PtlPattern *self, const void *data, gsize length, GPtrArray **groups)
{
  g_autoptr (GMatchInfo) info = NULL;
  const char *text = length > 0 ? data : "";

  if (!g_regex_match_full (self->regex, text, length, 0, 0, &info, NULL))
    return FALSE;
  if (groups != NULL)
    *groups = take_groups (info, text);
  return TRUE;
}

gboolean
ptl_pattern_match_text (const PtlPattern *self, const char *text)
{
  return text != NULL && ptl_pattern_match (self, text, strlen (text), NULL);
}

char *
ptl_pattern_extract (const PtlPattern *self, const void *data, gsize length)
{
  g_autoptr (GPtrArray) groups = NULL;

  if (!ptl_pattern_match (self, data, length, &groups))
    return NULL;
  return ptl_pattern_expand ("$1", groups);
}

char *
ptl_pattern_find (const char *pattern, const void *data, gsize length)
{
  g_autoptr (PtlPattern) compiled = ptl_pattern_new (pattern, TRUE, NULL);
  g_autoptr (GPtrArray) groups = NULL;
  GBytes *group;

  g_return_val_if_fail (compiled != NULL, NULL);
  if (!ptl_pattern_match (compiled, data, length, &groups))
    return NULL;
  group = g_ptr_array_index (groups, 1);
  return g_strndup (g_bytes_get_data (group, NULL), g_bytes_get_size (group));
}

static void
append_group (GString *out, GPtrArray *groups, char kind, guint index)
{
  GBytes *group = index < groups->len ? g_ptr_array_index (groups, index) : NULL;
  gsize length = 0;
  const guint8 *bytes = group == NULL ? NULL : g_bytes_get_data (group, &length);
  guint64 number = 0;

  if (kind == '$')
    {
      g_string_append_len (out, (const char *) bytes, bytes == NULL ? 0 : length);
      return;
    }
  for (gsize i = 0; bytes != NULL && i < MIN (length, 8); i++)
    number = number << 8 | bytes[i];
  g_string_append_printf (out, "%" G_GUINT64_FORMAT, number);
}

char *
ptl_pattern_expand (const char *template, GPtrArray *groups)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *safe = NULL;

  for (const char *p = template; *p != '\0'; p++)
    if ((*p == '$' || *p == '#') && g_ascii_isdigit (p[1]))
      {
        append_group (out, groups, *p, p[1] - '0');
        p++;
      }
    else
      g_string_append_c (out, *p);
  safe = ptl_text_make_safe (out->str, out->len, MAX_SHOWN);
  return g_strdup (g_strstrip (safe));
}
