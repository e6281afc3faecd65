/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-exposure.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/ptl-report-export.h"
#include "client/ptl-report-json.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-table.h"
#include "ptl-ctl-text.h"

/* --- the table --- */

static gboolean
is_shown (const PtlReport *report, const PtlFinding *finding, gboolean all)
{
  return all || (finding->severity > PTL_SEVERITY_INFO && !ptl_finding_is_accepted (finding, report->finished));
}

static void
add_row (PtlCtlTable *table, const PtlFinding *finding)
{
  g_autofree char *port = g_strdup_printf ("%u/%s", finding->port, ptl_protocol_to_string (finding->protocol));
  g_autofree char *what = ptl_finding_dup_title (finding);
  g_autofree char *rule = ptl_ctl_dup_short_id (finding->declared);

  ptl_ctl_table_add (table, (const char *[]) {
    ptl_severity_to_title (finding->severity), port, ptl_reach_to_title (finding->reach),
    ptl_finding_get_address_title (finding), *what != '\0' ? what : "-",
    ptl_auth_to_title (finding->identity->auth), *rule != '\0' ? rule : "-",
  });
}

static guint
print_table (PtlCtl *self, const PtlReport *report, gboolean all)
{
  g_autofree char *text = NULL;
  guint n = 0;
  g_autoptr (PtlCtlTable) table = ptl_ctl_table_new ((const char *[]) {
    _("SEVERITY"), _("PORT"), _("OPEN TO"), _("ADDRESS"), _("WHAT"), _("LOGIN"), _("RULE"), NULL,
  });

  for (guint i = 0; i < report->findings->len; i++)
    if (is_shown (report, report->findings->pdata[i], all))
      {
        add_row (table, report->findings->pdata[i]);
        n++;
      }
  if (n == 0)
    return 0;
  text = ptl_ctl_table_to_string (table, ptl_ctl_table_get_terminal_width ());
  ptl_ctl_print (self, "\n%s", text);
  return n;
}

static void
print_reasons (PtlCtl *self, const PtlReport *report, gboolean all)
{
  for (guint i = 0; i < report->findings->len; i++)
    {
      const PtlFinding *finding = report->findings->pdata[i];

      if (!is_shown (report, finding, all))
        continue;
      ptl_ctl_print (self, "\n%s: %s\n", ptl_severity_to_title (finding->severity), finding->key);
      ptl_ctl_print (self, "  %s\n", finding->evidence);
      if (*finding->advice != '\0')
        ptl_ctl_print (self, "  → %s\n", finding->advice);
    }
}

/* --- the summary --- */

static guint
count_pages (const PtlReport *report)
{
  guint n = 0;

  for (guint i = 0; i < report->findings->len; i++)
    {
      const PtlFinding *finding = report->findings->pdata[i];

      n += strcmp (finding->reach, "machine") != 0 && ptl_finding_is_page (finding);
    }
  return n;
}

static guint
count_reach (const PtlReport *report, const char *reach, gboolean without_login)
{
  guint n = 0;

  for (guint i = 0; i < report->findings->len; i++)
    {
      const PtlFinding *finding = report->findings->pdata[i];

      n += strcmp (finding->reach, reach) == 0 && !ptl_finding_is_shut (finding)
           && (!without_login
               || (finding->identity->auth == PTL_AUTH_OPEN && !ptl_finding_is_page (finding)));
    }
  return n;
}

static void
print_summary (PtlCtl *self, const PtlReport *report)
{
  guint internet = count_reach (report, "internet", FALSE), lan = count_reach (report, "lan", FALSE);
  guint unlocked = count_reach (report, "internet", TRUE) + count_reach (report, "lan", TRUE);
  guint pages = count_pages (report);

  ptl_ctl_print (self, g_dngettext (GETTEXT_PACKAGE, "%u port is open to the internet.\n",
                                    "%u ports are open to the internet.\n", internet), internet);
  ptl_ctl_print (self, g_dngettext (GETTEXT_PACKAGE, "%u port is open to your home network alone.\n",
                                    "%u ports are open to your home network alone.\n", lan), lan);
  if (unlocked > 0)
    ptl_ctl_print (self, g_dngettext (GETTEXT_PACKAGE, "%u of them asks for no login.\n",
                                      "%u of them ask for no login.\n", unlocked), unlocked);
  if (pages > 0)
    ptl_ctl_print (self,
                   g_dngettext (GETTEXT_PACKAGE,
                                "%u of them is a web page that everybody may see.\n",
                                "%u of them are web pages that everybody may see.\n", pages),
                   pages);
  if (report->n_accepted > 0)
    ptl_ctl_print (self, g_dngettext (GETTEXT_PACKAGE, "%u finding is accepted.\n", "%u findings are accepted.\n",
                                      report->n_accepted), report->n_accepted);
}

static void
print_report_json (PtlCtl *self, const PtlReport *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  ptl_report_to_json (report, builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

void
ptl_ctl_print_report (PtlCtl *self, const PtlReport *report, gboolean all)
{
  guint n_info = report->n_severities[PTL_SEVERITY_INFO];

  if (self->json)
    {
      print_report_json (self, report);
      return;
    }
  print_summary (self, report);
  if (print_table (self, report, all) > 0)
    print_reasons (self, report, all);
  if (!all && n_info > 0)
    ptl_ctl_print (self, g_dngettext (GETTEXT_PACKAGE, "\n%u more is for information alone; --all shows it.\n",
                                      "\n%u more are for information alone; --all shows them.\n", n_info), n_info);
  for (guint i = 0; report->notes[i] != NULL; i++)
    ptl_ctl_note (self, "%s", report->notes[i]);
}

/* --- what is other --- */

static const char *
news_word (const char *news)
{
  if (strcmp (news, "new") == 0)
    return _("new");
  return strcmp (news, "gone") == 0 ? _("gone") : _("changed");
}

static void
print_difference_json (PtlCtl *self, const PtlReport *difference)
{
  g_autoptr (JsonBuilder) builder = ptl_ctl_json_begin_list ("findings");

  for (guint i = 0; i < difference->findings->len; i++)
    ptl_finding_to_json (difference->findings->pdata[i], builder);
  ptl_ctl_json_end_list (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

void
ptl_ctl_print_difference (PtlCtl *self, const PtlReport *difference)
{
  if (self->json)
    {
      print_difference_json (self, difference);
      return;
    }
  if (difference->findings->len == 0)
    ptl_ctl_print (self, "%s\n", _("Nothing is other than in the report before."));
  for (guint i = 0; i < difference->findings->len; i++)
    {
      const PtlFinding *finding = difference->findings->pdata[i];
      g_autofree char *title = ptl_finding_dup_title (finding);

      ptl_ctl_print (self, "%s%s: %s, %s%s%s\n  %s\n", i > 0 ? "\n" : "", news_word (finding->news),
                     ptl_severity_to_title (finding->severity), finding->key, *title != '\0' ? ", " : "", title,
                     finding->evidence);
    }
}

/* --- the history --- */

static void
print_reports_json (PtlCtl *self, GPtrArray *reports)
{
  g_autoptr (JsonBuilder) builder = ptl_ctl_json_begin_list ("reports");

  for (guint i = 0; i < reports->len; i++)
    ptl_report_head_to_json (reports->pdata[i], builder);
  ptl_ctl_json_end_list (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

static void
add_report (PtlCtlTable *table, const PtlReport *report)
{
  g_autofree char *id = ptl_ctl_dup_short_id (report->id);
  g_autofree char *time = ptl_ctl_dup_time (report->finished);
  g_autofree char *vantages = g_strjoinv (", ", report->vantages);
  g_autofree char *critical = g_strdup_printf ("%u", report->n_severities[PTL_SEVERITY_CRITICAL]);
  g_autofree char *high = g_strdup_printf ("%u", report->n_severities[PTL_SEVERITY_HIGH]);
  g_autofree char *medium = g_strdup_printf ("%u", report->n_severities[PTL_SEVERITY_MEDIUM]);
  g_autofree char *low = g_strdup_printf ("%u", report->n_severities[PTL_SEVERITY_LOW]);
  g_autofree char *news = g_strdup_printf ("%u", report->n_news);

  ptl_ctl_table_add (table, (const char *[]) {
    id, time, critical, high, medium, low, news, vantages, *report->address != '\0' ? report->address : "-",
  });
}

void
ptl_ctl_print_reports (PtlCtl *self, GPtrArray *reports)
{
  g_autofree char *text = NULL;
  g_autoptr (PtlCtlTable) table = ptl_ctl_table_new ((const char *[]) {
    _("REPORT"), _("WHEN"), _("CRITICAL"), _("HIGH"), _("MEDIUM"), _("LOW"), _("NEWS"), _("SEEN FROM"), _("ADDRESS"),
    NULL,
  });

  if (self->json)
    {
      print_reports_json (self, reports);
      return;
    }
  for (guint i = 0; i < reports->len; i++)
    add_report (table, reports->pdata[i]);
  text = ptl_ctl_table_to_string (table, ptl_ctl_table_get_terminal_width ());
  ptl_ctl_print (self, "%s", reports->len > 0 ? text : _("The exposure was not checked yet.\n"));
}
