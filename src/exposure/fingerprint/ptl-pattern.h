/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PtlPattern:
 *
 * A regular expression over bytes of strangers. What could take long is refused when it is compiled
 * (a repeated group that repeats inside, back references, look-behind), and each match has a limit
 * of steps besides, past which it is no match.
 */
typedef struct _PtlPattern PtlPattern;

/* INVALID with the reason. "i" in @flags: upper and lower case alike. */
PtlPattern *ptl_pattern_new (const char *pattern, gboolean caseless, GError **error);
void ptl_pattern_free (PtlPattern *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlPattern, ptl_pattern_free)

/* @groups: (out) (optional) (element-type GBytes): the whole and the groups 1 to 9 that took part;
 * (nullable elements). */
gboolean
ptl_pattern_match (const PtlPattern *self, const void *data, gsize length, GPtrArray **groups);
gboolean ptl_pattern_match_text (const PtlPattern *self, const char *text);
/* The first group as bytes made safe, where it matches; else NULL. "" without a group. */
char *ptl_pattern_extract (const PtlPattern *self, const void *data, gsize length);

/* What the first group of @pattern (caseless, and has one) took of @data, as it is; NULL where it
 * does not match. */
char *ptl_pattern_find (const char *pattern, const void *data, gsize length);

/* @template with $1 and #1 filled in from @groups, safe to show, at most 80 characters. */
char *ptl_pattern_expand (const char *template, GPtrArray *groups);

G_END_DECLS
