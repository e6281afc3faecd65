/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-client.h"
#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/**
 * PtlWizardWindow:
 *
 * The frame of every wizard: a header bar with a way back, one page at a time, and below it the button that goes
 * on (the default widget: Enter) and Cancel (Escape). Alt+Left goes back.
 */
#define PTL_TYPE_WIZARD_WINDOW (ptl_wizard_window_get_type ())
G_DECLARE_DERIVABLE_TYPE (PtlWizardWindow, ptl_wizard_window, PTL, WIZARD_WINDOW, AdwWindow)

struct _PtlWizardWindowClass
{
  AdwWindowClass parent_class;
  /* The button of @page was used, and the page found nothing wrong. */
  void (*go_on) (PtlWizardWindow *self, PtlWizardPage *page);
  /* Cancel, Escape or the window's close button. TRUE: something is to be taken back first, and the
   * window closes later. */
  gboolean (*cancel) (PtlWizardWindow *self);
};

/* Adds @page to those that can be shown. The first one is shown at once. */
void ptl_wizard_window_add (PtlWizardWindow *self, PtlWizardPage *page);
PtlWizardPage *ptl_wizard_window_get_page (PtlWizardWindow *self);
/* Shows @page; the way back leads to the one before. */
void ptl_wizard_window_show_page (PtlWizardWindow *self, PtlWizardPage *page);
/* Shows @page; from there no way leads back. @cancel_label: of the second button, NULL = none. */
void ptl_wizard_window_show_last (PtlWizardWindow *self, PtlWizardPage *page, const char *cancel_label);
/* Shows @page; the way back leads to @before, which was shown earlier, and on from there as it was. */
void ptl_wizard_window_show_after (PtlWizardWindow *self, PtlWizardPage *page, PtlWizardPage *before);
void ptl_wizard_window_go_back (PtlWizardWindow *self);

G_END_DECLS
