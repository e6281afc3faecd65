/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-history-list.h"
#include "gui/details/ptl-details-pane.h"
#include "gui/details/ptl-entry-pane.h"
#include "gui/network/ptl-entry.h"
#include "gui/ptl-banner.h"
#include "gui/ptl-trace.h"
#include "gui/table/ptl-table.h"
#include "ptl-inventory-page.h"

G_BEGIN_DECLS

struct _PtlInventoryPage
{
  AdwBin parent_instance;
  AdwViewSwitcherTitle *switcher;
  AdwViewSwitcherBar *switcher_bar;
  GtkMenuButton *view_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  PtlBanner *store_banner;
  PtlBanner *network_banner;
  PtlBanner *debts_banner;
  AdwFlap *flap;
  AdwViewStack *views;
  AdwViewStackPage *attention_page;
  PtlTable *open_table;
  PtlTable *attention_table;
  PtlTable *foreign_table;
  PtlTable *history_table;
  AdwStatusPage *open_empty;
  AdwStatusPage *attention_empty;
  AdwStatusPage *foreign_empty;
  AdwStatusPage *history_empty;
  GtkWidget *open_buttons;
  GtkStack *panes;
  PtlDetailsPane *details;
  PtlEntryPane *entry_pane;
  GtkActionBar *selection_bar;
  GtkLabel *selection_label;

  PtlClient *client;
  GSettings *settings;
  GCancellable *cancellable;
  GtkCustomFilter *open_filter;
  GtkCustomFilter *attention_filter;
  GtkCustomFilter *foreign_filter;
  PtlAskedList *entries;
  PtlHistoryList *history; /* NULL until it is asked for */
  PtlMoment history_since;
  char **words;            /* searched for, case-folded */
  gboolean show_details;
  gboolean show_ignored;
  gboolean entries_changed; /* since they were asked for */
  gboolean opened;         /* the details cover the table, as the person asked */
  guint refresh_id;
  guint shape_id;
};

/* The table in view, and the rules selected in it, of PtlRuleItem (transfer full). */
PtlTable *ptl_inventory_page_get_table (PtlInventoryPage *self);
GPtrArray *ptl_inventory_page_dup_selected (PtlInventoryPage *self);

/* ptl-inventory-actions.c: what can be done with those selected. */
void ptl_inventory_actions_install (GtkWidgetClass *klass);
void ptl_inventory_actions_update (PtlInventoryPage *self, GPtrArray *selected);

/* ptl-entry-actions.c: what can be done with a foreign entry. */
void ptl_entry_actions_install (GtkWidgetClass *klass);
void ptl_entry_actions_update (PtlInventoryPage *self);

/* ptl-inventory-banners.c */
void ptl_inventory_banners_install (GtkWidgetClass *klass);
void ptl_inventory_banners_follow (PtlInventoryPage *self);

G_END_DECLS
