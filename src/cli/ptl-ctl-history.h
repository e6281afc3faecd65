/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* --history and --since of `show`, looked at before the worker is called. */
gboolean ptl_ctl_history_check (PtlCtl *self, GError **error);
/* What the rule carried; with --json beside the rule. */
gboolean ptl_ctl_history_print (PtlCtl *self, const PtlRule *rule, GError **error);

G_END_DECLS
