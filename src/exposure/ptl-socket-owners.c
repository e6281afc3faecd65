/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-socket-owners.h"

#include <stdio.h>
#include <unistd.h>

#include "core/ptl-text.h"

#define NAME_MAX_CHARS 64

static char *
get_process_name (guint32 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/comm", pid);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_strdup ("");
  return ptl_text_make_safe (g_strchomp (text), -1, NAME_MAX_CHARS);
}

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

void
ptl_socket_owners_find (GPtrArray *listeners)
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
      if (!listener->pid)
        continue;
      g_free (listener->process);
      listener->process = get_process_name (listener->pid);
    }
}
