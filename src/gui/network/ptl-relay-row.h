/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlRelayRow:
 *
 * A relay: its name, host and state, and a button that removes it.
 */
#define PTL_TYPE_RELAY_ROW (ptl_relay_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlRelayRow, ptl_relay_row, PTL, RELAY_ROW, AdwActionRow)

GtkWidget *ptl_relay_row_new (PtlClient *client, PtlRelayItem *item);

G_END_DECLS
