/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-port-holder.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ptl-text.h"

#define STATE_LISTEN 0x0a

/* The words of an address in /proc/net are printed as numbers of this machine's byte order
 * (proc(5)). */
static gboolean
parse_address (const char *hex, PtlSockaddr *address)
{
  gsize n_words = strlen (hex) / 8;
  guint32 words[4] = { 0 };

  if (n_words != 1 && n_words != 4)
    return FALSE;
  for (gsize i = 0; i < n_words; i++)
    if (sscanf (hex + 8 * i, "%8x", &words[i]) != 1)
      return FALSE;
  memset (address, 0, sizeof *address);
  if (n_words == 1)
    {
      address->in.sin_family = AF_INET;
      memcpy (&address->in.sin_addr, words, 4);
      return TRUE;
    }
  address->in6.sin6_family = AF_INET6;
  memcpy (&address->in6.sin6_addr, words, 16);
  return TRUE;
}

/* "::" may or may not take IPv4 as well; here it is only asked who might be in the way. */
static gboolean
excludes (const PtlSockaddr *held, const PtlSockaddr *wanted)
{
  PtlAddress a, b;

  ptl_sockaddr_get_address (held, &a);
  ptl_sockaddr_get_address (wanted, &b);
  if (ptl_sockaddr_is_any (held))
    return a.family == 6 || b.family == 4;
  if (ptl_sockaddr_is_any (wanted))
    return b.family == 6 || a.family == 4;
  return memcmp (&a, &b, sizeof a) == 0;
}

/* Inode of the socket bound there in a table such as /proc/net/tcp; listeners are preferred to
 * connections that happen to use the port. 0 = none. */
static guint64
find_inode (const char *table, const PtlSockaddr *wanted)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint64 found = 0;

  if (!g_file_get_contents (table, &text, NULL, NULL))
    return 0;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] && lines[i]; i++)
    {
      char hex[33];
      unsigned int port, state;
      unsigned long long inode;
      PtlSockaddr held;

      if (sscanf (lines[i], " %*u: %32[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*u %*u %llu",
                  hex, &port, &state, &inode)
          != 4)
        continue;
      if (port != ptl_sockaddr_get_port (wanted) || inode == 0)
        continue;
      if (!parse_address (hex, &held) || !excludes (&held, wanted))
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
ptl_port_holder_describe_at (PtlProtocol protocol, const PtlSockaddr *address)
{
  const char *tcp[] = { "/proc/self/net/tcp", "/proc/self/net/tcp6" };
  const char *udp[] = { "/proc/self/net/udp", "/proc/self/net/udp6" };

  for (guint i = 0; i < 2; i++)
    {
      guint64 inode = find_inode (protocol == PTL_PROTOCOL_UDP ? udp[i] : tcp[i], address);
      g_autofree char *pid = inode ? find_process (inode) : NULL;

      if (pid)
        return describe_process (pid);
    }
  return NULL;
}

char *
ptl_port_holder_describe (PtlProtocol protocol, guint16 port)
{
  PtlSockaddr any = { .in6 = { .sin6_family = AF_INET6, .sin6_port = g_htons (port) } };

  return ptl_port_holder_describe_at (protocol, &any);
}
