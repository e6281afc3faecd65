/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ptl-firewall-view.h"

G_BEGIN_DECLS

/* Which containers run and what they publish: Docker and Podman lead those ports to them before the firewall is asked.
 * Their engines tell by HTTP on a unix socket (Docker Engine API 1.24 and later, which Podman speaks too). */

typedef struct
{
  char *ip; /* of this machine: a literal; "" = every address */
  guint16 port;
  PtlProtocol protocol;
} PtlPublishedPort;

typedef struct
{
  const char *engine; /* "Docker" or "Podman", as it was asked for */
  char *id;           /* 64 digits */
  char *name;         /* safe to show; "?" where it has none */
  GArray *ports;      /* of PtlPublishedPort */
} PtlContainer;
void ptl_container_free (PtlContainer *self);

/* The body of an engine's answer to GET /containers/json. (element-type PtlContainer) (transfer full). NULL and an error
 * where it is no such answer. */
GPtrArray *ptl_containers_read (const char *body, gsize length, GError **error);
/* The one of @containers that publishes one of the ports, other than on loopback, or NULL. */
const PtlContainer *ptl_containers_find (GPtrArray *containers, PtlProtocol protocol, guint16 first, guint16 last);

/* Asks the engines that run here. @unseen: (nullable) (out): sentences, translated, about those that do not tell. Blocks
 * for two seconds for each at most: call it in a thread. @sockets: pairs of a name and a path, ended by NULL; NULL = the
 * usual ones. (element-type PtlContainer) (transfer full) */
GPtrArray *ptl_containers_list (const char *const *sockets, char ***unseen);
/* The same, into @view's container and unseen. */
void ptl_containers_look (const char *const *sockets, PtlFirewallView *view);

G_END_DECLS
