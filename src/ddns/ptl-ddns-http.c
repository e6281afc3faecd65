/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ddns-http.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#include "config.h"
#include "core/ptl-error.h"
#include "core/ptl-text.h"

#define SILENCE_SECONDS 20
#define REDIRECTS_MAX 3
#define SHOWN_CHARS 80
/* No-IP's form, which others take too: https://www.noip.com/integrate/request */
#define USER_AGENT "Portolan Portolan/" PACKAGE_VERSION " (+https://github.com/portolan/portolan)"

struct _PtlDdnsHttp
{
  SoupSession *session;
  GCancellable *cancellable;
};

void
ptl_ddns_reply_free (PtlDdnsReply *self)
{
  if (self == NULL)
    return;
  g_free (self->body);
  g_free (self);
}

/* What OpenSSL, curl and others take for the authorities to trust, in the place of the system's. */
static void
set_authorities (SoupSession *session)
{
  const char *path = g_getenv ("SSL_CERT_FILE");
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL || *path == '\0')
    return;
  database = g_tls_file_database_new (path, &error);
  if (database == NULL)
    {
      g_message ("SSL_CERT_FILE cannot be read: %s", error->message);
      return;
    }
  soup_session_set_tls_database (session, database);
}

PtlDdnsHttp *
ptl_ddns_http_new (GCancellable *cancellable)
{
  PtlDdnsHttp *self = g_new0 (PtlDdnsHttp, 1);

  self->session
      = soup_session_new_with_options ("timeout", SILENCE_SECONDS, "user-agent", USER_AGENT, NULL);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  /* What to say of whom is said in each request; nothing is asked about and nothing kept. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_AUTH_MANAGER);
  set_authorities (self->session);
  return self;
}

void
ptl_ddns_http_free (PtlDdnsHttp *self)
{
  if (self == NULL)
    return;
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_clear_object (&self->cancellable);
  g_free (self);
}

char *
ptl_ddns_http_dup_basic (const char *user, const char *secret)
{
  g_autofree char *pair = g_strconcat (user, ":", secret, NULL);
  g_autofree char *coded = g_base64_encode ((const guchar *) pair, strlen (pair));

  return g_strconcat ("Basic ", coded, NULL);
}

static SoupMessage *
new_message (const char *method,
             const char *url,
             const char *authorization,
             const char *json,
             GError **error)
{
  SoupMessage *message = soup_message_new (method, url);
  SoupMessageHeaders *headers;

  if (message == NULL)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Check the address of the server."),
                     _ ("The server's address cannot be used."));
      return NULL;
    }
  headers = soup_message_get_request_headers (message);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (authorization != NULL)
    soup_message_headers_replace (headers, "Authorization", authorization);
  if (json != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (json, strlen (json));

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  return message;
}

/* Seconds or a date (RFC 9110, 10.2.3). */
static gint64
get_retry_after (SoupMessage *message)
{
  const char *text
      = soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  g_autoptr (GDateTime) date = NULL;
  g_autoptr (GDateTime) now = NULL;
  guint64 seconds;

  if (text == NULL)
    return 0;
  if (g_ascii_string_to_unsigned (text, 10, 0, 366 * 24 * 3600, &seconds, NULL))
    return (gint64) seconds;
  date = soup_date_time_new_from_http_string (text);
  now = g_date_time_new_now_utc ();
  return date != NULL ? MAX (0, g_date_time_difference (date, now) / G_TIME_SPAN_SECOND) : 0;
}

static gboolean
read_body (PtlDdnsHttp *self, GInputStream *stream, PtlDdnsReply *reply, GError **error)
{
  reply->body = g_malloc0 (PTL_DDNS_BODY_MAX_BYTES + 1);
  return g_input_stream_read_all (stream, reply->body, PTL_DDNS_BODY_MAX_BYTES, &reply->length,
                                  self->cancellable, error);
}

static PtlDdnsReply *
send_one (PtlDdnsHttp *self, SoupMessage *message, GError **error)
{
  g_autoptr (PtlDdnsReply) reply = g_new0 (PtlDdnsReply, 1);
  g_autoptr (GInputStream) stream
      = soup_session_send (self->session, message, self->cancellable, error);

  if (stream == NULL || !read_body (self, stream, reply, error))
    return NULL;
  reply->status = soup_message_get_status (message);
  reply->retry_after = get_retry_after (message);
  return g_steal_pointer (&reply);
}

static gboolean
is_redirect (guint status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Where @message leads on to: on the same host, and not from https to http. (transfer full) */
static char *
dup_next (SoupMessage *message, GError **error)
{
  GUri *from = soup_message_get_uri (message);
  const char *location
      = soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  g_autoptr (GUri) to
      = location != NULL ? g_uri_parse_relative (from, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  g_autofree char *text
      = to != NULL ? g_uri_to_string_partial (to, G_URI_HIDE_QUERY | G_URI_HIDE_USERINFO) : NULL;
  g_autofree char *shown = ptl_text_make_safe (text != NULL ? text : "", -1, SHOWN_CHARS);

  if (to != NULL && g_strcmp0 (g_uri_get_scheme (from), g_uri_get_scheme (to)) == 0
      && g_strcmp0 (g_uri_get_host (from), g_uri_get_host (to)) == 0
      && g_uri_get_port (from) == g_uri_get_port (to))
    return g_uri_to_string (to);
  if (to == NULL)
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Check the address of the server."),
                   _ ("The provider's server sends us nowhere."));
  else
    ptl_error_set (error, PTL_ERROR_INVALID,
                   _ ("Nothing was sent there. If that is right, give it as the address of the "
                      "server."),
                   /* Translators: %s is a web address */
                   _ ("The provider's server sends us on to %s."), shown);
  return NULL;
}

PtlDdnsReply *
ptl_ddns_http_send (PtlDdnsHttp *self,
                    const char *method,
                    const char *url,
                    const char *authorization,
                    const char *json,
                    GError **error)
{
  g_autofree char *next = g_strdup (url);

  for (guint i = 0; i <= REDIRECTS_MAX; i++)
    {
      g_autoptr (SoupMessage) message = new_message (method, next, authorization, json, error);
      g_autoptr (PtlDdnsReply) reply = message != NULL ? send_one (self, message, error) : NULL;

      if (reply == NULL || !is_redirect (reply->status))
        return g_steal_pointer (&reply);
      g_free (next);
      next = dup_next (message, error);
      if (next == NULL)
        return NULL;
    }
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Check the address of the server."),
                 _ ("The provider's server sends us round in a circle."));
  return NULL;
}
