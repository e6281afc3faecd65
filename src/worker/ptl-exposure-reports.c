/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure-reports.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"
#include "core/ptl-time.h"
#include "exposure/report/ptl-report-difference.h"
#include "exposure/report/ptl-report-facts.h"

#define REASON_MAX_CHARS 200
#define ACCEPT_MAX_SECONDS (G_GINT64_CONSTANT (366) * 24 * 3600)

struct _PtlExposureReports
{
  PtlClock *clock;
  PtlStore *store;
  PtlReport *last; /* whole where it was made by this process, else its head; NULL */
};

PtlExposureReports *
ptl_exposure_reports_new (PtlClock *clock, PtlStore *store)
{
  PtlExposureReports *self = g_new0 (PtlExposureReports, 1);
  g_autoptr (GPtrArray) reports = ptl_store_list_reports (store, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  if (reports != NULL && reports->len > 0)
    self->last = ptl_report_ref (reports->pdata[0]);
  return self;
}

void
ptl_exposure_reports_free (PtlExposureReports *self)
{
  g_object_unref (self->clock);
  g_object_unref (self->store);
  g_clear_pointer (&self->last, ptl_report_unref);
  g_free (self);
}

const PtlReport *
ptl_exposure_reports_get_last (PtlExposureReports *self)
{
  return self->last;
}

/* ---- What is accepted ---- */

static PtlFinding *
find (const PtlReport *report, const char *key)
{
  for (guint i = 0; i < report->findings->len; i++)
    if (strcmp (((PtlFinding *) report->findings->pdata[i])->key, key) == 0)
      return report->findings->pdata[i];
  return NULL;
}

static void
apply (PtlExposureReports *self, PtlReport *report)
{
  g_autoptr (GPtrArray) all = ptl_store_list_accepted (self->store, NULL);
  gint64 now = ptl_clock_get_wall (self->clock);

  for (guint i = 0; i < report->findings->len; i++)
    {
      PtlFinding *finding = report->findings->pdata[i];

      finding->accepted_until = 0;
      ptl_report_set (&finding->accepted_reason, "");
    }
  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      const PtlAccepted *accepted = all->pdata[i];
      PtlFinding *finding = find (report, accepted->key);

      if (finding == NULL || accepted->until <= now || finding->severity > accepted->severity)
        continue;
      finding->accepted_until = accepted->until;
      ptl_report_set (&finding->accepted_reason, accepted->reason);
    }
  ptl_report_settle (report, now);
}

static gboolean
check_reason (const char *reason, GError **error)
{
  if (*reason != '\0' && g_utf8_strlen (reason, -1) <= REASON_MAX_CHARS && ptl_text_is_safe (reason, 0))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _("Give one in up to 200 characters, on one line."),
                 _("What is accepted needs a reason."));
  return FALSE;
}

static gboolean
check_until (PtlExposureReports *self, gint64 until, GError **error)
{
  gint64 now = ptl_clock_get_wall (self->clock);

  if (until > now && until <= now + ACCEPT_MAX_SECONDS)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _("Give a time within the next 366 days."),
                 _("A finding cannot be accepted until then."));
  return FALSE;
}

static gboolean
keep_accepted (PtlExposureReports *self, const PtlAccepted *accepted, GError **error)
{
  g_autofree char *until = accepted->until != 0 ? ptl_time_to_rfc3339 (accepted->until) : NULL;
  g_autofree char *detail = until != NULL ? g_strdup_printf ("%s until %s: %s", accepted->key, until, accepted->reason)
                                          : g_strdup_printf ("%s: no longer", accepted->key);
  gboolean put = ptl_store_begin (self->store, error);

  if (put && until != NULL)
    put = ptl_store_put_accepted (self->store, accepted, error);
  else if (put)
    put = ptl_store_delete_accepted (self->store, accepted->key, error);
  return put && ptl_store_add_event (self->store, accepted->who, "accept-finding", "", "ok", detail, error) &&
         ptl_store_commit (self->store, error);
}

gboolean
ptl_exposure_reports_accept (PtlExposureReports *self,
                             const char *key,
                             gint64 until,
                             const char *reason,
                             const char *who,
                             GError **error)
{
  g_autoptr (PtlReport) report = ptl_exposure_reports_get (self, "", error);
  g_autoptr (PtlAccepted) accepted = ptl_accepted_new (key);
  const PtlFinding *finding = report != NULL ? find (report, key) : NULL;

  if (report == NULL)
    return FALSE;
  if (finding == NULL)
    {
      g_autofree char *shown = ptl_text_make_safe (key, -1, 80);

      ptl_error_set (error, PTL_ERROR_NOT_FOUND, _("Name it as the last report does, like tcp/0.0.0.0:8080."),
                     /* Translators: %s is what was given */
                     _("The last report has no finding “%s”."), shown);
      return FALSE;
    }
  if (until != 0 && (!check_reason (reason, error) || !check_until (self, until, error)))
    return FALSE;
  accepted->severity = finding->severity;
  accepted->until = until;
  ptl_report_set (&accepted->reason, reason);
  ptl_report_set (&accepted->who, who);
  accepted->since = ptl_clock_get_wall (self->clock);
  return keep_accepted (self, accepted, error);
}

/* ---- Reports ---- */

/* The latest one before @report that looked at the same from the same places. */
static PtlReport *
find_before (PtlExposureReports *self, const PtlReport *report)
{
  g_autoptr (GPtrArray) reports = ptl_store_list_reports (self->store, NULL);
  gboolean passed = FALSE;

  for (guint i = 0; reports != NULL && i < reports->len; i++)
    passed |= strcmp (((PtlReport *) reports->pdata[i])->id, report->id) == 0;
  /* One that is not in the store is later than all that are. */
  passed = !passed;
  for (guint i = 0; reports != NULL && i < reports->len; i++)
    {
      const PtlReport *other = reports->pdata[i];

      if (strcmp (other->id, report->id) == 0)
        passed = TRUE;
      else if (passed && ptl_report_is_comparable (other, report))
        return ptl_store_get_report (self->store, other->id, NULL);
    }
  return NULL;
}

static void
keep (PtlExposureReports *self, const PtlReport *report, const char *who)
{
  g_autofree char *vantages = g_strjoinv (", ", report->vantages);
  g_autofree char *detail = g_strdup_printf (
      "%s: %u critical, %u high, %u medium, %u low, %u new or changed", vantages,
      report->n_severities[PTL_SEVERITY_CRITICAL], report->n_severities[PTL_SEVERITY_HIGH],
      report->n_severities[PTL_SEVERITY_MEDIUM], report->n_severities[PTL_SEVERITY_LOW], report->n_news);
  g_autoptr (GError) error = NULL;

  if (ptl_store_get_state (self->store) != PTL_STORE_STATE_OK)
    return;
  if (!ptl_store_begin (self->store, &error) || !ptl_store_put_report (self->store, report, &error) ||
      !ptl_store_add_event (self->store, who, "check-exposure", "", "ok", detail, &error) ||
      !ptl_store_commit (self->store, &error))
    g_message ("The report of the exposure could not be kept: %s", error->message);
}

const PtlReport *
ptl_exposure_reports_take (PtlExposureReports *self, PtlReport *report, const char *who)
{
  g_autoptr (PtlReport) before = find_before (self, report);

  ptl_report_set (&report->asked_by, who);
  if (before != NULL)
    ptl_report_mark_news (report, before);
  apply (self, report);
  keep (self, report, who);
  g_clear_pointer (&self->last, ptl_report_unref);
  self->last = report;
  return report;
}

static gboolean
is_last (PtlExposureReports *self, const char *id)
{
  return self->last != NULL && (*id == '\0' || strcmp (id, self->last->id) == 0);
}

static gboolean
is_whole (const PtlReport *report)
{
  return report->findings->len > 0 || ptl_report_count (report, PTL_SEVERITY_INFO) + report->n_accepted == 0;
}

PtlReport *
ptl_exposure_reports_get (PtlExposureReports *self, const char *id, GError **error)
{
  PtlReport *report = NULL;

  if (*id == '\0' && self->last == NULL)
    {
      ptl_error_set (error, PTL_ERROR_NOT_FOUND, _("Check it first."), "%s", _("The exposure was not checked yet."));
      return NULL;
    }
  if (is_last (self, id) && is_whole (self->last))
    report = ptl_report_ref (self->last);
  else
    report = ptl_store_get_report (self->store, is_last (self, id) ? self->last->id : id, error);
  if (report != NULL)
    apply (self, report);
  return report;
}

GPtrArray *
ptl_exposure_reports_list (PtlExposureReports *self, GError **error)
{
  return ptl_store_list_reports (self->store, error);
}

GPtrArray *
ptl_exposure_reports_compare (PtlExposureReports *self, const char *from, const char *to, GError **error)
{
  g_autoptr (PtlReport) later = ptl_exposure_reports_get (self, to, error);
  g_autoptr (PtlReport) earlier = NULL;

  if (later == NULL)
    return NULL;
  earlier = *from != '\0' ? ptl_exposure_reports_get (self, from, error) : find_before (self, later);
  if (earlier != NULL)
    return ptl_report_difference (earlier, later);
  if (*from == '\0')
    ptl_error_set (error, PTL_ERROR_NOT_FOUND, _("Check again later, from the same places."), "%s",
                   _("There is no earlier report to compare it with."));
  return NULL;
}
