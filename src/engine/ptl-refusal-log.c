/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-refusal-log.h"

#define LINES_A_MINUTE 3
#define MINUTE_US (60 * G_USEC_PER_SEC)

struct _PtlRefusalLog
{
  GMainContext *context;
  char *id;
  GMutex lock;
  gint64 minute_us; /* when the one at hand began; 0 = none yet */
  guint n_lines;    /* in it */
  guint n_unsaid;   /* since the last line */
};

PtlRefusalLog *
ptl_refusal_log_new (const char *id)
{
  PtlRefusalLog *self = g_new0 (PtlRefusalLog, 1);

  self->context = g_main_context_ref_thread_default ();
  self->id = g_strdup (id);
  g_mutex_init (&self->lock);
  return self;
}

void
ptl_refusal_log_free (PtlRefusalLog *self)
{
  if (!self)
    return;
  g_main_context_unref (self->context);
  g_free (self->id);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* @n_unsaid: (out): how many the line stands for besides. */
static gboolean
may_say (PtlRefusalLog *self, gint64 now_us, guint *n_unsaid)
{
  gboolean may;

  g_mutex_lock (&self->lock);
  if (self->minute_us == 0 || now_us - self->minute_us >= MINUTE_US)
    {
      self->minute_us = now_us;
      self->n_lines = 0;
    }
  may = self->n_lines < LINES_A_MINUTE;
  if (may)
    {
      self->n_lines++;
      *n_unsaid = self->n_unsaid;
      self->n_unsaid = 0;
    }
  else
    self->n_unsaid++;
  g_mutex_unlock (&self->lock);
  return may;
}

static gboolean
say (gpointer line)
{
  g_message ("%s", (const char *) line);
  return G_SOURCE_REMOVE;
}

/* @what: (transfer full) */
static void
hand_over (PtlRefusalLog *self, char *what, guint n_unsaid)
{
  g_autofree char *said = what;
  g_autoptr (GSource) source = g_idle_source_new ();
  char *line = n_unsaid == 0 ? g_strdup_printf ("%s.", said)
                             : g_strdup_printf ("%s, after %u more refusals.", said, n_unsaid);

  g_source_set_callback (source, say, line, g_free);
  g_source_attach (source, self->context);
}

void
ptl_refusal_log_note (PtlRefusalLog *self,
                      const PtlAddress *source,
                      PtlRefused reason,
                      gint64 now_us)
{
  g_autofree char *address = NULL;
  guint n_unsaid;

  if (!may_say (self, now_us, &n_unsaid))
    return;
  address = ptl_address_describe (source);
  hand_over (self,
             g_strdup_printf ("The forward of rule %s refused %s (%s)", self->id, address,
                              ptl_refused_to_string (reason)),
             n_unsaid);
}

void
ptl_refusal_log_note_ban (PtlRefusalLog *self,
                          const PtlAddress *source,
                          gint64 for_us,
                          gint64 now_us)
{
  g_autofree char *address = NULL;
  guint n_unsaid;

  if (!may_say (self, now_us, &n_unsaid))
    return;
  address = ptl_address_describe (source);
  hand_over (self,
             g_strdup_printf ("The forward of rule %s bans %s for %" G_GINT64_FORMAT " s", self->id,
                              address, for_us / G_USEC_PER_SEC),
             n_unsaid);
}
