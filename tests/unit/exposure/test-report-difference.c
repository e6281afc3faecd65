/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/report/ptl-report-difference.h"
#include "exposure/report/ptl-report-facts.h"

static PtlFinding *
add (PtlReport *report, guint16 port, PtlSeverity severity)
{
  PtlFinding *finding = ptl_finding_new ();

  g_free (finding->key);
  finding->key = g_strdup_printf ("tcp/0.0.0.0:%u", port);
  finding->port = port;
  finding->protocol = PTL_PROTOCOL_TCP;
  finding->severity = severity;
  ptl_report_set (&finding->reach, "lan");
  g_ptr_array_add (report->findings, finding);
  return finding;
}

static void
forward (PtlFinding *finding, const char *outside)
{
  PtlForwarded *forwarded = ptl_finding_add_forwarded (finding);

  ptl_report_set (&forwarded->system, "router");
  ptl_report_set (&forwarded->public_endpoint, outside);
}

static void
test_new_and_gone (void)
{
  g_autoptr (PtlReport) before = ptl_report_new ();
  g_autoptr (PtlReport) now = ptl_report_new ();
  g_autoptr (GPtrArray) difference = NULL;

  add (before, 22, PTL_SEVERITY_LOW);
  add (before, 80, PTL_SEVERITY_MEDIUM);
  add (now, 22, PTL_SEVERITY_LOW);
  add (now, 8080, PTL_SEVERITY_HIGH);
  difference = ptl_report_difference (before, now);
  g_assert_cmpuint (difference->len, ==, 2);
  g_assert_cmpstr (((PtlFinding *) difference->pdata[0])->news, ==, "new");
  g_assert_cmpuint (((PtlFinding *) difference->pdata[0])->port, ==, 8080);
  g_assert_cmpstr (((PtlFinding *) difference->pdata[1])->news, ==, "gone");
  g_assert_cmpuint (((PtlFinding *) difference->pdata[1])->port, ==, 80);
  /* The reports themselves are as they were. */
  g_assert_cmpstr (((PtlFinding *) now->findings->pdata[1])->news, ==, "");
  ptl_report_mark_news (now, before);
  g_assert_cmpstr (((PtlFinding *) now->findings->pdata[0])->news, ==, "");
  g_assert_cmpstr (((PtlFinding *) now->findings->pdata[1])->news, ==, "new");
}

typedef void (*Change) (PtlFinding *finding);

static void
worse (PtlFinding *finding)
{
  finding->severity = PTL_SEVERITY_CRITICAL;
}

static void
unlock (PtlFinding *finding)
{
  finding->identity->auth = PTL_AUTH_OPEN;
}

static void
lead_here (PtlFinding *finding)
{
  forward (finding, "203.0.113.7:2");
}

static void
lead_elsewhere (PtlFinding *finding)
{
  ptl_report_set (&((PtlForwarded *) finding->forwarded->pdata[0])->public_endpoint, "203.0.113.7:9");
}

static void
reach_further (PtlFinding *finding)
{
  ptl_report_set (&finding->reach, "internet");
}

static void
declare (PtlFinding *finding)
{
  ptl_report_set (&finding->declared, "11111111-1111-4111-8111-111111111111");
}

static void
be_another (PtlFinding *finding)
{
  ptl_report_set (&finding->identity->product, "Prometheus");
}

static void
be_upgraded (PtlFinding *finding)
{
  ptl_report_set (&finding->identity->version, "10.3");
}

static void
be_restarted (PtlFinding *finding)
{
  finding->listening->pid = 4711;
}

static void
be_unknown (PtlFinding *finding)
{
  finding->identity->auth = PTL_AUTH_UNKNOWN;
  ptl_report_set (&finding->identity->product, "");
}

static void
be_evidenced (PtlFinding *finding)
{
  ptl_report_set (&finding->evidence, "Something else.");
}

static void
test_changed (void)
{
  static const struct
  {
    Change change;
    const char *news;
  } cases[] = {
    { worse, "changed" },         { unlock, "changed" },  { lead_here, "changed" },
    { lead_elsewhere, "changed" }, { reach_further, "changed" }, { declare, "changed" },
    { be_another, "changed" },    { be_upgraded, "" },    { be_restarted, "" },
    { be_unknown, "" },           { be_evidenced, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlReport) before = ptl_report_new ();
      g_autoptr (PtlReport) now = ptl_report_new ();
      PtlReport *both[] = { before, now };

      for (guint j = 0; j < 2; j++)
        {
          PtlFinding *finding = add (both[j], 80, PTL_SEVERITY_LOW);

          ptl_report_set (&finding->identity->product, "Grafana");
          finding->identity->auth = PTL_AUTH_PROTECTED;
          ptl_finding_set_listening (finding);
          forward (finding, "203.0.113.7:1");
        }
      cases[i].change (now->findings->pdata[0]);
      ptl_report_mark_news (now, before);
      g_assert_cmpstr (((PtlFinding *) now->findings->pdata[0])->news, ==, cases[i].news);
    }
}

static void
set_vantages (PtlReport *report, const char *names)
{
  g_strfreev (report->vantages);
  report->vantages = g_strsplit (names, " ", -1);
}

static void
test_comparable (void)
{
  g_autoptr (PtlReport) a = ptl_report_new ();
  g_autoptr (PtlReport) b = ptl_report_new ();

  set_vantages (a, "machine lan");
  set_vantages (b, "machine lan");
  g_assert_true (ptl_report_is_comparable (a, b));
  set_vantages (b, "machine");
  g_assert_false (ptl_report_is_comparable (a, b));
  set_vantages (b, "machine lan");
  ptl_report_set (&b->address, "192.168.1.20");
  g_assert_false (ptl_report_is_comparable (a, b));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report-difference/new-and-gone", test_new_and_gone);
  g_test_add_func ("/report-difference/changed", test_changed);
  g_test_add_func ("/report-difference/comparable", test_comparable);
  return g_test_run ();
}
