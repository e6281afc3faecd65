/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-finding-way.h"
#include "gui/details/ptl-way.h"
#include "gui/exposure/ptl-finding-facts.h"
#include "gui/exposure/ptl-finding-words.h"

#define NOW 1795000000

/* What nothing is known to be at. */
static PtlFinding *
add_bare (PtlReport *report, guint16 port, const char *reach, PtlAuth auth, PtlSeverity severity)
{
  PtlFinding *finding = ptl_finding_new ();

  finding->port = port;
  finding->protocol = PTL_PROTOCOL_TCP;
  finding->severity = severity;
  finding->identity->auth = auth;
  g_free (finding->reach);
  finding->reach = g_strdup (reach);
  g_ptr_array_add (report->findings, finding);
  return finding;
}

static PtlFinding *
add (PtlReport *report, guint16 port, const char *reach, PtlAuth auth, PtlSeverity severity)
{
  PtlFinding *finding = add_bare (report, port, reach, auth, severity);

  ptl_finding_set_listening (finding);
  return finding;
}

static void
set (char **text, const char *with)
{
  g_free (*text);
  *text = g_strdup (with);
}

static void
assert_summary (PtlReport *report, const char *title, const char *more, const char *style)
{
  g_autoptr (PtlReportSummary) summary = NULL;

  ptl_report_settle (report, NOW);
  summary = ptl_report_summarize (report, NOW);
  g_assert_cmpstr (summary->title, ==, title);
  g_assert_cmpstr (summary->more, ==, more);
  g_assert_cmpstr (summary->style, ==, style);
}

static void
test_summary (void)
{
  g_autoptr (PtlReport) report = ptl_report_new ();
  PtlFinding *redis, *shut;

  assert_summary (report, "No door stands open to others.", "None is known to be open to the internet.", "success");
  add (report, 631, "machine", PTL_AUTH_OPEN, PTL_SEVERITY_INFO);
  assert_summary (report, "No door stands open to others.", "None is known to be open to the internet.", "success");
  /* A port that was looked at and is shut is no door. */
  shut = add_bare (report, 23, "lan", PTL_AUTH_UNKNOWN, PTL_SEVERITY_INFO);
  ptl_finding_add_sighting (shut)->state = PTL_SEEN_CLOSED;
  assert_summary (report, "No door stands open to others.", "None is known to be open to the internet.", "success");
  add (report, 22, "lan", PTL_AUTH_PROTECTED, PTL_SEVERITY_LOW);
  assert_summary (report, "1 door stands open to your home network. It has a lock.", "None is known to be open to the internet.",
                  "success");
  add (report, 81, "lan", PTL_AUTH_UNKNOWN, PTL_SEVERITY_LOW);
  assert_summary (report, "2 doors stand open to your home network. Whether 1 of them has a lock is not known.",
                  "None is known to be open to the internet.", "success");
  redis = add (report, 6379, "internet", PTL_AUTH_OPEN, PTL_SEVERITY_CRITICAL);
  assert_summary (report, "1 door stands open to the internet. It has no lock.",
                  "2 doors stand open to your home network. Whether 1 of them has a lock is not known.", "error");
  redis->accepted_until = NOW + 100;
  assert_summary (report, "2 doors stand open to your home network. Whether 1 of them has a lock is not known.",
                  "None is known to be open to the internet.", "success");
  redis->accepted_until = NOW - 100;
  set (&redis->news, "gone");
  assert_summary (report, "2 doors stand open to your home network. Whether 1 of them has a lock is not known.",
                  "None is known to be open to the internet.", "success");
}

/* A page for everybody is not what lacks a lock. */
static void
test_summary_of_pages (void)
{
  g_autoptr (PtlReport) report = ptl_report_new ();
  PtlFinding *page = add (report, 80, "internet", PTL_AUTH_OPEN, PTL_SEVERITY_LOW), *panel;

  set (&page->identity->service, "http");
  assert_summary (report,
                  "1 door stands open to the internet. It is a web page that everybody may see.",
                  "", "success");
  add (report, 22, "internet", PTL_AUTH_PROTECTED, PTL_SEVERITY_LOW);
  assert_summary (report,
                  "2 doors stand open to the internet. 1 of them is a web page that everybody may "
                  "see. "
                  "The other one has a lock.",
                  "", "success");
  panel = add (report, 3000, "internet", PTL_AUTH_OPEN, PTL_SEVERITY_CRITICAL);
  set (&panel->identity->service, "http");
  assert_summary (report,
                  "3 doors stand open to the internet. 1 of them is a web page that everybody may "
                  "see. "
                  "1 of them has no lock.",
                  "", "error");
  g_assert_true (ptl_finding_is_unlocked (panel));
  g_assert_false (ptl_finding_is_unlocked (page));
}

static void
test_filters (void)
{
  g_autoptr (PtlReport) report = ptl_report_new ();
  PtlFinding *one = add (report, 6379, "lan", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH);
  const char *hit[] = { "6379", "redis", NULL }, *miss[] = { "6379", "nginx", NULL };

  set (&one->identity->product, "Redis");
  g_assert_true (ptl_finding_passes (one, PTL_FINDINGS_DOORS, NOW));
  g_assert_false (ptl_finding_passes (one, PTL_FINDINGS_NEW, NOW));
  g_assert_false (ptl_finding_passes (one, PTL_FINDINGS_ACCEPTED, NOW));
  set (&one->news, "new");
  g_assert_true (ptl_finding_passes (one, PTL_FINDINGS_NEW, NOW));
  one->accepted_until = NOW + 1;
  g_assert_false (ptl_finding_passes (one, PTL_FINDINGS_DOORS, NOW));
  g_assert_true (ptl_finding_passes (one, PTL_FINDINGS_ACCEPTED, NOW));
  g_assert_true (ptl_finding_passes (one, PTL_FINDINGS_ALL, NOW));
  g_assert_true (ptl_finding_matches (one, hit));
  g_assert_false (ptl_finding_matches (one, miss));
  g_assert_true (ptl_finding_matches (one, NULL));
}

static void
test_name (void)
{
  g_autoptr (PtlReport) report = ptl_report_new ();
  PtlFinding *one = add (report, 8080, "internet", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH);
  g_autofree char *bare = ptl_finding_dup_name (one), *spoken = NULL;

  g_assert_cmpstr (bare, ==, "Port 8080");
  set (&one->identity->product, "Grafana");
  set (&one->identity->version, "10.2");
  spoken = ptl_finding_dup_spoken (one);
  g_assert_cmpstr (spoken, ==, "Grafana 10.2, 8080 TCP, High, Internet, No login");
}

/* What answers without a login is where the way ends in trouble. */
static void
test_hops (void)
{
  g_autoptr (PtlReport) report = ptl_report_new ();
  PtlFinding *one = add (report, 6379, "internet", PTL_AUTH_OPEN, PTL_SEVERITY_CRITICAL);
  PtlForwarded *forwarded = ptl_finding_add_forwarded (one);
  g_autoptr (GPtrArray) ways = NULL;
  g_autoptr (GPtrArray) hops = NULL;
  const PtlHop *last;

  set (&one->address, "192.168.1.5");
  set (&forwarded->system, "router");
  set (&forwarded->name, "FRITZ!Box");
  ptl_finding_set_listening (one);
  ways = ptl_finding_dup_ways (one);
  g_assert_cmpuint (ways->len, ==, 1);
  hops = ptl_finding_dup_hops (one, ways->pdata[0]);
  g_assert_cmpstr (((PtlHop *) hops->pdata[0])->title, ==, "Internet");
  g_assert_cmpstr (((PtlHop *) hops->pdata[1])->title, ==, "FRITZ!Box");
  last = hops->pdata[hops->len - 1];
  g_assert_cmpint (last->state, ==, PTL_HOP_TROUBLE);
  g_assert_cmpstr (last->words, ==, "No login");
}

static void
test_progress (void)
{
  g_autoptr (GVariant) idle = g_variant_ref_sink (g_variant_new_parsed ("{'State': <'idle'>}"));
  g_autoptr (GVariant) begun = g_variant_ref_sink (g_variant_new_parsed ("{'State': <'running'>, 'Phase': <'listening'>}"));
  g_autoptr (GVariant) half = g_variant_ref_sink (
      g_variant_new_parsed ("{'State': <'running'>, 'Phase': <'looking'>, 'Done': <uint64 20>, 'Total': <uint64 40>}"));
  g_autofree char *phase = ptl_exposure_dup_phase (half);

  g_assert_false (ptl_exposure_is_running (idle));
  g_assert_true (ptl_exposure_is_running (begun));
  g_assert_cmpfloat (ptl_exposure_get_fraction (begun), <, 0);
  g_assert_cmpfloat (ptl_exposure_get_fraction (half), ==, 0.5);
  g_assert_cmpstr (phase, ==, "Knocking at the doors… 20 of 40");
}

/* What is other between two reports. */
static void
test_changes (void)
{
  static const char *const news[] = { "new", "gone", "changed", "new", "" };
  g_autoptr (PtlReport) difference = ptl_report_new ();
  g_autofree char *none = ptl_report_dup_changes (difference);
  g_autofree char *all = NULL;
  g_autofree char *gone = NULL;

  g_assert_cmpstr (none, ==, "Nothing has changed");
  set (&add (difference, 80, "lan", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH)->news, "gone");
  gone = ptl_report_dup_changes (difference);
  g_assert_cmpstr (gone, ==, "1 is gone");
  for (gsize i = 0; i < G_N_ELEMENTS (news); i++)
    set (&add (difference, (guint16) (81 + i), "lan", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH)->news, news[i]);
  all = ptl_report_dup_changes (difference);
  g_assert_cmpstr (all, ==, "2 are new, 1 is changed, 2 are gone");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/finding-words/summary", test_summary);
  g_test_add_func ("/gui/finding-words/summary-of-pages", test_summary_of_pages);
  g_test_add_func ("/gui/finding-words/changes", test_changes);
  g_test_add_func ("/gui/finding-words/filters", test_filters);
  g_test_add_func ("/gui/finding-words/name", test_name);
  g_test_add_func ("/gui/finding-words/hops", test_hops);
  g_test_add_func ("/gui/finding-words/progress", test_progress);
  return g_test_run ();
}
