/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlNameDialog:
 *
 * Asks what is needed for a dynamic name to follow the public address: the provider first, then
 * just the fields that it needs.
 */
#define PTL_TYPE_NAME_DIALOG (ptl_name_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PtlNameDialog, ptl_name_dialog, PTL, NAME_DIALOG, AdwWindow)

/* @name: the one to edit; NULL = a new one. */
void ptl_name_dialog_present (GtkWindow *parent, PtlClient *client, const PtlDynamicName *name);

G_END_DECLS
