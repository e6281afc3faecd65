/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Constants of the bus contract; io.github.portolan.Portolan.xml beside this file documents it. */

#define PTL_API_BUS_NAME "io.github.portolan.Portolan.Worker"
#define PTL_API_PATH "/io/github/portolan/Portolan"
#define PTL_API_RULES_PATH PTL_API_PATH "/rules"
#define PTL_API_ROUTERS_PATH PTL_API_PATH "/routers"
#define PTL_API_RELAYS_PATH PTL_API_PATH "/relays"
#define PTL_API_NAMES_PATH PTL_API_PATH "/names"

#define PTL_API_WORKER_INTERFACE "io.github.portolan.Portolan.Worker1"
#define PTL_API_RULE_INTERFACE "io.github.portolan.Portolan.Rule1"
#define PTL_API_ROUTER_INTERFACE "io.github.portolan.Portolan.Router1"
#define PTL_API_RELAY_INTERFACE "io.github.portolan.Portolan.Relay1"
#define PTL_API_NAME_INTERFACE "io.github.portolan.Portolan.Name1"

#define PTL_API_PAGE_MAX 1000 /* most rules or events in one answer */
#define PTL_API_CONNECTIONS_MAX 10000 /* most connections in one answer or request */
