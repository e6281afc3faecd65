/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-history.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-time.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-request.h"
#include "ptl-ctl-table.h"
#include "ptl-ctl-text.h"

#define SINCE_DEFAULT (24 * 3600)
/* What is longer is shown by the hour. */
#define MINUTES_UP_TO (6 * 3600)
#define STEP_MINUTE 60
#define STEP_HOUR 3600

typedef struct
{
  gint64 at;
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 peak;
  guint64 begun;
  guint64 refused;
} Row;

static gboolean
parse_since (PtlCtl *self, gint64 *since, GError **error)
{
  const char *text = ptl_ctl_get (self, "since");

  *since = SINCE_DEFAULT;
  return text == NULL || ptl_duration_parse (text, since, error)
         || ptl_ctl_prefix_error (error, "since");
}

gboolean
ptl_ctl_history_check (PtlCtl *self, GError **error)
{
  gint64 since;

  if (!ptl_ctl_has (self, "since") || ptl_ctl_has (self, "history"))
    return parse_since (self, &since, error);
  ptl_error_set (error, PTL_ERROR_INVALID, _("Add --history, or leave --since out."),
                 _("--since is for the history."));
  return FALSE;
}

static Row
read_row (GVariant *rows, gsize i)
{
  Row row;

  g_variant_get_child (rows, i, "(xttttt)", &row.at, &row.bytes_in, &row.bytes_out, &row.peak,
                       &row.begun, &row.refused);
  return row;
}

static void
print_json (PtlCtl *self, const PtlRule *rule, GVariant *rows, guint step)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  ptl_ctl_json_rule_members (builder, rule);
  ptl_json_add_int (builder, "history_step", step);
  json_builder_set_member_name (builder, "history");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      Row row = read_row (rows, i);

      json_builder_begin_object (builder);
      ptl_json_add_time (builder, "at", row.at);
      ptl_json_add_int (builder, "bytes_in", (gint64) row.bytes_in);
      ptl_json_add_int (builder, "bytes_out", (gint64) row.bytes_out);
      ptl_json_add_int (builder, "connections_peak", (gint64) row.peak);
      ptl_json_add_int (builder, "connections_new", (gint64) row.begun);
      ptl_json_add_int (builder, "refused", (gint64) row.refused);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

static void
add_row (PtlCtlTable *table, const Row *row)
{
  g_autofree char *at = ptl_ctl_dup_time (row->at);
  g_autofree char *in = g_format_size (row->bytes_in);
  g_autofree char *out = g_format_size (row->bytes_out);
  g_autofree char *peak = g_strdup_printf ("%" G_GUINT64_FORMAT, row->peak);
  g_autofree char *begun = g_strdup_printf ("%" G_GUINT64_FORMAT, row->begun);
  g_autofree char *refused = g_strdup_printf ("%" G_GUINT64_FORMAT, row->refused);

  ptl_ctl_table_add (table, (const char *[]) { at, in, out, peak, begun, refused });
}

static void
print_table (PtlCtl *self, GVariant *rows)
{
  g_autofree char *text = NULL;
  g_autoptr (PtlCtlTable) table = ptl_ctl_table_new ((const char *[]) {
    _("FROM"), _("IN"), _("OUT"), _("CONNECTED"), _("NEW"), _("REFUSED"), NULL,
  });

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      Row row = read_row (rows, i);

      add_row (table, &row);
    }
  text = ptl_ctl_table_to_string (table, ptl_ctl_table_get_terminal_width ());
  ptl_ctl_print (self, "%s", text);
}

gboolean
ptl_ctl_history_print (PtlCtl *self, const PtlRule *rule, GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) rows = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, since = SINCE_DEFAULT;
  guint step;

  if (!parse_since (self, &since, error))
    return FALSE;
  step = ptl_ctl_has (self, "since") && since <= MINUTES_UP_TO ? STEP_MINUTE : STEP_HOUR;
  answer = ptl_ctl_call (self, "GetHistory",
                         g_variant_new ("(sxxu)", rule->id, MAX (now - since, 0), (gint64) 0, step),
                         error);
  if (answer == NULL)
    return FALSE;
  rows = g_variant_get_child_value (answer, 0);
  if (self->json)
    print_json (self, rule, rows, step);
  else if (g_variant_n_children (rows) == 0)
    ptl_ctl_print (self, "%s\n", _("Nothing was carried in this time."));
  else
    print_table (self, rows);
  return TRUE;
}
