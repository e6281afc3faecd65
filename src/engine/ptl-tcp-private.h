/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-proxy-codec.h"
#include "ptl-tcp.h"

G_BEGIN_DECLS

enum
{
  PTL_CLIENT,
  PTL_TARGET,
};

typedef enum
{
  PTL_TCP_GREETING,  /* the client owes a PROXY header */
  PTL_TCP_RESOLVING, /* the target's name is being looked up */
  PTL_TCP_CONNECTING,
  PTL_TCP_RETRYING, /* no descriptor, or a unix socket whose queue is full: no one tells when */
  PTL_TCP_RELAYING,
  PTL_TCP_ENDING, /* one side is dead: the other gets its last bytes, then a reset */
} PtlTcpState;

/* One of the two sockets. Watched edge-triggered, so what epoll said is kept here. */
typedef struct
{
  PtlSource source;
  guint8 readable : 1;
  guint8 writable : 1;
  guint8 hung : 1;  /* its end has come: a short read does not mean that more will follow */
  guint8 stops : 1; /* a read may stop before all is taken: urgent data, an error, a unix socket */
  guint8 ended : 1; /* read to its end */
  guint8 dead : 1;  /* reset: takes nothing any more */
  guint8 stalls : 1; /* its peer is there, and takes nothing at present */
} PtlTcpSide;

/* A direction: flow n reads from side n and writes to the other. */
typedef struct
{
  guint8 *held; /* read through the shared buffer, and not taken by the other side yet */
  guint32 held_at;
  guint32 held_end;
  PtlPipe *pipe; /* while there are bytes in it */
  gsize piped;
  guint8 bulk : 1; /* splice */
  guint8 no_splice : 1;
  guint8 done : 1; /* all was delivered and the end passed on */
} PtlTcpFlow;

struct _PtlTcp
{
  PtlTcpSide sides[2];
  PtlTcpFlow flows[2];
  PtlConnection connection;
  PtlSite *site;
  PtlTcp *previous;
  PtlTcp *next;
  PtlPace *pace; /* NULL: as fast as it goes */
  PtlTimer timer;
  gint64 used_us;
  gint64 deadline_us;      /* of connecting, or of ending */
  gint64 target_end_us;    /* of connecting to the target at hand */
  gint64 look_us;          /* when its peers are to be looked at next */
  PtlAddresses *addresses; /* of the target, while connecting */
  PtlProxyHeader *header;  /* that the client sent, while connecting */
  guint16 next_address;
  guint16 offset;
  PtlAddress from;
  guint16 from_port;
  guint8 state;
  guint8 rounds_to_hurry; /* then the handshake ends without the client's first bytes */
  gboolean guarded;
};

/* Moves what can be moved, both ways. The connection may be gone afterwards. */
void ptl_tcp_relay (PtlEngineThread *thread, PtlTcp *self);
void ptl_tcp_note_events (PtlTcpSide *side, guint32 events);
/* Leads it to a target. @entry: (transfer full): of its source. The connection may be gone
 * afterwards. */
void ptl_tcp_begin (PtlTcp *self, PtlSourceEntry *entry);
void ptl_tcp_flow_hold (PtlTcpFlow *self, const guint8 *bytes, gsize n);
void ptl_tcp_flow_clear (PtlEngineThread *thread, PtlTcpFlow *self);
/* @reset: both peers get a reset, else an ordinary end. */
void ptl_tcp_free (PtlTcp *self, gboolean reset);
/* One side is dead and all of it was passed on: the other gets a reset when it has received that.
 */
void ptl_tcp_begin_ending (PtlTcp *self);

G_END_DECLS
