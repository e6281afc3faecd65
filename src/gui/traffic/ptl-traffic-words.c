/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-traffic-words.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-format.h"

/* Between declaring a rule and its being open, as a rule. */
#define AT_ONCE_SECONDS 60

const char *
ptl_traffic_why_not (PtlKind kind, PtlWay way)
{
  if (kind == PTL_KIND_TUNNEL)
    return _("ssh carries what goes through a tunnel and does not tell how much it is, or whose.");
  if (kind == PTL_KIND_MAPPING && way == PTL_WAY_DIRECT)
    return _("A direct mapping leads from the router straight to the target, past this computer: what moves there cannot be "
             "seen here. A guarded mapping shows it.");
  return NULL;
}

static char *
count_connections (guint64 n)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, n);

  return g_strdup_printf (ngettext ("%s connection", "%s connections", (gulong) n), number);
}

static char *
describe_bytes (guint64 bytes_in, guint64 bytes_out)
{
  g_autofree char *in = g_format_size (bytes_in);
  g_autofree char *out = g_format_size (bytes_out);

  return g_strdup_printf (_("%s in, %s out"), in, out);
}

char *
ptl_traffic_describe_now (guint64 rate_in, guint64 rate_out, guint64 connections)
{
  g_autofree char *in = ptl_format_rate (rate_in);
  g_autofree char *out = ptl_format_rate (rate_out);
  g_autofree char *count = count_connections (connections);

  /* Translators: 1 and 2 are speeds, 3 is like "5 connections" */
  return g_strdup_printf (_("%1$s in, %2$s out, %3$s"), in, out, count);
}

static char *
join_refused (const PtlTrafficStats *stats, guint64 *total)
{
  g_autoptr (GString) text = g_string_new (NULL);

  *total = 0;
  for (guint i = 0; i < stats->refused->len; i++)
    {
      const PtlTrafficRefusals *one = stats->refused->pdata[i];

      *total += one->n;
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s", i > 0 ? ", " : "", one->n,
                              ptl_traffic_refusal_to_words (one->reason));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
ptl_traffic_describe_refused (const PtlTrafficStats *stats)
{
  guint64 total;
  g_autofree char *reasons = join_refused (stats, &total);
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, total);

  if (total == 0)
    return g_strdup (C_ ("refused", "none"));
  if (stats->refused->len == 1)
    return g_steal_pointer (&reasons);
  /* Translators: how many were turned away; 1 is a number, 2 says of how many for which reason */
  return g_strdup_printf (_("%1$s: %2$s"), number, reasons);
}

char *
ptl_traffic_format_microseconds (guint64 us)
{
  if (us < 100)
    /* Translators: %u is a number of microseconds */
    return g_strdup_printf (_ ("%u µs"), (guint) us);
  if (us < 10 * 1000)
    /* Translators: milliseconds, abbreviated */
    return g_strdup_printf (_("%.1f ms"), (double) us / 1000.0);
  if (us < G_USEC_PER_SEC)
    return g_strdup_printf (_("%.0f ms"), (double) us / 1000.0);
  /* Translators: seconds, abbreviated */
  return g_strdup_printf (_("%.1f s"), (double) us / G_USEC_PER_SEC);
}

char *
ptl_traffic_describe_times (const PtlTrafficTimes *times)
{
  g_autofree char *p50 = NULL, *p90 = NULL, *p99 = NULL;

  if (times->p99 == 0)
    return g_strdup ("");
  p50 = ptl_traffic_format_microseconds (times->p50);
  p90 = ptl_traffic_format_microseconds (times->p90);
  p99 = ptl_traffic_format_microseconds (times->p99);
  /* Translators: how long something took; the %s are lengths of time, as in "0.3 ms" */
  return g_strdup_printf (_ ("half within %1$s, 90%% within %2$s, 99%% within %3$s"), p50, p90,
                          p99);
}

static guint64
count_all (const PtlTrafficStats *stats)
{
  guint64 all = 0;

  for (guint i = 0; i < stats->targets->len; i++)
    all += ((const PtlTrafficTarget *) stats->targets->pdata[i])->connections_ever;
  return all;
}

/* Of several targets one is often slower than the others: then this is what tells. */
static char *
describe_speed (const PtlTrafficTarget *target)
{
  g_autofree char *connect = ptl_traffic_format_microseconds (target->connect.p50);
  g_autofree char *first_byte = ptl_traffic_format_microseconds (target->first_byte.p50);

  if (target->connect.p50 > 0 && target->first_byte.p50 > 0)
    /* Translators: of a target: lengths of time, as in "0.3 ms", that half of its connections did
     * not exceed */
    return g_strdup_printf (_ ("mostly connects in %1$s, answers in %2$s"), connect, first_byte);
  if (target->connect.p50 > 0)
    /* Translators: of a target: a length of time, as in "0.3 ms", that half of its connections did
     * not exceed */
    return g_strdup_printf (_ ("mostly connects in %s"), connect);
  if (target->first_byte.p50 > 0)
    /* Translators: of a target: a length of time, as in "0.3 ms", that half of its connections did
     * not exceed */
    return g_strdup_printf (_ ("mostly answers in %s"), first_byte);
  return NULL;
}

char *
ptl_traffic_describe_target (const PtlTrafficTarget *target, const PtlTrafficStats *stats)
{
  guint64 all = count_all (stats);
  guint share = all > 0 ? (guint) ((target->connections_ever * 100 + all / 2) / all) : 0;
  g_autofree char *bytes = describe_bytes (target->bytes_in, target->bytes_out);
  g_autofree char *now = g_strdup_printf ("%" G_GUINT64_FORMAT, target->connections_now);
  g_autofree char *peak = g_strdup_printf ("%" G_GUINT64_FORMAT, target->connections_peak);
  g_autofree char *speed = describe_speed (target);
  g_autofree char *text = NULL;

  if (all == 0)
    return g_strdup (_("no connection yet"));
  /* Translators: of a target: 1 its share of all connections, 2 how many there are now, 3 the most
   * there were at a time, 4 is like "1.2 MB in, 300 kB out" */
  text = g_strdup_printf (_ ("%1$u%% of connections, %2$s now, at most %3$s · %4$s"), share, now,
                          peak, bytes);
  return speed ? g_strdup_printf ("%s · %s", text, speed) : g_steal_pointer (&text);
}

char *
ptl_traffic_describe_since (const PtlRule *rule, gint64 now)
{
  g_autofree char *when = NULL;

  for (guint i = 0; i < rule->leases->len; i++)
    {
      const PtlLease *lease = rule->leases->pdata[i];

      if (g_strcmp0 (lease->system, "engine") != 0
          || lease->granted < rule->created + AT_ONCE_SECONDS)
        continue;
      when = ptl_format_time (lease->granted, now);
      /* Translators: %s is a time, like "today 19:30" or "3 May 19:30" */
      return g_strdup_printf (_ ("Counted since %s, when the worker last opened the rule"), when);
    }
  return NULL;
}

char *
ptl_traffic_target_state (const PtlTrafficTarget *target)
{
  const char *state = target->up ? C_ ("target", "Up") : C_ ("target", "Down");

  /* Translators: state of a target that is used when no other is left; %s is "Up" or "Down" */
  return target->backup ? g_strdup_printf (_("%s, backup"), state) : g_strdup (state);
}

char *
ptl_traffic_describe_source (const PtlTrafficSource *source, gint64 now)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *bytes = describe_bytes (source->bytes_in, source->bytes_out);
  g_autofree char *present = g_strdup_printf ("%" G_GUINT64_FORMAT, source->connections_now);
  g_autofree char *ever = g_strdup_printf ("%" G_GUINT64_FORMAT, source->connections_ever);
  g_autofree char *refused = g_strdup_printf ("%" G_GUINT64_FORMAT, source->refused);

  g_string_printf (text, _("%s now, %s ever"), present, ever);
  g_string_append_printf (text, " · %s", bytes);
  if (source->refused > 0)
    {
      g_string_append (text, " · ");
      /* Translators: how many connections of an address were turned away; %s is a number */
      g_string_append_printf (text, _("%s turned away"), refused);
    }
  if (source->banned_until > now)
    {
      g_autofree char *left = ptl_format_duration (source->banned_until - now);

      g_string_append (text, " · ");
      /* Translators: of an address that knocked too often; %s is a length of time */
      g_string_append_printf (text, _("shut out for %s"), left);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
ptl_traffic_describe_connection (const PtlTrafficConnection *connection, gint64 age)
{
  g_autofree char *length = ptl_format_duration (age);
  g_autofree char *bytes = describe_bytes (connection->bytes_in, connection->bytes_out);

  return g_strdup_printf ("%s · %s", length, bytes);
}

char *
ptl_traffic_describe_leading (const PtlTrafficConnection *connection)
{
  const char *protocol = connection->protocol == PTL_PROTOCOL_UDP ? "UDP" : "TCP";

  if (*connection->target == '\0')
    return g_strdup (protocol);
  /* Translators: a connection: 1 is TCP or UDP, 2 where it leads, like "192.168.1.5:80" */
  return g_strdup_printf (_ ("%1$s to %2$s"), protocol, connection->target);
}

char *
ptl_traffic_dup_address (const char *source)
{
  g_autoptr (PtlEndpoint) endpoint = NULL;
  PtlNetwork network;

  if (ptl_network_parse (source, &network, NULL))
    return g_strdup (source);
  endpoint = ptl_endpoint_parse (source, PTL_PROTOCOL_TCP, NULL);
  return endpoint && endpoint->host && ptl_network_parse (endpoint->host, &network, NULL) ? g_strdup (endpoint->host) : NULL;
}
