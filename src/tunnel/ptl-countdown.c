/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-countdown.h"

struct _PtlCountdown
{
  PtlClock *clock;
  gulong changed_id;
  guint source_id;
  gint64 due_us;
  PtlCountdownFunc func;
  gpointer user_data;
};

static void countdown_arm (PtlCountdown *self);

static gboolean
countdown_end (gpointer user_data)
{
  PtlCountdown *self = user_data;

  self->source_id = 0;
  if (ptl_clock_get_boot_us (self->clock) < self->due_us)
    {
      countdown_arm (self);
      return G_SOURCE_REMOVE;
    }
  g_clear_signal_handler (&self->changed_id, self->clock);
  self->func (self->user_data); /* may free self */
  return G_SOURCE_REMOVE;
}

static void
countdown_arm (PtlCountdown *self)
{
  gint64 left_us = MAX (0, self->due_us - ptl_clock_get_boot_us (self->clock));

  g_clear_handle_id (&self->source_id, g_source_remove);
  self->source_id
      = g_timeout_add ((guint)MIN ((left_us + 999) / 1000, G_MAXINT), countdown_end, self);
}

PtlCountdown *
ptl_countdown_new (PtlClock *clock, gint64 delay_us, PtlCountdownFunc func, gpointer user_data)
{
  PtlCountdown *self;

  g_return_val_if_fail (PTL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (PtlCountdown, 1);
  self->clock = g_object_ref (clock);
  self->due_us = ptl_clock_get_boot_us (clock) + delay_us;
  self->func = func;
  self->user_data = user_data;
  self->changed_id = g_signal_connect_swapped (clock, "changed", G_CALLBACK (countdown_arm), self);
  countdown_arm (self);
  return self;
}

void
ptl_countdown_free (PtlCountdown *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->source_id, g_source_remove);
  g_clear_signal_handler (&self->changed_id, self->clock);
  g_object_unref (self->clock);
  g_free (self);
}
