/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlActivityPage:
 *
 * The audit log, latest first, page by page; it can be searched and verified.
 */
#define PTL_TYPE_ACTIVITY_PAGE (ptl_activity_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlActivityPage, ptl_activity_page, PTL, ACTIVITY_PAGE, AdwBin)

void ptl_activity_page_set_client (PtlActivityPage *self, PtlClient *client);

G_END_DECLS
