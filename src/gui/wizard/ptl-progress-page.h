/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"
#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/* How far opening has come: one row per step, or one per rule where there are several. */
#define PTL_TYPE_PROGRESS_PAGE (ptl_progress_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlProgressPage, ptl_progress_page, PTL, PROGRESS_PAGE, PtlWizardPage)

PtlProgressPage *ptl_progress_page_new (void);
/* Begins anew: @plans of PtlRule. */
void ptl_progress_page_set_plans (PtlProgressPage *self, GPtrArray *plans);
/* As PtlOpener::progress. */
void ptl_progress_page_set_step (PtlProgressPage *self, guint index, const char *step);
/* All is being closed again. */
void ptl_progress_page_set_closing (PtlProgressPage *self);

G_END_DECLS
