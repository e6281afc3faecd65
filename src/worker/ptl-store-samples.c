/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-store-samples.h"

#include <glib/gi18n-lib.h>
#include <sys/statvfs.h>

#include "ptl-store-private.h"

#define KEEP_MINUTES (24 * 3600)
#define KEEP_HOURS (30 * 24 * 3600)
/* What is left for rules, whatever is sampled. */
#define SPARE_BYTES (8 * 1024 * 1024)
/* So many minutes (or hours) are rolled up or dropped with each write: twice as many as come. */
#define MARKS_AT_A_TIME 2

gboolean
ptl_sample_is_empty (const PtlSample *self)
{
  return self->bytes_in == 0 && self->bytes_out == 0 && self->peak == 0 && self->begun == 0
         && self->refused == 0;
}

void
ptl_sample_add (PtlSample *self, const PtlSample *more)
{
  self->bytes_in += more->bytes_in;
  self->bytes_out += more->bytes_out;
  self->peak = MAX (self->peak, more->peak);
  self->begun += more->begun;
  self->refused += more->refused;
}

/* ---- Writing ---- */

static gboolean
has_room (PtlStore *self)
{
  struct statvfs disk;

  return statvfs (self->directory, &disk) != 0
         || (guint64) disk.f_bavail * disk.f_frsize > SPARE_BYTES;
}

gboolean
ptl_store_begin_samples (PtlStore *self, GError **error)
{
  g_return_val_if_fail (PTL_IS_STORE (self), FALSE);
  /* Not ptl_store_begin() for a store that is unwell: to find out whether it is well again is not ours. */
  if (self->state != PTL_STORE_STATE_OK || !has_room (self))
    {
      ptl_error_set (error, PTL_ERROR_STORE_FULL, NULL, _ ("There is no room for samples."));
      return FALSE;
    }
  if (!ptl_store_begin (self, error))
    return FALSE;
  self->only_samples = TRUE;
  return TRUE;
}

static void
bind_sample (PtlStoreSql *query, const PtlSample *sample)
{
  ptl_store_sql_add_int (query, sample->at);
  ptl_store_sql_add_int (query, (gint64) sample->bytes_in);
  ptl_store_sql_add_int (query, (gint64) sample->bytes_out);
  ptl_store_sql_add_int (query, (gint64) sample->peak);
  ptl_store_sql_add_int (query, (gint64) sample->begun);
  ptl_store_sql_add_int (query, (gint64) sample->refused);
}

#define COUNTERS "bytes_in, bytes_out, connections_peak, connections_new, refused"
#define ADD_UP                                                                                     \
  " ON CONFLICT (step, at, rule) DO UPDATE SET bytes_in = bytes_in + excluded.bytes_in, "          \
  "bytes_out = bytes_out + excluded.bytes_out, "                                                   \
  "connections_peak = max (connections_peak, excluded.connections_peak), "                         \
  "connections_new = connections_new + excluded.connections_new, "                                 \
  "refused = refused + excluded.refused"

gboolean
ptl_store_add_sample (PtlStore *self, const char *rule_id, const PtlSample *sample, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "INSERT INTO sample (step, at, rule, " COUNTERS ") "
                              "SELECT 60, ?1, seq, ?2, ?3, ?4, ?5, ?6 FROM rule WHERE id = ?7" ADD_UP,
                              error))
    return FALSE;
  bind_sample (&query, sample);
  ptl_store_sql_add_text (&query, rule_id);
  return ptl_store_sql_run (&query, error);
}

/* ---- Growing old ---- */

static gboolean
run_for_mark (PtlStore *self, const char *sql, gint64 mark, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_sql_init (&query, self, sql, error))
    return FALSE;
  ptl_store_sql_add_int (&query, mark);
  return ptl_store_sql_run (&query, error);
}

/* The oldest time that there are samples of; G_MAXINT64 where there is none. */
static gboolean
oldest (PtlStore *self, guint step, gint64 *mark, GError **error)
{
  PtlStoreSql query;
  gboolean found;

  if (!ptl_store_sql_init (&query, self,
                           "SELECT coalesce (min (at), 0x7fffffffffffffff) FROM sample "
                           "WHERE step = ?1",
                           error))
    return FALSE;
  ptl_store_sql_add_int (&query, step);
  found = ptl_store_sql_next (&query, error);
  if (found)
    *mark = ptl_store_sql_get_int (&query);
  ptl_store_sql_reset (&query);
  return found;
}

static gboolean
roll_minute (PtlStore *self, gint64 mark, GError **error)
{
  return run_for_mark (self,
                       "INSERT INTO sample (step, at, rule, " COUNTERS ") "
                       "SELECT 3600, at - at % 3600, rule, " COUNTERS " "
                       "FROM sample WHERE step = 60 AND at = ?1" ADD_UP,
                       mark, error)
         && run_for_mark (self, "DELETE FROM sample WHERE step = 60 AND at = ?1", mark, error);
}

static gboolean
drop_hour (PtlStore *self, gint64 mark, GError **error)
{
  return run_for_mark (self, "DELETE FROM sample WHERE step = 3600 AND at = ?1", mark, error);
}

static gboolean
age (PtlStore *self,
     guint step,
     gint64 before,
     gboolean (*work_off) (PtlStore *self, gint64 mark, GError **error),
     GError **error)
{
  for (guint i = 0; i < MARKS_AT_A_TIME; i++)
    {
      gint64 mark;

      if (!oldest (self, step, &mark, error))
        return FALSE;
      if (mark >= before)
        return TRUE;
      if (!work_off (self, mark, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
ptl_store_roll_samples (PtlStore *self, gint64 now, GError **error)
{
  return ptl_store_check_writable (self, error)
         && age (self, PTL_SAMPLE_MINUTE, now - KEEP_MINUTES, roll_minute, error)
         && age (self, PTL_SAMPLE_HOUR, now - KEEP_HOURS, drop_hour, error);
}

/* ---- Reading ---- */

/* The table is ordered by time, so that writing appends; the times that there are samples of are walked, and each is
 * asked for the rule. */
#define LIST                                                                                       \
  "WITH RECURSIVE mark (at) AS ("                                                                  \
  " SELECT min (at) FROM sample WHERE step = ?1 AND at >= ?2"                                      \
  " UNION ALL"                                                                                     \
  " SELECT (SELECT min (at) FROM sample WHERE step = ?1 AND at > mark.at) FROM mark"               \
  " WHERE mark.at < ?3) "                                                                          \
  "SELECT s.at, " COUNTERS " "                                                                     \
  "FROM mark CROSS JOIN sample s ON s.step = ?1 AND s.at = mark.at "                               \
  "AND s.rule = (SELECT seq FROM rule WHERE id = ?4) WHERE mark.at < ?3"

static PtlSample
read_sample (PtlStoreSql *query)
{
  PtlSample sample;

  sample.at = ptl_store_sql_get_int (query);
  sample.bytes_in = (guint64) ptl_store_sql_get_int (query);
  sample.bytes_out = (guint64) ptl_store_sql_get_int (query);
  sample.peak = (guint64) ptl_store_sql_get_int (query);
  sample.begun = (guint64) ptl_store_sql_get_int (query);
  sample.refused = (guint64) ptl_store_sql_get_int (query);
  return sample;
}

static GArray *
list (PtlStore *self, const char *rule_id, gint64 from, gint64 until, guint step, GError **error)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (PtlSample));
  g_autoptr (GError) problem = NULL;
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error) || !ptl_store_sql_init (&query, self, LIST, error))
    return NULL;
  ptl_store_sql_add_int (&query, step);
  ptl_store_sql_add_int (&query, from);
  ptl_store_sql_add_int (&query, until);
  ptl_store_sql_add_text (&query, rule_id);
  while (ptl_store_sql_next (&query, &problem))
    {
      PtlSample sample = read_sample (&query);

      g_array_append_val (samples, sample);
    }
  if (problem == NULL)
    return g_steal_pointer (&samples);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static int
compare_at (gconstpointer a, gconstpointer b)
{
  const PtlSample *first = a, *second = b;

  return first->at < second->at ? -1 : first->at > second->at;
}

/* Adds up those of one hour. */
static GArray *
into_hours (GArray *samples)
{
  GArray *hours = g_array_new (FALSE, FALSE, sizeof (PtlSample));

  for (guint i = 0; i < samples->len; i++)
    {
      PtlSample sample = g_array_index (samples, PtlSample, i);
      PtlSample *last = hours->len > 0 ? &g_array_index (hours, PtlSample, hours->len - 1) : NULL;

      sample.at -= sample.at % PTL_SAMPLE_HOUR;
      if (last != NULL && last->at == sample.at)
        ptl_sample_add (last, &sample);
      else
        g_array_append_val (hours, sample);
    }
  return hours;
}

GArray *
ptl_store_list_samples (
    PtlStore *self, const char *rule_id, gint64 from, gint64 until, guint step, GError **error)
{
  g_autoptr (GArray) minutes = NULL;
  g_autoptr (GArray) hours = NULL;

  if (step == PTL_SAMPLE_HOUR)
    {
      from -= from % PTL_SAMPLE_HOUR;
      hours = list (self, rule_id, from, until, PTL_SAMPLE_HOUR, error);
      if (hours == NULL)
        return NULL;
    }
  minutes = list (self, rule_id, from, until, PTL_SAMPLE_MINUTE, error);
  if (minutes == NULL || hours == NULL)
    return g_steal_pointer (&minutes);
  g_array_append_vals (hours, minutes->data, minutes->len);
  g_array_sort (hours, compare_at);
  return into_hours (hours);
}
