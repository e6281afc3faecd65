/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-netlink.h"

G_BEGIN_DECLS

/* A network interface as a person is shown it. */
typedef struct
{
  char *name;
  const char *why_not; /* "vpn", "bridge" (of containers or virtual machines), or "" */
  char **addresses;    /* of this computer on it, with prefix: "192.168.1.5/24" */
} PtlNetInterface;

void ptl_net_interface_free (PtlNetInterface *self);

/* Those that are up and have an address; loopback is left out. @tables: (nullable) (transfer full)
 * (element-type PtlNetInterface) */
GPtrArray *ptl_net_interfaces_list (const PtlNetTables *tables);

G_END_DECLS
