/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-finding-list.h"
#include "gui/ptl-asked-list.h"
#include "gui/ptl-banner.h"
#include "gui/table/ptl-table.h"
#include "ptl-check-controls.h"
#include "ptl-exposure-page.h"
#include "ptl-finding-pane.h"
#include "ptl-finding-words.h"
#include "ptl-listeners-view.h"

G_BEGIN_DECLS

struct _PtlExposurePage
{
  AdwBin parent_instance;
  AdwViewSwitcherTitle *switcher;
  AdwViewSwitcherBar *switcher_bar;
  GtkMenuButton *view_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  PtlBanner *old_banner;
  AdwFlap *flap;
  AdwViewStack *views;
  AdwViewStackPage *report_page;
  GtkStack *report_states;
  PtlCheckControls *first_controls; /* while there is no report */
  PtlCheckControls *controls;
  GtkImage *summary_icon;
  GtkLabel *summary_title;
  GtkLabel *summary_more;
  GtkLabel *summary_checked;
  GtkExpander *notes_expander;
  GtkLabel *notes;
  GtkToggleButton *filter_buttons[PTL_N_FINDINGS];
  GtkWidget *filters;
  PtlTable *findings_table;
  AdwStatusPage *findings_empty;
  PtlTable *history_table;
  AdwStatusPage *history_empty;
  PtlListenersView *listeners;
  PtlFindingPane *pane;

  PtlClient *client;
  GCancellable *cancellable;
  PtlFindingList *findings; /* of the last report */
  PtlReport *old_report;    /* shown in its place, or NULL */
  char *compared; /* where that is what is other between two: which two */
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;
  PtlFindingsFilter shown;
  PtlAskedList *reports;
  char **words;
  AdwStatusPage *report_error;
  char *last_id; /* of the last report that was here */
  gboolean stale; /* something was opened or closed since that one */
  char *selected_key; /* of the finding whose details are shown: so that it is found in the next report */
  const char *summary_style;
  gboolean waiting; /* for a check that this window asked for */
  gboolean opened;  /* the details cover the table, as the person asked */
  guint shape_id;
};

/* The report that is shown (transfer none), or NULL. */
PtlReport *ptl_exposure_page_get_report (PtlExposurePage *self);
/* The finding whose details are shown, or NULL. */
const PtlFinding *ptl_exposure_page_get_finding (PtlExposurePage *self);
/* Shows another report than the last one; NULL: the last one again. Takes it over. */
void ptl_exposure_page_show_report (PtlExposurePage *self, PtlReport *report);
/* Shows what is other between two reports, takes it over; @both: which two, in a sentence. */
void ptl_exposure_page_show_difference (PtlExposurePage *self, PtlReport *difference, const char *both);
gboolean ptl_exposure_page_shows_report (PtlExposurePage *self);
gboolean ptl_exposure_page_shows_history (PtlExposurePage *self);
void ptl_exposure_page_set_waiting (PtlExposurePage *self, gboolean waiting);

/* ptl-exposure-check.c: checking, and what there is to do with a report. */
void ptl_exposure_check_install (GtkWidgetClass *klass);

/* ptl-exposure-summary.c: what is above the findings, or in their place. */
void ptl_exposure_show_summary (PtlExposurePage *self, const PtlReport *report);
void ptl_exposure_show_changes (PtlExposurePage *self, const PtlReport *difference);
void ptl_exposure_show_filters (PtlExposurePage *self, const PtlReport *report);
void ptl_exposure_show_nothing (PtlExposurePage *self);

/* ptl-exposure-compare.c: what is other between two reports. */
void ptl_exposure_compare_install (GtkWidgetClass *klass);
/* What can be compared now, in the words of a question, or what to select for that; NULL: there is nothing. (transfer
 * full) */
char *ptl_exposure_compare_dup_hint (PtlExposurePage *self);

/* ptl-finding-actions.c: what can be done with a finding. */
void ptl_finding_actions_install (GtkWidgetClass *klass);
void ptl_finding_actions_update (PtlExposurePage *self);

G_END_DECLS
