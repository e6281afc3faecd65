/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* Opens and waits. An interrupt while it waits closes the rule again, and is an error. */
PtlRule *ptl_ctl_open (PtlCtl *self, GVariant *request, GError **error);
/* The rule as `open` and `show` print it. */
void ptl_ctl_print_one (PtlCtl *self, const PtlRule *rule, gboolean all);
/* The same of one that was just opened, with what answered at its target. */
void ptl_ctl_print_opened (PtlCtl *self, const PtlRule *rule);
/* The same of several: a list. */
void ptl_ctl_print_all_opened (PtlCtl *self, GPtrArray *rules);
/* The same of the rule with @id, as it is now: after a change. */
gboolean ptl_ctl_print_changed (PtlCtl *self, const char *id, GError **error);
/* The run() of the kinds that need no more than that. */
gboolean ptl_ctl_run_open (PtlCtl *self, GError **error);

G_END_DECLS
