/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"
#include "ptl-draft.h"
#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/* Which way a tunnel leads, and between which ports. */
#define PTL_TYPE_TUNNEL_PAGE (ptl_tunnel_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlTunnelPage, ptl_tunnel_page, PTL, TUNNEL_PAGE, PtlWizardPage)

PtlTunnelPage *ptl_tunnel_page_new (void);
/* Fills in what is known from elsewhere; @port 0 = not known. */
void ptl_tunnel_page_suggest (PtlTunnelPage *self, const char *name, guint16 port);
/* After the page was found right. */
gboolean ptl_tunnel_page_is_local (PtlTunnelPage *self);   /* ssh -L */
gboolean ptl_tunnel_page_is_private (PtlTunnelPage *self); /* nobody else can reach it */
PtlEndpoint *ptl_tunnel_page_dup_target (PtlTunnelPage *self);
char *ptl_tunnel_page_dup_name (PtlTunnelPage *self);
void ptl_tunnel_page_fill (PtlTunnelPage *self, PtlDraft *draft);

G_END_DECLS
