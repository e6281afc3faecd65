/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-report-export.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-report-json.h"

gboolean
ptl_report_format_of (const char *filename, PtlReportFormat *format, GError **error)
{
  static const struct
  {
    const char *end;
    PtlReportFormat format;
  } ends[] = {
    { ".json", PTL_REPORT_JSON },
    { ".csv", PTL_REPORT_CSV },
    { ".html", PTL_REPORT_HTML },
    { ".htm", PTL_REPORT_HTML },
  };
  g_autofree char *lower = g_ascii_strdown (filename, -1);
  g_autofree char *shown = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (lower, ends[i].end))
      {
        *format = ends[i].format;
        return TRUE;
      }
  shown = ptl_text_make_safe (filename, -1, 80);
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("End it with .json, .csv or .html."),
                 /* Translators: %s is the name of a file */
                 _ ("What kind of file “%s” is to be cannot be told."), shown);
  return FALSE;
}

static char *
to_json (const PtlReport *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  ptl_report_to_json (report, builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  return g_strconcat (text, "\n", NULL);
}

char *
ptl_report_export (const PtlReport *report, PtlReportFormat format)
{
  if (format == PTL_REPORT_CSV)
    return ptl_report_to_csv (report);
  return format == PTL_REPORT_HTML ? ptl_report_to_html (report) : to_json (report);
}

/* --- words --- */

const char *
ptl_reach_to_title (const char *reach)
{
  if (strcmp (reach, "internet") == 0)
    return _ ("the internet");
  return strcmp (reach, "lan") == 0 ? _ ("your home network") : _ ("this computer");
}

const char *
ptl_finding_get_address_title (const PtlFinding *finding)
{
  if (strcmp (finding->address, "0.0.0.0") == 0)
    return _ ("every IPv4 address");
  return strcmp (finding->address, "::") == 0 ? _ ("every IPv6 address") : finding->address;
}

char *
ptl_finding_dup_program (const PtlFinding *finding)
{
  const PtlListening *listening = finding->listening;
  const char *program;

  if (listening == NULL)
    return g_strdup ("");
  program = *listening->process != '\0' ? listening->process : listening->container;
  if (*program != '\0' && *listening->unit != '\0')
    return g_strdup_printf ("%s (%s)", program, listening->unit);
  return g_strdup (*program != '\0' ? program : listening->unit);
}

char *
ptl_finding_dup_title (const PtlFinding *finding)
{
  char *name = ptl_identity_to_name (finding->identity);

  if (*name != '\0')
    return name;
  g_free (name);
  return ptl_finding_dup_program (finding);
}

static char *
describe_forwarded (const PtlForwarded *forwarded)
{
  if (strcmp (forwarded->system, "container") == 0)
    /* Translators: %s is like “Docker: web” */
    return g_strdup_printf (_ ("published by %s"), forwarded->name);
  if (strcmp (forwarded->system, "relay") == 0)
    /* Translators: %1$s is a relay, %2$s an address with a port */
    return g_strdup_printf (_ ("relay %1$s: %2$s"), forwarded->name, forwarded->public_endpoint);
  /* Translators: %1$s is a router, %2$s an address with a port */
  return g_strdup_printf (_ ("router %1$s: %2$s"), forwarded->name, forwarded->public_endpoint);
}

char *
ptl_finding_dup_forwarded (const PtlFinding *finding)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < finding->forwarded->len; i++)
    {
      g_autofree char *line = describe_forwarded (finding->forwarded->pdata[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
    }
  return g_string_free (text, FALSE);
}

char *
ptl_finding_dup_seen (const PtlFinding *finding)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < finding->seen->len; i++)
    {
      const PtlSighting *sighting = finding->seen->pdata[i];

      g_string_append_printf (text, "%s%s: %s", i > 0 ? "\n" : "",
                              ptl_vantage_to_title (sighting->vantage),
                              ptl_seen_to_title (sighting->state));
      if (*sighting->detail != '\0')
        g_string_append_printf (text, " (%s)", sighting->detail);
    }
  return g_string_free (text, FALSE);
}
