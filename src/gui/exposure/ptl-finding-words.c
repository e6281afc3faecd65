/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-finding-words.h"

#include <glib/gi18n-lib.h>

#include "client/ptl-report-export.h"
#include "gui/ptl-format.h"

/* ---- Which of them ---- */

static gboolean
is_gone (const PtlFinding *self)
{
  return g_str_equal (self->news, "gone");
}

gboolean
ptl_finding_is_door (const PtlFinding *self)
{
  return !is_gone (self) && !ptl_finding_is_shut (self) && !g_str_equal (self->reach, "machine");
}

gboolean
ptl_finding_is_unlocked (const PtlFinding *self)
{
  return ptl_finding_is_door (self) && self->identity->auth == PTL_AUTH_OPEN
         && !ptl_finding_is_page (self);
}

gboolean
ptl_finding_passes (const PtlFinding *self, PtlFindingsFilter filter, gint64 now)
{
  switch (filter)
    {
    case PTL_FINDINGS_DOORS:
      return ptl_finding_is_door (self) && !ptl_finding_is_accepted (self, now);
    case PTL_FINDINGS_NEW:
      return *self->news != '\0';
    case PTL_FINDINGS_ACCEPTED:
      return ptl_finding_is_accepted (self, now);
    case PTL_FINDINGS_ALL:
    case PTL_N_FINDINGS:
      break;
    }
  return TRUE;
}

static gboolean
contains (const char *text, const char *word)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, word) != NULL;
}

gboolean
ptl_finding_matches (const PtlFinding *self, const char *const *words)
{
  g_autofree char *name = ptl_finding_dup_name (self);
  g_autofree char *program = ptl_finding_dup_program (self);
  g_autofree char *port = ptl_finding_dup_port (self);

  for (; words && *words; words++)
    if (!contains (name, *words) && !contains (program, *words) && !contains (port, *words)
        && !contains (self->address, *words) && !contains (self->identity->service, *words)
        && !contains (self->evidence, *words))
      return FALSE;
  return TRUE;
}

/* ---- Its words ---- */

const char *
ptl_severity_to_icon (PtlSeverity severity)
{
  if (severity >= PTL_SEVERITY_HIGH)
    return "dialog-error-symbolic";
  if (severity == PTL_SEVERITY_MEDIUM)
    return "dialog-warning-symbolic";
  return severity == PTL_SEVERITY_LOW ? "dialog-information-symbolic" : "object-select-symbolic";
}

const char *
ptl_severity_to_style (PtlSeverity severity)
{
  static const char *const styles[] = { "dim-label", "accent", "warning", "error", "error" };

  return styles[severity];
}

const char *
ptl_auth_to_icon (PtlAuth auth)
{
  static const char *const icons[] = { "dialog-question-symbolic", "changes-allow-symbolic", "changes-prevent-symbolic",
                                       "list-remove-symbolic" };

  return icons[auth];
}

const char *
ptl_auth_to_style (PtlAuth auth)
{
  static const char *const styles[] = { "dim-label", "error", "success", "dim-label" };

  return styles[auth];
}

char *
ptl_finding_dup_port (const PtlFinding *self)
{
  return g_strdup_printf ("%u %s", self->port, ptl_format_protocol (self->protocol));
}

char *
ptl_finding_dup_name (const PtlFinding *self)
{
  g_autofree char *title = ptl_finding_dup_title (self);

  if (*title != '\0')
    return g_steal_pointer (&title);
  /* Translators: a port of which nothing else is known; %u is its number */
  return g_strdup_printf (_("Port %u"), self->port);
}

const char *
ptl_finding_get_reach (const PtlFinding *self)
{
  if (g_str_equal (self->reach, "internet"))
    return C_ ("reach", "Internet");
  return g_str_equal (self->reach, "lan") ? C_ ("reach", "Home network") : C_ ("reach", "This computer");
}

const char *
ptl_finding_get_news (const PtlFinding *self)
{
  if (g_str_equal (self->news, "new"))
    return C_ ("finding", "New");
  if (g_str_equal (self->news, "changed"))
    return C_ ("finding", "Changed");
  return is_gone (self) ? C_ ("finding", "Gone") : "";
}

char *
ptl_finding_dup_spoken (const PtlFinding *self)
{
  g_autofree char *name = ptl_finding_dup_name (self);
  g_autofree char *port = ptl_finding_dup_port (self);
  const char *news = ptl_finding_get_news (self);

  return g_strdup_printf ("%s, %s, %s, %s, %s%s%s", name, port, ptl_severity_to_title (self->severity),
                          ptl_finding_get_reach (self), ptl_auth_to_title (self->identity->auth), *news ? ", " : "", news);
}

/* ---- The report ---- */

typedef struct
{
  guint doors, pages, unlocked, unknown;
} Count;

static Count
count (const PtlReport *report, const char *reach, gint64 now)
{
  Count found = { 0 };

  for (guint i = 0; i < report->findings->len; i++)
    {
      const PtlFinding *finding = report->findings->pdata[i];

      if (!ptl_finding_passes (finding, PTL_FINDINGS_DOORS, now) || !g_str_equal (finding->reach, reach))
        continue;
      found.doors++;
      found.pages += ptl_finding_is_page (finding);
      found.unlocked += ptl_finding_is_unlocked (finding);
      found.unknown += finding->identity->auth == PTL_AUTH_UNKNOWN;
    }
  return found;
}

static char *say_locks (Count found);

/* Pages for everybody need no lock, and are told apart from what lacks one. */
static char *
say_pages (Count found)
{
  Count others = found;
  g_autofree char *pages = NULL, *locks = NULL;

  if (found.pages == found.doors)
    return g_strdup (ngettext ("It is a web page that everybody may see.",
                               "All of them are web pages that everybody may see.", found.doors));
  /* Translators: of the doors that the sentence before counted, %u are web pages */
  pages
      = g_strdup_printf (ngettext ("%u of them is a web page that everybody may see.",
                                   "%u of them are web pages that everybody may see.", found.pages),
                         found.pages);
  others.doors -= found.pages;
  others.pages = 0;
  if (found.unlocked == 0 && found.unknown == 0)
    /* Translators: of the doors that the sentences before counted, those that are no web pages */
    locks = g_strdup (ngettext ("The other one has a lock.", "All others have a lock.",
                                others.doors));
  else if (found.unlocked == others.doors)
    locks = g_strdup (ngettext ("The other one has no lock.", "None of the others has a lock.",
                                others.doors));
  else if (found.unlocked == 0 && found.unknown == others.doors)
    locks = g_strdup (ngettext ("Whether the other one has a lock is not known.",
                                "Whether the others have locks is not known.", others.doors));
  else
    locks = say_locks (others);
  return g_strconcat (pages, " ", locks, NULL);
}

static char *
say_locks (Count found)
{
  if (found.pages > 0)
    return say_pages (found);
  if (found.unlocked == 0 && found.unknown == 0)
    return g_strdup (ngettext ("It has a lock.", "All of them have a lock.", found.doors));
  if (found.unlocked == 0)
    /* Translators: of the doors that the sentence before counted, of %u it is not known whether they ask for a login */
    return found.unknown == found.doors
               ? g_strdup (ngettext ("Whether it has a lock is not known.", "Whether they have locks is not known.", found.doors))
               : g_strdup_printf (ngettext ("Whether %u of them has a lock is not known.",
                                            "Whether %u of them have locks is not known.", found.unknown),
                                  found.unknown);
  if (found.unlocked == found.doors)
    return g_strdup (ngettext ("It has no lock.", "None of them has a lock.", found.doors));
  /* Translators: of the doors that the sentence before counted, %u ask for no login */
  return g_strdup_printf (ngettext ("%u of them has no lock.", "%u of them have no lock.", found.unlocked), found.unlocked);
}

static char *
say_internet (Count found)
{
  /* Translators: %u is a number of ports that answer */
  return g_strdup_printf (ngettext ("%u door stands open to the internet.", "%u doors stand open to the internet.", found.doors),
                          found.doors);
}

static char *
say_home (Count found)
{
  /* Translators: %u is a number of ports that answer */
  return g_strdup_printf (ngettext ("%u door stands open to your home network.", "%u doors stand open to your home network.",
                                    found.doors),
                          found.doors);
}

static PtlSeverity
find_worst (const PtlReport *report, gint64 now)
{
  PtlSeverity worst = PTL_SEVERITY_INFO;

  for (guint i = 0; i < report->findings->len; i++)
    {
      const PtlFinding *finding = report->findings->pdata[i];

      if (ptl_finding_is_door (finding) && !ptl_finding_is_accepted (finding, now))
        worst = MAX (worst, finding->severity);
    }
  return worst;
}

PtlReportSummary *
ptl_report_summarize (const PtlReport *report, gint64 now)
{
  PtlReportSummary *self = g_new0 (PtlReportSummary, 1);
  Count outside = count (report, "internet", now), home = count (report, "lan", now);
  Count *first = outside.doors > 0 ? &outside : &home;
  g_autofree char *doors = outside.doors > 0 ? say_internet (outside) : home.doors > 0 ? say_home (home) : NULL;
  g_autofree char *locks = say_locks (*first);
  PtlSeverity worst = find_worst (report, now);

  self->icon = worst <= PTL_SEVERITY_LOW ? "object-select-symbolic" : ptl_severity_to_icon (worst);
  self->style = worst <= PTL_SEVERITY_LOW ? "success" : ptl_severity_to_style (worst);
  if (doors)
    self->title = g_strdup_printf ("%s %s", doors, locks);
  else
    self->title = g_strdup (report->n_accepted > 0 ? _("No door stands open but what you have accepted.")
                                                   : _("No door stands open to others."));
  if (outside.doors > 0 && home.doors > 0)
    {
      g_autofree char *more = say_home (home), *their_locks = say_locks (home);

      self->more = g_strdup_printf ("%s %s", more, their_locks);
    }
  else
    self->more = g_strdup (outside.doors == 0 ? _("None is known to be open to the internet.") : "");
  return self;
}

void
ptl_report_summary_free (PtlReportSummary *self)
{
  g_free (self->title);
  g_free (self->more);
  g_free (self);
}

static guint
count_news (const PtlReport *difference, const char *news)
{
  guint n = 0;

  for (guint i = 0; i < difference->findings->len; i++)
    n += g_str_equal (((const PtlFinding *) difference->findings->pdata[i])->news, news);
  return n;
}

char *
ptl_report_dup_changes (const PtlReport *difference)
{
  guint fresh = count_news (difference, "new"), other = count_news (difference, "changed"), gone = count_news (difference, "gone");
  /* Translators: %u is a number of ports that others can reach */
  g_autofree char *are_new = g_strdup_printf (ngettext ("%u is new", "%u are new", fresh), fresh);
  /* Translators: %u is a number of ports that others can reach */
  g_autofree char *are_other = g_strdup_printf (ngettext ("%u is changed", "%u are changed", other), other);
  /* Translators: %u is a number of ports that others could reach */
  g_autofree char *are_gone = g_strdup_printf (ngettext ("%u is gone", "%u are gone", gone), gone);
  const char *parts[4] = { NULL };
  guint n = 0;

  if (fresh > 0)
    parts[n++] = are_new;
  if (other > 0)
    parts[n++] = are_other;
  if (gone > 0)
    parts[n++] = are_gone;
  return n > 0 ? g_strjoinv (", ", (char **) parts) : g_strdup (_("Nothing has changed"));
}

static char *
dup_vantages (const PtlReport *report)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; report->vantages[i]; i++)
    {
      PtlVantageKind kind;

      if (ptl_vantage_from_string (report->vantages[i], &kind))
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", ptl_vantage_to_title (kind));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
ptl_report_dup_checked (const PtlReport *report, gint64 now)
{
  g_autofree char *when = ptl_format_time (report->finished, now);
  g_autofree char *vantages = dup_vantages (report);
  /* Translators: %1$s is a time like "today 18:00", %2$s a list like "This computer, Home network" */
  g_autofree char *checked = g_strdup_printf (_("Checked %1$s. Looked from: %2$s."), when, vantages);

  g_autoptr (GString) text = g_string_new (checked);

  if (report->n_news > 0)
    {
      g_string_append_c (text, ' ');
      /* Translators: %u is a number of findings */
      g_string_append_printf (text, ngettext ("%u is new since the check before.", "%u are new since the check before.",
                                              report->n_news),
                              report->n_news);
    }
  if (report->n_accepted > 0)
    {
      g_string_append_c (text, ' ');
      /* Translators: %u is a number of findings */
      g_string_append_printf (text, ngettext ("%u is accepted.", "%u are accepted.", report->n_accepted), report->n_accepted);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* ---- A check under way ---- */

gboolean
ptl_exposure_is_running (GVariant *check)
{
  const char *state = "";

  g_variant_lookup (check, "State", "&s", &state);
  return g_str_equal (state, "running");
}

static const char *
phase_words (const char *phase)
{
  static const struct { const char *phase, *words; } known[] = {
    { "listening", N_("Finding out what listens here…") },
    { "forwarded", N_("Asking the router what it lets in…") },
    { "firewall", N_("Looking at this computer’s firewall…") },
    { "looking", N_("Knocking at the doors…") },
    { "sweeping", N_("Trying every port…") },
    { "outside", N_("Looking from outside…") },
    { "report", N_("Writing the report…") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (phase, known[i].phase))
      return _(known[i].words);
  return _("Checking…");
}

static void
look_up (GVariant *check, const char **phase, guint64 *done, guint64 *total)
{
  *phase = "";
  *done = *total = 0;
  g_variant_lookup (check, "Phase", "&s", phase);
  g_variant_lookup (check, "Done", "t", done);
  g_variant_lookup (check, "Total", "t", total);
}

char *
ptl_exposure_dup_phase (GVariant *check)
{
  const char *phase;
  guint64 done, total;

  look_up (check, &phase, &done, &total);
  if (total < 2)
    return g_strdup (phase_words (phase));
  /* Translators: %1$s is what is being done, then how many of how many ports are done */
  return g_strdup_printf (_("%1$s %2$u of %3$u"), phase_words (phase), (guint) done, (guint) total);
}

double
ptl_exposure_get_fraction (GVariant *check)
{
  const char *phase;
  guint64 done, total;

  look_up (check, &phase, &done, &total);
  return total > 0 ? MIN ((double) done / (double) total, 1.0) : -1.0;
}
