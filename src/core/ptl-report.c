/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-report.h"

#include <string.h>

#include "ptl-variant.h"

static const char *const count_keys[PTL_N_SEVERITIES] = {
  [PTL_SEVERITY_INFO] = "Info",     [PTL_SEVERITY_LOW] = "Low",
  [PTL_SEVERITY_MEDIUM] = "Medium", [PTL_SEVERITY_HIGH] = "High",
  [PTL_SEVERITY_CRITICAL] = "Critical",
};

PtlReport *
ptl_report_new (void)
{
  PtlReport *self = g_new0 (PtlReport, 1);

  g_ref_count_init (&self->ref_count);
  self->id = g_strdup ("");
  self->address = g_strdup ("");
  self->asked_by = g_strdup ("");
  self->vantages = g_new0 (char *, 1);
  self->notes = g_new0 (char *, 1);
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_finding_free);
  return self;
}

PtlReport *
ptl_report_ref (PtlReport *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
ptl_report_unref (PtlReport *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_free (self->id);
  g_free (self->address);
  g_free (self->asked_by);
  g_strfreev (self->vantages);
  g_strfreev (self->notes);
  g_ptr_array_unref (self->findings);
  g_free (self);
}

gboolean
ptl_finding_is_accepted (const PtlFinding *finding, gint64 now)
{
  return finding->accepted_until > now;
}

/* The worst first, then what more people can reach, then by port. */
static int
compare (gconstpointer a, gconstpointer b)
{
  static const char *const reaches[] = { "internet", "lan", "machine", NULL };
  const PtlFinding *first = *(PtlFinding *const *) a, *second = *(PtlFinding *const *) b;
  int order = (int) second->severity - (int) first->severity;

  for (guint i = 0; order == 0 && reaches[i] != NULL; i++)
    order = g_str_equal (second->reach, reaches[i]) - g_str_equal (first->reach, reaches[i]);
  if (order == 0)
    order = (int) first->port - (int) second->port;
  if (order == 0)
    order = (int) first->protocol - (int) second->protocol;
  return order != 0 ? order : g_strcmp0 (first->address, second->address);
}

void
ptl_report_settle (PtlReport *self, gint64 now)
{
  g_ptr_array_sort (self->findings, compare);
  memset (self->n_severities, 0, sizeof self->n_severities);
  self->n_accepted = self->n_news = 0;
  for (guint i = 0; i < self->findings->len; i++)
    {
      const PtlFinding *finding = self->findings->pdata[i];

      if (ptl_finding_is_accepted (finding, now))
        {
          self->n_accepted++;
          continue;
        }
      self->n_severities[finding->severity]++;
      self->n_news += *finding->news != '\0';
    }
}

guint
ptl_report_count (const PtlReport *self, PtlSeverity severity)
{
  guint n = 0;

  for (guint i = severity; i < PTL_N_SEVERITIES; i++)
    n += self->n_severities[i];
  return n;
}

GVariant *
ptl_report_to_variant (const PtlReport *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Id", "s", self->id);
  g_variant_dict_insert (&dict, "Started", "x", self->started);
  g_variant_dict_insert (&dict, "Finished", "x", self->finished);
  g_variant_dict_insert (&dict, "Address", "s", self->address);
  g_variant_dict_insert (&dict, "AskedBy", "s", self->asked_by);
  g_variant_dict_insert (&dict, "Vantages", "^as", self->vantages);
  g_variant_dict_insert (&dict, "Notes", "^as", self->notes);
  for (guint i = 0; i < PTL_N_SEVERITIES; i++)
    g_variant_dict_insert (&dict, count_keys[i], "u", (guint32) self->n_severities[i]);
  g_variant_dict_insert (&dict, "Accepted", "u", (guint32) self->n_accepted);
  g_variant_dict_insert (&dict, "News", "u", (guint32) self->n_news);
  return g_variant_dict_end (&dict);
}

GVariant *
ptl_report_findings_to_variant (const PtlReport *self)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->findings->len; i++)
    g_variant_builder_add_value (&list, ptl_finding_to_variant (self->findings->pdata[i]));
  return g_variant_builder_end (&list);
}

static gboolean
read_count (GVariantDict *dict, const char *key, guint *count, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GVariant) value = ptl_variant_get_value (dict, key, "u", &problem);

  if (value != NULL)
    *count = g_variant_get_uint32 (value);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
read_counts (PtlReport *self, GVariantDict *dict, GError **error)
{
  for (guint i = 0; i < PTL_N_SEVERITIES; i++)
    if (!read_count (dict, count_keys[i], &self->n_severities[i], error))
      return FALSE;
  return read_count (dict, "Accepted", &self->n_accepted, error)
         && read_count (dict, "News", &self->n_news, error);
}

static gboolean
read_findings (PtlReport *self, GVariant *findings, GError **error)
{
  for (gsize i = 0; findings != NULL && i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (findings, i);
      PtlFinding *finding = ptl_finding_from_variant (child, error);

      if (finding == NULL)
        return FALSE;
      g_ptr_array_add (self->findings, finding);
    }
  return TRUE;
}

PtlReport *
ptl_report_from_variants (GVariant *head, GVariant *findings, GError **error)
{
  g_autoptr (PtlReport) self = ptl_report_new ();

  if (!ptl_variant_is_dict (head, error))
    return NULL;

  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (head);

  if (!ptl_variant_get_string (&dict, "Id", &self->id, error)
      || !ptl_variant_get_int64 (&dict, "Started", &self->started, error)
      || !ptl_variant_get_int64 (&dict, "Finished", &self->finished, error)
      || !ptl_variant_get_string (&dict, "Address", &self->address, error)
      || !ptl_variant_get_string (&dict, "AskedBy", &self->asked_by, error)
      || !ptl_variant_get_strv (&dict, "Vantages", &self->vantages, error)
      || !ptl_variant_get_strv (&dict, "Notes", &self->notes, error) || !read_counts (self, &dict, error)
      || !read_findings (self, findings, error))
    return NULL;
  return g_steal_pointer (&self);
}
