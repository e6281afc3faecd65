/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-report-difference.h"

#include <string.h>

#include "ptl-report-facts.h"

static GHashTable *
index_by_key (const PtlReport *report)
{
  GHashTable *by_key = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < report->findings->len; i++)
    {
      const PtlFinding *finding = report->findings->pdata[i];

      g_hash_table_insert (by_key, finding->key, (gpointer) finding);
    }
  return by_key;
}

/* What leads here, in whichever order. */
static gboolean
leads_the_same (const PtlFinding *a, const PtlFinding *b)
{
  if (a->forwarded->len != b->forwarded->len)
    return FALSE;
  for (guint i = 0; i < a->forwarded->len; i++)
    {
      const PtlForwarded *one = a->forwarded->pdata[i];
      gboolean found = FALSE;

      for (guint j = 0; j < b->forwarded->len && !found; j++)
        {
          const PtlForwarded *other = b->forwarded->pdata[j];

          found = strcmp (one->system, other->system) == 0 && strcmp (one->rule, other->rule) == 0
                  && strcmp (one->public_endpoint, other->public_endpoint) == 0;
        }
      if (!found)
        return FALSE;
    }
  return TRUE;
}

/* What a person would want to know of; a version that was brought up to date and another process id
 * are no news, and neither is what nobody could tell this time. */
static gboolean
is_changed (const PtlFinding *before, const PtlFinding *now)
{
  if (now->severity != before->severity || strcmp (now->reach, before->reach) != 0
      || strcmp (now->declared, before->declared) != 0 || !leads_the_same (now, before))
    return TRUE;
  if (now->identity->auth != before->identity->auth && now->identity->auth != PTL_AUTH_UNKNOWN)
    return TRUE;
  return *now->identity->product != '\0' && *before->identity->product != '\0'
         && strcmp (now->identity->product, before->identity->product) != 0;
}

static const char *
news_of (GHashTable *before, const PtlFinding *finding)
{
  const PtlFinding *other = g_hash_table_lookup (before, finding->key);

  if (other == NULL)
    return "new";
  return is_changed (other, finding) ? "changed" : "";
}

void
ptl_report_mark_news (PtlReport *report, const PtlReport *before)
{
  g_autoptr (GHashTable) by_key = index_by_key (before);

  for (guint i = 0; i < report->findings->len; i++)
    {
      PtlFinding *finding = report->findings->pdata[i];

      ptl_report_set (&finding->news, news_of (by_key, finding));
    }
}

static PtlFinding *
copy_as (const PtlFinding *finding, const char *news)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (ptl_finding_to_variant (finding));
  PtlFinding *copy = ptl_finding_from_variant (value, NULL);

  ptl_report_set (&copy->news, news);
  return copy;
}

GPtrArray *
ptl_report_difference (const PtlReport *from, const PtlReport *to)
{
  g_autoptr (GHashTable) before = index_by_key (from);
  g_autoptr (GHashTable) now = index_by_key (to);
  g_autoptr (PtlReport) other = ptl_report_new ();

  for (guint i = 0; i < to->findings->len; i++)
    {
      const PtlFinding *finding = to->findings->pdata[i];
      const char *news = news_of (before, finding);

      if (*news != '\0')
        g_ptr_array_add (other->findings, copy_as (finding, news));
    }
  for (guint i = 0; i < from->findings->len; i++)
    {
      const PtlFinding *finding = from->findings->pdata[i];

      if (!g_hash_table_contains (now, finding->key))
        g_ptr_array_add (other->findings, copy_as (finding, "gone"));
    }
  ptl_report_settle (other, 0);
  return g_ptr_array_ref (other->findings);
}

gboolean
ptl_report_is_comparable (const PtlReport *a, const PtlReport *b)
{
  return strcmp (a->address, b->address) == 0
         && g_strv_equal ((const char *const *) a->vantages, (const char *const *) b->vantages);
}
