/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-rule-item.h"
#include "core/ptl-rule.h"
#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/**
 * PtlResultPage:
 *
 * It is open: the address large with a copy button, what a friend does with it, and the time left.
 */
#define PTL_TYPE_RESULT_PAGE (ptl_result_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlResultPage, ptl_result_page, PTL, RESULT_PAGE, PtlWizardPage)

PtlResultPage *ptl_result_page_new (void);
/* @rules: of PtlRule, as open; the first one's address is the one to give away. @join: what a friend does, or NULL. */
void ptl_result_page_show (PtlResultPage *self, GPtrArray *rules, const char *join);

/* What comes to the first rule after it opened is shown: the address by IPv6. @item: nullable. */
void ptl_result_page_follow (PtlResultPage *self, PtlRuleItem *item);

G_END_DECLS
