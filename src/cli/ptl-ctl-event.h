/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-event.h"
#include "ptl-ctl.h"

G_BEGIN_DECLS

/* One event as a line. */
void ptl_ctl_print_event (PtlCtl *self, const PtlEvent *event);
/* Up to @limit events older than @before (0 = the latest), latest first (PtlEvent). */
GPtrArray *ptl_ctl_list_events (PtlCtl *self, const char *rule_id, gint64 before, guint limit, GError **error);

G_END_DECLS
