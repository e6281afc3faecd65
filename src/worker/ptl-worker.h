/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "worker/ptl-address-source.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/**
 * PtlWorker:
 *
 * The background worker: makes the parts and wires them. One per process.
 *
 * Signal `finished (status)`: it is time to end the process: nobody needs it any more, or the bus went away.
 */
#define PTL_TYPE_WORKER (ptl_worker_get_type ())
G_DECLARE_FINAL_TYPE (PtlWorker, ptl_worker, PTL, WORKER, GObject)

/* @state_dir: where the store lives; @igd_helper: path of portolan-igd. */
PtlWorker *ptl_worker_new (PtlClock *clock, GDBusConnection *connection, const char *state_dir, const char *igd_helper);
/* Takes the bus name and the state directory. BUSY where another worker has either. Blocks until the bus has answered. */
gboolean ptl_worker_claim (PtlWorker *self, GError **error);
/* Opens the store, recovers, restores, answers. */
void ptl_worker_start (PtlWorker *self);
/* Writes what waits to be written, and stops. Rules stay open: a restart goes on with them. */
void ptl_worker_stop (PtlWorker *self);
PtlStore *ptl_worker_get_store (PtlWorker *self);
PtlAddressSource *ptl_worker_get_addresses (PtlWorker *self);

/* $PORTOLAN_STATE_DIR or $XDG_STATE_HOME/portolan. (transfer full) */
char *ptl_worker_dup_state_dir (void);
/* $PORTOLAN_IGD_HELPER or the one that was installed. (transfer full) */
char *ptl_worker_dup_igd_helper (void);

/* The main() of whatever holds a worker: @setup (or NULL) is called when it has started. Returns the exit status. */
typedef void (*PtlWorkerSetup) (PtlWorker *worker, GDBusConnection *connection, PtlClock *clock);
int ptl_worker_main (int argc, char **argv, PtlWorkerSetup setup);

G_END_DECLS
