/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "tunnel-sshd.h"
#include "tunnel/ptl-relay.h"

G_BEGIN_DECLS

/* Runs the main loop until it is so; a test that waits for more than half a minute has failed. */
#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint late_id = g_timeout_add_seconds (30, tunnel_on_too_late, (gpointer) #condition);         \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (late_id);                                                                     \
  }                                                                                                \
  G_STMT_END

gboolean tunnel_on_too_late (gpointer condition);
void tunnel_run_pending (void);
/* A callback that keeps the result: @user_data is a GAsyncResult **. */
void tunnel_on_done (GObject *source, GAsyncResult *result, gpointer user_data);

/* Names the server as a relay, with its user and key. */
PtlRelay *tunnel_make_relay (TunnelSshd *sshd);
/* As a person who has compared the fingerprint. */
void tunnel_trust_host_key (TunnelSshd *sshd, const PtlRelay *relay, const char *state_dir);

/* A server that sends back what it gets. */
GSocketService *tunnel_make_echo (guint16 *port);
GSocketConnection *tunnel_connect_to (guint16 port, GError **error);
/* Sends 60,000 bytes to 127.0.0.1, ends its half, and wants all of them back. */
void tunnel_assert_echo (guint16 port);
/* Nobody listens there, or will not in a moment. */
void tunnel_assert_refused (guint16 port);
/* Waits until a process is dead, reaped or not. */
void tunnel_wait_until_gone (GPid pid);

G_END_DECLS
