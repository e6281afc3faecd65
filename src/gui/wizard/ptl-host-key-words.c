/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-host-key-words.h"

#include <string.h>

#include "core/ptl-text.h"

#define KEY_MAX_CHARS 200

void
ptl_host_key_split (const char *key, char **type, char **fingerprint)
{
  g_autofree char *safe = ptl_text_make_safe (key, -1, KEY_MAX_CHARS);
  const char *space = strchr (safe, ' ');

  *type = space != NULL ? g_strndup (safe, space - safe) : g_strdup ("");
  *fingerprint = g_strdup (space != NULL ? space + 1 : safe);
}

char *
ptl_host_key_command (const char *key)
{
  static const char *const types[] = { "ed25519", "ecdsa", "rsa", "dsa" };
  g_autofree char *type = NULL, *fingerprint = NULL, *folded = NULL;

  ptl_host_key_split (key, &type, &fingerprint);
  folded = g_ascii_strdown (type, -1);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (strstr (folded, types[i]) != NULL)
      return g_strdup_printf ("ssh-keygen -lf /etc/ssh/ssh_host_%s_key.pub", types[i]);
  return g_strdup ("for k in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $k; done");
}
