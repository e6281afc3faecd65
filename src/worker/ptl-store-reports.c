/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-store-reports.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-text.h"
#include "ptl-store-private.h"

PtlAccepted *
ptl_accepted_new (const char *key)
{
  PtlAccepted *self = g_new0 (PtlAccepted, 1);

  self->key = g_strdup (key);
  self->reason = g_strdup ("");
  self->who = g_strdup ("");
  return self;
}

void
ptl_accepted_free (PtlAccepted *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_free (self->reason);
  g_free (self->who);
  g_free (self);
}

/* ---- Reports ---- */

static gboolean
forget_old (PtlStore *self, gint64 now, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_sql_init (&query, self,
                           "DELETE FROM report WHERE finished < ? OR seq NOT IN "
                           "(SELECT seq FROM report ORDER BY seq DESC LIMIT ?)",
                           error))
    return FALSE;
  ptl_store_sql_add_int (&query, now - PTL_REPORTS_MAX_SECONDS);
  ptl_store_sql_add_int (&query, PTL_REPORTS_MAX);
  return ptl_store_sql_run (&query, error);
}

static char *
print (GVariant *floating)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (floating);

  return g_variant_print (value, TRUE);
}

gboolean
ptl_store_put_report (PtlStore *self, const PtlReport *report, GError **error)
{
  g_autofree char *head = print (ptl_report_to_variant (report));
  g_autofree char *findings = print (ptl_report_findings_to_variant (report));
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (
          &query, self, "INSERT INTO report (id, finished, head, findings) VALUES (?, ?, ?, ?)",
          error))
    return FALSE;
  ptl_store_sql_add_text (&query, report->id);
  ptl_store_sql_add_int (&query, report->finished);
  ptl_store_sql_add_text (&query, head);
  ptl_store_sql_add_text (&query, findings);
  return ptl_store_sql_run (&query, error) && forget_old (self, report->finished, error);
}

/* It is kept as it is: another version may be able to read it. */
static PtlReport *
read_report (PtlStoreSql *query, gboolean whole, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (GVariant) head
      = g_variant_parse (G_VARIANT_TYPE_VARDICT, ptl_store_sql_get_text (query), NULL, NULL, &why);
  g_autoptr (GVariant) findings = NULL;
  PtlReport *report = NULL;

  if (head != NULL && whole)
    findings = g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), ptl_store_sql_get_text (query), NULL,
                                NULL, &why);
  if (head != NULL && (!whole || findings != NULL))
    report = ptl_report_from_variants (head, findings, &why);
  if (report == NULL)
    {
      g_message ("A report of the exposure cannot be read: %s", why->message);
      ptl_error_set (error, PTL_ERROR_FAILED, _ ("Check again: that makes a new one."), "%s",
                     _ ("What is kept of this report is damaged."));
    }
  return report;
}

GPtrArray *
ptl_store_list_reports (PtlStore *self, GError **error)
{
  g_autoptr (GPtrArray) reports
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_report_unref);
  g_autoptr (GError) problem = NULL;
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (&query, self, "SELECT head FROM report ORDER BY seq DESC", error))
    return NULL;
  while (problem == NULL && ptl_store_sql_next (&query, &problem))
    {
      /* One that is damaged is no reason to be without the others. */
      PtlReport *report = read_report (&query, FALSE, NULL);

      if (report != NULL)
        g_ptr_array_add (reports, report);
    }
  ptl_store_sql_reset (&query);
  if (problem == NULL)
    return g_steal_pointer (&reports);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static gboolean
check_prefix (const char *id, GError **error)
{
  g_autofree char *shown = NULL;

  if (ptl_text_is_id_prefix (id))
    return TRUE;
  shown = ptl_text_make_safe (id, -1, 40);
  ptl_error_set (error, PTL_ERROR_NOT_FOUND, NULL,
                 /* Translators: %s is what was given */
                 _ ("“%s” is not the id of a report."), shown);
  return FALSE;
}

PtlReport *
ptl_store_get_report (PtlStore *self, const char *id, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (id, -1);
  g_autofree char *pattern = g_strconcat (lower, "*", NULL);
  g_autoptr (GError) problem = NULL;
  g_autoptr (PtlReport) report = NULL;
  gboolean more = FALSE;
  PtlStoreSql query;

  if (!check_prefix (lower, error) || !ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "SELECT head, findings FROM report WHERE id GLOB ? LIMIT 2", error))
    return NULL;
  ptl_store_sql_add_text (&query, pattern);
  query.column = 0;
  if (ptl_store_sql_next (&query, &problem))
    {
      report = read_report (&query, TRUE, &problem);
      more = problem == NULL && ptl_store_sql_next (&query, &problem);
    }
  ptl_store_sql_reset (&query);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  else if (more)
    ptl_error_set (error, PTL_ERROR_AMBIGUOUS, _ ("Give more of it."), "%s",
                   _ ("More than one report begins so."));
  else if (report == NULL)
    ptl_error_set (error, PTL_ERROR_NOT_FOUND, NULL, "%s", _ ("There is no such report."));
  else
    return g_steal_pointer (&report);
  return NULL;
}

/* ---- What is accepted ---- */

gboolean
ptl_store_put_accepted (PtlStore *self, const PtlAccepted *accepted, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "INSERT OR REPLACE INTO accepted (key, severity, until, reason, who, "
                              "since) VALUES (?, ?, ?, ?, ?, ?)",
                              error))
    return FALSE;
  ptl_store_sql_add_text (&query, accepted->key);
  ptl_store_sql_add_text (&query, ptl_severity_to_string (accepted->severity));
  ptl_store_sql_add_int (&query, accepted->until);
  ptl_store_sql_add_text (&query, accepted->reason);
  ptl_store_sql_add_text (&query, accepted->who);
  ptl_store_sql_add_int (&query, accepted->since);
  return ptl_store_sql_run (&query, error);
}

gboolean
ptl_store_delete_accepted (PtlStore *self, const char *key, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (&query, self, "DELETE FROM accepted WHERE key = ?", error))
    return FALSE;
  ptl_store_sql_add_text (&query, key);
  return ptl_store_sql_run (&query, error);
}

GPtrArray *
ptl_store_list_accepted (PtlStore *self, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_accepted_free);
  g_autoptr (GError) problem = NULL;
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (
          &query, self, "SELECT key, severity, until, reason, who, since FROM accepted ORDER BY key",
          error))
    return NULL;
  while (ptl_store_sql_next (&query, &problem))
    {
      PtlAccepted *accepted = ptl_accepted_new (ptl_store_sql_get_text (&query));

      ptl_severity_from_string (ptl_store_sql_get_text (&query), &accepted->severity);
      accepted->until = ptl_store_sql_get_int (&query);
      g_free (accepted->reason);
      accepted->reason = ptl_store_sql_dup_text (&query);
      g_free (accepted->who);
      accepted->who = ptl_store_sql_dup_text (&query);
      accepted->since = ptl_store_sql_get_int (&query);
      g_ptr_array_add (all, accepted);
    }
  if (problem == NULL)
    return g_steal_pointer (&all);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
