/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-admission.h"

#include "ptl-descriptors.h"

#define BURST_US G_USEC_PER_SEC /* what a second gives may come at once */

PtlAdmission *
ptl_admission_new (const char *id)
{
  PtlAdmission *self = g_new0 (PtlAdmission, 1);

  self->sources = ptl_sources_new ();
  self->log = ptl_refusal_log_new (id);
  return self;
}

void
ptl_admission_free (PtlAdmission *self)
{
  if (!self)
    return;
  ptl_sources_free (self->sources);
  ptl_refusal_log_free (self->log);
  g_free (self);
}

void
ptl_admission_edited (PtlAdmission *self, const PtlOptions *before, const PtlOptions *after)
{
  static const PtlOption bans[] = { PTL_OPTION_BAN_AFTER, PTL_OPTION_BAN_FOR };

  for (gsize i = 0; i < G_N_ELEMENTS (bans); i++)
    if (before->values[bans[i]] != after->values[bans[i]])
      {
        ptl_sources_clear_bans (self->sources);
        return;
      }
}

/* Judging */

static guint64
get_limit (const PtlSite *site, PtlOption option)
{
  return site->config->options->values[option];
}

static gboolean
is_too_fast (PtlSite *site, PtlBucket *bucket, PtlOption option)
{
  guint64 rate = get_limit (site, option);

  return rate != 0 && !ptl_bucket_take (bucket, rate, BURST_US, 1, site->thread->now_us);
}

static gboolean
take_total (PtlSite *site)
{
  return ptl_tally_connection_began (site->tally, get_limit (site, PTL_OPTION_MAX_CONNECTIONS));
}

/* Who has many connections has none of the last descriptors, which others may need: whatever the
 * rule's own limit, one source alone does not shut out everyone else. Of UDP sessions the oldest
 * make room. */
static gboolean
takes_too_much (const PtlSite *site, const PtlSourceEntry *entry)
{
  return G_UNLIKELY (site->thread->is_scarce) && entry->now >= ptl_descriptors_get_many ();
}

/* Returns PTL_N_REFUSED where it may begin; then it is counted. The total comes last: it alone is
 * exact only where it is taken at once. */
static PtlRefused
judge (PtlSite *site, PtlSourceEntry *entry, const PtlAddress *source, gboolean with_total)
{
  PtlAdmission *self = site->tally->admission;
  guint64 most_per_source = get_limit (site, PTL_OPTION_MAX_PER_SOURCE);

  if (!ptl_engine_config_allows (site->config, source))
    return PTL_REFUSED_AUDIENCE;
  if (entry->banned_until_us > site->thread->now_us)
    return PTL_REFUSED_BANNED;
  if (most_per_source != 0 && entry->now >= most_per_source)
    return PTL_REFUSED_SOURCE;
  if (with_total && takes_too_much (site, entry))
    return PTL_REFUSED_SOURCE;
  if (is_too_fast (site, &entry->bucket, PTL_OPTION_NEW_PER_SOURCE))
    return PTL_REFUSED_SOURCE_RATE;
  if (is_too_fast (site, &self->bucket, PTL_OPTION_NEW_PER_SECOND))
    return PTL_REFUSED_RATE;
  if (with_total && !take_total (site))
    return PTL_REFUSED_TOTAL;
  return PTL_N_REFUSED;
}

static gboolean
is_violation (const PtlSourceEntry *entry, PtlRefused reason)
{
  switch (reason)
    {
    case PTL_REFUSED_AUDIENCE:
    case PTL_REFUSED_SOURCE:
    case PTL_REFUSED_SOURCE_RATE:
      return TRUE;
    case PTL_REFUSED_TOTAL:
    case PTL_REFUSED_RATE:
      return entry->now > 0;
    default:
      return FALSE;
    }
}

/* TRUE: the entry is banned from now on. */
static gboolean
take_amiss (PtlSite *site, PtlSourceEntry *entry, PtlRefused reason)
{
  guint64 most = get_limit (site, PTL_OPTION_BAN_AFTER);
  gint64 now_us = site->thread->now_us;

  entry->refused++;
  if (most == 0 || !is_violation (entry, reason) || ptl_source_entry_violate (entry, now_us) < most)
    return FALSE;
  ptl_source_entry_ban (entry,
                        now_us + (gint64) get_limit (site, PTL_OPTION_BAN_FOR) * G_USEC_PER_SEC);
  return TRUE;
}

static void
tell (PtlSite *site, const PtlAddress *source, PtlRefused reason, gboolean banned)
{
  PtlRefusalLog *log = site->tally->admission->log;
  gint64 now_us = site->thread->now_us;

  ptl_site_count_refused (site, reason);
  if (banned)
    ptl_refusal_log_note_ban (
        log, source, (gint64) get_limit (site, PTL_OPTION_BAN_FOR) * G_USEC_PER_SEC, now_us);
  else
    ptl_refusal_log_note (log, source, reason, now_us);
}

static PtlSourceEntry *
begin (PtlSite *site, const PtlAddress *source, gboolean with_total)
{
  PtlSources *sources = site->tally->admission->sources;
  PtlSourceEntry *entry = ptl_sources_enter (sources, source);
  PtlRefused reason = judge (site, entry, source, with_total);
  gboolean banned = FALSE;

  if (reason == PTL_N_REFUSED)
    {
      entry->now++;
      entry->ever++;
    }
  else
    banned = take_amiss (site, entry, reason);
  ptl_sources_leave (sources, entry, site->thread->now_us);
  if (reason == PTL_N_REFUSED)
    return entry;
  tell (site, source, reason, banned);
  return NULL;
}

PtlSourceEntry *
ptl_admission_begin (PtlSite *site, const PtlAddress *source)
{
  return begin (site, source, TRUE);
}

PtlSourceEntry *
ptl_admission_reserve (PtlSite *site, const PtlAddress *source)
{
  return begin (site, source, FALSE);
}

gboolean
ptl_admission_fulfil (PtlSite *site, PtlSourceEntry *entry, const PtlAddress *source)
{
  PtlSources *sources = site->tally->admission->sources;
  gboolean banned;

  if (take_total (site))
    return TRUE;
  ptl_sources_reenter (sources, entry);
  entry->now--;
  entry->ever--;
  banned = take_amiss (site, entry, PTL_REFUSED_TOTAL);
  ptl_sources_leave (sources, entry, site->thread->now_us);
  tell (site, source, PTL_REFUSED_TOTAL, banned);
  return FALSE;
}

void
ptl_admission_withdraw (PtlTally *tally, PtlSourceEntry *entry, gint64 now_us)
{
  PtlSources *sources = tally->admission->sources;

  ptl_sources_reenter (sources, entry);
  entry->now--;
  entry->ever--;
  ptl_sources_leave (sources, entry, now_us);
}

void
ptl_admission_end (PtlSite *site, PtlSourceEntry *entry)
{
  PtlSources *sources = site->tally->admission->sources;

  ptl_sources_reenter (sources, entry);
  entry->now--;
  ptl_sources_leave (sources, entry, site->thread->now_us);
  ptl_tally_connection_ended (site->tally);
}

void
ptl_admission_refuse (PtlSite *site, const PtlAddress *source, PtlRefused reason)
{
  tell (site, source, reason, FALSE);
}
