/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-sweep.h"

G_BEGIN_DECLS

#define PTL_SWEEP_TRIES_MAX 5

/**
 * PtlSweepWindow:
 *
 * How fast one address is asked: how many connects may be under way, how long one is waited for,
 * how often it is tried again. Pure arithmetic; the caller says what happened and when.
 *
 * The time that is waited follows the measured round trips (RFC 6298). The window grows with every
 * answer, and shrinks where connects are proven to have been lost: tried again, they were answered.
 * A few are lost on any radio link, so it is their share that counts. Silence alone is no proof,
 * for that is how a firewall answers; there the window grows too, more slowly, as long as nothing
 * speaks against it.
 */
typedef struct
{
  guint max_window, max_rate;
  gint64 least_timeout_us, max_timeout_us;
  double window, threshold;
  gboolean has_rtt;
  gint64 srtt_us, rttvar_us, least_rtt_us;
  guint n_answered, n_silent,
      n_lost; /* ever: answers, waits in vain, those of them that an answer came to later */
  guint round_answered, round_lost;
  gint64 round_us,
      loss_us;   /* when the round began; when connects were last proven lost, 0 = never */
  guint n_tries; /* how often a silent port is tried, in all */
  double tokens;
  gint64 tokens_us;
} PtlSweepWindow;

void ptl_sweep_window_init (PtlSweepWindow *self, const PtlSweepPace *pace, gint64 now_us);

/* How many more connects may begin now, where @in_flight are under way. */
guint ptl_sweep_window_get_room (PtlSweepWindow *self, guint in_flight, gint64 now_us);
/* One began. */
void ptl_sweep_window_note_sent (PtlSweepWindow *self);
/* An answer at try number @try (0 = the first) that would have come at the first one too, had
 * nothing been lost. */
void ptl_sweep_window_note_answer (PtlSweepWindow *self, guint try, gint64 rtt_us, gint64 now_us);
/* Any other answer. ICMP errors are rationed where they are made (RFC 1812, 4.3.2.8), so that those
 * which did not come prove nothing. */
void ptl_sweep_window_note_word (PtlSweepWindow *self, gint64 rtt_us);
void ptl_sweep_window_note_silence (PtlSweepWindow *self, gint64 now_us);
/* This machine could not begin one more: no descriptors, ports or memory. */
void ptl_sweep_window_note_starved (PtlSweepWindow *self, guint in_flight);

/* How long try number @try is waited for, in microseconds. */
gint64 ptl_sweep_window_get_timeout_us (const PtlSweepWindow *self, guint try);
/* Whether silence is the exception at this address: then it is tried again at once. */
gboolean ptl_sweep_window_is_answering (const PtlSweepWindow *self);
/* When a token comes, for an address that is waited for because of its rate alone; @now_us = at
 * once. */
gint64 ptl_sweep_window_get_next_us (const PtlSweepWindow *self, gint64 now_us);

G_END_DECLS
