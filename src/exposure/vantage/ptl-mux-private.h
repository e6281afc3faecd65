/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-mux-codec.h"
#include "ptl-mux.h"

G_BEGIN_DECLS

/* Inside of PtlMux, for its own files alone. */

/* More at a time is a mistake. */
#define PTL_MUX_CHANNELS_MAX 4096

typedef enum
{
  PTL_CHANNEL_OPENING,
  PTL_CHANNEL_OPEN,
  PTL_CHANNEL_REFUSED,
} PtlChannelState;

typedef struct
{
  guint32 id;
  PtlChannelState state;
  gboolean wanted; /* somebody waits for it to open */
  guint32 remote;
  guint32 window; /* so much more may be sent */
  guint32 packet_max;
  guint32 reason;
  char *said;
  int given;      /* the end for whoever waits, -1 = has it */
  int fd;         /* the other end of it, -1 = none, or closed */
  GByteArray *in; /* came, and does not fit into fd yet */
  gsize received;
  gboolean ended;  /* nothing more comes */
  gboolean no_out; /* nothing more is sent */
  gboolean close_sent;
  gboolean close_received;
} PtlChannel;

/* What the lock guards is told in each field's place; the rest is the thread's. */
struct _PtlMux
{
  gatomicrefcount refs;
  int fd;   /* the control socket */
  int wake; /* eventfd: something is to be done */
  GThread *thread;

  GMutex lock;
  GCond changed;
  GHashTable *channels; /* guarded: id -> PtlChannel */
  GByteArray *out;      /* guarded: to the control socket */
  guint32 next_id;      /* guarded */
  gboolean over;        /* guarded: the connection has ended, or is to end */

  GByteArray *in; /* from the control socket */
};

/* ptl-mux-pump.c */
gpointer ptl_mux_pump (gpointer mux);

/* ptl-mux-channel.c: with the lock held. */
void ptl_channel_free (PtlChannel *self);
/* Does what @message says. FALSE = the other side does not keep to the protocol. */
gboolean ptl_mux_take (PtlMux *self, const PtlMuxMessage *message);
/* Writes what has come, and closes what has ended. */
void ptl_mux_flush (PtlMux *self, PtlChannel *channel);
/* Sends what whoever has the other end wrote. */
void ptl_mux_send (PtlMux *self, PtlChannel *channel);
/* Whoever had the other end has closed it. */
void ptl_mux_hang_up (PtlMux *self, PtlChannel *channel);
/* Nothing comes or goes by it any more. */
gboolean ptl_channel_is_done (const PtlChannel *self);

G_END_DECLS
