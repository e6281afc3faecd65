/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-process.h"

#include <pwd.h>
#include <unistd.h>

#include "core/ptl-text.h"

#define NAME_MAX_CHARS 64
#define ENTRY_BYTES 16384

char *
ptl_process_dup_name (guint32 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/comm", pid);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_strdup ("");
  return ptl_text_make_safe (g_strchomp (text), -1, NAME_MAX_CHARS);
}

gboolean
ptl_process_is_there (guint32 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u", pid);

  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

char *
ptl_process_dup_user (guint32 uid)
{
  g_autofree char *buffer = g_malloc (ENTRY_BYTES);
  struct passwd entry, *found = NULL;

  if (getpwuid_r (uid, &entry, buffer, ENTRY_BYTES, &found) == 0 && found != NULL)
    return ptl_text_make_safe (found->pw_name, -1, NAME_MAX_CHARS);
  return g_strdup_printf ("%u", uid);
}

/* https://docs.flatpak.org/en/latest/flatpak-command-reference.html: the file is there in each instance. */
gboolean
ptl_process_is_sandboxed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}
