/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlExposurePreferences:
 *
 * When the exposure is checked by itself, who else may be asked for it, and whether new listeners are told of. The worker
 * keeps them; keys go to the keyring and are never shown again.
 */
#define PTL_TYPE_EXPOSURE_PREFERENCES (ptl_exposure_preferences_get_type ())
G_DECLARE_FINAL_TYPE (PtlExposurePreferences, ptl_exposure_preferences, PTL, EXPOSURE_PREFERENCES, AdwPreferencesGroup)

void ptl_exposure_preferences_set_client (PtlExposurePreferences *self, PtlClient *client);

G_END_DECLS
