/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  PTL_TERM_DURATION, /* value: seconds from the moment of opening */
  PTL_TERM_UNTIL,    /* value: Unix seconds */
  PTL_TERM_REVIEW,   /* no end; value: Unix seconds of the review */
} PtlTermKind;

/* For how long a rule is asked for. */
typedef struct
{
  PtlTermKind kind;
  gint64 value;
} PtlTerm;

/* What is offered to choose from, in this order. */
typedef enum
{
  PTL_SPAN_HOUR,
  PTL_SPAN_THREE_HOURS,
  PTL_SPAN_MIDNIGHT,
  PTL_SPAN_DAY,
  PTL_SPAN_DURATION, /* own, typed */
  PTL_SPAN_TIME,     /* own, typed */
  PTL_SPAN_REVIEW,   /* no end, looked at again in 30 days */
  PTL_N_SPANS
} PtlSpan;

const char *ptl_span_get_label (PtlSpan span);
/* The span that is exactly @seconds, or PTL_SPAN_DURATION. */
PtlSpan ptl_span_from_seconds (gint64 seconds);
/* @text: what was typed, for the two own spans. PTL_ERROR_INVALID says what is wrong with it. */
gboolean ptl_term_from_span (PtlSpan span, const char *text, gint64 now, PtlTerm *term, GError **error);
/* When a rule that opens at @now ends (or is to be looked at again). Unix seconds. */
gint64 ptl_term_get_end (const PtlTerm *self, gint64 now);
/* The next midnight in the person's own zone. Unix seconds. */
gint64 ptl_term_next_midnight (gint64 now);
/* "18:00" (the next one), "2026-12-24 18:00" or "2026-12-24T18:00", in local time. */
gboolean ptl_term_parse_time (const char *text, gint64 now, gint64 *time, GError **error);

G_END_DECLS
