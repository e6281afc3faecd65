/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-known-hosts.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/ptl-error.h"
#include "ptl-tunnel.h"

#define FILE_NAME "known_hosts"
#define FILE_MOST_BYTES (1024 * 1024)
#define KEY_LINE_MOST_BYTES 16384

static const struct
{
  const char *type;
  const char *label;
} key_types[] = {
  { "ssh-ed25519", "ED25519" },
  { "ecdsa-sha2-nistp256", "ECDSA" },
  { "ecdsa-sha2-nistp384", "ECDSA" },
  { "ecdsa-sha2-nistp521", "ECDSA" },
  { "ssh-rsa", "RSA" },
};

char *
ptl_known_hosts_dup_path (const char *state_dir)
{
  return g_build_filename (state_dir, FILE_NAME, NULL);
}

char *
ptl_known_hosts_dup_name (const PtlRelay *relay)
{
  g_autofree char *host = g_ascii_strdown (relay->host, -1);

  return relay->port == 22 ? g_steal_pointer (&host)
                           : g_strdup_printf ("[%s]:%u", host, relay->port);
}

static const char *
get_label (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (key_types); i++)
    if (strcmp (key_types[i].type, type) == 0)
      return key_types[i].label;
  return NULL;
}

/* RFC 4253, 6.6: the key begins with its type, as a string with a length before it. */
static gboolean
blob_has_type (const guchar *blob, gsize length, const char *type)
{
  gsize n = strlen (type);

  return length > 4 + n && blob[0] == 0 && blob[1] == 0 && blob[2] == 0 && blob[3] == n
         && memcmp (blob + 4, type, n) == 0;
}

/* Base64 as ssh writes it, without anything that GLib would skip over. */
static guchar *
decode_key (const char *text, gsize *length)
{
  g_autofree guchar *blob = NULL;
  g_autofree char *again = NULL;

  blob = g_base64_decode (text, length);
  again = g_base64_encode (blob, *length);
  return *length > 0 && strcmp (again, text) == 0 ? g_steal_pointer (&blob) : NULL;
}

static char *
format_fingerprint (const char *label, const guchar *blob, gsize length)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *text = NULL;
  guint8 digest[32];
  gsize n = sizeof digest;

  g_checksum_update (checksum, blob, (gssize)length);
  g_checksum_get_digest (checksum, digest, &n);
  text = g_base64_encode (digest, n);
  text[strcspn (text, "=")] = '\0';
  return g_strdup_printf ("%s SHA256:%s", label, text);
}

char *
ptl_known_hosts_fingerprint (const PtlRelay *relay,
                             const char *key_line,
                             char **type,
                             GError **error)
{
  g_autofree char *name = ptl_known_hosts_dup_name (relay);
  g_auto (GStrv) words = NULL;
  g_autofree guchar *blob = NULL;
  const char *label = NULL;
  gsize length = 0;

  if (strlen (key_line) <= KEY_LINE_MOST_BYTES)
    words = g_strsplit (key_line, " ", 4);
  if (words != NULL && g_strv_length (words) == 3 && g_ascii_strcasecmp (words[0], name) == 0)
    label = get_label (words[1]);
  if (label != NULL)
    blob = decode_key (words[2], &length);
  if (blob == NULL || !blob_has_type (blob, length, words[1]))
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _ ("Connect again, and accept the key that is shown then."),
                     _ ("That is not a host key of this relay."));
      return NULL;
    }
  if (type != NULL)
    *type = g_strdup (words[1]);
  return format_fingerprint (label, blob, length);
}

/* Nothing there yet is no error. */
static gboolean
load_lines (const char *path, char ***lines, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &local_error))
    {
      if (!g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        {
          ptl_error_set (error, PTL_ERROR_FAILED, _ ("Look at the permissions of that file."),
                         /* Translators: the reason of the system */
                         _ ("The file of known host keys cannot be read: %s."),
                         local_error->message);
          return FALSE;
        }
      text = g_strdup ("");
      length = 0;
    }
  if (length > FILE_MOST_BYTES)
    {
      ptl_error_set (error, PTL_ERROR_FAILED, _ ("Remove it: the keys will be asked about again."),
                     _ ("The file of known host keys is too big."));
      return FALSE;
    }
  *lines = g_strsplit (text, "\n", -1);
  return TRUE;
}

/* @type: NULL = any. */
static gboolean
line_is_of (const char *line, const char *name, const char *type)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);

  return g_strv_length (words) >= 2 && g_ascii_strcasecmp (words[0], name) == 0
         && (type == NULL || strcmp (words[1], type) == 0);
}

/* @add may be NULL. */
static gboolean
replace_lines (
    const char *state_dir, const char *name, const char *type, const char *add, GError **error)
{
  g_autofree char *path = ptl_known_hosts_dup_path (state_dir);
  g_autoptr (GError) local_error = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (!load_lines (path, &lines, error))
    return FALSE;
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0' && !line_is_of (*line, name, type))
      g_string_append_printf (text, "%s\n", *line);
  if (add != NULL)
    g_string_append_printf (text, "%s\n", add);
  if (g_mkdir_with_parents (state_dir, 0700) == 0
      && g_file_set_contents_full (path, text->str, (gssize)text->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, &local_error))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_FAILED,
                 _ ("Look whether the disk is full, and at the permissions of that file."),
                 /* Translators: the reason of the system */
                 _ ("The file of known host keys cannot be written: %s."),
                 local_error != NULL ? local_error->message : g_strerror (errno));
  return FALSE;
}

gboolean
ptl_known_hosts_contains (const char *state_dir, const PtlRelay *relay)
{
  g_autofree char *path = ptl_known_hosts_dup_path (state_dir);
  g_autofree char *name = ptl_known_hosts_dup_name (relay);
  g_auto (GStrv) lines = NULL;

  if (!load_lines (path, &lines, NULL))
    return FALSE;
  for (char **line = lines; *line != NULL; line++)
    if (line_is_of (*line, name, NULL))
      return TRUE;
  return FALSE;
}

gboolean
ptl_tunnel_trust_key (const char *state_dir,
                      const PtlRelay *relay,
                      const char *key_line,
                      GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *type = NULL;
  g_autofree char *fingerprint = NULL;

  g_return_val_if_fail (state_dir != NULL && relay != NULL && key_line != NULL, FALSE);

  fingerprint = ptl_known_hosts_fingerprint (relay, key_line, &type, error);
  if (fingerprint == NULL)
    return FALSE;
  name = ptl_known_hosts_dup_name (relay);
  return replace_lines (state_dir, name, type, key_line, error);
}

gboolean
ptl_tunnel_forget_key (const char *state_dir, const PtlRelay *relay, GError **error)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (state_dir != NULL && relay != NULL, FALSE);

  name = ptl_known_hosts_dup_name (relay);
  return !ptl_known_hosts_contains (state_dir, relay)
         || replace_lines (state_dir, name, NULL, NULL, error);
}
