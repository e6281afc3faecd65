/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-child.h"
#include "ptl-countdown.h"
#include "ptl-ssh-output.h"
#include "ptl-tunnel.h"

G_BEGIN_DECLS

/* Inside of PtlTunnel, for its own files alone. */

struct _PtlTunnel
{
  GObject parent;

  PtlClock *clock;
  PtlRelay *relay;
  gboolean remote;
  PtlEndpoint *listen;
  PtlEndpoint *target;
  char *state_dir;

  PtlTunnelState state;
  GError *error;
  PtlChild *child;
  PtlSshOutput *output;    /* of the run that goes on */
  PtlCountdown *countdown; /* to the deadline, the next look, the next try, or the end of patience:
                              by state */
  PtlSshCause ended_for;   /* why we ended ssh ourselves */
  gboolean seen_stopped;
  guint attempt;
  guint n_port_tries;
  guint16 port; /* to ask for: the one that was granted before, where any would do */
  gboolean stood;
  gint64 opened_us;
  gint64 used_us;
  guint64 n_ever; /* of the runs before */
  guint64 n_refused;

  GTask *starting;
  GSource *start_cancelled;
  GCancellable *scanning;
  GPtrArray *stopping; /* of GTask; NULL = is not being stopped */
};

/* ptl-tunnel.c */
/* @error: (transfer full), or NULL. */
void ptl_tunnel_set_state (PtlTunnel *self, PtlTunnelState state, GError *error);
/* @error: (transfer full); NULL = it is open. */
void ptl_tunnel_end_start (PtlTunnel *self, GError *error);
void ptl_tunnel_end_stop (PtlTunnel *self);

/* ptl-tunnel-try.c */
/* Starts ssh once; what comes of it decides what follows. */
void ptl_tunnel_try (PtlTunnel *self);
/* Kills its group. */
void ptl_tunnel_drop_child (PtlTunnel *self);

G_END_DECLS
