/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-endpoint.h"
#include "core/ptl-exposure-words.h"
#include "ptl-port-set.h"

G_BEGIN_DECLS

/**
 * PtlSweep:
 *
 * Which ports of some addresses answer: TCP by connects that are broken off as soon as they stand,
 * UDP by one harmless request of the service that is usual on the port. Made, filled with addresses
 * and ports, run once.
 *
 * It works in a thread of its own, as fast as the addresses answer (PtlSweepWindow) and as the
 * descriptors of this process allow; it wants no privileges. A sweep that was cancelled can be
 * saved, and another one goes on with it. It asks whatever address it is told: whose that is
 * (ptl_sweep_classify()) and whether it may be asked is for the caller to decide.
 *
 * Open, closed, filtered and failed are different answers:
 *
 * - open: a connection came about, or a datagram came back
 * - closed: refused, by a reset, or for UDP by the address's own ICMP "port unreachable"
 * - filtered: silence at every try, or any other ICMP error: a firewall's word. UDP services that
 *   know no harmless request (WireGuard) are silent too
 * - failed: nothing is known: this machine could not ask (no route, not permitted), or nothing has
 *   the address
 *
 * Signals, on the main context that was the caller's default when it ran:
 *
 * - "open" (PtlSweepResult *result): a port was found open
 * - "progress" (guint done, guint all): ports, of all addresses; at most ten times a second, and at
 *   the end
 */
#define PTL_TYPE_SWEEP (ptl_sweep_get_type ())
G_DECLARE_FINAL_TYPE (PtlSweep, ptl_sweep, PTL, SWEEP, GObject)

/* How fast an address may be asked at most. */
typedef struct
{
  guint max_in_flight; /* connects under way; 0 = as many as are sensible */
  guint max_rate;      /* connects per second; 0 = as the answers come */
  guint timeout_ms;    /* the longest wait for one answer; 0 = 1000 */
  /* It is a router's, which keeps a table of connections that must not fill up: few half open
   * connects at a time, and a bounded rate, whatever the others say. */
  gboolean router;
} PtlSweepPace;

#define PTL_SWEEP_IN_FLIGHT_MAX 4096
#define PTL_SWEEP_ROUTER_IN_FLIGHT_MAX 256
#define PTL_SWEEP_ROUTER_RATE_MAX 1000
#define PTL_SWEEP_TIMEOUT_MAX_MS 10000

typedef struct
{
  GInetAddress *address;
  PtlProtocol protocol; /* TCP or UDP */
  guint16 port;
  PtlSeenState state;
} PtlSweepResult;

#define PTL_TYPE_SWEEP_RESULT (ptl_sweep_result_get_type ())
GType ptl_sweep_result_get_type (void);
PtlSweepResult *ptl_sweep_result_copy (const PtlSweepResult *self);
void ptl_sweep_result_free (PtlSweepResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlSweepResult, ptl_sweep_result_free)

/* What is known of one address and protocol. */
typedef struct
{
  GInetAddress *address;
  PtlProtocol protocol;
  PtlPortSet todo;                /* not asked, or not answered yet */
  PtlPortSet states[PTL_N_SEENS]; /* [PTL_SEEN_OPEN], ... */
  GError *error;                  /* (nullable) why ports failed, or the first of several reasons */
} PtlSweepSummary;
void ptl_sweep_summary_free (PtlSweepSummary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlSweepSummary, ptl_sweep_summary_free)

PtlSweep *ptl_sweep_new (void);

/* Whether @text names ports as ptl_sweep_add_tcp() takes them; @ports: (out) (nullable). See
 * ptl_port_set_parse(). */
gboolean ptl_sweep_parse_ports (const char *text, PtlPortSet *ports, GError **error);

/* For the addresses that are added from now on. The default is all zero. */
void ptl_sweep_set_pace (PtlSweep *self, const PtlSweepPace *pace);

/* @ports: "1-65535", "22,80,8000-8100". An address may be added again: its ports are added up. */
gboolean
ptl_sweep_add_tcp (PtlSweep *self, GInetAddress *address, const char *ports, GError **error);
/* Ports with a request in the table (ptl_sweep_get_known_udp()) are sent that, others an empty
 * datagram. */
void ptl_sweep_add_udp (PtlSweep *self, GInetAddress *address, const guint16 *ports, gsize n_ports);
/* The UDP ports whose services have a harmless request. */
const guint16 *ptl_sweep_get_known_udp (gsize *n_ports);

/* Runs once. Fails with G_IO_ERROR_CANCELLED when cancelled, and with PTL_ERROR_FAILED where no
 * thread or epoll is to be had; what is known by then stays. By the time that @callback runs, the
 * thread has ended and every socket is closed. */
void ptl_sweep_run_async (PtlSweep *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean ptl_sweep_run_finish (PtlSweep *self, GAsyncResult *result, GError **error);

/* At any time, while it runs too. */
void ptl_sweep_get_progress (PtlSweep *self, guint *done, guint *all);
/* (element-type PtlSweepResult), by address and port. */
GPtrArray *ptl_sweep_dup_open (PtlSweep *self);
/* (element-type PtlSweepSummary), in the order in which addresses were added. */
GPtrArray *ptl_sweep_dup_summaries (PtlSweep *self);
/* FALSE where that port is not known (yet); @state is left alone then. */
gboolean ptl_sweep_get_state (PtlSweep *self,
                              GInetAddress *address,
                              PtlProtocol protocol,
                              guint16 port,
                              PtlSeenState *state);

/* All that is known and what is still to do, as a few lines of text: at any time. */
char *ptl_sweep_save (PtlSweep *self);
/* A sweep, not yet run, that goes on there. PTL_ERROR_INVALID for what ptl_sweep_save() did not
 * write. */
PtlSweep *ptl_sweep_resume (const char *saved, GError **error);

G_END_DECLS
