/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-traffic.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "client/ptl-traffic.h"
#include "core/ptl-time.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-table.h"
#include "ptl-ctl-text.h"

#define LOOK_AGAIN_MS 500

gboolean
ptl_ctl_is_counted (const PtlRule *rule)
{
  return ptl_rule_is_living (rule) && ptl_rule_is_carried (rule);
}

static GVariant *
first_of (GVariant *answer)
{
  return answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
}

GVariant *
ptl_ctl_get_statistics (PtlCtl *self, const char *id, GError **error)
{
  g_autoptr (GVariant) answer
      = ptl_ctl_call (self, "GetStatistics", g_variant_new ("(s)", id), error);

  return first_of (answer);
}

GVariant *
ptl_ctl_list_connections (PtlCtl *self, const char *id, guint limit, GError **error)
{
  g_autoptr (GVariant) answer
      = ptl_ctl_call (self, "ListConnections", g_variant_new ("(su)", id, limit), error);

  return first_of (answer);
}

guint64
ptl_ctl_sum_refused (GVariant *statistics)
{
  g_autoptr (GVariant) refused
      = g_variant_lookup_value (statistics, "Refused", G_VARIANT_TYPE ("a{st}"));
  GVariantIter iter;
  guint64 sum = 0, n;

  if (refused == NULL)
    return 0;
  g_variant_iter_init (&iter, refused);
  while (g_variant_iter_next (&iter, "{&st}", NULL, &n))
    sum += n;
  return sum;
}

void
ptl_ctl_take_counters (GVariant *statistics, PtlTraffic *traffic)
{
  traffic->bytes_in = ptl_ctl_get_counter (statistics, "BytesIn");
  traffic->bytes_out = ptl_ctl_get_counter (statistics, "BytesOut");
  traffic->connections_now = ptl_ctl_get_counter (statistics, "ConnectionsNow");
  traffic->connections_ever = ptl_ctl_get_counter (statistics, "ConnectionsEver");
  traffic->refused = ptl_ctl_sum_refused (statistics);
}

guint64
ptl_ctl_get_counter (GVariant *dict, const char *key)
{
  guint64 value = 0;

  g_variant_lookup (dict, key, "t", &value);
  return value;
}

static gint64
get_time (GVariant *dict, const char *key)
{
  gint64 value = 0;

  g_variant_lookup (dict, key, "x", &value);
  return value;
}

static gboolean
get_flag (GVariant *dict, const char *key)
{
  gboolean value = FALSE;

  g_variant_lookup (dict, key, "b", &value);
  return value;
}

static const char *
get_text (GVariant *dict, const char *key)
{
  const char *value = "";

  g_variant_lookup (dict, key, "&s", &value);
  return value;
}

/* Never NULL. */
static GVariant *
get_list (GVariant *dict, const char *key)
{
  GVariant *list = g_variant_lookup_value (dict, key, G_VARIANT_TYPE ("aa{sv}"));

  return list != NULL ? list : g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
}

/* --- words --- */

char *
ptl_ctl_dup_rate (double bytes_per_second)
{
  g_autofree char *size = g_format_size ((guint64) MAX (bytes_per_second, 0));

  /* Translators: %s is a size like “1.2 MB”; so much each second */
  return g_strdup_printf (_("%s/s"), size);
}

char *
ptl_ctl_dup_microseconds (guint64 us)
{
  if (us < 1000)
    /* Translators: %u is a number of microseconds */
    return g_strdup_printf (_("%u µs"), (guint) us);
  if (us < G_USEC_PER_SEC)
    /* Translators: %.1f is a number of milliseconds */
    return g_strdup_printf (_("%.1f ms"), (double) us / 1000);
  /* Translators: %.1f is a number of seconds */
  return g_strdup_printf (_("%.1f s"), (double) us / G_USEC_PER_SEC);
}

static char *
dup_refused (GVariant *statistics)
{
  g_autoptr (GVariant) refused
      = g_variant_lookup_value (statistics, "Refused", G_VARIANT_TYPE ("a{st}"));
  GString *text = g_string_new (NULL);
  GVariantIter iter;
  const char *reason;
  guint64 n;

  if (refused != NULL)
    g_variant_iter_init (&iter, refused);
  while (refused != NULL && g_variant_iter_next (&iter, "{&st}", &reason, &n))
    g_string_append_printf (text, "%s%s: %" PRIu64, text->len > 0 ? ", " : "",
                            ptl_traffic_refusal_to_words (reason), n);
  return g_string_free (text, FALSE);
}

/* "" where nothing was timed yet. */
static char *
dup_percentiles (GVariant *statistics, const char *p50, const char *p90, const char *p99)
{
  g_autofree char *half = ptl_ctl_dup_microseconds (ptl_ctl_get_counter (statistics, p50));
  g_autofree char *most = ptl_ctl_dup_microseconds (ptl_ctl_get_counter (statistics, p90));
  g_autofree char *nearly_all = ptl_ctl_dup_microseconds (ptl_ctl_get_counter (statistics, p99));

  if (ptl_ctl_get_counter (statistics, p50) == 0)
    return g_strdup ("");
  /* Translators: three times, like “1.3 ms”: the percentiles p50, p90 and p99 */
  return g_strdup_printf (_ ("half within %s, 90%% within %s, 99%% within %s"), half, most,
                          nearly_all);
}

static char *
dup_moved (GVariant *dict)
{
  g_autofree char *in = g_format_size (ptl_ctl_get_counter (dict, "BytesIn"));
  g_autofree char *out = g_format_size (ptl_ctl_get_counter (dict, "BytesOut"));

  /* Translators: two numbers of connections, then two sizes like “1.2 MB” */
  return g_strdup_printf (_("%" PRIu64 " now, %" PRIu64 " ever, %s in, %s out"),
                          ptl_ctl_get_counter (dict, "ConnectionsNow"),
                          ptl_ctl_get_counter (dict, "ConnectionsEver"), in, out);
}

/* --- statistics for a person --- */

static gboolean
on_time (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_a_moment (void)
{
  gboolean over = FALSE;

  g_timeout_add (LOOK_AGAIN_MS, on_time, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
print_throughput (PtlCtl *self, const char *id, GVariant *before)
{
  g_autoptr (GVariant) after = NULL;
  g_autofree char *in = NULL;
  g_autofree char *out = NULL;
  g_autofree char *text = NULL;
  gint64 from = g_get_monotonic_time ();
  double seconds;

  if (ptl_ctl_get_counter (before, "ConnectionsNow") == 0)
    return;
  wait_a_moment ();
  after = ptl_ctl_get_statistics (self, id, NULL);
  if (after == NULL)
    return;
  seconds = (double) (g_get_monotonic_time () - from) / G_USEC_PER_SEC;
  in = ptl_ctl_dup_rate ((double) (ptl_ctl_get_counter (after, "BytesIn") - ptl_ctl_get_counter (before, "BytesIn")) / seconds);
  out = ptl_ctl_dup_rate ((double) (ptl_ctl_get_counter (after, "BytesOut") - ptl_ctl_get_counter (before, "BytesOut")) / seconds);
  text = g_strdup_printf (_("%s in, %s out"), in, out);
  ptl_ctl_print_field (self, _("Throughput"), text);
}

static void
print_datagrams (PtlCtl *self, GVariant *statistics)
{
  guint64 in = ptl_ctl_get_counter (statistics, "PacketsIn");
  guint64 out = ptl_ctl_get_counter (statistics, "PacketsOut");
  g_autofree char *text = NULL;

  if (in == 0 && out == 0)
    return;
  /* Translators: two numbers of UDP datagrams */
  text = g_strdup_printf (_("%" PRIu64 " in, %" PRIu64 " out"), in, out);
  ptl_ctl_print_field (self, _("Datagrams"), text);
}

static void
print_peak (PtlCtl *self, GVariant *statistics)
{
  g_autofree char *text = NULL;

  /* Translators: %PRIu64 is a number of connections */
  text = g_strdup_printf (_("%" PRIu64 " connections at a time"),
                          ptl_ctl_get_counter (statistics, "ConnectionsPeak"));
  ptl_ctl_print_field (self, _("Peak"), text);
}

/* Of several targets one is often slower than the others: then this is what tells. */
static void
append_times (GString *text, GVariant *target)
{
  guint64 connect_us = ptl_ctl_get_counter (target, "ConnectP50");
  guint64 first_byte_us = ptl_ctl_get_counter (target, "FirstByteP50");
  g_autofree char *connect = ptl_ctl_dup_microseconds (connect_us);
  g_autofree char *first_byte = ptl_ctl_dup_microseconds (first_byte_us);

  if (connect_us > 0)
    /* Translators: of a target; %s is a time, like “1.3 ms” */
    g_string_append_printf (text, _ (", half of them connected within %s"), connect);
  if (first_byte_us > 0)
    /* Translators: of a target; %s is a time, like “1.3 ms” */
    g_string_append_printf (text, _ (", half of them answered within %s"), first_byte);
}

static char *
dup_target (GVariant *target)
{
  g_autofree char *moved = dup_moved (target);
  guint64 failures = ptl_ctl_get_counter (target, "Failures");
  GString *text = g_string_new (get_text (target, "Endpoint"));

  g_string_append_printf (text, "  %s", get_flag (target, "Up") ? _("up") : _("down"));
  if (get_flag (target, "Backup"))
    g_string_append_printf (text, ", %s", _("backup"));
  g_string_append_printf (text, "; %s", moved);
  append_times (text, target);
  if (failures > 0)
    {
      g_string_append (text, ", ");
      /* Translators: %PRIu64 is how often a target could not be reached */
      g_string_append_printf (text, _("%" PRIu64 " failures"), failures);
    }
  return g_string_free (text, FALSE);
}

static char *
dup_source (GVariant *source)
{
  g_autofree char *moved = dup_moved (source);
  g_autofree char *until = ptl_ctl_dup_time (get_time (source, "BannedUntil"));
  guint64 refused = ptl_ctl_get_counter (source, "Refused");
  GString *text = g_string_new (get_text (source, "Address"));

  g_string_append_printf (text, "  %s", moved);
  if (refused > 0)
    {
      g_string_append (text, ", ");
      /* Translators: %PRIu64 is how often an address was refused */
      g_string_append_printf (text, _("%" PRIu64 " refused"), refused);
    }
  if (get_time (source, "BannedUntil") != 0)
    {
      g_string_append (text, ", ");
      /* Translators: %s is a date and time */
      g_string_append_printf (text, _("banned until %s"), until);
    }
  return g_string_free (text, FALSE);
}

static void
print_list (PtlCtl *self, const char *label, GVariant *list, char *(*describe) (GVariant *))
{
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (list, i);
      g_autofree char *text = describe (item);

      ptl_ctl_print_field (self, label, text);
    }
}

void
ptl_ctl_print_statistics (PtlCtl *self, const char *id, GVariant *statistics)
{
  g_autofree char *refused = dup_refused (statistics);
  g_autofree char *connect = dup_percentiles (statistics, "ConnectP50", "ConnectP90", "ConnectP99");
  g_autofree char *first
      = dup_percentiles (statistics, "FirstByteP50", "FirstByteP90", "FirstByteP99");
  g_autoptr (GVariant) targets = get_list (statistics, "Targets");
  g_autoptr (GVariant) sources = get_list (statistics, "Sources");

  print_throughput (self, id, statistics);
  print_peak (self, statistics);
  print_datagrams (self, statistics);
  ptl_ctl_print_field (self, _("Refused"), refused);
  ptl_ctl_print_field (self, _("Connecting"), connect);
  ptl_ctl_print_field (self, _("First byte"), first);
  print_list (self, _("Leads to"), targets, dup_target);
  print_list (self, _("From"), sources, dup_source);
}

/* --- connections for a person --- */

static void
add_row (PtlCtlTable *table, GVariant *connection)
{
  g_autofree char *id
      = g_strdup_printf ("%" PRIu64, ptl_ctl_get_counter (connection, "Id"));
  g_autofree char *age = ptl_duration_to_string (get_time (connection, "Age"));
  g_autofree char *idle = ptl_duration_to_string (get_time (connection, "Idle"));
  g_autofree char *in = g_format_size (ptl_ctl_get_counter (connection, "BytesIn"));
  g_autofree char *out = g_format_size (ptl_ctl_get_counter (connection, "BytesOut"));
  const char *target = get_text (connection, "Target");

  ptl_ctl_table_add (table, (const char *[]){
                                id,
                                get_text (connection, "Protocol"),
                                get_text (connection, "Source"),
                                *target != '\0' ? target : "-",
                                age,
                                idle,
                                in,
                                out,
                            });
}

void
ptl_ctl_print_connections (PtlCtl *self, GVariant *connections)
{
  g_autofree char *text = NULL;
  g_autoptr (PtlCtlTable) table = ptl_ctl_table_new ((const char *[]){
      _("ID"), _("PROTO"), _("SOURCE"), _("TARGET"), _("AGE"), _("IDLE"), _("IN"), _("OUT"), NULL });

  if (g_variant_n_children (connections) == 0)
    {
      ptl_ctl_print (self, "%s\n", _("Nobody is connected."));
      return;
    }
  for (gsize i = 0; i < g_variant_n_children (connections); i++)
    {
      g_autoptr (GVariant) connection = g_variant_get_child_value (connections, i);

      add_row (table, connection);
    }
  text = ptl_ctl_table_to_string (table, ptl_ctl_table_get_terminal_width ());
  ptl_ctl_print (self, "%s", text);
}
