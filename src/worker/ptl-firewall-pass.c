/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-firewall-pass-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"

/* Where firewalld is out of order it is asked again after so long. */
#define RETRY_S 60
/* As exact as a clock read twice and a timer in seconds are. */
#define SLACK_S 2

static void
job_free (gpointer data)
{
  PtlFirewallJob *job = data;

  /* What is in the entry is the entry's. */
  if (job->anew)
    ptl_opening_record_free (job->record);
  g_clear_error (&job->error);
  g_free (job);
}

static void
pass_free (PtlFirewallPass *pass)
{
  g_ptr_array_unref (pass->jobs);
  g_ptr_array_unref (pass->interfaces);
  g_hash_table_unref (pass->zones);
  g_clear_error (&pass->unread);
  g_ptr_array_unref (pass->entries);
  g_object_unref (pass->self);
  g_free (pass);
}

/* ---- The end ---- */

static void
finish (PtlFirewallPass *pass)
{
  g_autoptr (PtlHostFirewall) self = g_object_ref (pass->self);
  g_autoptr (GPtrArray) entries = g_ptr_array_ref (pass->entries);

  pass_free (pass);
  ptl_host_firewall_pass_ended (self, entries);
}

/* @problem: (transfer full) (nullable). TRUE: it is another. */
static gboolean
set_problem (PtlFirewallEntry *entry, GError *problem)
{
  gboolean same = g_strcmp0 (entry->problem != NULL ? entry->problem->message : NULL,
                             problem != NULL ? problem->message : NULL) == 0;

  g_clear_error (&entry->problem);
  entry->problem = problem;
  return !same;
}

static void
tell (PtlHostFirewall *self, const PtlFirewallEntry *entry)
{
  g_signal_emit_by_name (self, "caveat-changed", entry->rule_id);
}

/* ---- What it came to ---- */

static GError *
yielding (void)
{
  return ptl_error_new (PTL_ERROR_PERMISSION, _("Extend or edit the rule, and it is opened again."),
                        _("Somebody else closed the port in this computer's firewall (firewalld)."));
}

static void
conclude_job (PtlFirewallPass *pass, PtlFirewallJob *job)
{
  GPtrArray *records = job->entry->records;

  if (job->closing || job->gone)
    {
      g_ptr_array_remove (records, job->record);
      job->record = NULL;
    }
  else if (job->error == NULL && job->anew)
    {
      g_ptr_array_add (records, job->record);
      job->anew = FALSE;
    }
}

static void
conclude_entry (PtlFirewallPass *pass, PtlFirewallEntry *entry)
{
  GError *problem = entry->arrivals->len > 0 && entry->yielded ? yielding () : NULL;
  gboolean any = FALSE;

  g_clear_pointer (&entry->command, g_free);
  /* Whether anybody is kept out could not be seen: what was said of it stands. */
  if (pass->unread != NULL && entry->arrivals->len > 0)
    {
      g_clear_error (&problem);
      entry->retry_boot_us = ptl_clock_get_boot_us (pass->self->clock) + RETRY_S * G_USEC_PER_SEC;
      return;
    }
  for (guint i = 0; i < pass->jobs->len; i++)
    {
      const PtlFirewallJob *job = pass->jobs->pdata[i];

      if (job->entry != entry)
        continue;
      any = TRUE;
      if (problem == NULL && !job->closing && job->error != NULL)
        problem = ptl_firewall_job_explain (pass, job);
    }
  if (problem != NULL && ptl_error_code_of (problem) != PTL_ERROR_PERMISSION)
    entry->retry_boot_us = ptl_clock_get_boot_us (pass->self->clock) + RETRY_S * G_USEC_PER_SEC;
  if (set_problem (entry, problem) || any)
    tell (pass->self, entry);
}

static void
conclude (PtlFirewallPass *pass)
{
  ptl_firewall_pass_write_results (pass);
  for (guint i = 0; i < pass->entries->len; i++)
    conclude_entry (pass, pass->entries->pdata[i]);
  for (guint i = 0; i < pass->jobs->len; i++)
    conclude_job (pass, pass->jobs->pdata[i]);
  finish (pass);
}

/* ---- Doing it ---- */

static void next_job (PtlFirewallPass *pass);

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlFirewallPass *pass = data;
  PtlHostFirewall *self = pass->self;
  PtlFirewallJob *job = pass->jobs->pdata[pass->next];

  ptl_firewalld_change_finish (PTL_FIREWALLD (source), result, &job->error);
  /* With it went all that it let in, and all that it kept out. */
  if (job->closing && ptl_error_code_of (job->error) == PTL_ERROR_NOT_FOUND)
    g_clear_error (&job->error);
  if (!job->closing && job->error == NULL)
    {
      gint64 wall = ptl_clock_get_wall (self->clock);

      job->record->at = wall;
      job->record->epoch = self->epoch;
      job->record->ends = job->ends;
      job->record->ends_boot_us = ptl_clock_get_boot_us (self->clock) + (job->ends - wall) * G_USEC_PER_SEC;
    }
  else if (!job->closing)
    job->record->at = 0; /* whether it is there is not known any more */
  pass->next++;
  next_job (pass);
}

/* What another rule has open too stays until that needs it no more. */
static gboolean
is_shared (PtlFirewallPass *pass, const PtlFirewallJob *job)
{
  const PtlOpeningRecord *other = ptl_host_firewall_find_other (pass->self, job->record);

  if (other == NULL || (!job->closing && other->ends < job->ends))
    return FALSE;
  /* That of two that are closed in one pass the second does close it. */
  job->record->at = job->closing ? 0 : ptl_clock_get_wall (pass->self->clock);
  if (!job->closing)
    {
      job->record->epoch = other->epoch;
      job->record->ends = job->ends;
      job->record->ends_boot_us = other->ends_boot_us;
    }
  return TRUE;
}

static void
next_job (PtlFirewallPass *pass)
{
  PtlHostFirewall *self = pass->self;

  for (; pass->next < pass->jobs->len; pass->next++)
    {
      PtlFirewallJob *job = pass->jobs->pdata[pass->next];
      gint64 left = job->ends - ptl_clock_get_wall (self->clock);

      if (job->error != NULL || job->gone || is_shared (pass, job))
        continue;
      if (job->closing)
        ptl_firewalld_close_async (self->firewalld, job->record->opening, on_done, pass);
      else
        ptl_firewalld_open_async (self->firewalld, job->record->opening, (guint) CLAMP (left, 1, G_MAXINT32), on_done, pass);
      return;
    }
  conclude (pass);
}

static void
fail_jobs (PtlFirewallPass *pass, const GError *error, gboolean closing_too)
{
  for (guint i = 0; i < pass->jobs->len; i++)
    {
      PtlFirewallJob *job = pass->jobs->pdata[i];

      if (job->error == NULL && !job->gone && (closing_too || !job->closing))
        job->error = g_error_copy (error);
    }
}

static void
on_allowed (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlFirewallPass *pass = data;
  g_autoptr (GError) error = NULL;

  if (!ptl_firewalld_change_finish (PTL_FIREWALLD (source), result, &error))
    fail_jobs (pass, error, TRUE);
  else if (!ptl_firewall_pass_write_intents (pass, &error))
    fail_jobs (pass, error, FALSE);
  next_job (pass);
}

/* ---- Comparing ---- */

static void
add_job (PtlFirewallPass *pass, PtlFirewallEntry *entry, PtlOpeningRecord *record, gboolean closing, gboolean anew)
{
  PtlFirewallJob *job = g_new0 (PtlFirewallJob, 1);

  job->entry = entry;
  job->record = record;
  job->ends = record->ends;
  job->closing = closing;
  job->anew = anew;
  g_ptr_array_add (pass->jobs, job);
}

static PtlOpeningRecord *
find_record (const PtlFirewallEntry *entry, const PtlFirewallOpening *opening)
{
  for (guint i = 0; i < entry->records->len; i++)
    if (ptl_firewall_opening_equal (((const PtlOpeningRecord *) entry->records->pdata[i])->opening, opening))
      return entry->records->pdata[i];
  return NULL;
}

static GPtrArray *
list_own (PtlHostFirewall *self)
{
  GPtrArray *own = g_ptr_array_new ();
  GHashTableIter iter;
  PtlFirewallEntry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    for (guint i = 0; i < entry->records->len; i++)
      g_ptr_array_add (own, ((const PtlOpeningRecord *) entry->records->pdata[i])->opening);
  return own;
}

static gboolean
holds (const GPtrArray *openings, const PtlFirewallOpening *opening)
{
  for (guint i = 0; i < openings->len; i++)
    if (ptl_firewall_opening_equal (openings->pdata[i], opening))
      return TRUE;
  return FALSE;
}

static gboolean
is_there (PtlFirewallPass *pass, const PtlFirewallOpening *opening)
{
  GHashTableIter iter;
  const PtlFirewalldZones *zones;

  g_hash_table_iter_init (&iter, pass->zones);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &zones))
    if (ptl_firewalld_zones_have (zones, opening))
      return TRUE;
  return FALSE;
}

/* All that the rule needs opened; each once. */
static GPtrArray *
list_wanted (PtlFirewallPass *pass, const PtlFirewallEntry *entry, const GPtrArray *own)
{
  GPtrArray *wanted = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_firewall_opening_free);

  for (guint i = 0; i < entry->arrivals->len; i++)
    {
      const PtlArrival *arrival = entry->arrivals->pdata[i];
      const PtlFirewalldZones *zones = g_hash_table_lookup (pass->zones, arrival->interface);
      g_autoptr (GPtrArray) part
          = zones != NULL ? ptl_firewalld_zones_plan (zones, arrival->where, entry->audience, own) : NULL;

      for (guint j = 0; part != NULL && j < part->len; j++)
        if (!holds (wanted, part->pdata[j]))
          g_ptr_array_add (wanted, ptl_firewall_opening_copy (part->pdata[j]));
    }
  return wanted;
}

static gint64
end_of (PtlFirewallPass *pass, const PtlFirewallEntry *entry)
{
  return entry->expires != 0 ? entry->expires : ptl_clock_get_wall (pass->self->clock) + PTL_OPENING_PERMANENT_S;
}

/* A permanent rule's is begun anew at the half of it. */
static gboolean
lasts_as_wanted (PtlFirewallPass *pass, const PtlFirewallEntry *entry, const PtlOpeningRecord *record)
{
  gint64 left_us = record->ends_boot_us - ptl_clock_get_boot_us (pass->self->clock);

  if (entry->expires == 0)
    return left_us > (gint64) PTL_OPENING_PERMANENT_S / 2 * G_USEC_PER_SEC;
  return ABS (record->ends - entry->expires) <= SLACK_S && left_us > 0;
}

static gboolean
is_over (PtlFirewallPass *pass, const PtlOpeningRecord *record)
{
  return record->at == 0 ||
         record->ends_boot_us - ptl_clock_get_boot_us (pass->self->clock) <= SLACK_S * G_USEC_PER_SEC;
}

static void
compare_one (PtlFirewallPass *pass, PtlFirewallEntry *entry, const PtlFirewallOpening *opening)
{
  PtlOpeningRecord *record = find_record (entry, opening);
  gboolean there = record != NULL && is_there (pass, opening);

  if (record == NULL)
    {
      if (entry->yielded)
        return;
      record = ptl_opening_record_new (entry->rule_id, opening, end_of (pass, entry),
                                       ptl_firewalld_get_instance (pass->self->firewalld));
      add_job (pass, entry, record, FALSE, TRUE);
    }
  else if (!there && !is_over (pass, record) && !entry->asking)
    {
      entry->yielded = TRUE;
      add_job (pass, entry, record, FALSE, FALSE);
      ((PtlFirewallJob *) pass->jobs->pdata[pass->jobs->len - 1])->gone = TRUE;
    }
  else if (!there || !lasts_as_wanted (pass, entry, record))
    {
      add_job (pass, entry, record, FALSE, FALSE);
      ((PtlFirewallJob *) pass->jobs->pdata[pass->jobs->len - 1])->ends = end_of (pass, entry);
    }
}

static void
compare_entry (PtlFirewallPass *pass, PtlFirewallEntry *entry, const GPtrArray *own)
{
  g_autoptr (GPtrArray) wanted = list_wanted (pass, entry, own);

  for (guint i = 0; i < entry->records->len; i++)
    {
      PtlOpeningRecord *record = entry->records->pdata[i];

      if (!holds (wanted, record->opening))
        add_job (pass, entry, record, TRUE, FALSE);
    }
  if (wanted->len == 0)
    entry->yielded = FALSE;
  for (guint i = 0; i < wanted->len; i++)
    compare_one (pass, entry, wanted->pdata[i]);
}

static void
compare (PtlFirewallPass *pass)
{
  g_autoptr (GPtrArray) own = list_own (pass->self);
  gboolean ask = FALSE, any = FALSE;

  for (guint i = 0; i < pass->entries->len; i++)
    {
      PtlFirewallEntry *entry = pass->entries->pdata[i];

      /* What cannot be seen stays as it is. */
      if (pass->unread == NULL || entry->arrivals->len == 0)
        compare_entry (pass, entry, own);
      ask = ask || entry->asking;
    }
  for (guint i = 0; i < pass->jobs->len; i++)
    any = any || !((const PtlFirewallJob *) pass->jobs->pdata[i])->gone;
  if (any)
    ptl_firewalld_may_change_async (pass->self->firewalld, ask, on_allowed, pass);
  else
    conclude (pass);
}

/* ---- Reading ---- */

static void read_zones (PtlFirewallPass *pass);

static void
on_zones (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlFirewallPass *pass = data;
  g_autoptr (GError) error = NULL;
  PtlFirewalldZones *zones = ptl_firewalld_read_zones_finish (PTL_FIREWALLD (source), result, &error);
  char *interface = g_ptr_array_steal_index (pass->interfaces, pass->interfaces->len - 1);

  if (zones != NULL)
    g_hash_table_insert (pass->zones, interface, zones);
  else
    g_free (interface);
  /* Where none runs nobody is kept out. */
  if (zones == NULL && ptl_error_code_of (error) != PTL_ERROR_NOT_FOUND && pass->unread == NULL)
    pass->unread = g_steal_pointer (&error);
  read_zones (pass);
}

static void
read_zones (PtlFirewallPass *pass)
{
  if (pass->interfaces->len == 0)
    compare (pass);
  else
    ptl_firewalld_read_zones_async (pass->self->firewalld, pass->interfaces->pdata[pass->interfaces->len - 1], on_zones, pass);
}

static void
note_interfaces (PtlFirewallPass *pass, const PtlFirewallEntry *entry)
{
  for (guint i = 0; i < entry->arrivals->len; i++)
    {
      const PtlArrival *arrival = entry->arrivals->pdata[i];

      if (!g_ptr_array_find_with_equal_func (pass->interfaces, arrival->interface, g_str_equal, NULL))
        g_ptr_array_add (pass->interfaces, g_strdup (arrival->interface));
    }
}

void
ptl_firewall_pass_start (PtlHostFirewall *self, GPtrArray *entries)
{
  PtlFirewallPass *pass = g_new0 (PtlFirewallPass, 1);

  pass->self = g_object_ref (self);
  pass->entries = entries;
  pass->interfaces = g_ptr_array_new_with_free_func (g_free);
  pass->zones = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) ptl_firewalld_zones_free);
  pass->jobs = g_ptr_array_new_with_free_func (job_free);
  for (guint i = 0; ptl_host_firewall_is_there (self) && i < entries->len; i++)
    note_interfaces (pass, entries->pdata[i]);
  self->pass = pass;
  read_zones (pass);
}
