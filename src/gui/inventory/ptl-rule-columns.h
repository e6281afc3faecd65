/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-client.h"
#include "gui/table/ptl-table-spec.h"

G_BEGIN_DECLS

/* Tables of PtlRuleItem: living rules (columns and order are remembered), and closed ones. */
extern const PtlTableSpec ptl_rule_table_living;
extern const PtlTableSpec ptl_rule_table_closed;

/* Whether a person should look at it: degraded, failed or waiting; about to close (in ten minutes); its
 * review is due. @now: Unix seconds. */
gboolean ptl_rule_needs_attention (const PtlRule *rule, gint64 now);
/* @words: case-folded, each found in name, owner, purpose, target or public endpoint. Empty matches. */
gboolean ptl_rule_matches (const PtlRule *rule, const char *const *words);
/* The words of what was typed into a search field, for ptl_rule_matches(). */
char **ptl_search_words (const char *text);

G_END_DECLS
