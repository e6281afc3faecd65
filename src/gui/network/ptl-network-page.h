/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlNetworkPage:
 *
 * What network this is and how it gets out; the routers found, with the protocols they take mappings by; the relays
 * known; the dynamic names; every entry in the router's table.
 */
#define PTL_TYPE_NETWORK_PAGE (ptl_network_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlNetworkPage, ptl_network_page, PTL, NETWORK_PAGE, AdwBin)

void ptl_network_page_set_client (PtlNetworkPage *self, PtlClient *client);

G_END_DECLS
