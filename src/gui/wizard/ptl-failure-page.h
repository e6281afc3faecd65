/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/* What went wrong, and what to do. Its button tries again. */
#define PTL_TYPE_FAILURE_PAGE (ptl_failure_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlFailurePage, ptl_failure_page, PTL, FAILURE_PAGE, PtlWizardPage)

PtlFailurePage *ptl_failure_page_new (void);
/* @leftover: what could not be taken back, or NULL. @offer_server: whether to offer the way through a server. */
void ptl_failure_page_show (PtlFailurePage *self, const GError *error, const char *leftover, gboolean offer_server);

G_END_DECLS
