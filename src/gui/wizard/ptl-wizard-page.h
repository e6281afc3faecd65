/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PtlWizardPage:
 *
 * One page of a wizard. Properties: title; action-label (of the button that goes on, with a mnemonic; NULL: the page
 * has none); ready (whether that button can be used); careful (Enter does not press it: what follows wants a thought).
 * Signal `go-on`: the page itself asks to go on, as after a row was chosen.
 */
#define PTL_TYPE_WIZARD_PAGE (ptl_wizard_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (PtlWizardPage, ptl_wizard_page, PTL, WIZARD_PAGE, AdwBin)

struct _PtlWizardPageClass
{
  AdwBinClass parent_class;
  /* Whether everything on the page is right; else shows what is not, and puts the focus there. */
  gboolean (*check) (PtlWizardPage *self);
  /* The page is shown: puts the focus where the person begins. */
  void (*enter) (PtlWizardPage *self);
};

const char *ptl_wizard_page_get_title (PtlWizardPage *self);
const char *ptl_wizard_page_get_action_label (PtlWizardPage *self);
gboolean ptl_wizard_page_get_ready (PtlWizardPage *self);
gboolean ptl_wizard_page_get_careful (PtlWizardPage *self);
void ptl_wizard_page_set_careful (PtlWizardPage *self, gboolean careful);
void ptl_wizard_page_set_title (PtlWizardPage *self, const char *title);
void ptl_wizard_page_set_action_label (PtlWizardPage *self, const char *label);
void ptl_wizard_page_set_ready (PtlWizardPage *self, gboolean ready);
gboolean ptl_wizard_page_check (PtlWizardPage *self);
/* Whether the page has put the focus somewhere. */
gboolean ptl_wizard_page_enter (PtlWizardPage *self);
void ptl_wizard_page_go_on (PtlWizardPage *self);

G_END_DECLS
