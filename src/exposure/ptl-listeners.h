/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-listen-scope.h"

G_BEGIN_DECLS

/* A socket that some program on this machine listens on. All text is safe to show. */
typedef struct
{
  guint8 protocol; /* PtlProtocol: TCP or UDP */
  char *address;   /* literal; "0.0.0.0" and "::" = every address */
  guint16 port;
  PtlListenScope scope;
  gboolean ipv4; /* by which family it is reached: "::" may take both */
  gboolean ipv6;
  guint32 inode;
  guint64 cgroup; /* number of the control group that made it, 0 = not told */
  guint32 uid;
  char *user;    /* its name, or the number */
  guint32 pid;   /* 0 = not to be known (another user's) */
  char *process; /* name, "" = not to be known */
  char *unit;    /* systemd's: "ssh.service"; "" = in none, or not to be known */
  gboolean user_unit; /* of the user's own service manager */
  char *container; /* name of the container that it is in, or that publishes it; "" = none */
} PtlListener;
PtlListener *ptl_listener_new (void);
PtlListener *ptl_listener_copy (const PtlListener *self);
void ptl_listener_free (PtlListener *self);

/* All listening TCP and bound, unconnected UDP sockets, by netlink sock_diag; processes and units from /proc and
 * /sys/fs/cgroup, as far as this user may see; containers from their engines. (element-type PtlListener), by port. Blocks
 * for a few milliseconds, two seconds at most where an engine of containers hangs: call it in a thread. */
GPtrArray *ptl_listeners_list (GError **error);

/**
 * PtlListenersView:
 *
 * One look, and what is needed for the next to be cheap. It does not change any more.
 */
typedef struct
{
  GPtrArray *listeners; /* of PtlListener, by port, one for each address and program */
  guint n_unknown;      /* of which program could not be told */
  char **unseen;        /* sentences, translated: what could not be seen, and why */
  char **engines;       /* those of them that are about containers */
  GPtrArray *sockets;   /* of PtlListener: each socket; owns those of @listeners too */
} PtlListenersView;

/* @before: (nullable) the look before: of a socket that is there still nothing is asked again. Blocks as
 * ptl_listeners_list(). */
PtlListenersView *ptl_listeners_look (const PtlListenersView *before, GError **error);
/* Whether a look has another answer than the one before. */
gboolean ptl_listeners_view_equal (const PtlListenersView *a, const PtlListenersView *b);
PtlListenersView *ptl_listeners_view_ref (PtlListenersView *self);
void ptl_listeners_view_unref (PtlListenersView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlListenersView, ptl_listeners_view_unref)

G_END_DECLS
