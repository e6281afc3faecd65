/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlExposurePage:
 *
 * What programs on this computer listen on, and how far each can be reached.
 */
#define PTL_TYPE_EXPOSURE_PAGE (ptl_exposure_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlExposurePage, ptl_exposure_page, PTL, EXPOSURE_PAGE, AdwBin)

void ptl_exposure_page_set_client (PtlExposurePage *self, PtlClient *client);

G_END_DECLS
