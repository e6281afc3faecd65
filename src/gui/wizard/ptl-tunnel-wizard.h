/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-open-wizard.h"

G_BEGIN_DECLS

/* "Reach It Through My Server": an ssh tunnel to a server of the person's own. */
#define PTL_TYPE_TUNNEL_WIZARD (ptl_tunnel_wizard_get_type ())
G_DECLARE_FINAL_TYPE (PtlTunnelWizard, ptl_tunnel_wizard, PTL, TUNNEL_WIZARD, PtlOpenWizard)

PtlTunnelWizard *ptl_tunnel_wizard_new (GtkWindow *parent, PtlClient *client);
/* Fills in what another wizard has asked already. @name may be NULL, @port 0. */
void ptl_tunnel_wizard_suggest (PtlTunnelWizard *self, const char *name, guint16 port);

G_END_DECLS
