/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gui/fields/ptl-audience-chooser.h"
#include "gui/fields/ptl-firewall-group.h"
#include "gui/fields/ptl-options-group.h"
#include "ptl-draft.h"
#include "ptl-wizard-page.h"
#include "ptl-words.h"

G_BEGIN_DECLS

/**
 * PtlTermsPage:
 *
 * The questions before anything opens: who needs it, for how long, what if a stranger finds it, and why.
 */
#define PTL_TYPE_TERMS_PAGE (ptl_terms_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlTermsPage, ptl_terms_page, PTL, TERMS_PAGE, PtlWizardPage)

PtlTermsPage *ptl_terms_page_new (void);
PtlAudienceChooser *ptl_terms_page_get_audience_chooser (PtlTermsPage *self);
/* What can be set besides, at the end of the page. */
PtlOptionsGroup *ptl_terms_page_get_options (PtlTermsPage *self);
/* Whether this computer's firewall is opened for it. */
PtlFirewallGroup *ptl_terms_page_get_firewall (PtlTermsPage *self);
/* Which questions make sense: @audience where who connects can be told apart, @strangers where anyone could find it. */
void ptl_terms_page_set_asks (PtlTermsPage *self, gboolean audience, gboolean strangers);
gboolean ptl_terms_page_asks_strangers (PtlTermsPage *self);
/* What is opened: @harm is the answer filled in at first, @risky as in ptl_words_stranger(), @purpose filled in where the
 * person has typed nothing yet. */
void ptl_terms_page_set_subject (PtlTermsPage *self, PtlHarm harm, const char *risky, const char *purpose);
/* Adds a group of rows of the wizard's own, after the questions. */
void ptl_terms_page_add_group (PtlTermsPage *self, AdwPreferencesGroup *group);
PtlHarm ptl_terms_page_get_harm (PtlTermsPage *self);
const char *ptl_terms_page_get_risky (PtlTermsPage *self);
gboolean ptl_terms_page_is_anyone (PtlTermsPage *self);
/* After the page was found right: owner, purpose, audience, term, firewall and options. */
void ptl_terms_page_fill (PtlTermsPage *self, PtlDraft *draft);

G_END_DECLS
