/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-draft.h"
#include "ptl-terms-page.h"
#include "ptl-wizard-window.h"

G_BEGIN_DECLS

/**
 * PtlOpenWizard:
 *
 * What all wizards that open something share, from the terms on: the plan in one sentence, the
 * progress, and the address or the reason why not. All rules of one wizard open, or none.
 */
#define PTL_TYPE_OPEN_WIZARD (ptl_open_wizard_get_type ())
G_DECLARE_DERIVABLE_TYPE (PtlOpenWizard, ptl_open_wizard, PTL, OPEN_WIZARD, PtlWizardWindow)

struct _PtlOpenWizardClass
{
  PtlWizardWindowClass parent_class;
  /* What the person has said, one draft per rule (element-type PtlDraft) (transfer full). */
  GPtrArray *(*build) (PtlOpenWizard *self);
  /* What a friend does with the address of the first rule, or NULL. (transfer full) */
  char *(*dup_join) (PtlOpenWizard *self, const PtlRule *rule);
  /* Opening failed: TRUE where the wizard shows a page of its own for it. */
  gboolean (*failed) (PtlOpenWizard *self, const GError *error);
  /* The person would rather go through a server. */
  void (*use_server) (PtlOpenWizard *self);
};

/* To be called when the first pages have been added. */
void ptl_open_wizard_set_up (PtlOpenWizard *self, PtlClient *client);
PtlClient *ptl_open_wizard_get_client (PtlOpenWizard *self);
PtlTermsPage *ptl_open_wizard_get_terms (PtlOpenWizard *self);
/* @name: of the game or service; @relay: of the server, or NULL. */
void ptl_open_wizard_set_subject (PtlOpenWizard *self, const char *name, const char *relay);
/* What is opened needs a router: the plan says so when there is none. */
void ptl_open_wizard_needs_router (PtlOpenWizard *self);
/* Opens what the plan says (again). */
void ptl_open_wizard_open (PtlOpenWizard *self);
/* Shows the failure page. */
void ptl_open_wizard_show_failure (PtlOpenWizard *self, const GError *error, const char *leftover);
/* This computer's address in the network, as the router's search found it; "" = not known. */
const char *ptl_open_wizard_get_local_address (PtlOpenWizard *self);

G_END_DECLS
