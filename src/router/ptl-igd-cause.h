/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-igd-message.h"
#include "ptl-mapper.h"

G_BEGIN_DECLS

/* What the helper's answers mean for a person. (transfer full) */

/* @code: of UPnP, or one of PTL_IGD_CODE_. */
GError *ptl_igd_cause_of_code (PtlMapper *mapper, gint64 code);
/* Why @helper gave no answer. */
GError *ptl_igd_cause_of_run (PtlMapper *mapper, const char *helper, const GError *error);
/* Says who holds the port where that is told. */
GError *ptl_igd_cause_of_answer (PtlMapper *mapper, const PtlIgdRequest *request, const PtlIgdAnswer *answer);

G_END_DECLS
