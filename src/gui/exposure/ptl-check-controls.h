/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlCheckControls:
 *
 * The button that checks the exposure; while a check runs, how far it is, and the button that ends it. By the actions
 * "exposure.check", "exposure.check-from" and "exposure.cancel" of the page around it.
 */
#define PTL_TYPE_CHECK_CONTROLS (ptl_check_controls_get_type ())
G_DECLARE_FINAL_TYPE (PtlCheckControls, ptl_check_controls, PTL, CHECK_CONTROLS, GtkWidget)

void ptl_check_controls_set_client (PtlCheckControls *self, PtlClient *client);
/* Whether this window waits for the check that runs: only then it can end it. */
void ptl_check_controls_set_waiting (PtlCheckControls *self, gboolean waiting);

G_END_DECLS
