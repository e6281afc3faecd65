/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  PTL_PEERS_NONE,   /* nobody is connected */
  PTL_PEERS_HERE,   /* only programs of this machine are */
  PTL_PEERS_OTHERS, /* somebody else is */
} PtlPeers;

/**
 * PtlSocketPeers:
 *
 * Who is connected to the TCP ports of this machine now, as the kernel tells it (sock_diag(7)).
 */
typedef struct _PtlSocketPeers PtlSocketPeers;

/* Blocks for a few milliseconds: for a thread. Where the kernel does not tell, nobody is connected. */
PtlSocketPeers *ptl_socket_peers_read (void);
void ptl_socket_peers_free (PtlSocketPeers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlSocketPeers, ptl_socket_peers_free)

PtlPeers ptl_socket_peers_of (const PtlSocketPeers *self, guint16 port);

G_END_DECLS
