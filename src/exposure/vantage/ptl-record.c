/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-record.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-nesting.h"
#include "core/ptl-text.h"

#define DEPTH_MAX 32
#define PORTS_MAX 1024
#define SERVICE_MAX_CHARS 40
#define CVE_MAX_LENGTH 24

PtlRecord *
ptl_record_new (void)
{
  PtlRecord *self = g_new0 (PtlRecord, 1);

  self->ports = g_ptr_array_new ();
  self->cves = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
ptl_record_free (PtlRecord *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->ports->len; i++)
    {
      PtlRecordPort *port = self->ports->pdata[i];

      g_free (port->service);
      g_free (port);
    }
  g_ptr_array_unref (self->ports);
  g_ptr_array_unref (self->cves);
  g_free (self);
}

const PtlRecordPort *
ptl_record_find (const PtlRecord *self, guint16 port, PtlProtocol protocol)
{
  for (guint i = 0; i < self->ports->len; i++)
    {
      const PtlRecordPort *entry = self->ports->pdata[i];

      if (entry->port == port
          && (entry->protocol == PTL_PROTOCOL_NONE || entry->protocol == protocol))
        return entry;
    }
  return NULL;
}

static JsonObject *
get_object (JsonObject *object, const char *key)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
get_array (JsonObject *object, const char *key)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static const char *
text_of (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : "";
}

static const char *
get_text (JsonObject *object, const char *key)
{
  return text_of (object != NULL ? json_object_get_member (object, key) : NULL);
}

/* 0 where it is no port. */
static guint16
port_of (JsonNode *node)
{
  gint64 value = node != NULL && JSON_NODE_HOLDS_VALUE (node)
                         && json_node_get_value_type (node) == G_TYPE_INT64
                     ? json_node_get_int (node)
                     : 0;

  return value > 0 && value <= G_MAXUINT16 ? (guint16) value : 0;
}

/* "2026-11-20T08:15:30.123456", with or without a zone; 0 = is none. */
static gint64
time_of (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, utc);

  return time != NULL ? MAX (0, g_date_time_to_unix (time)) : 0;
}

static PtlProtocol
protocol_of (const char *text)
{
  if (g_ascii_strcasecmp (text, "tcp") == 0)
    return PTL_PROTOCOL_TCP;
  /* Censys: QUIC is seen by UDP. */
  if (g_ascii_strcasecmp (text, "udp") == 0 || g_ascii_strcasecmp (text, "quic") == 0)
    return PTL_PROTOCOL_UDP;
  return PTL_PROTOCOL_NONE;
}

static void
add_port (PtlRecord *self, guint16 port, PtlProtocol protocol, gint64 at, const char *service)
{
  PtlRecordPort *entry;

  if (port == 0 || self->ports->len >= PORTS_MAX || ptl_record_find (self, port, protocol) != NULL)
    return;
  entry = g_new0 (PtlRecordPort, 1);
  entry->port = port;
  entry->protocol = protocol;
  entry->at = at;
  entry->service = ptl_text_make_safe (service, -1, SERVICE_MAX_CHARS);
  g_ptr_array_add (self->ports, entry);
}

static gboolean
is_cve (const char *text)
{
  gsize length = strlen (text);

  return length > 4 && length <= CVE_MAX_LENGTH && g_str_has_prefix (text, "CVE-")
         && strspn (text + 4, "0123456789-") == length - 4;
}

static void
add_cve (PtlRecord *self, const char *text)
{
  if (!is_cve (text))
    return;
  self->n_cves++;
  if (self->cves->len < PTL_RECORD_CVES_MAX)
    g_ptr_array_add (self->cves, g_strdup (text));
}

static void
add_cves (PtlRecord *self, JsonArray *cves)
{
  for (guint i = 0; cves != NULL && i < json_array_get_length (cves); i++)
    add_cve (self, text_of (json_array_get_element (cves, i)));
}

static void
add_plain_ports (PtlRecord *self, JsonArray *ports, gint64 at)
{
  for (guint i = 0; ports != NULL && i < json_array_get_length (ports); i++)
    add_port (self, port_of (json_array_get_element (ports, i)), PTL_PROTOCOL_NONE, at, "");
}

/* Shodan's banners tell more than its list of ports, where they come along. */
static void
add_banners (PtlRecord *self, JsonArray *banners)
{
  for (guint i = 0; banners != NULL && i < json_array_get_length (banners); i++)
    {
      JsonNode *node = json_array_get_element (banners, i);
      JsonObject *banner = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (banner != NULL)
        add_port (self, port_of (json_object_get_member (banner, "port")),
                  protocol_of (get_text (banner, "transport")),
                  time_of (get_text (banner, "timestamp")),
                  get_text (get_object (banner, "_shodan"), "module"));
    }
}

static void
add_services (PtlRecord *self, JsonArray *services)
{
  for (guint i = 0; services != NULL && i < json_array_get_length (services); i++)
    {
      JsonNode *node = json_array_get_element (services, i);
      JsonObject *service = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *name = get_text (service, "protocol");
      const char *time = get_text (service, "scan_time");

      if (service != NULL)
        add_port (self, port_of (json_object_get_member (service, "port")),
                  protocol_of (get_text (service, "transport_protocol")),
                  time_of (*time != '\0' ? time : get_text (service, "observed_at")),
                  *name != '\0' ? name : get_text (service, "service_name"));
    }
}

/* The address that the answer says it is about. */
static const char *
fill (PtlRecord *self, PtlVantageKind kind, JsonObject *root)
{
  JsonObject *result = get_object (root, "result");
  JsonObject *host = get_object (result, "resource");

  switch (kind)
    {
    case PTL_VANTAGE_INTERNETDB:
      add_plain_ports (self, get_array (root, "ports"), 0);
      add_cves (self, get_array (root, "vulns"));
      return get_text (root, "ip");
    case PTL_VANTAGE_SHODAN:
      add_banners (self, get_array (root, "data"));
      add_plain_ports (self, get_array (root, "ports"), time_of (get_text (root, "last_update")));
      add_cves (self, get_array (root, "vulns"));
      return get_text (root, "ip_str");
    default:
      if (host == NULL)
        host = result;
      add_services (self, get_array (host, "services"));
      return get_text (host, "ip");
    }
}

static gboolean
is_of (const char *text, GInetAddress *address)
{
  g_autoptr (GInetAddress) other = g_inet_address_new_from_string (text);

  return other != NULL && g_inet_address_equal (other, address);
}

static gboolean
set_unreadable (GError **error)
{
  ptl_error_set (error, PTL_ERROR_FAILED, _ ("Try again later."),
                 _ ("What the server answered cannot be read."));
  return FALSE;
}

PtlRecord *
ptl_record_parse (PtlVantageKind kind,
                  GInetAddress *address,
                  const char *body,
                  gsize length,
                  GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (PtlRecord) self = ptl_record_new ();
  JsonNode *root;

  if (!g_utf8_validate (body, (gssize) length, NULL) || !ptl_nesting_is_shallow (body, length, DEPTH_MAX)
      || !json_parser_load_from_data (parser, body, (gssize) length, NULL))
    {
      set_unreadable (error);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)
      || !is_of (fill (self, kind, json_node_get_object (root)), address))
    {
      set_unreadable (error);
      return NULL;
    }
  return g_steal_pointer (&self);
}
