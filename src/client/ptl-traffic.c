/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-traffic.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-text.h"

#define SHOWN_CHARS 200

static guint64
get_count (GVariant *dict, const char *key)
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

static char *
dup_text (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return ptl_text_make_safe (text, -1, SHOWN_CHARS);
}

const char *
ptl_traffic_refusal_to_words (const char *reason)
{
  static const struct { const char *reason, *words;
  } refusals[] = {
    { "audience", N_ ("not among those who may connect") },
    { "banned", N_ ("shut out for a while") },
    { "total", N_ ("too many connections at a time") },
    { "source", N_ ("too many of one address at a time") },
    { "rate", N_ ("too many new ones in a second") },
    { "source-rate", N_ ("too many new ones of one address in a second") },
    { "proxy", N_ ("no valid PROXY protocol header") },
    { "target", N_ ("no target would take it") },
    { "replies", N_ ("answers longer than what was asked allows") },
    { "bytes", N_ ("datagrams beyond the bytes per second") },
    { "earlier", N_ ("before it was last opened") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (g_strcmp0 (reason, refusals[i].reason) == 0)
      return _(refusals[i].words);
  return reason;
}

static void
refusals_free (gpointer data)
{
  PtlTrafficRefusals *self = data;

  g_free (self->reason);
  g_free (self);
}

static int
compare_refusals (gconstpointer a, gconstpointer b)
{
  const PtlTrafficRefusals *left = *(const PtlTrafficRefusals *const *) a;
  const PtlTrafficRefusals *right = *(const PtlTrafficRefusals *const *) b;

  return (left->n < right->n) - (left->n > right->n);
}

static GPtrArray *
read_refused (GVariant *dict)
{
  GPtrArray *refused = g_ptr_array_new_with_free_func (refusals_free);
  g_autoptr (GVariant) list = g_variant_lookup_value (dict, "Refused", G_VARIANT_TYPE ("a{st}"));
  GVariantIter iter;
  const char *reason;
  guint64 n;

  if (list == NULL)
    return refused;
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "{&st}", &reason, &n))
    {
      PtlTrafficRefusals *one;

      if (n == 0)
        continue;
      one = g_new0 (PtlTrafficRefusals, 1);
      one->reason = g_strdup (reason);
      one->n = n;
      g_ptr_array_add (refused, one);
    }
  g_ptr_array_sort (refused, compare_refusals);
  return refused;
}

static void
read_times (GVariant *dict, const char *what, PtlTrafficTimes *times)
{
  g_autofree char *p50 = g_strconcat (what, "P50", NULL);
  g_autofree char *p90 = g_strconcat (what, "P90", NULL);
  g_autofree char *p99 = g_strconcat (what, "P99", NULL);

  times->p50 = get_count (dict, p50);
  times->p90 = get_count (dict, p90);
  times->p99 = get_count (dict, p99);
}

static void
target_free (gpointer data)
{
  PtlTrafficTarget *self = data;

  g_free (self->endpoint);
  g_free (self);
}

static gpointer
read_target (GVariant *dict)
{
  PtlTrafficTarget *self = g_new0 (PtlTrafficTarget, 1);

  self->endpoint = dup_text (dict, "Endpoint");
  self->backup = get_flag (dict, "Backup");
  self->up = get_flag (dict, "Up");
  self->connections_now = get_count (dict, "ConnectionsNow");
  self->connections_ever = get_count (dict, "ConnectionsEver");
  self->connections_peak = get_count (dict, "ConnectionsPeak");
  self->bytes_in = get_count (dict, "BytesIn");
  self->bytes_out = get_count (dict, "BytesOut");
  self->packets_in = get_count (dict, "PacketsIn");
  self->packets_out = get_count (dict, "PacketsOut");
  self->failures = get_count (dict, "Failures");
  read_times (dict, "Connect", &self->connect);
  read_times (dict, "FirstByte", &self->first_byte);
  return self;
}

static void
source_free (gpointer data)
{
  PtlTrafficSource *self = data;

  g_free (self->address);
  g_free (self);
}

static gpointer
read_source (GVariant *dict)
{
  PtlTrafficSource *self = g_new0 (PtlTrafficSource, 1);

  self->address = dup_text (dict, "Address");
  self->connections_now = get_count (dict, "ConnectionsNow");
  self->connections_ever = get_count (dict, "ConnectionsEver");
  self->bytes_in = get_count (dict, "BytesIn");
  self->bytes_out = get_count (dict, "BytesOut");
  self->refused = get_count (dict, "Refused");
  self->banned_until = get_time (dict, "BannedUntil");
  return self;
}

static gpointer
read_connection (GVariant *dict)
{
  PtlTrafficConnection *self = g_new0 (PtlTrafficConnection, 1);
  g_autofree char *protocol = dup_text (dict, "Protocol");

  self->id = get_count (dict, "Id");
  self->protocol = PTL_PROTOCOL_TCP;
  ptl_protocol_from_string (protocol, &self->protocol, NULL);
  self->source = dup_text (dict, "Source");
  self->target = dup_text (dict, "Target");
  self->age = get_time (dict, "Age");
  self->idle = get_time (dict, "Idle");
  self->bytes_in = get_count (dict, "BytesIn");
  self->bytes_out = get_count (dict, "BytesOut");
  return self;
}

static GPtrArray *
read_list (GVariant *list, gpointer (*read) (GVariant *dict), GDestroyNotify free_one)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (free_one);

  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) dict = g_variant_get_child_value (list, i);

      g_ptr_array_add (all, read (dict));
    }
  return all;
}

static GPtrArray *
read_member (
    GVariant *dict, const char *key, gpointer (*read) (GVariant *dict), GDestroyNotify free_one)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (dict, key, G_VARIANT_TYPE ("aa{sv}"));

  return read_list (list, read, free_one);
}

PtlTrafficStats *
ptl_traffic_stats_from_variant (GVariant *variant)
{
  PtlTrafficStats *self = g_new0 (PtlTrafficStats, 1);

  self->bytes_in = get_count (variant, "BytesIn");
  self->bytes_out = get_count (variant, "BytesOut");
  self->packets_in = get_count (variant, "PacketsIn");
  self->packets_out = get_count (variant, "PacketsOut");
  self->connections_now = get_count (variant, "ConnectionsNow");
  self->connections_ever = get_count (variant, "ConnectionsEver");
  self->connections_peak = get_count (variant, "ConnectionsPeak");
  self->refused = read_refused (variant);
  read_times (variant, "Connect", &self->connect);
  read_times (variant, "FirstByte", &self->first_byte);
  self->targets = read_member (variant, "Targets", read_target, target_free);
  self->sources = read_member (variant, "Sources", read_source, source_free);
  return self;
}

void
ptl_traffic_stats_free (PtlTrafficStats *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->refused);
  g_ptr_array_unref (self->targets);
  g_ptr_array_unref (self->sources);
  g_free (self);
}

static guint64
count_refused (const PtlTrafficStats *self)
{
  guint64 n = 0;

  for (guint i = 0; i < self->refused->len; i++)
    n += ((const PtlTrafficRefusals *) self->refused->pdata[i])->n;
  return n;
}

gboolean
ptl_traffic_stats_moved (const PtlTrafficStats *self, const PtlTrafficStats *before)
{
  return self->bytes_in != before->bytes_in || self->bytes_out != before->bytes_out
         || self->connections_now != before->connections_now
         || self->connections_ever != before->connections_ever
         || count_refused (self) != count_refused (before);
}

void
ptl_traffic_connection_free (PtlTrafficConnection *self)
{
  if (self == NULL)
    return;
  g_free (self->source);
  g_free (self->target);
  g_free (self);
}

GPtrArray *
ptl_traffic_connections_from_variant (GVariant *variant)
{
  return read_list (variant, read_connection, (GDestroyNotify) ptl_traffic_connection_free);
}

GArray *
ptl_traffic_history_from_variant (GVariant *variant)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (PtlTrafficSample));
  PtlTrafficSample sample;
  GVariantIter iter;

  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "(xttttt)", &sample.at, &sample.bytes_in, &sample.bytes_out,
                              &sample.connections, &sample.opened, &sample.refused))
    g_array_append_val (samples, sample);
  return samples;
}
