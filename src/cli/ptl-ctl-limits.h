/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* The options that say how the engine carries a rule: one for each of core/ptl-options.h, and those for
 * denied networks, further targets and proxies. @editing: with those that take such lists back. */
const PtlCtlOption *ptl_ctl_limits_get_options (gboolean editing);
/* Takes what was given of them into @rule (but for --deny: ptl_ctl_request_audience()) and, as Options, into
 * @request. PTL_ERROR_INVALID. */
gboolean ptl_ctl_limits_take (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error);
G_END_DECLS
