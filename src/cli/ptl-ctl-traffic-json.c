/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-traffic.h"

typedef enum
{
  COUNTER, /* t */
  SECONDS, /* x, a length */
  TIME,    /* x, a point */
  TEXT,
  TEXT_OR_NULL,
  FLAG,
} Kind;

typedef struct
{
  const char *key;  /* on the bus */
  const char *name; /* in JSON */
  Kind kind;
} Member;

static const Member counter_members[] = {
  { "BytesIn", "bytes_in", COUNTER },
  { "BytesOut", "bytes_out", COUNTER },
  { "PacketsIn", "packets_in", COUNTER },
  { "PacketsOut", "packets_out", COUNTER },
  { "ConnectionsNow", "connections_now", COUNTER },
  { "ConnectionsEver", "connections_ever", COUNTER },
  { "ConnectionsPeak", "connections_peak", COUNTER },
  { "ConnectP50", "connect_p50", COUNTER },
  { "ConnectP90", "connect_p90", COUNTER },
  { "ConnectP99", "connect_p99", COUNTER },
  { "FirstByteP50", "first_byte_p50", COUNTER },
  { "FirstByteP90", "first_byte_p90", COUNTER },
  { "FirstByteP99", "first_byte_p99", COUNTER },
  { NULL, NULL, COUNTER },
};

static const Member target_members[] = {
  { "Endpoint", "endpoint", TEXT },
  { "Backup", "backup", FLAG },
  { "Up", "up", FLAG },
  { "ConnectionsNow", "connections_now", COUNTER },
  { "ConnectionsEver", "connections_ever", COUNTER },
  { "ConnectionsPeak", "connections_peak", COUNTER },
  { "BytesIn", "bytes_in", COUNTER },
  { "BytesOut", "bytes_out", COUNTER },
  { "PacketsIn", "packets_in", COUNTER },
  { "PacketsOut", "packets_out", COUNTER },
  { "Failures", "failures", COUNTER },
  { "ConnectP50", "connect_p50", COUNTER },
  { "ConnectP90", "connect_p90", COUNTER },
  { "ConnectP99", "connect_p99", COUNTER },
  { "FirstByteP50", "first_byte_p50", COUNTER },
  { "FirstByteP90", "first_byte_p90", COUNTER },
  { "FirstByteP99", "first_byte_p99", COUNTER },
  { NULL, NULL, COUNTER },
};

static const Member source_members[] = {
  { "Address", "address", TEXT },
  { "ConnectionsNow", "connections_now", COUNTER },
  { "ConnectionsEver", "connections_ever", COUNTER },
  { "BytesIn", "bytes_in", COUNTER },
  { "BytesOut", "bytes_out", COUNTER },
  { "Refused", "refused", COUNTER },
  { "BannedUntil", "banned_until", TIME },
  { NULL, NULL, COUNTER },
};

static const Member connection_members[] = {
  { "Id", "id", COUNTER },
  { "Protocol", "protocol", TEXT },
  { "Source", "source", TEXT },
  { "Target", "target", TEXT_OR_NULL },
  { "Age", "age", SECONDS },
  { "Idle", "idle", SECONDS },
  { "BytesIn", "bytes_in", COUNTER },
  { "BytesOut", "bytes_out", COUNTER },
  { NULL, NULL, COUNTER },
};

static void
add_member (JsonBuilder *builder, GVariant *dict, const Member *member)
{
  const char *text = "";
  gint64 number = 0;
  gboolean flag = FALSE;

  switch (member->kind)
    {
    case COUNTER:
      ptl_json_add_int (builder, member->name, (gint64) ptl_ctl_get_counter (dict, member->key));
      break;
    case SECONDS:
      g_variant_lookup (dict, member->key, "x", &number);
      ptl_json_add_int (builder, member->name, number);
      break;
    case TIME:
      g_variant_lookup (dict, member->key, "x", &number);
      ptl_json_add_time (builder, member->name, number);
      break;
    case TEXT:
    case TEXT_OR_NULL:
      g_variant_lookup (dict, member->key, "&s", &text);
      if (member->kind == TEXT)
        ptl_json_add_text (builder, member->name, text);
      else
        ptl_json_add_text_or_null (builder, member->name, text);
      break;
    case FLAG:
      g_variant_lookup (dict, member->key, "b", &flag);
      ptl_json_add_bool (builder, member->name, flag);
      break;
    }
}

static void
add_members (JsonBuilder *builder, GVariant *dict, const Member *members)
{
  for (; members->key != NULL; members++)
    add_member (builder, dict, members);
}

/* @list: aa{sv}, may be NULL. */
static void
add_list (JsonBuilder *builder, const char *name, GVariant *list, const Member *members)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (list, i);

      json_builder_begin_object (builder);
      add_members (builder, item, members);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_list_of (JsonBuilder *builder, GVariant *dict, const char *key, const char *name, const Member *members)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (dict, key, G_VARIANT_TYPE ("aa{sv}"));

  add_list (builder, name, list, members);
}

static void
add_refused (JsonBuilder *builder, GVariant *statistics)
{
  g_autoptr (GVariant) refused
      = g_variant_lookup_value (statistics, "Refused", G_VARIANT_TYPE ("a{st}"));
  GVariantIter iter;
  const char *reason;
  guint64 n;

  json_builder_set_member_name (builder, "refused");
  json_builder_begin_object (builder);
  if (refused != NULL)
    g_variant_iter_init (&iter, refused);
  while (refused != NULL && g_variant_iter_next (&iter, "{&st}", &reason, &n))
    ptl_json_add_int (builder, reason, (gint64) n);
  json_builder_end_object (builder);
}

void
ptl_ctl_json_statistics (JsonBuilder *builder, GVariant *statistics)
{
  json_builder_set_member_name (builder, "statistics");
  if (statistics == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  add_members (builder, statistics, counter_members);
  add_refused (builder, statistics);
  add_list_of (builder, statistics, "Targets", "targets", target_members);
  add_list_of (builder, statistics, "Sources", "sources", source_members);
  json_builder_end_object (builder);
}

void
ptl_ctl_json_connections (JsonBuilder *builder, GVariant *connections)
{
  add_list (builder, "connections", connections, connection_members);
}
