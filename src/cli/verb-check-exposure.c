/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "client/ptl-report-export.h"
#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-ctl-exposure.h"
#include "ptl-ctl-request.h"
#include "ptl-ctl-secret.h"

static const PtlCtlOption options[] = {
  { "vantage", PTL_CTL_REPEAT, "KIND", N_("Where from to look: machine, lan (otherwise these), hairpin, relay, internetdb, shodan, censys") },
  { "relay", PTL_CTL_VALUE, "NAME", N_("The relay to look from, where there is more than one") },
  { "address", PTL_CTL_VALUE, "ADDRESS", N_("Look at the ports of this address, in the place of this computer’s") },
  { "confirm-mine", PTL_CTL_FLAG, NULL, N_("It is mine, or its owner has agreed; this is logged") },
  { "ports", PTL_CTL_VALUE, "LIST", N_("TCP ports to look at besides those that are known: 22,80,8000-8100") },
  { "sweep", PTL_CTL_FLAG, NULL, N_("Look at all 65,535 TCP ports, and at the UDP ports that can be asked") },
  { "severity", PTL_CTL_VALUE, "LEVEL", N_("From which on a finding counts: critical, high, medium (otherwise), low, info") },
  { "all", PTL_CTL_FLAG, NULL, N_("Show those for information and those that are accepted too") },
  { "export", PTL_CTL_VALUE, "FILE", N_("Write the report there too: FILE.json, FILE.csv or FILE.html") },
  { "report", PTL_CTL_VALUE, "ID", N_("Show this one, or the “last” one, and check nothing") },
  { "history", PTL_CTL_FLAG, NULL, N_("List the reports that are kept, and check nothing") },
  { "diff", PTL_CTL_FLAG, NULL, N_("Show what is other than in the report before, and check nothing") },
  { "accept", PTL_CTL_VALUE, "KEY", N_("Accept this finding of the last report, until a time and for a reason") },
  { "unaccept", PTL_CTL_VALUE, "KEY", N_("Accept it no longer") },
  { "for", PTL_CTL_VALUE, "TIME", N_("How long: 45m, 2h30m, 30d") },
  { "until", PTL_CTL_VALUE, "TIME", N_("Until when: 2026-12-24T18:00, local time") },
  { "reason", PTL_CTL_VALUE, "TEXT", N_("Why it is accepted") },
  { "schedule", PTL_CTL_VALUE, "WHEN", N_("Check it by itself from now on: daily, weekly, or off") },
  { "on-network-change", PTL_CTL_VALUE, "on|off", N_("Check it by itself in another network too") },
  { "consent", PTL_CTL_REPEAT, "KIND", N_("Agree to it that internetdb, shodan or censys is asked from now on") },
  { "no-consent", PTL_CTL_REPEAT, "KIND", N_("Take that back") },
  { "key", PTL_CTL_REPEAT, "KIND", N_("Keep your key for shodan or censys in the keyring; it is asked for") },
  { "forget-key", PTL_CTL_REPEAT, "KIND", N_("Remove it from the keyring") },
  PTL_CTL_SECRET_OPTION,
  { "server", PTL_CTL_REPEAT, "KIND=URL", N_("Ask another server than the usual one; nothing after “=” for that") },
  PTL_CTL_OPTIONS_END,
};

/* What excludes each other: each is another thing to do. */
static const char *const doings[] = { "report", "history", "diff", "accept", "unaccept", NULL };

/* --- the command line --- */

static gboolean
fail_word (const char *option, const char *word, const char *advice, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (word, -1, 40);

  /* Translators: the first %s is an option, the second what was given for it */
  ptl_error_set (error, PTL_ERROR_INVALID, advice, _("--%s cannot be “%s”."), option, shown);
  return FALSE;
}

static gboolean
check_one_of (PtlCtl *self, const char *option, const char *const *words, const char *advice, GError **error)
{
  const char *word = ptl_ctl_get (self, option);

  return word == NULL || g_strv_contains (words, word) || fail_word (option, word, advice, error);
}

static gboolean
check_vantages (PtlCtl *self, GError **error)
{
  guint n;
  const char *const *vantages = ptl_ctl_get_all (self, "vantage", &n);

  for (guint i = 0; i < n; i++)
    {
      PtlVantageKind kind;

      if (!ptl_vantage_from_string (vantages[i], &kind))
        return fail_word ("vantage", vantages[i], _("See “portolanctl check exposure --help”."), error);
    }
  return TRUE;
}

static gboolean
check_severity (PtlCtl *self, GError **error)
{
  const char *severity = ptl_ctl_get (self, "severity");
  PtlSeverity level;

  return severity == NULL || ptl_severity_from_string (severity, &level)
         || fail_word ("severity", severity, _("Give one of critical, high, medium, low, info."), error);
}

static gboolean
check_doings (PtlCtl *self, GError **error)
{
  const char *first = NULL;

  for (guint i = 0; doings[i] != NULL; i++)
    {
      if (!ptl_ctl_has (self, doings[i]))
        continue;
      if (first != NULL)
        {
          ptl_error_set (error, PTL_ERROR_INVALID, _("Give one of them."),
                         /* Translators: two options */
                         _("--%s and --%s exclude each other."), first, doings[i]);
          return FALSE;
        }
      first = doings[i];
    }
  return TRUE;
}

static gboolean
check_accept (PtlCtl *self, GError **error)
{
  gint64 duration, review;

  if (!ptl_ctl_has (self, "accept"))
    return TRUE;
  if (!ptl_ctl_has (self, "reason"))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Give it by --reason."), "%s", _("It is not said why it is accepted."));
      return FALSE;
    }
  if (!ptl_ctl_parse_times (self, TRUE, &self->until, &duration, &review, error))
    return FALSE;
  self->by = duration;
  return TRUE;
}

static gboolean
check (PtlCtl *self, GError **error)
{
  static const char *const schedules[] = { "off", "daily", "weekly", NULL };
  static const char *const switches[] = { "on", "off", NULL };
  const char *file = ptl_ctl_get (self, "export");
  PtlReportFormat format;

  return check_severity (self, error) && check_vantages (self, error) && check_doings (self, error)
         && check_accept (self, error) && ptl_ctl_exposure_check_records (self, error)
         && check_one_of (self, "schedule", schedules, _("Give one of off, daily, weekly."), error)
         && check_one_of (self, "on-network-change", switches, _("Give on or off."), error)
         && (file == NULL || ptl_report_format_of (file, &format, error));
}

/* --- doing it --- */

static PtlSeverity
get_severity (PtlCtl *self)
{
  PtlSeverity severity = PTL_SEVERITY_MEDIUM;

  ptl_severity_from_string (ptl_ctl_get (self, "severity"), &severity);
  return severity;
}

static gboolean
export (PtlCtl *self, const PtlReport *report, GError **error)
{
  const char *file = ptl_ctl_get (self, "export");
  g_autofree char *text = NULL;
  g_autoptr (GError) problem = NULL;
  PtlReportFormat format;

  if (file == NULL || !ptl_report_format_of (file, &format, NULL))
    return TRUE;
  text = ptl_report_export (report, format);
  /* It tells where this home is weak: nobody else is to read it. */
  if (g_file_set_contents_full (file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &problem))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_FAILED, _("Write it elsewhere."), _("The report could not be written: %s."),
                 problem->message);
  return FALSE;
}

static gboolean
show_report (PtlCtl *self, const char *id, GError **error)
{
  g_autoptr (PtlReport) report = ptl_ctl_exposure_get_report (self, id, error);

  if (report == NULL || !export (self, report, error))
    return FALSE;
  ptl_ctl_print_report (self, report, ptl_ctl_has (self, "all"));
  self->exit_code = ptl_report_count (report, get_severity (self)) > 0 ? 1 : 0;
  return TRUE;
}

static gboolean
show_difference (PtlCtl *self, GError **error)
{
  g_autoptr (PtlReport) difference = ptl_ctl_exposure_compare (self, error);

  if (difference == NULL)
    return FALSE;
  ptl_ctl_print_difference (self, difference);
  self->exit_code = ptl_report_count (difference, get_severity (self)) > 0 ? 1 : 0;
  return TRUE;
}

static gboolean
run_check (PtlCtl *self, GError **error)
{
  g_autofree char *id = ptl_ctl_exposure_check (self, error);

  return id != NULL && show_report (self, id, error);
}

static gboolean
run (PtlCtl *self, GError **error)
{
  const char *report = ptl_ctl_get (self, "report");
  gboolean set = ptl_ctl_exposure_says_settings (self);

  if (set && !ptl_ctl_exposure_set (self, error))
    return FALSE;
  if (report != NULL)
    return show_report (self, g_str_equal (report, "last") ? "" : report, error);
  if (ptl_ctl_has (self, "history"))
    return ptl_ctl_exposure_history (self, error);
  if (ptl_ctl_has (self, "diff"))
    return show_difference (self, error);
  if (ptl_ctl_has (self, "accept") || ptl_ctl_has (self, "unaccept"))
    return ptl_ctl_exposure_accept (self, error);
  /* Who says when it is to be checked by itself does not want to wait for it now. */
  if (set && !ptl_ctl_exposure_says_check (self))
    return ptl_ctl_exposure_print_settings (self, error);
  return run_check (self, error);
}

const PtlCtlVerb ptl_ctl_verb_check_exposure = {
  .name = "check exposure",
  .summary = N_("Find out what others can reach of this computer"),
  .details = N_("Shows every port that others can reach: what answers there, whether it asks for a login, why it is open,\n"
                "and what to do. Exits with 0 where there is no finding of the chosen severity or worse, and with 1\n"
                "where there is."),
  .options = options,
  .check = check,
  .run = run,
};
