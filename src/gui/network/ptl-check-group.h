/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlCheckGroup:
 *
 * What network this is: the verdict of the last check with its advice and ways out, the way out as a picture that follows the
 * network, and what was found; with the button that checks.
 */
#define PTL_TYPE_CHECK_GROUP (ptl_check_group_get_type ())
G_DECLARE_FINAL_TYPE (PtlCheckGroup, ptl_check_group, PTL, CHECK_GROUP, AdwPreferencesGroup)

void ptl_check_group_set_client (PtlCheckGroup *self, PtlClient *client);

G_END_DECLS
