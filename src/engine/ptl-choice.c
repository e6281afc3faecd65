/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-choice.h"

static void
end_try (PtlChoice *self)
{
  if (self->alone)
    ptl_engine_target_end_try (self->target);
  self->alone = FALSE;
}

static void
give_back (PtlChoice *self)
{
  if (!self->target)
    return;
  end_try (self);
  self->taken = FALSE;
  ptl_count (&self->counters->now, -1);
  self->counters = NULL;
  g_clear_pointer (&self->target, ptl_engine_target_unref);
}

gboolean
ptl_choice_next (PtlChoice *self, PtlSite *site, const PtlAddress *source)
{
  PtlTargets *targets = site->config->targets;
  gboolean alone;
  guint n_left;
  int chosen;

  give_back (self);
  chosen
      = ptl_targets_choose (targets, source, site->thread->now_us, self->tried, &n_left, &alone);
  if (chosen < 0)
    return FALSE;
  self->target = ptl_engine_target_ref (targets->items[chosen]);
  self->counters = &self->target->counters[site->thread->index];
  self->tried |= (guint16) (1u << chosen);
  self->n_left = (guint8) n_left;
  self->alone = alone;
  ptl_count (&self->counters->now, 1);
  ptl_engine_target_note_peak (self->target);
  return TRUE;
}

void
ptl_choice_failed (PtlChoice *self, PtlSite *site, int error)
{
  ptl_count (&self->counters->failures, 1);
  if (ptl_targets_failed (site->config->targets, self->target, error, site->thread->now_us))
    ptl_site_targets_are_out (site);
  end_try (self);
}

void
ptl_choice_took (PtlChoice *self, PtlSite *site)
{
  self->taken = TRUE;
  ptl_count (&self->counters->ever, 1);
  ptl_targets_took (site->config->targets, self->target, site->thread->now_us);
  end_try (self);
}

void
ptl_choice_clear (PtlChoice *self)
{
  give_back (self);
  self->tried = 0;
}

gboolean
ptl_choice_stays (PtlChoice *self, PtlSite *site)
{
  int place = self->target ? ptl_targets_find (site->config->targets, self->target) : -1;

  if (place < 0)
    {
      ptl_choice_clear (self);
      return FALSE;
    }
  self->tried = (guint16) (1u << place);
  return TRUE;
}
