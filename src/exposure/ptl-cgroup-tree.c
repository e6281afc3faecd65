/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-cgroup-tree.h"

#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "ptl-process.h"

#define GROUPS_MOST 8192
#define DEPTH_MOST 16

struct _PtlCgroupTree
{
  char *root;
  GHashTable *paths; /* guint64 -> path */
};

static gboolean
is_version_2 (const char *path)
{
  struct statfs found;

  return statfs (path, &found) == 0 && found.f_type == CGROUP2_SUPER_MAGIC;
}

static char *
find_root (void)
{
  static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified", NULL };

  for (guint i = 0; places[i] != NULL; i++)
    if (is_version_2 (places[i]))
      return g_strdup (places[i]);
  return NULL;
}

static void
walk (PtlCgroupTree *self, const char *path, guint depth)
{
  g_autofree char *full = g_strconcat (self->root, path, NULL);
  g_autoptr (GDir) dir = g_dir_open (full, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = NULL;
      g_autofree char *place = NULL;
      struct stat found;
      guint64 id;

      if (g_hash_table_size (self->paths) >= GROUPS_MOST)
        return;
      /* What begins with "cgroup." or names a controller is a file of the group itself. */
      if (g_str_has_prefix (name, "cgroup."))
        continue;
      inner = g_strconcat (path, "/", name, NULL);
      place = g_strconcat (self->root, inner, NULL);
      if (lstat (place, &found) != 0 || !S_ISDIR (found.st_mode))
        continue;
      id = found.st_ino;
      g_hash_table_insert (self->paths, g_memdup2 (&id, sizeof id), g_strdup (inner));
      if (depth < DEPTH_MOST)
        walk (self, inner, depth + 1);
    }
}

PtlCgroupTree *
ptl_cgroup_tree_new (const char *root)
{
  PtlCgroupTree *self = g_new0 (PtlCgroupTree, 1);

  self->paths = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->root = root != NULL ? g_strdup (root) : find_root ();
  if (self->root != NULL)
    walk (self, "", 0);
  return self;
}

void
ptl_cgroup_tree_free (PtlCgroupTree *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->paths);
  g_free (self->root);
  g_free (self);
}

const char *
ptl_cgroup_tree_find (PtlCgroupTree *self, guint64 id)
{
  return g_hash_table_lookup (self->paths, &id);
}

char *
ptl_cgroup_tree_dup_program (PtlCgroupTree *self, const char *path, guint32 *pid)
{
  g_autofree char *file = g_strconcat (self->root, path, "/cgroup.procs", NULL);
  g_autofree char *text = NULL;
  g_autofree char *program = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;
  guint64 first = 0;

  if (!g_file_get_contents (file, &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", 1024);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *name = NULL;
      guint64 number;

      if (!g_ascii_string_to_unsigned (lines[i], 10, 1, G_MAXINT32, &number, NULL))
        continue;
      name = ptl_process_dup_name ((guint32) number);
      if (program != NULL && strcmp (program, name) != 0)
        return NULL;
      g_free (program);
      program = g_steal_pointer (&name);
      first = n++ == 0 ? number : 0;
    }
  if (program == NULL || *program == '\0')
    return NULL;
  *pid = (guint32) first;
  return g_steal_pointer (&program);
}
