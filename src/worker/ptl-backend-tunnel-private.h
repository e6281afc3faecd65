/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tunnel/ptl-reach.h"
#include "tunnel/ptl-refusals.h"
#include "tunnel/ptl-tunnel.h"
#include "worker/ptl-backend-tunnel.h"

G_BEGIN_DECLS

/* Inside of PtlBackendTunnel, for its own files alone. */

struct _PtlBackendTunnel
{
  GObject parent;

  PtlClock *clock;
  char *state_dir;
  GHashTable *relays; /* id -> PtlRelay */
  GHashTable *runs;   /* rule id -> PtlTunnelRun */
  PtlRefusals *refusals;
};

/* A rule's tunnel, from its opening to its close. */
typedef struct
{
  PtlBackendTunnel *backend; /* borrowed: it owns the run */
  PtlRule *rule;
  PtlRelay *relay;
  char *bind; /* where it listens: an address, or "*" for every one of the relay's */
  PtlTunnel *tunnel;
  GTask *opening;
  GCancellable *cancellable;
  PtlReach *reach; /* while it is not known whether people outside get through */
  gboolean up;     /* what was told last */
  PtlError why;
} PtlTunnelRun;

/* ptl-backend-tunnel-run.c */
PtlTunnelRun *ptl_tunnel_run_new (PtlBackendTunnel *self, const PtlRule *rule, const PtlRelay *relay, GTask *task, GCancellable *cancellable);
void ptl_tunnel_run_free (PtlTunnelRun *run);
/* (nullable): takes the run out, so that nothing more is told of it. */
PtlTunnelRun *ptl_backend_tunnel_steal_run (PtlBackendTunnel *self, const char *rule_id);
/* @started is called with the task of the opening. */
void ptl_tunnel_run_start (PtlTunnelRun *run, guint16 port, GAsyncReadyCallback started);
GPtrArray *ptl_tunnel_run_make_leases (PtlTunnelRun *run);

G_END_DECLS
