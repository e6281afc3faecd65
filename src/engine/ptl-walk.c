/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-walk.h"

static void
enter (PtlWalker *self, PtlSite *site)
{
  self->inside = TRUE;
  self->next = site->youngest;
  self->n_seen = 0;
  site->walker = self;
}

/* @site: NULL where it has ended meanwhile. A site that the walk itself has ended is freed after
 * this round. */
static void
leave (PtlWalker *self, PtlSite *site)
{
  if (site)
    site->walker = NULL;
  self->inside = FALSE;
  self->next = NULL;
  self->site++;
}

static guint
go_on (PtlWalk *walk, PtlWalker *self, PtlSite *site, guint most)
{
  guint n = 0;

  while (self->next && n < most && self->n_seen < walk->limit)
    {
      PtlConnection *connection = self->next;

      self->next = connection->older;
      self->n_seen++;
      n++;
      walk->func (walk, site, connection);
    }
  return n;
}

void
ptl_walk_step (PtlEngineThread *thread, gpointer data)
{
  PtlWalk *walk = data;
  PtlWalker *self = &walk->walkers[thread->index];
  guint n = 0;

  while (self->site < walk->n_serials && n < PTL_WALK_STEP)
    {
      PtlSite *site = ptl_site_find (thread, walk->serials[self->site]);

      if (site && !self->inside)
        enter (self, site);
      if (site)
        n += go_on (walk, self, site, PTL_WALK_STEP - n);
      if (!site || !self->next || self->n_seen >= walk->limit)
        leave (self, site);
    }
}

gboolean
ptl_walk_is_over (const PtlWalk *self, guint n_threads)
{
  for (guint i = 0; i < n_threads; i++)
    if (self->walkers[i].site < self->n_serials)
      return FALSE;
  return TRUE;
}
