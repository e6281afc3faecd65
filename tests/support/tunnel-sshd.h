/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TunnelSshd:
 *
 * A real sshd of the test's own, as this user, on a high port of 127.0.0.1, with its own host keys
 * and one login key. Its log is read by the main loop.
 */
typedef struct
{
  char *dir;      /* scratch, removed at the end; tests may put files there */
  char *key_file; /* the login key, without a passphrase */
  char *user;
  guint16 port;
  GPid pid; /* 0 = is not running */
  GString *log;
  int log_fd;
  guint log_id;
} TunnelSshd;

/* NULL, after g_test_skip() with the reason, where there can be none on this machine. */
TunnelSshd *tunnel_sshd_new (void);
/* Returns when it listens. @settings: further lines of sshd_config, or NULL. The port is the same
 * each time. */
void tunnel_sshd_start (TunnelSshd *self, const char *settings);
/* Ends it and all its sessions, as a server that loses power does. */
void tunnel_sshd_stop (TunnelSshd *self);
/* New host keys; it must not be running. */
void tunnel_sshd_change_host_keys (TunnelSshd *self);
/* What `ssh-keygen -l` says: "SHA256:..." of the ED25519 key. */
char *tunnel_sshd_dup_fingerprint (TunnelSshd *self);
/* How many connections its log tells of. */
guint tunnel_sshd_count_connections (TunnelSshd *self);
void tunnel_sshd_free (TunnelSshd *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TunnelSshd, tunnel_sshd_free)

/* Runs a program and expects it to end well. (transfer full) */
char *tunnel_sshd_run (const char *const *argv);
/* A port of 127.0.0.1 that nobody listens on just now. */
guint16 tunnel_sshd_find_port (void);
/* The first of @n in a row. */
guint16 tunnel_sshd_find_ports (guint n);

G_END_DECLS
