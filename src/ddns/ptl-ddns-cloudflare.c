/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ddns/ptl-ddns-update.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "ddns/ptl-ddns-cloudflare-codec.h"
#include "ddns/ptl-ddns-http.h"

#define ZONES_MAX 6
#define TTL_SECONDS 60

typedef struct
{
  const PtlDdnsRequest *request;
  PtlDdnsHttp *http;
  char *authorization;
  char *zone;
  gboolean changed;
  gboolean proxied;
} Run;

/* NULL where it went well. */
static PtlDdnsAnswer *
call (Run *run, const char *method, const char *path, const char *json, PtlDdnsCloudflareItem *item)
{
  const char *server = ptl_dynamic_name_get_server (run->request->name);
  g_autofree char *url = g_strconcat (server, path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlDdnsReply) reply
      = ptl_ddns_http_send (run->http, method, url, run->authorization, json, &error);

  if (reply == NULL)
    return ptl_ddns_answer_from_error (error, server);
  return ptl_ddns_cloudflare_parse (reply->status, reply->retry_after, reply->body, reply->length,
                                    item);
}

/* The zone that the name is in: the nearest that the token may see. */
static PtlDdnsAnswer *
find_zone (Run *run)
{
  const char *domain = run->request->name->hostname;

  for (guint i = 0; i < ZONES_MAX && strchr (domain, '.') != NULL; i++)
    {
      g_auto (PtlDdnsCloudflareItem) item = { 0 };
      g_autofree char *path = g_strconcat ("/zones?name=", domain, NULL);
      PtlDdnsAnswer *answer = call (run, "GET", path, NULL, &item);

      if (answer != NULL)
        return answer;
      if (item.n > 0)
        {
          run->zone = g_steal_pointer (&item.id);
          return NULL;
        }
      domain = strchr (domain, '.') + 1;
    }
  return ptl_ddns_answer_new (PTL_DDNS_STOP, "zone",
                              _ ("Check the name, and that the token is good for its domain."),
                              _ ("The domain of the name is not in your account at Cloudflare, or "
                                 "the token may not see "
                                 "it."));
}

static char *
dup_record (const Run *run, const char *type, const char *address, gboolean is_new)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "content");
  json_builder_add_string_value (builder, address);
  if (is_new)
    {
      json_builder_set_member_name (builder, "type");
      json_builder_add_string_value (builder, type);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, run->request->name->hostname);
      json_builder_set_member_name (builder, "ttl");
      json_builder_add_int_value (builder, TTL_SECONDS);
      json_builder_set_member_name (builder, "proxied");
      json_builder_add_boolean_value (builder, FALSE);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static PtlDdnsAnswer *
too_many (const char *type)
{
  return ptl_ddns_answer_new (
      PTL_DDNS_STOP, "records",
      _ ("Delete all but one of them at Cloudflare, then update the name here."),
      /* Translators: %s is “A” or “AAAA”, a kind of record in the DNS */
      _ ("The name has more than one %s record, and only one of them can follow the address."),
      type);
}

static PtlDdnsAnswer *
put_record (Run *run, const char *type, const char *address)
{
  g_auto (PtlDdnsCloudflareItem) item = { 0 };
  g_autofree char *records = g_strdup_printf ("/zones/%s/dns_records", run->zone);
  g_autofree char *query
      = g_strdup_printf ("%s?type=%s&name=%s", records, type, run->request->name->hostname);
  g_autofree char *record = NULL;
  g_autofree char *json = NULL;
  PtlDdnsAnswer *answer = call (run, "GET", query, NULL, &item);

  if (answer != NULL)
    return answer;
  if (item.n > 1)
    return too_many (type);
  run->proxied |= item.proxied && item.n == 1;
  if (item.n == 1 && g_strcmp0 (item.content, address) == 0)
    return NULL;
  run->changed = TRUE;
  json = dup_record (run, type, address, item.n == 0);
  if (item.n == 0)
    return call (run, "POST", records, json, NULL);
  record = g_strdup_printf ("%s/%s", records, item.id);
  return call (run, "PATCH", record, json, NULL);
}

static PtlDdnsAnswer *
put_all (Run *run)
{
  PtlDdnsAnswer *answer = find_zone (run);

  if (answer == NULL && run->request->ipv4 != NULL)
    answer = put_record (run, "A", run->request->ipv4);
  if (answer == NULL && run->request->ipv6 != NULL)
    answer = put_record (run, "AAAA", run->request->ipv6);
  if (answer != NULL)
    return answer;
  if (run->proxied)
    return ptl_ddns_answer_new (run->changed ? PTL_DDNS_DONE : PTL_DDNS_UNCHANGED, "proxied",
                                _ ("Set the record to “DNS only” at Cloudflare if other ports "
                                   "should be reached by the name."),
                                _ ("Cloudflare's proxy stands before the name, and lets only web "
                                   "pages through."));
  return ptl_ddns_answer_new (run->changed ? PTL_DDNS_DONE : PTL_DDNS_UNCHANGED, "ok", NULL, NULL);
}

PtlDdnsAnswer *
ptl_ddns_cloudflare_update (const PtlDdnsRequest *request, GCancellable *cancellable)
{
  Run run = { .request = request, .http = ptl_ddns_http_new (cancellable) };
  PtlDdnsAnswer *answer;

  run.authorization = g_strconcat ("Bearer ", request->secret, NULL);
  answer = put_all (&run);
  ptl_ddns_http_free (run.http);
  g_free (run.authorization);
  g_free (run.zone);
  return answer;
}
