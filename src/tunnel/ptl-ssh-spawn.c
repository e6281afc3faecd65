/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ssh-spawn.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "ptl-known-hosts.h"
#include "ptl-ssh-cause.h"
#include "ptl-ssh-config.h"
#include "ptl-tunnel.h"

gboolean
ptl_ssh_check_key_file (const PtlRelay *relay, GError **error)
{
  const char *file = relay->key_file;
  PtlSshCause cause = PTL_SSH_CAUSE_NONE;

  if (file == NULL || *file == '\0' || g_access (file, R_OK) == 0)
    return TRUE;
  cause = errno == ENOENT || errno == ENOTDIR ? PTL_SSH_CAUSE_KEY_FILE_MISSING
                                              : PTL_SSH_CAUSE_KEY_FILE_UNREADABLE;
  g_propagate_error (error, ptl_ssh_cause_to_error (cause, relay, 0, NULL));
  return FALSE;
}

char *
ptl_tunnel_dup_config_path (const char *state_dir, const char *relay_id)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (state_dir != NULL && relay_id != NULL, NULL);

  name = g_strdup_printf ("relay-%s.conf", relay_id);
  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-.", '-');
  return g_build_filename (state_dir, name, NULL);
}

/* One file per relay, written anew before each try; the keys are a person's and stay. (transfer
 * full) */
static char *
write_config (const PtlRelay *relay, const char *state_dir, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *known_hosts = ptl_known_hosts_dup_path (state_dir);
  g_autofree char *path = ptl_tunnel_dup_config_path (state_dir, relay->id);
  g_autofree char *text = NULL;

  text = ptl_ssh_config_to_text (relay, known_hosts, error);
  if (text == NULL)
    return NULL;
  if (g_mkdir_with_parents (state_dir, 0700) == 0
      && g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                   &local_error))
    return g_steal_pointer (&path);
  ptl_error_set (error, PTL_ERROR_FAILED,
                 _ ("Look whether the disk is full, and at the permissions there."),
                 /* Translators: a path, the reason of the system */
                 _ ("The settings for ssh cannot be written to “%s”: %s."), path,
                 local_error != NULL ? local_error->message : g_strerror (errno));
  return NULL;
}

PtlChild *
ptl_ssh_spawn (const PtlRelay *relay,
               gboolean remote,
               const PtlEndpoint *listen,
               const PtlEndpoint *target,
               const char *state_dir,
               GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *program = g_find_program_in_path ("ssh");
  g_autofree char *config = NULL;
  g_auto (GStrv) environment = NULL;
  g_auto (GStrv) argv = NULL;
  PtlChild *child = NULL;

  if (!ptl_ssh_check_key_file (relay, error))
    return NULL;
  config = write_config (relay, state_dir, error);
  if (config == NULL)
    return NULL;
  argv = ptl_ssh_config_to_argv (program != NULL ? program : "/usr/bin/ssh", config, relay, remote,
                                 listen, target, error);
  if (argv == NULL)
    return NULL;
  environment = ptl_ssh_config_dup_environment ();
  child = ptl_child_new ((const char *const *)argv, (const char *const *)environment, &local_error);
  if (child == NULL)
    ptl_error_set (error, PTL_ERROR_FAILED, _ ("Install the OpenSSH client."),
                   _ ("The program ssh cannot be started."));
  return child;
}

gboolean
ptl_tunnel_check (const PtlRelay *relay,
                  gboolean remote,
                  const PtlEndpoint *listen,
                  const PtlEndpoint *target,
                  GError **error)
{
  g_auto (GStrv) argv = NULL;

  g_return_val_if_fail (relay != NULL && listen != NULL && target != NULL, FALSE);

  if (!ptl_relay_validate (relay, error))
    return FALSE;
  argv = ptl_ssh_config_to_argv ("ssh", "config", relay, remote, listen, target, error);
  return argv != NULL;
}
