/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-text.h"
#include "core/ptl-time.h"
#include "ptl-report-export.h"

/* The keys of JSON, so that a column is called alike everywhere. */
static const char head[] = "severity,address,port,protocol,reach,service,product,version,auth,process,"
                           "unit,container,user,declared,forwarded,seen,tls_not_after,evidence,advice,"
                           "news,accepted_until,accepted_reason\r\n";

static void
add_cell (GString *line, const char *text)
{
  g_autofree char *cell = ptl_text_to_csv_cell (text);

  g_string_append_printf (line, "%s%s", line->len > 0 ? "," : "", cell);
}

static void
add_time (GString *line, gint64 unix_seconds)
{
  g_autofree char *text = unix_seconds != 0 ? ptl_time_to_rfc3339 (unix_seconds) : NULL;

  add_cell (line, text != NULL ? text : "");
}

static void
add_joined (GString *line, char *lines)
{
  g_autofree char *text = g_strdelimit (lines, "\n", ';');

  add_cell (line, text);
}

static void
add_listening (GString *line, const PtlListening *listening)
{
  add_cell (line, listening != NULL ? listening->process : "");
  add_cell (line, listening != NULL ? listening->unit : "");
  add_cell (line, listening != NULL ? listening->container : "");
  add_cell (line, listening != NULL ? listening->user : "");
}

static void
add_finding (GString *text, const PtlFinding *finding)
{
  const PtlIdentity *identity = finding->identity;
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *port = g_strdup_printf ("%u", finding->port);

  add_cell (line, ptl_severity_to_string (finding->severity));
  add_cell (line, finding->address);
  add_cell (line, port);
  add_cell (line, ptl_protocol_to_string (finding->protocol));
  add_cell (line, finding->reach);
  add_cell (line, identity->service);
  add_cell (line, identity->product);
  add_cell (line, identity->version);
  add_cell (line, ptl_auth_to_string (identity->auth));
  add_listening (line, finding->listening);
  add_cell (line, finding->declared);
  add_joined (line, ptl_finding_dup_forwarded (finding));
  add_joined (line, ptl_finding_dup_seen (finding));
  add_time (line, identity->tls != NULL ? identity->tls->not_after : 0);
  add_cell (line, finding->evidence);
  add_cell (line, finding->advice);
  add_cell (line, finding->news);
  add_time (line, finding->accepted_until);
  add_cell (line, finding->accepted_reason);
  g_string_append_printf (text, "%s\r\n", line->str);
}

char *
ptl_report_to_csv (const PtlReport *report)
{
  GString *text = g_string_new (head);

  for (guint i = 0; i < report->findings->len; i++)
    add_finding (text, report->findings->pdata[i]);
  return g_string_free (text, FALSE);
}
