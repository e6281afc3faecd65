/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/socket.h>

#include "ptl-sweep-window.h"

G_BEGIN_DECLS

/**
 * PtlSweepTarget:
 *
 * One address and protocol of a sweep: which ports are wanted, what is known of each, in which
 * order they are asked, and which are to be asked again.
 */
typedef struct
{
  GInetAddress *address;
  PtlProtocol protocol;
  PtlSweepPace pace;
  union
  {
    struct sockaddr any;
    struct sockaddr_storage storage;
  } to; /* port 0 */
  socklen_t to_length;
  PtlPortSet wanted, known;
  guint8 states[PTL_N_PORTS]; /* PtlSeenState, of those known */
  guint8 tries[PTL_N_PORTS];  /* how often each was tried in vain */
  guint n_wanted, n_known;
  GError *error;

  /* While it runs. */
  PtlSweepWindow window;
  guint in_flight;
  guint16 *order; /* those to ask, n_order of them; next = the first that was not asked */
  guint n_order, next;
  guint16 *again; /* a ring of those to ask again, n_order long */
  guint again_first, n_again;
  gboolean answered; /* by anything but this machine */
  guint n_patient; /* rounds at the end for those that were silent, and the answers before the last
                      one */
  guint answered_before;
} PtlSweepTarget;

PtlSweepTarget *
ptl_sweep_target_new (GInetAddress *address, PtlProtocol protocol, const PtlSweepPace *pace);
void ptl_sweep_target_free (PtlSweepTarget *self);

void ptl_sweep_target_add (PtlSweepTarget *self, const PtlPortSet *ports);

/* Before it runs: the usual ports first, for what people want to know soon, and then the others,
 * scattered, so that one program's ports are not asked in a row. Ports that are known already are
 * left out. */
void ptl_sweep_target_start (PtlSweepTarget *self, gint64 now_us);
void ptl_sweep_target_stop (PtlSweepTarget *self);
gboolean ptl_sweep_target_has_next (const PtlSweepTarget *self);
guint16 ptl_sweep_target_take_next (PtlSweepTarget *self);
/* @port could not be asked now; it is not its fault. */
void ptl_sweep_target_put_back (PtlSweepTarget *self, guint16 port);
/* Silence: it is asked again, or known to be filtered. TRUE in the latter case. */
gboolean ptl_sweep_target_take_silence (PtlSweepTarget *self, guint16 port, gint64 now_us);
void ptl_sweep_target_settle (PtlSweepTarget *self, guint16 port, PtlSeenState state);
/* Nothing can be known of this address: what is silent or not asked has failed. @error: (transfer
 * full) */
void ptl_sweep_target_give_up (PtlSweepTarget *self, GError *error);
/* At the end: which silent ones are to be asked again, now that it is known how much is lost on the
 * way. FALSE = none. */
gboolean ptl_sweep_target_reconsider (PtlSweepTarget *self);
gboolean ptl_sweep_target_is_done (const PtlSweepTarget *self);

G_END_DECLS
