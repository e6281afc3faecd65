/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel-sshd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SSHD "/usr/sbin/sshd"

char *
tunnel_sshd_run (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  int status;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
  return out;
}

static gboolean
is_free (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean bound = bind (fd, (struct sockaddr *) &address, sizeof address) == 0;

  close (fd);
  return bound;
}

guint16
tunnel_sshd_find_ports (guint n)
{
  for (;;)
    {
      /* Below those that the kernel gives to connections: one of them may take it a moment later. */
      guint16 first = (guint16) g_random_int_range (10000, 32000);
      guint free_ones = 0;

      while (free_ones < n && is_free ((guint16) (first + free_ones)))
        free_ones++;
      if (free_ones == n)
        return first;
    }
}

guint16
tunnel_sshd_find_port (void)
{
  return tunnel_sshd_find_ports (1);
}

static void
make_key (const char *path)
{
  const char *argv[]
      = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path, NULL };
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autofree char *out = NULL;

  g_unlink (path);
  g_unlink (public_path);
  out = tunnel_sshd_run (argv);
}

void
tunnel_sshd_change_host_keys (TunnelSshd *self)
{
  g_autofree char *path = g_build_filename (self->dir, "host_key", NULL);

  g_assert_cmpint (self->pid, ==, 0);
  make_key (path);
}

char *
tunnel_sshd_dup_fingerprint (TunnelSshd *self)
{
  g_autofree char *path = g_build_filename (self->dir, "host_key.pub", NULL);
  const char *argv[] = { "ssh-keygen", "-l", "-f", path, NULL };
  g_autofree char *out = tunnel_sshd_run (argv);
  g_auto (GStrv) words = g_strsplit (out, " ", 3);

  return g_strdup (words[1]);
}

static gboolean
may_log_in (void)
{
  const struct passwd *entry = getpwuid (geteuid ());
  g_autofree char *map = NULL;
  g_auto (GStrv) words = NULL;

  if (entry == NULL || g_str_has_suffix (entry->pw_shell, "/nologin")
      || g_str_has_suffix (entry->pw_shell, "/false"))
    return FALSE;
  /* sshd of root changes to other users, which a small namespace does not have. */
  if (geteuid () != 0 || !g_file_get_contents ("/proc/self/uid_map", &map, NULL, NULL))
    return TRUE;
  words = g_strsplit (g_strstrip (map), " ", -1);
  return g_strv_length (words) > 0
         && g_ascii_strtoull (words[g_strv_length (words) - 1], NULL, 10) >= 65536;
}

TunnelSshd *
tunnel_sshd_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *keygen = g_find_program_in_path ("ssh-keygen");
  g_autofree char *ssh = g_find_program_in_path ("ssh");
  g_autofree char *public_path = NULL;
  g_autofree char *authorized = NULL;
  g_autofree char *key = NULL;
  TunnelSshd *self;

  if (access (SSHD, X_OK) != 0 || keygen == NULL || ssh == NULL)
    {
      g_test_skip ("there is no OpenSSH server and client on this machine");
      return NULL;
    }
  if (geteuid () == 0 && getpwnam ("sshd") == NULL)
    {
      g_test_skip ("root can run no sshd here: the user sshd is missing");
      return NULL;
    }
  if (!may_log_in ())
    {
      g_test_skip (
          "this user may not log in by ssh: it has no shell, or is root of a user namespace alone");
      return NULL;
    }
  self = g_new0 (TunnelSshd, 1);
  self->dir = g_dir_make_tmp ("ptl-sshd-XXXXXX", &error);
  g_assert_no_error (error);
  self->user = g_strdup (g_get_user_name ());
  self->port = tunnel_sshd_find_port ();
  self->log = g_string_new (NULL);
  self->log_fd = -1;
  self->key_file = g_build_filename (self->dir, "id", NULL);
  make_key (self->key_file);
  tunnel_sshd_change_host_keys (self);
  public_path = g_strconcat (self->key_file, ".pub", NULL);
  authorized = g_build_filename (self->dir, "authorized_keys", NULL);
  g_assert_true (g_file_get_contents (public_path, &key, NULL, NULL));
  g_assert_true (g_file_set_contents (authorized, key, -1, NULL));
  return self;
}

/* As root sshd wants an empty directory in /run. Where that is missing it gets a /run of its own;
 * where no namespace is to be had, the directory. */
static void
set_up_sshd (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (geteuid () != 0 || access ("/run/sshd", F_OK) == 0)
    return;
  if (unshare (CLONE_NEWNS) == 0 && mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
    mount ("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755");
  mkdir ("/run/sshd", 0755);
}

static char *
write_config (TunnelSshd *self, const char *settings)
{
  char *path = g_build_filename (self->dir, "sshd_config", NULL);
  g_autofree char *text
      = g_strdup_printf ("Port %u\n"
                         "ListenAddress 127.0.0.1\n"
                         "HostKey %s/host_key\n"
                         "AuthorizedKeysFile %s/authorized_keys\n"
                         "PidFile none\n"
                         "StrictModes no\n"
                         "UsePAM no\n"
                         "PermitRootLogin yes\n"
                         "PasswordAuthentication no\n"
                         "KbdInteractiveAuthentication no\n"
                         "LogLevel VERBOSE\n"
                         "MaxStartups 100\n"
                         "%s\n",
                         self->port, self->dir, self->dir, settings != NULL ? settings : "");

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static gboolean
read_log (TunnelSshd *self)
{
  char data[4096];
  gssize n = read (self->log_fd, data, sizeof data);

  if (n > 0)
    g_string_append_len (self->log, data, n);
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static gboolean
on_log (int fd, GIOCondition condition, gpointer user_data)
{
  TunnelSshd *self = user_data;

  if (read_log (self))
    return G_SOURCE_CONTINUE;
  self->log_id = 0;
  return G_SOURCE_REMOVE;
}

void
tunnel_sshd_start (TunnelSshd *self, const char *settings)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *config = write_config (self, settings);
  char *argv[] = { (char *)SSHD, (char *)"-D", (char *)"-e", (char *)"-f", config, NULL };

  g_assert_cmpint (self->pid, ==, 0);
  g_string_truncate (self->log, 0);
  g_spawn_async_with_pipes (self->dir, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, set_up_sshd, NULL,
                            &self->pid, NULL, NULL, &self->log_fd, &error);
  g_assert_no_error (error);
  while (strstr (self->log->str, "Server listening on") == NULL)
    if (!read_log (self))
      g_error ("sshd does not start: %s", self->log->str);
  g_unix_set_fd_nonblocking (self->log_fd, TRUE, NULL);
  self->log_id = g_unix_fd_add (self->log_fd, G_IO_IN | G_IO_HUP, on_log, self);
}

/* Its sessions are children in sessions of their own, and outlive it. */
static void
collect_children (GPid pid, GArray *pids)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", pid, pid);
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  words = g_strsplit (text, " ", -1);
  for (char **word = words; *word != NULL; word++)
    {
      GPid child = (GPid)strtol (*word, NULL, 10);

      if (child <= 0)
        continue;
      g_array_append_val (pids, child);
      collect_children (child, pids);
    }
}

void
tunnel_sshd_stop (TunnelSshd *self)
{
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (GPid));

  if (self->pid == 0)
    return;
  /* Stopped first, so that it takes no connection meanwhile. */
  kill (self->pid, SIGSTOP);
  collect_children (self->pid, pids);
  for (guint i = 0; i < pids->len; i++)
    kill (g_array_index (pids, GPid, i), SIGKILL);
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  self->pid = 0;
  g_clear_handle_id (&self->log_id, g_source_remove);
  close (self->log_fd);
  self->log_fd = -1;
}

guint
tunnel_sshd_count_connections (TunnelSshd *self)
{
  guint n = 0;

  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (const char *at = self->log->str; (at = strstr (at, "Connection from ")) != NULL; at++)
    n++;
  return n;
}

void
tunnel_sshd_free (TunnelSshd *self)
{
  const char *argv[] = { "rm", "-rf", "--", self->dir, NULL };
  g_autofree char *out = NULL;

  tunnel_sshd_stop (self);
  out = tunnel_sshd_run (argv);
  g_string_free (self->log, TRUE);
  g_free (self->dir);
  g_free (self->key_file);
  g_free (self->user);
  g_free (self);
}
