/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlMetricsGroup:
 *
 * Whether programs of this computer may read the metrics, and at which port. It shows what the worker says.
 */
#define PTL_TYPE_METRICS_GROUP (ptl_metrics_group_get_type ())
G_DECLARE_FINAL_TYPE (PtlMetricsGroup, ptl_metrics_group, PTL, METRICS_GROUP, AdwPreferencesGroup)

void ptl_metrics_group_set_client (PtlMetricsGroup *self, PtlClient *client);

G_END_DECLS
