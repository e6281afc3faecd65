/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-gateway.h"

G_BEGIN_DECLS

/* What choosing a gateway by IPv4 and by IPv6 has in common. */

const PtlNetLink *ptl_gateway_find_link (const PtlNetTables *tables, int index);
char *ptl_gateway_make_alias (const char *address, const char *interface);
/* By the hardware address of the neighbour @address, where that is known; else @alias. */
char *ptl_gateway_make_id (const PtlNetTables *tables, int index, const char *address, const char *alias);
/* Of PtlNetRoute, for sorting. */
int ptl_gateway_compare_metric (gconstpointer a, gconstpointer b);
gboolean ptl_gateway_has_id (GPtrArray *gateways, const char *id);

G_END_DECLS
