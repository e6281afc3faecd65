/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-rest.h"

#include <malloc.h>

#include "exposure/fingerprint/ptl-fingerprint.h"
#include "worker/ptl-alarm.h"

#define REST_US (2 * G_USEC_PER_SEC)
/* Who fills in a wizard looks again and again: reading them each time would cost more than it saves. */
#define FORGET_US (60 * G_USEC_PER_SEC)

struct _PtlRest
{
  GObject parent;

  PtlClock *clock;
  PtlStore *store;
  PtlAlarm *alarm;
};

G_DEFINE_FINAL_TYPE (PtlRest, ptl_rest, G_TYPE_OBJECT)

static void
give_back_pages (void)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
}

static void
forget (gpointer data)
{
  ptl_fingerprints_forget_default ();
  give_back_pages ();
}

static void
set (PtlRest *self, gint64 in_us, PtlAlarmFunc func)
{
  ptl_alarm_set_boot (self->alarm, ptl_clock_get_boot_us (self->clock) + in_us, func, self);
}

static void
rest (gpointer data)
{
  PtlRest *self = data;

  ptl_store_rest (self->store);
  give_back_pages ();
  if (ptl_fingerprints_have_default ())
    set (self, FORGET_US - REST_US, forget);
}

void
ptl_rest_soon (PtlRest *self)
{
  set (self, REST_US, rest);
}

static void
ptl_rest_dispose (GObject *object)
{
  PtlRest *self = PTL_REST (object);

  g_clear_object (&self->alarm);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_rest_parent_class)->dispose (object);
}

static void
ptl_rest_class_init (PtlRestClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_rest_dispose;
}

static void
ptl_rest_init (PtlRest *self)
{
}

PtlRest *
ptl_rest_new (PtlClock *clock, PtlStore *store)
{
  PtlRest *self = g_object_new (PTL_TYPE_REST, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->alarm = ptl_alarm_new (clock);
  return self;
}
