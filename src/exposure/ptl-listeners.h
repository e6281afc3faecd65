/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A socket that some program on this machine listens on. */
typedef struct
{
  guint8 protocol; /* PtlProtocol: TCP or UDP */
  char *address;   /* literal; "0.0.0.0" and "::" = every address */
  guint16 port;
  guint32 inode;
  guint32 uid;
  guint32 pid;   /* 0 = not to be known (another user's) */
  char *process; /* name, "" = not to be known */
} PtlListener;
void ptl_listener_free (PtlListener *self);

/* All listening TCP and bound, unconnected UDP sockets, by netlink sock_diag; processes from /proc,
 * those that this user may see. (element-type PtlListener). Blocks for a few milliseconds: call it
 * in a thread. */
GPtrArray *ptl_listeners_list (GError **error);

G_END_DECLS
