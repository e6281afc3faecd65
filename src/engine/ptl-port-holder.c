/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-port-holder.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ptl-text.h"

#define STATE_LISTEN 0x0a

/* Inode of the socket bound to @port in a table such as /proc/net/tcp (proc(5)); listeners are preferred to
 * connections that happen to use the port. 0 = none. */
static guint64
find_inode (const char *table, guint16 port)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint64 found = 0;

  if (!g_file_get_contents (table, &text, NULL, NULL))
    return 0;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] && lines[i]; i++)
    {
      unsigned int local, state;
      unsigned long long inode;

      if (sscanf (lines[i], " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*u %*u %llu",
                  &local, &state, &inode) != 3)
        continue;
      if (local != port || inode == 0)
        continue;
      if (!found || state == STATE_LISTEN)
        found = inode;
    }
  return found;
}

static gboolean
has_socket (const char *pid, const char *wanted)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "fd", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *link = g_build_filename (path, name, NULL);
      char to[64];
      ssize_t n = readlink (link, to, sizeof to - 1);

      if (n < 0)
        continue;
      to[n] = '\0';
      if (strcmp (to, wanted) == 0)
        return TRUE;
    }
  return FALSE;
}

static char *
find_process (guint64 inode)
{
  g_autofree char *wanted = g_strdup_printf ("socket:[%" G_GUINT64_FORMAT "]", inode);
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_ascii_isdigit (name[0]) && has_socket (name, wanted))
      return g_strdup (name);
  return NULL;
}

static char *
describe_process (const char *pid)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "comm", NULL);
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  if (atoi (pid) == getpid ())
    return g_strdup (_("another rule of Portolan"));
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  name = ptl_text_make_safe (g_strchomp (text), -1, 32);
  /* Translators: a program's name and its process number. */
  return g_strdup_printf (_("“%s” (process %s)"), name, pid);
}

char *
ptl_port_holder_describe (PtlProtocol protocol, guint16 port)
{
  const char *tcp[] = { "/proc/self/net/tcp", "/proc/self/net/tcp6" };
  const char *udp[] = { "/proc/self/net/udp", "/proc/self/net/udp6" };

  for (guint i = 0; i < 2; i++)
    {
      guint64 inode = find_inode (protocol == PTL_PROTOCOL_UDP ? udp[i] : tcp[i], port);
      g_autofree char *pid = inode ? find_process (inode) : NULL;

      if (pid)
        return describe_process (pid);
    }
  return NULL;
}
