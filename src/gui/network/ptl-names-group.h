/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/* The dynamic names, and a way to a further one. */
#define PTL_TYPE_NAMES_GROUP (ptl_names_group_get_type ())
G_DECLARE_FINAL_TYPE (PtlNamesGroup, ptl_names_group, PTL, NAMES_GROUP, AdwPreferencesGroup)

void ptl_names_group_set_client (PtlNamesGroup *self, PtlClient *client);

G_END_DECLS
