/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-open-wizard.h"

G_BEGIN_DECLS

/* "Forward a Port": from an address of this computer to another place. */
#define PTL_TYPE_FORWARD_WIZARD (ptl_forward_wizard_get_type ())
G_DECLARE_FINAL_TYPE (PtlForwardWizard, ptl_forward_wizard, PTL, FORWARD_WIZARD, PtlOpenWizard)

/* Filled in for a program of this computer. @name: nullable. */
void ptl_forward_wizard_propose (PtlForwardWizard *self, PtlProtocol protocol, guint16 port, const char *name);
PtlForwardWizard *ptl_forward_wizard_new (GtkWindow *parent, PtlClient *client);

G_END_DECLS
