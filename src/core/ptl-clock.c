/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-clock.h"

#include <time.h>

struct _PtlClock
{
  GObject parent;
  gint64 wall_offset;
  gint64 boot_offset;
};

G_DEFINE_FINAL_TYPE (PtlClock, ptl_clock, G_TYPE_OBJECT)

static guint changed_signal;

static void
ptl_clock_class_init (PtlClockClass *class)
{
  changed_signal = g_signal_new ("changed", PTL_TYPE_CLOCK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
ptl_clock_init (PtlClock *self)
{
}

PtlClock *
ptl_clock_new (void)
{
  return g_object_new (PTL_TYPE_CLOCK, NULL);
}

static gint64
read_us (clockid_t id)
{
  struct timespec now;

  clock_gettime (id, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gint64
ptl_clock_get_wall (PtlClock *self)
{
  return ptl_clock_get_wall_us (self) / G_USEC_PER_SEC;
}

gint64
ptl_clock_get_wall_us (PtlClock *self)
{
  g_return_val_if_fail (PTL_IS_CLOCK (self), 0);
  return read_us (CLOCK_REALTIME) + self->wall_offset;
}

gint64
ptl_clock_get_boot_us (PtlClock *self)
{
  g_return_val_if_fail (PTL_IS_CLOCK (self), 0);
  return read_us (CLOCK_BOOTTIME) + self->boot_offset;
}

void
ptl_clock_notify_changed (PtlClock *self)
{
  g_return_if_fail (PTL_IS_CLOCK (self));
  g_signal_emit (self, changed_signal, 0);
}

void
ptl_clock_turn (PtlClock *self, gint64 wall_us, gint64 boot_us)
{
  g_return_if_fail (PTL_IS_CLOCK (self));
  self->wall_offset += wall_us;
  self->boot_offset += boot_us;
  ptl_clock_notify_changed (self);
}
