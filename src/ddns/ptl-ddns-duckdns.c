/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ddns-duckdns.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ddns/ptl-ddns-http.h"

char *
ptl_ddns_duckdns_dup_url (const PtlDdnsRequest *request)
{
  const PtlNameProvider *provider = ptl_dynamic_name_get_provider (request->name);
  g_autofree char *token = g_uri_escape_string (request->secret, NULL, FALSE);
  g_autofree char *domain
      = g_strndup (request->name->hostname, strcspn (request->name->hostname, "."));
  GString *url = g_string_new (ptl_dynamic_name_get_server (request->name));

  g_assert (provider->domain != NULL);
  g_string_append_printf (url, "?domains=%s&token=%s&verbose=true", domain, token);
  if (request->ipv4 != NULL)
    g_string_append_printf (url, "&ip=%s", request->ipv4);
  /* Alone it keeps the server from taking our IPv4 address from the connection. */
  if (request->ipv6 != NULL)
    g_string_append_printf (url, "&ipv6=%s", request->ipv6);
  return g_string_free (url, FALSE);
}

static gboolean
begins_with_line (const char *body, gsize length, const char *line)
{
  gsize size = strlen (line);

  return length >= size && memcmp (body, line, size) == 0
         && (length == size || g_ascii_isspace (body[size]));
}

PtlDdnsAnswer *
ptl_ddns_duckdns_parse (guint status, gint64 retry_after, const char *body, gsize length)
{
  if (status == 200 && begins_with_line (body, length, "OK"))
    return ptl_ddns_answer_new (g_strstr_len (body, (gssize) length, "NOCHANGE") != NULL
                                    ? PTL_DDNS_UNCHANGED
                                    : PTL_DDNS_DONE,
                                "OK", NULL, NULL);
  if (status == 200 && begins_with_line (body, length, "KO"))
    return ptl_ddns_answer_new (PTL_DDNS_STOP, "KO",
                                _ ("Copy the token anew from DuckDNS' page, and check the name."),
                                _ ("DuckDNS does not take the token, or the name is not in your "
                                   "account."));
  return ptl_ddns_answer_from_status (status, retry_after, body, length);
}

PtlDdnsAnswer *
ptl_ddns_duckdns_update (const PtlDdnsRequest *request, GCancellable *cancellable)
{
  g_autoptr (PtlDdnsHttp) http = ptl_ddns_http_new (cancellable);
  g_autofree char *url = ptl_ddns_duckdns_dup_url (request);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlDdnsReply) reply = ptl_ddns_http_send (http, "GET", url, NULL, NULL, &error);

  if (reply == NULL)
    return ptl_ddns_answer_from_error (error, ptl_dynamic_name_get_server (request->name));
  return ptl_ddns_duckdns_parse (reply->status, reply->retry_after, reply->body, reply->length);
}
