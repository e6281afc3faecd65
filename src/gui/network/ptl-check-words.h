/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-verdict.h"
#include "gui/details/ptl-facts.h"
#include "gui/details/ptl-way.h"

G_BEGIN_DECLS

/* The check of the network in words; pure. @state: the property NetworkCheck (src/api), @result: what CheckNetwork answers,
 * both a{sv}. What is missing in them is left out. */

/* The way out, this computer first (element-type PtlHop). */
GPtrArray *ptl_check_dup_hops (GVariant *state);
/* (nullable) (transfer full) */
GVariant *ptl_check_dup_result (GVariant *state);
const char *ptl_check_get_text (GVariant *dict, const char *key);
gboolean ptl_check_has_way_out (GVariant *result, const char *way);
/* What was found, besides the evidence (element-type PtlFact). */
GPtrArray *ptl_check_dup_facts (GVariant *result);
/* (transfer full): a sentence each */
char **ptl_check_dup_evidence (GVariant *result);

const char *ptl_check_verdict_icon (PtlVerdict verdict);
const char *ptl_check_verdict_style (PtlVerdict verdict);
/* What is under way; "" where nothing is. */
const char *ptl_check_step_words (const char *step);

G_END_DECLS
