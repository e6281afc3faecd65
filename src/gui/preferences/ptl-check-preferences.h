/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlCheckPreferences:
 *
 * Whether a check of the network may ask servers on the internet, and which. The worker keeps them.
 */
#define PTL_TYPE_CHECK_PREFERENCES (ptl_check_preferences_get_type ())
G_DECLARE_FINAL_TYPE (PtlCheckPreferences, ptl_check_preferences, PTL, CHECK_PREFERENCES, AdwPreferencesGroup)

void ptl_check_preferences_set_client (PtlCheckPreferences *self, PtlClient *client);

G_END_DECLS
