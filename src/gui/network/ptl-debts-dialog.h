/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/* Shows what could not be taken back from a router yet, and follows it until it is paid. */
#define PTL_TYPE_DEBTS_DIALOG (ptl_debts_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PtlDebtsDialog, ptl_debts_dialog, PTL, DEBTS_DIALOG, AdwWindow)

void ptl_debts_dialog_present (GtkWindow *parent, PtlClient *client);

G_END_DECLS
