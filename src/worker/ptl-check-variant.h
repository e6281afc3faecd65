/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/check/ptl-judge.h"

G_BEGIN_DECLS

/* The result of a check as a{sv}, as CheckNetwork answers (src/api). Floating. */
GVariant *ptl_check_to_variant (const PtlCheckFacts *facts,
                                const PtlJudgement *judgement,
                                const char *consent,
                                gint64 checked);
/* The way out as aa{sv}. Floating. */
GVariant *ptl_network_path_to_variant (const PtlCheckFacts *facts, const PtlJudgement *judgement, const char *step);

G_END_DECLS
