/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-report-item.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-format.h"
#include "ptl-finding-words.h"

struct _PtlReportItem
{
  GObject parent_instance;
  PtlReport *report;
};

G_DEFINE_FINAL_TYPE (PtlReportItem, ptl_report_item, G_TYPE_OBJECT)

gpointer
ptl_report_item_new (GVariant *head)
{
  g_autoptr (GError) error = NULL;
  PtlReport *report = ptl_report_from_variants (head, NULL, &error);
  PtlReportItem *self;

  if (!report)
    {
      g_message ("A report could not be read: %s", error->message);
      return NULL;
    }
  self = g_object_new (PTL_TYPE_REPORT_ITEM, NULL);
  self->report = report;
  return self;
}

const PtlReport *
ptl_report_item_get_report (PtlReportItem *self)
{
  return self->report;
}

PtlAskedList *
ptl_report_item_list_new (PtlClient *client)
{
  return ptl_asked_list_new (client, "ListExposureReports", NULL, ptl_report_item_new);
}

/* ---- As a table ---- */

static const PtlReport *
get (gpointer item)
{
  return ((PtlReportItem *) item)->report;
}

static char *
dup_time (gpointer item)
{
  return ptl_format_capitalize (ptl_format_time (get (item)->finished, g_get_real_time () / G_USEC_PER_SEC));
}

static PtlSeverity
get_worst (const PtlReport *report)
{
  for (int severity = PTL_SEVERITY_CRITICAL; severity > PTL_SEVERITY_INFO; severity--)
    if (report->n_severities[severity] > 0)
      return (PtlSeverity) severity;
  return PTL_SEVERITY_INFO;
}

static const char *
get_icon (gpointer item)
{
  return ptl_severity_to_icon (get_worst (get (item)));
}

static const char *
get_style (gpointer item)
{
  return ptl_severity_to_style (get_worst (get (item)));
}

/* "2 critical, 1 medium", the worst first. */
static char *
dup_found (gpointer item)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int severity = PTL_SEVERITY_CRITICAL; severity >= PTL_SEVERITY_LOW; severity--)
    {
      guint n = get (item)->n_severities[severity];

      if (n > 0)
        g_string_append_printf (text, "%s%u × %s", text->len > 0 ? ", " : "", n, ptl_severity_to_title ((PtlSeverity) severity));
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : g_strdup (_("Nothing to worry about"));
}

static char *
dup_news (gpointer item)
{
  return get (item)->n_news > 0 ? g_strdup_printf (ngettext ("%u new", "%u new", get (item)->n_news), get (item)->n_news) : g_strdup ("");
}

static char *
dup_accepted (gpointer item)
{
  return get (item)->n_accepted > 0 ? g_strdup_printf ("%u", get (item)->n_accepted) : g_strdup ("");
}

static char *
dup_from (gpointer item)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (char **name = get (item)->vantages; *name; name++)
    {
      PtlVantageKind kind;

      if (ptl_vantage_from_string (*name, &kind))
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", ptl_vantage_to_title (kind));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
dup_asked_by (gpointer item)
{
  return g_strdup (g_str_equal (get (item)->asked_by, "schedule") ? _("The schedule") : get (item)->asked_by);
}

static char *
dup_spoken (gpointer item)
{
  g_autofree char *time = dup_time (item), *found = dup_found (item), *news = dup_news (item);

  return g_strdup_printf ("%s, %s%s%s", time, found, *news ? ", " : "", news);
}

static const PtlColumn columns[] = {
  { "time", N_("Checked"), 16, 22, FALSE, FALSE, dup_time, get_icon, get_style, NULL, NULL, NULL },
  { "found", N_("Found"), 18, 28, TRUE, FALSE, dup_found, NULL, NULL, NULL, NULL, NULL },
  { "news", N_("News"), 7, 9, FALSE, FALSE, dup_news, NULL, NULL, NULL, NULL, NULL },
  { "accepted", N_("Accepted"), 8, 8, FALSE, TRUE, dup_accepted, NULL, NULL, NULL, NULL, NULL },
  { "from", N_("Looked From"), 14, 26, TRUE, FALSE, dup_from, NULL, NULL, NULL, NULL, NULL },
  { "by", N_("Asked By"), 10, 16, FALSE, FALSE, dup_asked_by, NULL, NULL, NULL, NULL, NULL },
};

const PtlTableSpec ptl_report_table = {
  columns, G_N_ELEMENTS (columns), dup_time, dup_found, dup_news, dup_spoken, NULL, NULL, NULL,
};

static void
ptl_report_item_finalize (GObject *object)
{
  g_clear_pointer (&PTL_REPORT_ITEM (object)->report, ptl_report_unref);
  G_OBJECT_CLASS (ptl_report_item_parent_class)->finalize (object);
}

static void
ptl_report_item_class_init (PtlReportItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_report_item_finalize;
}

static void
ptl_report_item_init (PtlReportItem *self)
{
}
