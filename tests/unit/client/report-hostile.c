/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "client/ptl-report-export.h"
#include "core/ptl-text.h"

/* Prints a report about services that mean no good, in the format whose file name is given: for real parsers to read. The
 * texts go through ptl_text_make_safe(), as all that comes from the network does. */

static void
set (char **text, const char *with)
{
  g_free (*text);
  *text = ptl_text_make_safe (with, -1, 0);
}

static const char hostile[] = "</title></p><script>alert(1)</script><img src=x onerror=\"alert('2')\">&amp;<!-- \xf0\x9f\x92\xa3"
                              "\x1b[31m\xe2\x80\xae\r\nX: y";

static PtlFinding *
add (PtlReport *report, guint16 port, PtlSeverity severity, const char *reach)
{
  PtlFinding *finding = ptl_finding_new ();

  g_free (finding->key);
  finding->key = g_strdup_printf ("tcp/0.0.0.0:%u", port);
  set (&finding->address, "0.0.0.0");
  finding->port = port;
  finding->protocol = PTL_PROTOCOL_TCP;
  finding->severity = severity;
  set (&finding->reach, reach);
  g_ptr_array_add (report->findings, finding);
  return finding;
}

static void
fill (PtlFinding *finding)
{
  PtlListening *listening = ptl_finding_set_listening (finding);
  PtlForwarded *forwarded = ptl_finding_add_forwarded (finding);
  PtlSighting *sighting = ptl_finding_add_sighting (finding);

  set (&finding->identity->service, "http");
  set (&finding->identity->product, hostile);
  set (&finding->identity->version, "=HYPERLINK(\"http://evil.example\")");
  set (&finding->identity->banner, hostile);
  finding->identity->auth = PTL_AUTH_OPEN;
  finding->identity->tls = ptl_tls_facts_new ();
  set (&finding->identity->tls->version, "TLS 1.3");
  set (&finding->identity->tls->subject, hostile);
  finding->identity->tls->not_after = 1800000000;
  set (&finding->evidence, hostile);
  set (&finding->advice, hostile);
  set (&listening->process, "=cmd|' /C calc'!A0");
  set (&listening->unit, "\"><b>.service");
  set (&forwarded->system, "router");
  set (&forwarded->name, hostile);
  set (&forwarded->public_endpoint, "203.0.113.7:25565");
  sighting->vantage = PTL_VANTAGE_RELAY;
  sighting->state = PTL_SEEN_OPEN;
  sighting->at = 1700000000;
  set (&sighting->detail, hostile);
}

int
main (int argc, char **argv)
{
  g_autoptr (PtlReport) report = ptl_report_new ();
  g_autofree char *text = NULL;
  PtlReportFormat format;

  if (argc != 2 || !ptl_report_format_of (argv[1], &format, NULL))
    return 2;
  fill (add (report, 8080, PTL_SEVERITY_CRITICAL, "internet"));
  add (report, 631, PTL_SEVERITY_INFO, "machine");
  fill (add (report, 9000, PTL_SEVERITY_MEDIUM, "lan"));
  ((PtlFinding *) report->findings->pdata[2])->accepted_until = 1900000000;
  set (&((PtlFinding *) report->findings->pdata[2])->accepted_reason, hostile);
  report->started = report->finished = 1700000000;
  g_strfreev (report->vantages);
  report->vantages = g_strsplit ("machine relay", " ", -1);
  g_strfreev (report->notes);
  report->notes = g_new0 (char *, 2);
  report->notes[0] = ptl_text_make_safe (hostile, -1, 0);
  ptl_report_settle (report, report->finished);
  text = ptl_report_export (report, format);
  return fputs (text, stdout) < 0 || fflush (stdout) != 0 ? 1 : 0;
}
