/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tunnel-helpers.h"
#include "tunnel/ptl-tunnel.h"

G_BEGIN_DECLS

#define SECOND ((gint64)G_USEC_PER_SEC)

/* Against a real sshd: see tests/support/tunnel-sshd.h. */
typedef struct
{
  TunnelSshd *sshd;
  PtlClock *clock;
  PtlRelay *relay;
  char *state_dir;
  GSocketService *echo;
  guint16 echo_port;
  PtlTunnel *tunnel;
  char *key_line; /* offered */
  char *fingerprint;
} Fixture;

/* All is NULL where there can be no sshd: the test is skipped, and returns at once. */
void set_up (Fixture *f, gconstpointer data);
void tear_down (Fixture *f, gconstpointer data);
void make_tunnel (Fixture *f, gboolean remote, const char *listen, const char *target);
/* -R or -L on @port to the echo. */
void make_echo_tunnel (Fixture *f, gboolean remote, guint16 port);
gboolean start_with (Fixture *f, GCancellable *cancellable, GError **error);
void start_well (Fixture *f);
/* It fails, and is left in that state. */
void start_badly (Fixture *f, PtlError code, PtlTunnelState state);
void stop (Fixture *f);
/* Turns the clock until it tries again, and waits for what comes of it. */
void next_try (Fixture *f);
/* It does not try again, whatever the time. */
void assert_stopped_for_good (Fixture *f);

G_END_DECLS
