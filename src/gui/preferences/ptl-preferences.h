/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlPreferences:
 *
 * The preferences: what a new rule is filled in with, notices, and starting at login.
 */
#define PTL_TYPE_PREFERENCES (ptl_preferences_get_type ())
G_DECLARE_FINAL_TYPE (PtlPreferences, ptl_preferences, PTL, PREFERENCES, AdwPreferencesWindow)

void ptl_preferences_present (GtkWindow *parent, PtlClient *client);

G_END_DECLS
