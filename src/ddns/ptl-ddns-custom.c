/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ddns-custom.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"
#include "ddns/ptl-ddns-http.h"

#define SHOWN_CHARS 80

static gboolean
append_place (GString *url, const char *place, gsize length, const char *name, const char *value)
{
  g_autofree char *escaped = NULL;

  if (strlen (name) != length || strncmp (place, name, length) != 0)
    return FALSE;
  escaped = g_uri_escape_string (value != NULL ? value : "", ":", FALSE);
  g_string_append (url, escaped);
  return TRUE;
}

/* One walk: what is filled in is never looked at again, whatever braces it holds. */
char *
ptl_ddns_custom_dup_url (const char *template, const PtlDdnsRequest *request)
{
  GString *url = g_string_new (NULL);

  while (*template != '\0')
    {
      const char *end = *template == '{' ? strchr (template, '}') : NULL;
      gsize length = end != NULL ? (gsize) (end - template - 1) : 0;

      if (end != NULL
          && (append_place (url, template + 1, length, "name", request->name->hostname)
              || append_place (url, template + 1, length, "ipv4", request->ipv4)
              || append_place (url, template + 1, length, "ipv6", request->ipv6)
              || append_place (url, template + 1, length, "user", request->name->user)
              || append_place (url, template + 1, length, "secret", request->secret)))
        template = end + 1;
      else
        g_string_append_c (url, *template ++);
    }
  return g_string_free (url, FALSE);
}

gboolean
ptl_ddns_custom_matches (const char *text, gsize length, const char *pattern)
{
  /* As if it began with a star: the last star is where a mismatch goes on from. */
  const char *star = pattern, *end = text + length, *from = text;

  while (*pattern != '\0')
    {
      if (*pattern == '*')
        {
          star = ++pattern;
          from = text;
        }
      else if (text < end && (*pattern == '?' || *pattern == *text))
        {
          pattern++;
          text++;
        }
      else if (text >= end)
        return FALSE;
      else
        {
          pattern = star;
          text = ++from;
        }
    }
  return TRUE;
}

PtlDdnsAnswer *
ptl_ddns_custom_parse (const char *success,
                       guint status,
                       gint64 retry_after,
                       const char *body,
                       gsize length)
{
  g_autofree char *shown = NULL;

  if (status < 200 || status > 299)
    return ptl_ddns_answer_from_status (status, retry_after, body, length);
  if (*success == '\0' || ptl_ddns_custom_matches (body, length, success))
    return ptl_ddns_answer_new (PTL_DDNS_DONE, "ok", NULL, NULL);
  shown = ptl_text_make_safe (body, (gssize) length, SHOWN_CHARS);
  return ptl_ddns_answer_new (PTL_DDNS_RETRY, "answer",
                              _ ("Check the address, and what the answer must hold."),
                              /* Translators: %s is what a server answered */
                              _ ("The answer is not the one of success: “%s”"), g_strstrip (shown));
}

/* What has no place in the address goes into a header. */
static char *
dup_authorization (const PtlDdnsRequest *request, const char *template)
{
  if (*request->secret == '\0' || strstr (template, "{secret}") != NULL)
    return NULL;
  if (*request->name->user != '\0')
    return ptl_ddns_http_dup_basic (request->name->user, request->secret);
  return g_strconcat ("Bearer ", request->secret, NULL);
}

PtlDdnsAnswer *
ptl_ddns_custom_update (const PtlDdnsRequest *request, GCancellable *cancellable)
{
  g_autoptr (PtlDdnsHttp) http = ptl_ddns_http_new (cancellable);
  const char *template = ptl_dynamic_name_get_server (request->name);
  g_autofree char *url = ptl_ddns_custom_dup_url (template, request);
  g_autofree char *authorization = dup_authorization (request, template);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlDdnsReply) reply
      = ptl_ddns_http_send (http, "GET", url, authorization, NULL, &error);

  if (reply == NULL)
    return ptl_ddns_answer_from_error (error, template);
  return ptl_ddns_custom_parse (request->name->success, reply->status, reply->retry_after,
                                reply->body, reply->length);
}
