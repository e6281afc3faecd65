/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-clock-watch.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define KEY "ptl-clock-watch"
/* Never comes: the timer is there to be cancelled. */
#define NEVER ((time_t) 1 << 33)

struct _PtlClockWatch
{
  PtlClock *clock; /* not owned: it owns this */
  guint holders;
  int fd;
  guint source;
};

static gboolean
arm (PtlClockWatch *self)
{
  struct itimerspec when = { .it_value.tv_sec = NEVER };

  /* ECANCELED tells of a change before; the timer is armed all the same. */
  return timerfd_settime (self->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) == 0
         || errno == ECANCELED;
}

/* The kernel cancels such a timer when the clock is set, and on resume, for then the clock is set
 * too. */
static gboolean
on_ready (int fd, GIOCondition condition, gpointer data)
{
  PtlClockWatch *self = data;
  g_autoptr (PtlClock) clock = g_object_ref (self->clock);
  guint64 expirations;
  gboolean was_set = read (fd, &expirations, sizeof expirations) < 0 && errno == ECANCELED;

  if (!arm (self))
    {
      self->source = 0;
      return G_SOURCE_REMOVE;
    }
  if (was_set)
    ptl_clock_notify_changed (clock);
  return G_SOURCE_CONTINUE;
}

static void
start (PtlClockWatch *self)
{
  self->fd = timerfd_create (CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (self->fd >= 0 && arm (self))
    self->source = g_unix_fd_add (self->fd, G_IO_IN, on_ready, self);
}

static void
stop (PtlClockWatch *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static void
clock_watch_free (gpointer data)
{
  PtlClockWatch *self = data;

  stop (self);
  g_free (self);
}

PtlClockWatch *
ptl_clock_watch_acquire (PtlClock *clock)
{
  PtlClockWatch *self = g_object_get_data (G_OBJECT (clock), KEY);

  if (self == NULL)
    {
      self = g_new0 (PtlClockWatch, 1);
      self->clock = clock;
      self->fd = -1;
      g_object_set_data_full (G_OBJECT (clock), KEY, self, clock_watch_free);
    }
  if (self->holders++ == 0)
    start (self);
  return self;
}

void
ptl_clock_watch_release (PtlClockWatch *self)
{
  if (--self->holders == 0)
    stop (self);
}
