/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ssh-master.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/ptl-drop.h"
#include "core/ptl-error.h"
#include "ptl-child.h"
#include "ptl-key-scan.h"
#include "ptl-known-hosts.h"
#include "ptl-ssh-config.h"
#include "ptl-ssh-output.h"
#include "ptl-ssh-spawn.h"

/* ssh gives up a connection after 15 s by itself; the login may take some more. */
#define DEADLINE_S 30
/* ssh makes the socket under a longer name first. */
#define SUFFIX_LENGTH 18

struct _PtlSshMaster
{
  GObject parent;

  PtlRelay *relay;
  char *state_dir;
  char *dir;
  char *config;
  char *control;
  PtlChild *child;
  PtlSshOutput *output;

  GTask *opening; /* NULL = it is open */
  GSource *deadline;
  GSource *cancelled;
  GCancellable *scanning;
  char *key_line;
  char *fingerprint;
};

G_DEFINE_FINAL_TYPE (PtlSshMaster, ptl_ssh_master, G_TYPE_OBJECT)

/* @error: (transfer full), NULL = it is open. */
static void
end_opening (PtlSshMaster *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->opening);

  ptl_drop_source (&self->deadline);
  ptl_drop_source (&self->cancelled);
  if (task == NULL)
    g_clear_error (&error);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

static void
drop_child (PtlSshMaster *self)
{
  if (self->child == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->child, self);
  g_clear_object (&self->child);
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlSshMaster) self = user_data;
  g_autofree char *fingerprint = NULL;
  GError *error = NULL;
  g_autofree char *key_line = ptl_key_scan_finish (result, &fingerprint, &error);

  if (key_line != NULL)
    {
      self->key_line = g_steal_pointer (&key_line);
      self->fingerprint = g_steal_pointer (&fingerprint);
      error = ptl_ssh_cause_to_error (PTL_SSH_CAUSE_HOST_KEY_UNKNOWN, self->relay, 0, NULL);
    }
  end_opening (self, error);
}

/* A relay of which another key is known has changed its key, whatever the kind of the new one. */
static void
host_key_unknown (PtlSshMaster *self)
{
  if (ptl_known_hosts_contains (self->state_dir, self->relay))
    {
      end_opening (self,
                   ptl_ssh_cause_to_error (PTL_SSH_CAUSE_HOST_KEY_CHANGED, self->relay, 0, NULL));
      return;
    }
  ptl_key_scan_async (self->relay, ptl_ssh_output_get_key_type (self->output),
                      ptl_ssh_output_get_key_hash (self->output), self->scanning, on_scanned,
                      g_object_ref (self));
}

static void
on_exited (PtlChild *child, int wait_status, gpointer user_data)
{
  g_autoptr (PtlSshMaster) self = g_object_ref (user_data);
  PtlSshCause cause = ptl_ssh_output_get_cause (self->output);

  drop_child (self);
  if (self->opening != NULL && cause == PTL_SSH_CAUSE_HOST_KEY_UNKNOWN)
    host_key_unknown (self);
  else
    end_opening (self, ptl_ssh_cause_to_error (cause, self->relay, 0,
                                               ptl_ssh_output_get_said (self->output)));
}

static void
on_line (PtlChild *child, gboolean is_error, const char *line, gpointer user_data)
{
  g_autoptr (PtlSshMaster) self = g_object_ref (user_data);

  if (!is_error)
    return;
  ptl_ssh_output_feed (self->output, line);
  if (self->opening != NULL && ptl_ssh_output_is_ready (self->output))
    end_opening (self, NULL);
}

static void
give_up (PtlSshMaster *self, GError *error)
{
  g_cancellable_cancel (self->scanning);
  drop_child (self);
  end_opening (self, error);
}

static gboolean
on_deadline (gpointer task)
{
  PtlSshMaster *self = g_task_get_task_data (task);

  give_up (self, ptl_ssh_cause_to_error (PTL_SSH_CAUSE_SILENT, self->relay, 0, NULL));
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer task)
{
  give_up (g_task_get_task_data (task),
           ptl_error_new (PTL_ERROR_CANCELLED, NULL, _ ("It was cancelled.")));
  return G_SOURCE_REMOVE;
}

/* The session's own directory for such things; one that is too long for a socket's address gives
 * way to /tmp. */
static char *
make_dir (void)
{
  const char *places[] = { g_get_user_runtime_dir (), "/tmp" };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *dir = g_build_filename (places[i], "portolan-relay-XXXXXX", NULL);

      if (strlen (dir) + strlen ("/ssh") + SUFFIX_LENGTH
              < sizeof ((struct sockaddr_un *) NULL)->sun_path
          && g_mkdtemp (dir) != NULL)
        return g_steal_pointer (&dir);
    }
  return NULL;
}

static gboolean
write_config (PtlSshMaster *self, GError **error)
{
  g_autofree char *known_hosts = ptl_known_hosts_dup_path (self->state_dir);
  g_autofree char *common = ptl_ssh_config_to_text (self->relay, known_hosts, error);
  g_autofree char *quoted = NULL;
  g_autofree char *text = NULL;

  if (common == NULL)
    return FALSE;
  quoted = ptl_ssh_config_quote (self->control, error);
  if (quoted == NULL)
    return FALSE;
  /* What is said first holds. */
  text = g_strdup_printf ("ControlMaster yes\nControlPath %s\nControlPersist no\n%s", quoted,
                          common);
  if (g_file_set_contents_full (self->config, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_FAILED,
                 _ ("Look whether the disk is full, and at the permissions there."),
                 /* Translators: a path */
                 _ ("The settings for ssh cannot be written to “%s”."), self->dir);
  return FALSE;
}

static gboolean
spawn (PtlSshMaster *self, GError **error)
{
  g_autofree char *found = g_find_program_in_path ("ssh");
  const char *argv[] = { found != NULL ? found : "/usr/bin/ssh",
                         "-F",
                         self->config,
                         "-N",
                         "-T",
                         "--",
                         self->relay->host,
                         NULL };
  g_auto (GStrv) environment = ptl_ssh_config_dup_environment ();

  self->child = ptl_child_new (argv, (const char *const *) environment, NULL);
  if (self->child == NULL)
    {
      ptl_error_set (error, PTL_ERROR_FAILED, _ ("Install the OpenSSH client."),
                     _ ("The program ssh cannot be started."));
      return FALSE;
    }
  g_signal_connect (self->child, "line", G_CALLBACK (on_line), self);
  g_signal_connect (self->child, "exited", G_CALLBACK (on_exited), self);
  return TRUE;
}

static gboolean
start (PtlSshMaster *self, GError **error)
{
  if (!ptl_ssh_check_key_file (self->relay, error))
    return FALSE;
  self->dir = make_dir ();
  if (self->dir == NULL)
    {
      ptl_error_set (error, PTL_ERROR_FAILED,
                     _ ("Look whether the disk is full, and at the permissions there."),
                     /* Translators: a path */
                     _ ("No directory can be made in “%s”."), g_get_user_runtime_dir ());
      return FALSE;
    }
  self->config = g_build_filename (self->dir, "config", NULL);
  self->control = g_build_filename (self->dir, "ssh", NULL);
  return write_config (self, error) && spawn (self, error);
}

static void
watch (PtlSshMaster *self, GCancellable *cancellable)
{
  self->deadline = g_timeout_source_new_seconds (DEADLINE_S);
  g_task_attach_source (self->opening, self->deadline, on_deadline);
  if (cancellable == NULL)
    return;
  self->cancelled = g_cancellable_source_new (cancellable);
  g_task_attach_source (self->opening, self->cancelled, G_SOURCE_FUNC (on_cancelled));
}

void
ptl_ssh_master_open_async (const PtlRelay *relay,
                           const char *state_dir,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  PtlSshMaster *self = g_object_new (PTL_TYPE_SSH_MASTER, NULL);
  GError *error = NULL;

  self->relay = ptl_relay_copy (relay);
  self->state_dir = g_strdup (state_dir);
  self->scanning = g_cancellable_new ();
  self->output = ptl_ssh_output_new (FALSE, 1, 0);
  self->opening = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_check_cancellable (self->opening, FALSE);
  g_task_set_source_tag (self->opening, ptl_ssh_master_open_async);
  /* The task holds it, until it is over. */
  g_task_set_task_data (self->opening, self, g_object_unref);
  if (start (self, &error))
    watch (self, cancellable);
  else
    end_opening (self, error);
}

PtlSshMaster *
ptl_ssh_master_open_finish (GAsyncResult *result,
                            char **key_line,
                            char **fingerprint,
                            GError **error)
{
  PtlSshMaster *self = g_task_get_task_data (G_TASK (result));

  if (key_line != NULL)
    *key_line = g_strdup (self->key_line);
  if (fingerprint != NULL)
    *fingerprint = g_strdup (self->fingerprint);
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
ptl_ssh_master_get_control (PtlSshMaster *self)
{
  g_return_val_if_fail (PTL_IS_SSH_MASTER (self), NULL);
  return self->control;
}

GPid
ptl_ssh_master_get_pid (PtlSshMaster *self)
{
  g_return_val_if_fail (PTL_IS_SSH_MASTER (self), 0);
  return self->child != NULL ? ptl_child_get_pid (self->child) : 0;
}

static void
remove_files (PtlSshMaster *self)
{
  if (self->control != NULL)
    g_unlink (self->control);
  if (self->config != NULL)
    g_unlink (self->config);
  if (self->dir != NULL)
    g_rmdir (self->dir);
}

static void
ptl_ssh_master_dispose (GObject *object)
{
  PtlSshMaster *self = PTL_SSH_MASTER (object);

  drop_child (self);
  remove_files (self);
  G_OBJECT_CLASS (ptl_ssh_master_parent_class)->dispose (object);
}

static void
ptl_ssh_master_finalize (GObject *object)
{
  PtlSshMaster *self = PTL_SSH_MASTER (object);

  ptl_relay_free (self->relay);
  g_clear_pointer (&self->output, ptl_ssh_output_free);
  g_clear_object (&self->scanning);
  g_free (self->key_line);
  g_free (self->fingerprint);
  g_free (self->state_dir);
  g_free (self->dir);
  g_free (self->config);
  g_free (self->control);
  G_OBJECT_CLASS (ptl_ssh_master_parent_class)->finalize (object);
}

static void
ptl_ssh_master_class_init (PtlSshMasterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ptl_ssh_master_dispose;
  object_class->finalize = ptl_ssh_master_finalize;
}

static void
ptl_ssh_master_init (PtlSshMaster *self)
{
}
