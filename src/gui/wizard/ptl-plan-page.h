/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-client.h"
#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/**
 * PtlPlanPage:
 *
 * What will be done, in one sentence, before it is done; or why it will not, with the better way.
 */
#define PTL_TYPE_PLAN_PAGE (ptl_plan_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlPlanPage, ptl_plan_page, PTL, PLAN_PAGE, PtlWizardPage)

PtlPlanPage *ptl_plan_page_new (void);
/* Where a router is needed: says so when there is none. */
void ptl_plan_page_watch_network (PtlPlanPage *self, PtlClient *client);
void ptl_plan_page_show_checking (PtlPlanPage *self);
/* @better_way: NULL where what was chosen is fine. */
void ptl_plan_page_show_plan (PtlPlanPage *self, const char *sentence, const char *ending, const char *stranger,
                              const char *better_way);
/* What answers at the targets, a line each; NULL = nothing to say. Of the plan that is shown next. */
void ptl_plan_page_set_answering (PtlPlanPage *self, const char *answering);
/* @may_override: whether the person may say why it must be open all the same. @offer_server: whether to offer
 * the way through a server. */
void ptl_plan_page_show_refusal (PtlPlanPage *self, const GError *error, gboolean may_override, gboolean offer_server);
gboolean ptl_plan_page_has_plan (PtlPlanPage *self);
/* The reason that was typed; "" = none. */
char *ptl_plan_page_dup_override (PtlPlanPage *self);

G_END_DECLS
