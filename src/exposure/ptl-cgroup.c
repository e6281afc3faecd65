/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-cgroup.h"

#include <string.h>

#include "core/ptl-text.h"

#define PATH_MAX_BYTES 4096
#define PARTS_MOST 64
#define NAME_MAX_CHARS 128
#define ID_DIGITS 64

PtlCgroup *
ptl_cgroup_new (void)
{
  PtlCgroup *self = g_new0 (PtlCgroup, 1);

  self->unit = g_strdup ("");
  self->container = g_strdup ("");
  return self;
}

void
ptl_cgroup_free (PtlCgroup *self)
{
  if (self == NULL)
    return;
  g_free (self->unit);
  g_free (self->container);
  g_free (self);
}

/* ---- /proc/PID/cgroup: lines of "number:controllers:path" ---- */

/* The path in one line, where that is the hierarchy @controllers. */
static const char *
match_line (const char *line, const char *controllers)
{
  const char *colon = strchr (line, ':');
  gsize length = strlen (controllers);

  if (colon == NULL || strncmp (colon + 1, controllers, length) != 0 || colon[1 + length] != ':')
    return NULL;
  return colon + 2 + length;
}

static char *
find_hierarchy (char **lines, const char *controllers)
{
  for (; *lines != NULL; lines++)
    {
      const char *path = match_line (*lines, controllers);

      /* The root says nothing; where both versions are in use only one of them is systemd's. */
      if (path != NULL && path[0] == '/' && path[1] != '\0')
        return g_strndup (path, PATH_MAX_BYTES);
    }
  return NULL;
}

char *
ptl_cgroup_find_path (const char *text, gsize length)
{
  g_autofree char *copy = g_strndup (text, MIN (length, 64 * 1024));
  g_auto (GStrv) lines = g_strsplit (copy, "\n", 256);
  char *path = find_hierarchy (lines, "name=systemd");

  return path != NULL ? path : find_hierarchy (lines, "");
}

/* ---- The path ---- */

static gboolean
is_unit (const char *part)
{
  static const char *const kinds[] = { ".service", ".scope", ".socket", ".mount", ".swap", NULL };

  for (guint i = 0; kinds[i] != NULL; i++)
    if (g_str_has_suffix (part, kinds[i]) && strlen (part) > strlen (kinds[i]))
      return TRUE;
  return FALSE;
}

/* The first unit from @parts on; slices only hold it. @next: what comes after it. */
static const char *
find_unit (char **parts, char ***next)
{
  while (*parts != NULL && g_str_has_suffix (*parts, ".slice"))
    parts++;
  /* systemd puts a _ before a name that a controller might have (cg_escape). */
  if (*parts == NULL || !is_unit (*parts))
    return NULL;
  *next = parts + 1;
  return **parts == '_' ? *parts + 1 : *parts;
}

static void
read_unit (PtlCgroup *self, char **parts)
{
  char **next = NULL;
  const char *unit = find_unit (parts, &next), *inner;

  if (unit == NULL)
    return;
  if (g_str_has_prefix (unit, "user@"))
    {
      inner = find_unit (next, &next);
      self->user_unit = inner != NULL;
      unit = inner != NULL ? inner : unit;
    }
  g_free (self->unit);
  self->unit = ptl_text_make_safe (unit, -1, NAME_MAX_CHARS);
}

/* "docker-4f...e1.scope", "libpod-4f...e1", "cri-containerd-4f...e1.scope", "4f...e1" */
static char *
find_id (const char *part)
{
  const char *begin = strrchr (part, '-');
  gsize length;

  begin = begin != NULL ? begin + 1 : part;
  length = strspn (begin, "0123456789abcdef");
  if (length != ID_DIGITS || (begin[length] != '\0' && begin[length] != '.'))
    return NULL;
  return g_strndup (begin, length);
}

static char *
cut (const char *part, const char *prefix, const char *suffix)
{
  gsize length = strlen (part), taken = strlen (prefix) + strlen (suffix);

  if (length <= taken || !g_str_has_prefix (part, prefix) || !g_str_has_suffix (part, suffix))
    return NULL;
  return g_strndup (part + strlen (prefix), length - taken);
}

/* @before: the part of the path before @part, or "". */
static char *
find_container (const char *part, const char *before)
{
  char *found = find_id (part);

  if (found == NULL)
    found = cut (part, "lxc.payload.", "");
  if (found == NULL && strcmp (before, "lxc") == 0)
    found = g_strdup (part);
  if (found == NULL)
    found = cut (part, "systemd-nspawn@", ".service");
  return found;
}

PtlCgroup *
ptl_cgroup_read_path (const char *path)
{
  PtlCgroup *self = ptl_cgroup_new ();
  g_autofree char *bounded = g_strndup (path, PATH_MAX_BYTES);
  g_auto (GStrv) parts = g_strsplit (*bounded == '/' ? bounded + 1 : bounded, "/", PARTS_MOST);

  read_unit (self, parts);
  for (guint i = 0; parts[i] != NULL && *self->container == '\0'; i++)
    {
      g_autofree char *found = find_container (parts[i], i > 0 ? parts[i - 1] : "");

      if (found == NULL)
        continue;
      g_free (self->container);
      self->container = ptl_text_make_safe (found, -1, NAME_MAX_CHARS);
    }
  return self;
}

PtlCgroup *
ptl_cgroup_of_process (guint32 pid)
{
  g_autofree char *file = g_strdup_printf ("/proc/%u/cgroup", pid);
  g_autofree char *text = NULL;
  g_autofree char *path = NULL;
  gsize length = 0;

  if (!g_file_get_contents (file, &text, &length, NULL))
    return NULL;
  path = ptl_cgroup_find_path (text, length);
  return ptl_cgroup_read_path (path != NULL ? path : "");
}
