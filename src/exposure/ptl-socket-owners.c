/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-socket-owners.h"

#include <stdio.h>
#include <unistd.h>

#include "ptl-cgroup-tree.h"
#include "ptl-process.h"

/* Inode of the socket behind a link in /proc/PID/fd, 0 = not a socket. */
static guint32
read_socket_link (const char *path)
{
  char link[64];
  ssize_t n = readlink (path, link, sizeof link - 1);
  unsigned int inode = 0;

  if (n <= 0)
    return 0;
  link[n] = '\0';
  return sscanf (link, "socket:[%u]", &inode) == 1 ? inode : 0;
}

static void
search_process (guint32 pid, GHashTable *owners)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/fd", pid);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *link = g_build_filename (path, name, NULL);
      guint32 inode = read_socket_link (link);
      gpointer owner;

      if (!inode || !g_hash_table_lookup_extended (owners, GUINT_TO_POINTER (inode), NULL, &owner))
        continue;
      /* Of a program and its children that share the socket, the oldest is most likely the program.
       */
      if (!owner || pid < GPOINTER_TO_UINT (owner))
        g_hash_table_insert (owners, GUINT_TO_POINTER (inode), GUINT_TO_POINTER (pid));
    }
}

static void
search_processes (GPtrArray *listeners)
{
  g_autoptr (GHashTable) owners = g_hash_table_new (NULL, NULL);
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;

  for (guint i = 0; i < listeners->len; i++)
    {
      PtlListener *listener = g_ptr_array_index (listeners, i);

      g_hash_table_insert (owners, GUINT_TO_POINTER (listener->inode), NULL);
    }
  while (dir && (name = g_dir_read_name (dir)))
    {
      guint64 pid;

      if (g_ascii_string_to_unsigned (name, 10, 1, G_MAXINT32, &pid, NULL))
        search_process ((guint32) pid, owners);
    }
  for (guint i = 0; i < listeners->len; i++)
    {
      PtlListener *listener = g_ptr_array_index (listeners, i);
      gpointer owner = g_hash_table_lookup (owners, GUINT_TO_POINTER (listener->inode));

      listener->pid = GPOINTER_TO_UINT (owner);
    }
}

static void
take_group (PtlListener *listener, PtlCgroup *group)
{
  if (group == NULL)
    return;
  g_free (listener->unit);
  listener->unit = g_steal_pointer (&group->unit);
  listener->user_unit = group->user_unit;
  g_free (listener->container);
  listener->container = g_steal_pointer (&group->container);
}

static void
describe_process (PtlListener *listener)
{
  g_autoptr (PtlCgroup) group = ptl_cgroup_of_process (listener->pid);

  g_free (listener->process);
  listener->process = ptl_process_dup_name (listener->pid);
  take_group (listener, group);
}

/* Its process may not be looked into; but the group that made it is told of each socket, and who is in a group as well. */
static void
describe_group (PtlListener *listener, PtlCgroupTree *tree)
{
  const char *path = ptl_cgroup_tree_find (tree, listener->cgroup);
  g_autoptr (PtlCgroup) group = path != NULL ? ptl_cgroup_read_path (path) : NULL;
  char *program = path != NULL ? ptl_cgroup_tree_dup_program (tree, path, &listener->pid) : NULL;

  take_group (listener, group);
  if (program == NULL)
    return;
  g_free (listener->process);
  listener->process = program;
}

static void
describe_user (PtlListener *listener, GHashTable *users)
{
  const char *name = g_hash_table_lookup (users, GUINT_TO_POINTER (listener->uid));

  if (name == NULL)
    {
      char *found = ptl_process_dup_user (listener->uid);

      g_hash_table_insert (users, GUINT_TO_POINTER (listener->uid), found);
      name = found;
    }
  g_free (listener->user);
  listener->user = g_strdup (name);
}

void
ptl_socket_owners_find (GPtrArray *listeners)
{
  g_autoptr (GHashTable) users = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (PtlCgroupTree) tree = NULL;

  search_processes (listeners);
  for (guint i = 0; i < listeners->len; i++)
    {
      PtlListener *listener = g_ptr_array_index (listeners, i);

      describe_user (listener, users);
      if (listener->pid)
        describe_process (listener);
      if (listener->pid || !listener->cgroup)
        continue;
      if (!tree)
        tree = ptl_cgroup_tree_new (NULL);
      describe_group (listener, tree);
    }
}
