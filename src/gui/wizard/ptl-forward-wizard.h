/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-open-wizard.h"

G_BEGIN_DECLS

/* "Forward a Port": from an address of this computer to another place. */
#define PTL_TYPE_FORWARD_WIZARD (ptl_forward_wizard_get_type ())
G_DECLARE_FINAL_TYPE (PtlForwardWizard, ptl_forward_wizard, PTL, FORWARD_WIZARD, PtlOpenWizard)

PtlForwardWizard *ptl_forward_wizard_new (GtkWindow *parent, PtlClient *client);

G_END_DECLS
