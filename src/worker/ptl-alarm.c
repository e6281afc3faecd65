/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-alarm.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "ptl-clock-watch.h"

/* So often is tried again where the system has no descriptor for a timer. */
#define RETRY_MS 500

struct _PtlAlarm
{
  GObject parent;
  PtlClock *clock;
  PtlClockWatch *watch; /* while set */
  GMainContext *context;
  GSource *source; /* while set */
  int fd;          /* -1: the system had none */
  gboolean is_wall;
  gint64 when;
  PtlAlarmFunc func;
  gpointer data;
};

G_DEFINE_FINAL_TYPE (PtlAlarm, ptl_alarm, G_TYPE_OBJECT)

static gint64
now (PtlAlarm *self)
{
  return self->is_wall ? ptl_clock_get_wall_us (self->clock) : ptl_clock_get_boot_us (self->clock);
}

static gint64
system_now (PtlAlarm *self)
{
  struct timespec time;

  clock_gettime (self->is_wall ? CLOCK_REALTIME : CLOCK_BOOTTIME, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* An absolute time of the system's clock, so that the kernel itself minds a clock that is set and a
 * suspend; what the PtlClock is turned by is added. */
static void
arm (PtlAlarm *self)
{
  gint64 left = self->when - now (self);
  gint64 at = left <= 0 ? 1 : MIN (left, G_MAXINT64 / 2) + system_now (self);
  struct itimerspec when
      = { .it_value = { .tv_sec = at / G_USEC_PER_SEC, .tv_nsec = at % G_USEC_PER_SEC * 1000 } };

  if (self->fd >= 0 && timerfd_settime (self->fd, TFD_TIMER_ABSTIME, &when, NULL) != 0)
    g_warning ("timerfd_settime: %s", g_strerror (errno));
}

static void
stop (PtlAlarm *self)
{
  if (self->source == NULL)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  ptl_clock_watch_release (g_steal_pointer (&self->watch));
}

static void
ring (PtlAlarm *self)
{
  PtlAlarmFunc func = self->func;
  gpointer data = self->data;

  stop (self);
  func (data);
}

static gboolean
on_ready (int fd, GIOCondition condition, gpointer user_data)
{
  PtlAlarm *self = user_data;
  guint64 expirations;

  if (read (fd, &expirations, sizeof expirations) < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;
  if (now (self) < self->when)
    {
      arm (self);
      return G_SOURCE_CONTINUE;
    }
  ring (self);
  return G_SOURCE_REMOVE;
}

static void start (PtlAlarm *self);

/* What is due is not held up by a system that is short of descriptors: it only comes somewhat late.
 */
static gboolean
on_retry (gpointer user_data)
{
  PtlAlarm *self = user_data;

  if (now (self) >= self->when)
    ring (self);
  else
    {
      stop (self);
      start (self);
    }
  return G_SOURCE_REMOVE;
}

static void
on_changed (PtlAlarm *self)
{
  if (self->source != NULL)
    arm (self);
}

static void
start (PtlAlarm *self)
{
  self->fd = timerfd_create (self->is_wall ? CLOCK_REALTIME : CLOCK_BOOTTIME,
                             TFD_CLOEXEC | TFD_NONBLOCK);
  if (self->fd >= 0)
    {
      self->source = g_unix_fd_source_new (self->fd, G_IO_IN);
      g_source_set_callback (self->source, G_SOURCE_FUNC (on_ready), self, NULL);
    }
  else
    {
      self->source = g_timeout_source_new (RETRY_MS);
      g_source_set_callback (self->source, on_retry, self, NULL);
    }
  g_source_attach (self->source, self->context);
  self->watch = ptl_clock_watch_acquire (self->clock);
  arm (self);
}

static void
set (PtlAlarm *self, gboolean is_wall, gint64 when, PtlAlarmFunc func, gpointer data)
{
  if (self->source != NULL && self->is_wall != is_wall)
    stop (self);
  self->is_wall = is_wall;
  self->when = when;
  self->func = func;
  self->data = data;
  if (self->source == NULL)
    start (self);
  else
    arm (self);
}

static void
ptl_alarm_dispose (GObject *object)
{
  PtlAlarm *self = PTL_ALARM (object);

  stop (self);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (ptl_alarm_parent_class)->dispose (object);
}

static void
ptl_alarm_class_init (PtlAlarmClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ptl_alarm_dispose;
}

static void
ptl_alarm_init (PtlAlarm *self)
{
  self->fd = -1;
}

PtlAlarm *
ptl_alarm_new (PtlClock *clock)
{
  PtlAlarm *self = g_object_new (PTL_TYPE_ALARM, NULL);

  self->clock = g_object_ref (clock);
  self->context = g_main_context_ref_thread_default ();
  g_signal_connect_object (clock, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  return self;
}

void
ptl_alarm_set_wall (PtlAlarm *self, gint64 unix_us, PtlAlarmFunc func, gpointer data)
{
  g_return_if_fail (PTL_IS_ALARM (self) && func != NULL);
  set (self, TRUE, unix_us, func, data);
}

void
ptl_alarm_set_boot (PtlAlarm *self, gint64 boot_us, PtlAlarmFunc func, gpointer data)
{
  g_return_if_fail (PTL_IS_ALARM (self) && func != NULL);
  set (self, FALSE, boot_us, func, data);
}

void
ptl_alarm_clear (PtlAlarm *self)
{
  g_return_if_fail (PTL_IS_ALARM (self));
  stop (self);
}
