/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"
#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/* Which ports, for a program that is not in the list of games. */
#define PTL_TYPE_PORTS_PAGE (ptl_ports_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlPortsPage, ptl_ports_page, PTL, PORTS_PAGE, PtlWizardPage)

PtlPortsPage *ptl_ports_page_new (void);
/* After the page was found right. */
char *ptl_ports_page_dup_name (PtlPortsPage *self);
PtlProtocol ptl_ports_page_get_protocol (PtlPortsPage *self);
void ptl_ports_page_get_range (PtlPortsPage *self, guint16 *first, guint16 *last);

G_END_DECLS
