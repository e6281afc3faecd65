/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-target-news.h"

#include "ptl-tally.h"

struct _PtlTargetNews
{
  gatomicrefcount refs;
  GMutex lock;
  GQueue changes; /* of PtlTargetChange */
  gboolean closed;
  PtlActivity wake;
  PtlTargetNewsFunc func;
  gpointer data;
};

static void
change_free (gpointer data)
{
  PtlTargetChange *self = data;

  g_free (self->id);
  g_free (self->endpoint);
  g_clear_error (&self->reason);
  g_free (self);
}

static PtlTargetChange *
take (PtlTargetNews *self)
{
  PtlTargetChange *change;

  g_mutex_lock (&self->lock);
  change = g_queue_pop_head (&self->changes);
  g_mutex_unlock (&self->lock);
  return change;
}

/* Who hears it may close it. */
static void
on_wake (gpointer data)
{
  PtlTargetNews *self = ptl_target_news_ref (data);
  PtlTargetChange *change;

  while ((change = take (self)))
    {
      self->func (change, self->data);
      change_free (change);
    }
  ptl_target_news_unref (self);
}

PtlTargetNews *
ptl_target_news_new (GMainContext *context, PtlTargetNewsFunc func, gpointer data)
{
  PtlTargetNews *self = g_new0 (PtlTargetNews, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  g_queue_init (&self->changes);
  self->func = func;
  self->data = data;
  ptl_activity_init (&self->wake, context, on_wake, self);
  return self;
}

PtlTargetNews *
ptl_target_news_ref (PtlTargetNews *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_target_news_unref (PtlTargetNews *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_queue_clear_full (&self->changes, change_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
ptl_target_news_close (PtlTargetNews *self)
{
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_queue_clear_full (&self->changes, change_free);
  ptl_activity_clear (&self->wake);
  g_mutex_unlock (&self->lock);
}

void
ptl_target_news_tell (
    PtlTargetNews *self, const char *id, const char *endpoint, gboolean up, const GError *reason)
{
  g_mutex_lock (&self->lock);
  if (!self->closed)
    {
      PtlTargetChange *change = g_new0 (PtlTargetChange, 1);

      change->id = g_strdup (id);
      change->endpoint = g_strdup (endpoint);
      change->up = up;
      change->reason = reason ? g_error_copy (reason) : NULL;
      g_queue_push_tail (&self->changes, change);
      ptl_activity_arm (&self->wake);
      ptl_activity_fire (&self->wake);
    }
  g_mutex_unlock (&self->lock);
}
