/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlEditDialog:
 *
 * Changes what may be changed of a living rule: name, owner, purpose, audience, expiry and options. Only what differs is sent.
 */
#define PTL_TYPE_EDIT_DIALOG (ptl_edit_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PtlEditDialog, ptl_edit_dialog, PTL, EDIT_DIALOG, AdwWindow)

void ptl_edit_dialog_present (GtkWindow *parent, PtlClient *client, const PtlRule *rule);

G_END_DECLS
