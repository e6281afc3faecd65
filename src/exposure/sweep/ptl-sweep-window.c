/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sweep-window.h"

#define WINDOW_FIRST 64.0
#define WINDOW_LEAST 4.0
#define GROWTH_LATER 4.0 /* a round trip, once it is known where the window had to shrink */
#define GROWTH_IN_SILENCE 0.5
#define LOSS_TOLERATED 0.05 /* of a round's answers: what a radio link loses by itself */
#define LOSSES_LEAST 3      /* before a share means anything */
#define ROUND_US 100000     /* at least: round trips on one machine take microseconds */
#define QUEUE_US                                                                                   \
  30000 /* more than the shortest round trip: what a busy machine takes without a queue */
#define QUEUE_SHRINK 0.85
#define CALM_US 5000000     /* after a loss: silence is suspicious for so long */

/* Before anything answered: a home's network answers in milliseconds, and what is further away is
 * caught by the second try. Below the least one, what a busy machine does between two looks would
 * count as silence. */
#define TIMEOUT_FIRST_US 250000
#define TIMEOUT_LEAST_US 100000

/* Of tokens that were saved up while nothing was sent. */
#define BURST_US 20000

#define TRIES_LEAST 2
#define TRIES_ANSWERING 3
#define MISSED_MOST 0.001 /* of the ports that would answer: those that are lost at every try */
#define ANSWERING_SHARE 4 /* answers for each silence */

void
ptl_sweep_window_init (PtlSweepWindow *self, const PtlSweepPace *pace, gint64 now_us)
{
  *self = (PtlSweepWindow){
    .max_window = MAX (pace->max_in_flight, 1),
    .max_rate = pace->max_rate,
    .least_timeout_us = TIMEOUT_LEAST_US,
    .max_timeout_us = (gint64) pace->timeout_ms * 1000,
    .window = MIN (WINDOW_FIRST, MAX (pace->max_in_flight, 1)),
    .threshold = MAX (pace->max_in_flight, 1),
    .round_us = now_us,
    .n_tries = TRIES_LEAST,
    .tokens = 1,
    .tokens_us = now_us,
  };
}

static void
fill_tokens (PtlSweepWindow *self, gint64 now_us)
{
  double burst = MAX (1.0, self->max_rate * (BURST_US / 1e6));

  self->tokens += (double) (now_us - self->tokens_us) * self->max_rate / 1e6;
  self->tokens = MIN (self->tokens, burst);
  self->tokens_us = now_us;
}

guint
ptl_sweep_window_get_room (PtlSweepWindow *self, guint in_flight, gint64 now_us)
{
  guint window = (guint) self->window;
  guint room = in_flight < window ? window - in_flight : 0;

  if (self->max_rate == 0)
    return room;
  fill_tokens (self, now_us);
  return self->tokens < 1 ? 0 : MIN (room, (guint) self->tokens);
}

void
ptl_sweep_window_note_sent (PtlSweepWindow *self)
{
  if (self->max_rate > 0)
    self->tokens -= 1;
}

static void
set_window (PtlSweepWindow *self, double window)
{
  double least = MIN (WINDOW_LEAST, self->max_window);

  self->window = CLAMP (window, least, (double) self->max_window);
}

/* RFC 6298, section 2. A try after the first is a connect of its own, so Karn's rule has nothing to
 * say. */
static void
take_round_trip (PtlSweepWindow *self, gint64 rtt_us)
{
  if (!self->has_rtt)
    {
      self->has_rtt = TRUE;
      self->least_rtt_us = rtt_us;
      self->srtt_us = rtt_us;
      self->rttvar_us = rtt_us / 2;
      return;
    }
  self->least_rtt_us = MIN (self->least_rtt_us, rtt_us);
  self->rttvar_us += (ABS (self->srtt_us - rtt_us) - self->rttvar_us) / 4;
  self->srtt_us += (rtt_us - self->srtt_us) / 8;
}

/* As many tries as make it improbable that one more than MISSED_MOST is lost at all of them. */
static guint
choose_tries (const PtlSweepWindow *self)
{
  guint least = ptl_sweep_window_is_answering (self) ? TRIES_ANSWERING : TRIES_LEAST;
  double share = (self->n_lost + 0.5) / (self->n_answered + self->n_lost + 1.0);

  double missed = share;
  guint tries = 1;

  if (self->n_lost == 0)
    return least;
  for (; missed > MISSED_MOST && tries < PTL_SWEEP_TRIES_MAX; tries++)
    missed *= share;
  return MAX (tries, least);
}

static gboolean
is_queueing (const PtlSweepWindow *self)
{
  return self->has_rtt && self->srtt_us > 2 * self->least_rtt_us + QUEUE_US;
}

static void
end_round (PtlSweepWindow *self, gint64 now_us)
{
  guint n = self->round_answered;
  double share = n > 0 ? (double) self->round_lost / n : 0;

  if (now_us - self->round_us < MAX (ROUND_US, self->srtt_us))
    return;
  if (self->round_lost >= LOSSES_LEAST && share > LOSS_TOLERATED)
    {
      set_window (self, self->window * (1 - MIN (share, 1.0) / 2));
      self->threshold = self->window;
    }
  else if (is_queueing (self))
    {
      set_window (self, self->window * QUEUE_SHRINK);
      self->threshold = self->window;
    }
  self->n_tries = choose_tries (self);
  self->round_us = now_us;
  self->round_answered = self->round_lost = 0;
}

void
ptl_sweep_window_note_answer (PtlSweepWindow *self, guint try, gint64 rtt_us, gint64 now_us)
{
  self->n_answered++;
  self->round_answered++;
  take_round_trip (self, rtt_us);
  if (try > 0)
    {
      self->round_lost++;
      self->loss_us = now_us;
      self->n_lost += try;
    }
  if (!is_queueing (self))
    set_window (self,
                self->window + (self->window < self->threshold ? 1 : GROWTH_LATER / self->window));
  end_round (self, now_us);
}

void
ptl_sweep_window_note_word (PtlSweepWindow *self, gint64 rtt_us)
{
  take_round_trip (self, rtt_us);
  set_window (self, self->window + GROWTH_IN_SILENCE);
}

void
ptl_sweep_window_note_silence (PtlSweepWindow *self, gint64 now_us)
{
  gboolean calm = self->loss_us == 0 || now_us - self->loss_us > CALM_US;

  self->n_silent++;
  if (calm && self->n_silent > self->n_answered)
    set_window (self, self->window + GROWTH_IN_SILENCE);
}

void
ptl_sweep_window_note_starved (PtlSweepWindow *self, guint in_flight)
{
  set_window (self, in_flight * 0.75);
  self->threshold = self->window;
}

gint64
ptl_sweep_window_get_timeout_us (const PtlSweepWindow *self, guint try)
{
  gint64 wait_us = TIMEOUT_FIRST_US;

  if (self->has_rtt)
    wait_us = self->srtt_us + 4 * self->rttvar_us;
  wait_us = MAX (wait_us, self->least_timeout_us);
  return MIN (wait_us << try, self->max_timeout_us);
}

gboolean
ptl_sweep_window_is_answering (const PtlSweepWindow *self)
{
  return self->n_answered > ANSWERING_SHARE * self->n_silent;
}

gint64
ptl_sweep_window_get_next_us (const PtlSweepWindow *self, gint64 now_us)
{
  if (self->max_rate == 0 || self->tokens >= 1)
    return now_us;
  return self->tokens_us + (gint64) ((1 - self->tokens) * 1e6 / self->max_rate) + 1;
}
