/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/* A dynamic name: where it leads, how it fares, and what can be done with it. */
#define PTL_TYPE_NAME_ROW (ptl_name_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlNameRow, ptl_name_row, PTL, NAME_ROW, AdwActionRow)

GtkWidget *ptl_name_row_new (PtlClient *client, PtlNameItem *item);

G_END_DECLS
