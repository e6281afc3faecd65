/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-report-export.h"

/* Every text goes through here: what strangers sent is shown as they wrote it, and never read as
 * markup. Attributes are quoted, and hold words of ours alone. */
static void
add_text (GString *page, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append (page, escaped);
}

static void
add_element (GString *page, const char *element, const char *class, const char *text)
{
  g_string_append_printf (page, "<%s class=\"%s\">", element, class);
  add_text (page, text);
  g_string_append_printf (page, "</%s>", element);
}

/* --- the page --- */

/* Nothing is fetched, and nothing runs, whatever got into the page: the browser is told so too. */
static const char policy[] = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                             "style-src 'unsafe-inline'\">\n";

static const char style[]
    = "<style>\n"
      ":root { color-scheme: light dark; --back: #fafafa; --card: #fff; --text: #1e1e1e; --dim: #5e5c64;"
      " --line: #deddda; --critical: #a51d2d; --high: #c64600; --medium: #8f6a00; --low: #1c71d8;"
      " --info: #5e5c64; }\n"
      "@media (prefers-color-scheme: dark) { :root { --back: #1e1e1e; --card: #2a2a2a; --text: #f6f5f4;"
      " --dim: #b5b3b0; --line: #454545; --critical: #ff7b8b; --high: #ffa348; --medium: #f5c211;"
      " --low: #78aeed; --info: #b5b3b0; } }\n"
      "* { box-sizing: border-box; }\n"
      "body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; background: var(--back);"
      " color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }\n"
      "h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; }\n"
      "h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; }\n"
      "p { margin: .25rem 0; }\n"
      ".dim { color: var(--dim); }\n"
      ".sums { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; padding: 0; list-style: none; }\n"
      ".sums li { flex: 1 1 8rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px;"
      " padding: .75rem 1rem; }\n"
      ".sums b { display: block; font-size: 1.75rem; line-height: 1.2; }\n"
      "article { background: var(--card); border: 1px solid var(--line); border-left: 6px solid var(--mark);"
      " border-radius: 12px; padding: .75rem 1rem; margin: .75rem 0; break-inside: avoid; }\n"
      "article h3 { font-size: 1.05rem; margin: 0; display: flex; flex-wrap: wrap; gap: .25rem .75rem; }\n"
      ".mark { color: var(--mark); }\n"
      ".critical { --mark: var(--critical); } .high { --mark: var(--high); } .medium { --mark: var(--medium); }"
      " .low { --mark: var(--low); } .info { --mark: var(--info); }\n"
      ".advice { font-weight: 600; }\n"
      "dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .15rem 1rem;"
      " margin: .5rem 0 0; font-size: .925rem; }\n"
      "dt { color: var(--dim); } dd { margin: 0; white-space: pre-line; }\n"
      "@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .35rem; } }\n"
      "@media print { :root { color-scheme: light; --back: #fff; --card: #fff; --text: #000; --dim: #444;"
      " --line: #999; --critical: #a51d2d; --high: #c64600; --medium: #8f6a00; --low: #1c71d8; --info: #444; }\n"
      "  body { max-width: none; padding: 0; font-size: 10pt; } article, .sums li { border-radius: 0; }\n"
      "  article { padding: .4rem .75rem; } h2 { break-after: avoid; } @page { margin: 15mm; } }\n"
      "</style>\n";

static char *
dup_language (void)
{
  const char *name = g_get_language_names ()[0];
  char *language = g_ascii_strdown (name, (gssize) strcspn (name, "_.@"));

  if (strlen (language) >= 2 && strspn (language, "abcdefghijklmnopqrstuvwxyz") == strlen (language))
    return language;
  g_free (language);
  return g_strdup ("en");
}

static char *
dup_time (gint64 unix_seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (unix_seconds);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M %Z") : g_strdup ("");
}

/* --- a finding --- */

static void
add_line (GString *page, const char *label, const char *text)
{
  if (*text == '\0')
    return;
  g_string_append (page, "<dt>");
  add_text (page, label);
  g_string_append (page, "</dt><dd>");
  add_text (page, text);
  g_string_append (page, "</dd>\n");
}

static char *
describe_tls (const PtlTlsFacts *tls)
{
  GString *text = g_string_new (NULL);
  g_autofree char *names = NULL;
  g_autofree char *end = NULL;

  if (tls == NULL)
    return g_string_free (text, FALSE);
  names = tls->names != NULL ? g_strjoinv (", ", tls->names) : g_strdup ("");
  g_string_append (text, tls->version);
  if (*names != '\0')
    g_string_append_printf (text, "\n%s", names);
  if (tls->not_after != 0)
    {
      end = dup_time (tls->not_after);
      g_string_append_c (text, '\n');
      /* Translators: %s is a date */
      g_string_append_printf (text, _ ("Certificate until %s"), end);
    }
  if (tls->self_signed)
    g_string_append_printf (text, "\n%s", _ ("The certificate vouches for itself."));
  return g_string_free (text, FALSE);
}

static void
add_accepted (GString *page, const PtlFinding *finding)
{
  g_autofree char *until = NULL;
  g_autofree char *text = NULL;

  if (finding->accepted_until == 0)
    return;
  until = dup_time (finding->accepted_until);
  /* Translators: %1$s is a date, %2$s a reason that a person typed */
  text = g_strdup_printf (_ ("until %1$s: %2$s"), until, finding->accepted_reason);
  add_line (page, _ ("Accepted"), text);
}

static void
add_details (GString *page, const PtlFinding *finding)
{
  g_autofree char *program = ptl_finding_dup_program (finding);
  g_autofree char *forwarded = ptl_finding_dup_forwarded (finding);
  g_autofree char *seen = ptl_finding_dup_seen (finding);
  g_autofree char *tls = describe_tls (finding->identity->tls);

  g_string_append (page, "<dl>\n");
  add_line (page, _ ("Address"), ptl_finding_get_address_title (finding));
  add_line (page, _ ("Login"), ptl_auth_to_title (finding->identity->auth));
  add_line (page, _ ("Listening"), program);
  add_line (page, _ ("Rule"), finding->declared);
  add_line (page, _ ("Forwarded"), forwarded);
  add_line (page, _ ("Seen"), seen);
  add_line (page, _ ("TLS"), tls);
  add_line (page, _ ("First bytes"), finding->identity->banner);
  add_accepted (page, finding);
  g_string_append (page, "</dl>\n");
}

static void
add_finding (GString *page, const PtlFinding *finding)
{
  g_autofree char *title = ptl_finding_dup_title (finding);
  g_autofree char *port
      = g_strdup_printf ("%u/%s", finding->port, ptl_protocol_to_string (finding->protocol));

  g_string_append_printf (page, "<article class=\"%s\">\n<h3>",
                          ptl_severity_to_string (finding->severity));
  add_element (page, "span", "mark", ptl_severity_to_title (finding->severity));
  add_element (page, "span", "port", port);
  add_element (page, "span", "what", title);
  g_string_append (page, "</h3>\n");
  add_element (page, "p", "evidence", finding->evidence);
  if (*finding->advice != '\0')
    add_element (page, "p", "advice", finding->advice);
  add_details (page, finding);
  g_string_append (page, "</article>\n");
}

/* --- the summary --- */

static void
add_sum (GString *page, guint n, const char *label)
{
  g_string_append_printf (page, "<li><b>%u</b>", n);
  add_text (page, label);
  g_string_append (page, "</li>\n");
}

static guint
count (const PtlReport *report, const char *reach)
{
  guint n = 0;

  for (guint i = 0; i < report->findings->len; i++)
    {
      const PtlFinding *finding = report->findings->pdata[i];

      n += strcmp (finding->reach, reach) == 0 && !ptl_finding_is_shut (finding);
    }
  return n;
}

static guint
count_unlocked (const PtlReport *report)
{
  guint n = 0;

  for (guint i = 0; i < report->findings->len; i++)
    {
      const PtlFinding *finding = report->findings->pdata[i];

      n += strcmp (finding->reach, "machine") != 0 && finding->identity->auth == PTL_AUTH_OPEN
           && !ptl_finding_is_page (finding);
    }
  return n;
}

static void
add_summary (GString *page, const PtlReport *report)
{
  g_string_append (page, "<ul class=\"sums\">\n");
  add_sum (page, count (report, "internet"), _ ("open to the internet"));
  add_sum (page, count (report, "lan"), _ ("open to your home network"));
  add_sum (page, count_unlocked (report), _ ("ask for no login"));
  add_sum (page, ptl_report_count (report, PTL_SEVERITY_MEDIUM), _ ("to be looked at"));
  g_string_append (page, "</ul>\n");
}

static void
add_head (GString *page, const PtlReport *report)
{
  g_autofree char *language = dup_language ();
  g_autofree char *when = dup_time (report->finished);
  GString *from = g_string_new (NULL);
  g_autofree char *vantages = NULL;

  for (guint i = 0; report->vantages[i] != NULL; i++)
    {
      PtlVantageKind kind;

      if (ptl_vantage_from_string (report->vantages[i], &kind))
        g_string_append_printf (from, "%s%s", from->len > 0 ? " · " : "", ptl_vantage_to_title (kind));
    }
  vantages = g_string_free (from, FALSE);
  g_string_append_printf (page, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", language);
  g_string_append (page, policy);
  g_string_append (page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
  add_text (page, _ ("What others can reach"));
  g_string_append_printf (page, "</title>\n%s</head>\n<body>\n<header>\n", style);
  add_element (page, "h1", "title", _ ("What others can reach"));
  add_element (page, "p", "dim", when);
  add_element (page, "p", "dim", vantages);
  if (*report->address != '\0')
    add_element (page, "p", "dim", report->address);
  g_string_append (page, "</header>\n");
}

/* --- all of it --- */

typedef gboolean (*Filter) (const PtlReport *report, const PtlFinding *finding);

static gboolean
is_told (const PtlReport *report, const PtlFinding *finding)
{
  return finding->severity > PTL_SEVERITY_INFO && !ptl_finding_is_accepted (finding, report->finished);
}

static gboolean
is_accepted (const PtlReport *report, const PtlFinding *finding)
{
  return ptl_finding_is_accepted (finding, report->finished);
}

static gboolean
is_information (const PtlReport *report, const PtlFinding *finding)
{
  return !is_told (report, finding) && !is_accepted (report, finding);
}

static void
add_section (GString *page, const PtlReport *report, const char *title, Filter filter)
{
  gboolean begun = FALSE;

  for (guint i = 0; i < report->findings->len; i++)
    {
      const PtlFinding *finding = report->findings->pdata[i];

      if (!filter (report, finding))
        continue;
      if (!begun)
        {
          g_string_append (page, "<section>\n");
          add_element (page, "h2", "section", title);
        }
      begun = TRUE;
      add_finding (page, finding);
    }
  if (begun)
    g_string_append (page, "</section>\n");
}

static void
add_notes (GString *page, const PtlReport *report)
{
  if (report->notes[0] == NULL)
    return;
  g_string_append (page, "<section>\n");
  add_element (page, "h2", "section", _ ("What could not be seen"));
  for (guint i = 0; report->notes[i] != NULL; i++)
    add_element (page, "p", "note", report->notes[i]);
  g_string_append (page, "</section>\n");
}

char *
ptl_report_to_html (const PtlReport *report)
{
  GString *page = g_string_new (NULL);

  add_head (page, report);
  g_string_append (page, "<main>\n");
  add_summary (page, report);
  add_section (page, report, _ ("Findings"), is_told);
  add_section (page, report, _ ("Accepted"), is_accepted);
  add_section (page, report, _ ("For information"), is_information);
  add_notes (page, report);
  g_string_append (page, "</main>\n</body>\n</html>\n");
  return g_string_free (page, FALSE);
}
