/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The offer to go through a server of the person's own, where the router's way is barred (action `wizard.use-server`). */
#define PTL_TYPE_SERVER_ROW (ptl_server_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlServerRow, ptl_server_row, PTL, SERVER_ROW, AdwActionRow)

G_END_DECLS
