/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure-schedule.h"

/* A session that begins, or a computer that wakes, has a network only after a while. */
#define SOON_S 30
#define AGAIN_S 600
/* A network that comes up changes many times over. */
#define SETTLED_US (20 * G_USEC_PER_SEC)

struct _PtlExposureSchedule
{
  GObject parent;

  PtlClock *clock;
  PtlDiscovery *discovery;
  PtlAlarm *alarm;   /* the next one by the clock */
  PtlAlarm *settled; /* a network that changed is to be looked at */
  gint64 every;      /* seconds, 0 = never by the clock */
  gint64 next;
  gboolean on_network_change;
  char *network; /* the one that was checked, or was there when it began to be followed */
};

G_DEFINE_FINAL_TYPE (PtlExposureSchedule, ptl_exposure_schedule, G_TYPE_OBJECT)

static guint due_signal;

gint64
ptl_exposure_schedule_find (gint64 last, gint64 every, gint64 now)
{
  gint64 next = last != 0 ? MIN (last, now) + every : 0;

  return MAX (next, now + SOON_S);
}

/* ---- By the clock ---- */

static void
on_due (gpointer data)
{
  PtlExposureSchedule *self = data;

  self->next = 0;
  g_signal_emit (self, due_signal, 0);
}

static void
set_next (PtlExposureSchedule *self, gint64 next)
{
  self->next = next;
  if (next == 0)
    ptl_alarm_clear (self->alarm);
  else
    ptl_alarm_set_wall (self->alarm, next * G_USEC_PER_SEC, on_due, self);
}

/* One that was set back a year would put the next check off by a year. */
static void
on_clock (PtlExposureSchedule *self)
{
  gint64 latest = ptl_clock_get_wall (self->clock) + self->every;

  if (self->every != 0 && self->next > latest)
    set_next (self, latest);
}

void
ptl_exposure_schedule_try_again (PtlExposureSchedule *self)
{
  if (self->every != 0 && self->next == 0)
    set_next (self, ptl_clock_get_wall (self->clock) + AGAIN_S);
}

gint64
ptl_exposure_schedule_get_next (PtlExposureSchedule *self)
{
  return self->next;
}

/* ---- By the network ---- */

/* Which network this is; "" = none. Not by the router's id, which is another one once its hardware address is known. */
static char *
name_network (PtlExposureSchedule *self)
{
  PtlRouter *router = ptl_discovery_get_default (self->discovery);

  if (router == NULL)
    return g_strdup ("");
  return g_strdup_printf ("%s %s %s", ptl_router_get_interface (router), ptl_router_get_address (router),
                          ptl_router_get_local_address (router));
}

static void
on_settled (gpointer data)
{
  PtlExposureSchedule *self = data;
  g_autofree char *network = name_network (self);

  /* Where there is none nobody can reach anything. */
  if (*network == '\0' || g_strcmp0 (network, self->network) == 0)
    return;
  g_free (self->network);
  self->network = g_steal_pointer (&network);
  g_signal_emit (self, due_signal, 0);
}

static void
on_network (PtlExposureSchedule *self)
{
  if (self->on_network_change)
    ptl_alarm_set_boot (self->settled, ptl_clock_get_boot_us (self->clock) + SETTLED_US, on_settled, self);
}

static void
follow_network (PtlExposureSchedule *self, gboolean follow)
{
  if (follow && !self->on_network_change)
    {
      g_free (self->network);
      self->network = name_network (self);
    }
  if (!follow)
    ptl_alarm_clear (self->settled);
  self->on_network_change = follow;
}

void
ptl_exposure_schedule_plan (PtlExposureSchedule *self, const PtlExposureSettings *settings, gint64 last)
{
  self->every = ptl_schedule_get_seconds (settings->schedule);
  follow_network (self, settings->on_network_change);
  set_next (self, self->every != 0
                      ? ptl_exposure_schedule_find (last, self->every, ptl_clock_get_wall (self->clock))
                      : 0);
}

/* ---- Life ---- */

static void
ptl_exposure_schedule_dispose (GObject *object)
{
  PtlExposureSchedule *self = PTL_EXPOSURE_SCHEDULE (object);

  g_clear_object (&self->alarm);
  g_clear_object (&self->settled);
  g_clear_object (&self->discovery);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->network, g_free);
  G_OBJECT_CLASS (ptl_exposure_schedule_parent_class)->dispose (object);
}

static void
ptl_exposure_schedule_class_init (PtlExposureScheduleClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_exposure_schedule_dispose;
  due_signal =
      g_signal_new ("due", PTL_TYPE_EXPOSURE_SCHEDULE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_exposure_schedule_init (PtlExposureSchedule *self)
{
}

PtlExposureSchedule *
ptl_exposure_schedule_new (PtlClock *clock, PtlDiscovery *discovery)
{
  PtlExposureSchedule *self = g_object_new (PTL_TYPE_EXPOSURE_SCHEDULE, NULL);

  self->clock = g_object_ref (clock);
  self->discovery = g_object_ref (discovery);
  self->alarm = ptl_alarm_new (clock);
  self->settled = ptl_alarm_new (clock);
  g_signal_connect_object (clock, "changed", G_CALLBACK (on_clock), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (discovery, "network-changed", G_CALLBACK (on_network), self, G_CONNECT_SWAPPED);
  return self;
}
