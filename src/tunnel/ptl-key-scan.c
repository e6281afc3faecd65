/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-key-scan.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-drop.h"
#include "core/ptl-error.h"
#include "ptl-child.h"
#include "ptl-known-hosts.h"
#include "ptl-ssh-config.h"

#define DEADLINE_SECONDS 20
#define MOST_LINES 64

typedef struct
{
  PtlRelay *relay;
  char *hash;
  PtlChild *child;
  GSource *cancelled;
  guint deadline_id;
  guint n_lines;
  char *key_line;
  char *fingerprint;
} Scan;

static void
scan_free (Scan *scan)
{
  g_clear_object (&scan->child);
  ptl_drop_source (&scan->cancelled);
  g_clear_handle_id (&scan->deadline_id, g_source_remove);
  ptl_relay_free (scan->relay);
  g_free (scan->hash);
  g_free (scan->key_line);
  g_free (scan->fingerprint);
  g_free (scan);
}

/* The words of ssh-keyscan -t; what it prints for each begins with the type as ssh has it. */
static const char *
get_scan_type (const char *type)
{
  if (type != NULL && g_str_has_prefix (type, "ssh-ed25519"))
    return "ed25519";
  if (type != NULL && g_str_has_prefix (type, "ecdsa-"))
    return "ecdsa";
  if (type != NULL && (g_str_has_prefix (type, "ssh-rsa") || g_str_has_prefix (type, "rsa-")))
    return "rsa";
  return "ed25519,ecdsa,rsa";
}

/* ssh-keyscan's own first word is not ours to keep: the name is written as ssh will look for it. */
static void
on_line (PtlChild *child, gboolean is_error, const char *line, gpointer user_data)
{
  Scan *scan = g_task_get_task_data (user_data);
  g_autofree char *name = NULL;
  g_autofree char *key_line = NULL;
  g_autofree char *fingerprint = NULL;
  const char *key = strchr (line, ' ');

  if (scan->n_lines++ > MOST_LINES)
    ptl_child_kill (child);
  if (is_error || scan->key_line != NULL || key == NULL || line[0] == '#')
    return;
  name = ptl_known_hosts_dup_name (scan->relay);
  key_line = g_strconcat (name, key, NULL);
  fingerprint = ptl_known_hosts_fingerprint (scan->relay, key_line, NULL, NULL);
  if (fingerprint == NULL || (scan->hash != NULL && !g_str_has_suffix (fingerprint, scan->hash)))
    return;
  scan->key_line = g_steal_pointer (&key_line);
  scan->fingerprint = g_steal_pointer (&fingerprint);
}

static void
scan_end (GTask *task, GError *error)
{
  Scan *scan = g_task_get_task_data (task);

  g_signal_handlers_disconnect_by_data (scan->child, task);
  g_clear_object (&scan->child);
  g_clear_handle_id (&scan->deadline_id, g_source_remove);
  ptl_drop_source (&scan->cancelled);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_exited (PtlChild *child, int wait_status, gpointer user_data)
{
  GTask *task = user_data;
  Scan *scan = g_task_get_task_data (task);
  GError *error = NULL;

  if (scan->key_line == NULL)
    error = ptl_error_new (
        PTL_ERROR_RELAY_UNREACHABLE, _ ("Try again."),
        /* Translators: host */
        _ ("The host key of the relay %s is not known, and asking for it again failed."),
        scan->relay->host);
  scan_end (task, error);
}

static gboolean
on_deadline (gpointer user_data)
{
  Scan *scan = g_task_get_task_data (user_data);

  scan->deadline_id = 0;
  scan_end (user_data, ptl_error_new (PTL_ERROR_TIMED_OUT, _ ("Try again."),
                                      /* Translators: host */
                                      _ ("The relay %s did not show its host key in time."),
                                      scan->relay->host));
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  scan_end (user_data, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _ ("Cancelled.")));
  return G_SOURCE_REMOVE;
}

static PtlChild *
spawn_keyscan (const PtlRelay *relay, const char *type, GError **error)
{
  g_autofree char *program = g_find_program_in_path ("ssh-keyscan");
  g_autofree char *port = g_strdup_printf ("%u", relay->port);
  g_auto (GStrv) environment = ptl_ssh_config_dup_environment ();
  const char *argv[]
      = { program, "-T", "5", "-p", port, "-t", get_scan_type (type), "--", relay->host, NULL };
  g_autoptr (GError) local_error = NULL;
  PtlChild *child = NULL;

  if (program != NULL)
    child = ptl_child_new (argv, (const char *const *)environment, &local_error);
  if (child == NULL)
    ptl_error_set (error, PTL_ERROR_FAILED, _ ("Install the OpenSSH client."),
                   _ ("The program ssh-keyscan cannot be started."));
  return child;
}

void
ptl_key_scan_async (const PtlRelay *relay,
                    const char *type,
                    const char *hash,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GError *error = NULL;
  Scan *scan = g_new0 (Scan, 1);

  g_task_set_source_tag (task, ptl_key_scan_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, scan, (GDestroyNotify)scan_free);
  scan->relay = ptl_relay_copy (relay);
  scan->hash = g_strdup (hash);
  scan->child = spawn_keyscan (relay, type, &error);
  if (scan->child == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_signal_connect (scan->child, "line", G_CALLBACK (on_line), task);
  g_signal_connect (scan->child, "exited", G_CALLBACK (on_exited), task);
  scan->deadline_id = g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, task);
  if (cancellable != NULL)
    {
      scan->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (scan->cancelled, G_SOURCE_FUNC (on_cancelled), task, NULL);
      g_source_attach (scan->cancelled, NULL);
    }
  g_object_ref (task); /* given back by scan_end() */
}

char *
ptl_key_scan_finish (GAsyncResult *result, char **fingerprint, GError **error)
{
  Scan *scan;

  g_return_val_if_fail (G_IS_TASK (result), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  scan = g_task_get_task_data (G_TASK (result));
  if (fingerprint != NULL)
    *fingerprint = g_strdup (scan->fingerprint);
  return g_strdup (scan->key_line);
}
