/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-client.h"
#include "ptl-application.h"

G_BEGIN_DECLS

/**
 * PtlWindow:
 *
 * The window: a side bar with four pages, and what is shown while the worker is not there.
 */
#define PTL_TYPE_WINDOW (ptl_window_get_type ())
G_DECLARE_FINAL_TYPE (PtlWindow, ptl_window, PTL, WINDOW, AdwApplicationWindow)

PtlWindow *ptl_window_new (PtlApplication *application, PtlClient *client);
/* @toast (transfer full): its title is markup. */
void ptl_window_add_toast (PtlWindow *self, AdwToast *toast);

G_END_DECLS
