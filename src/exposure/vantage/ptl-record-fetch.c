/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-record-fetch.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "core/ptl-drop.h"
#include "core/ptl-error.h"

#define PATIENCE_S 10
/* InternetDB and Shodan (without banners) answer in a few hundred bytes; Censys has no short form.
 */
#define BODY_MAX (64 * 1024)
#define BODY_MAX_CENSYS (1024 * 1024)

typedef struct
{
  PtlVantageKind kind;
  GInetAddress *address;
  SoupSession *session;
  SoupMessage *message;
  GInputStream *body;
  GCancellable *within; /* cancelled when time is up, or with the caller's */
  GSource *deadline;
  gulong cancel_id;
  gboolean late;
  char *buffer;
  gsize size;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_clear_object (&fetch->address);
  g_clear_object (&fetch->body);
  g_clear_object (&fetch->message);
  g_clear_object (&fetch->session);
  g_clear_object (&fetch->within);
  g_free (fetch->buffer);
  g_free (fetch);
}

static const char *
get_name (PtlVantageKind kind)
{
  return kind == PTL_VANTAGE_INTERNETDB ? "InternetDB"
         : kind == PTL_VANTAGE_SHODAN   ? "Shodan"
                                        : "Censys";
}

static void
stop (GTask *task, Fetch *fetch)
{
  ptl_drop_source (&fetch->deadline);
  if (fetch->cancel_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), fetch->cancel_id);
  fetch->cancel_id = 0;
  if (fetch->session != NULL)
    soup_session_abort (fetch->session);
}

/* What GIO and libsoup say is not repeated: it may hold the address that was asked, and the key is
 * in that. */
static GError *
map_error (const Fetch *fetch, const GError *error)
{
  if (error->domain == PTL_ERROR)
    return g_error_copy (error);
  if (fetch->late || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return ptl_error_new (PTL_ERROR_TIMED_OUT, _ ("Try again later."),
                          /* Translators: InternetDB or the like */
                          _ ("%s did not answer in time."), get_name (fetch->kind));
  if (error->domain == G_TLS_ERROR)
    return ptl_error_new (PTL_ERROR_FAILED,
                          _ ("Nothing was sent. Look at the clock of this computer, and try "
                             "elsewhere."),
                          /* Translators: InternetDB or the like */
                          _ ("The server of %s could not prove who it is."),
                          get_name (fetch->kind));
  return ptl_error_new (PTL_ERROR_FAILED,
                        _ ("Look whether this computer is online, and try again."),
                        /* Translators: InternetDB or the like */
                        _ ("%s could not be reached."), get_name (fetch->kind));
}

/* @error: (nullable) @record: (transfer full) (nullable) */
static void
finish (GTask *task, PtlRecord *record, const GError *error)
{
  Fetch *fetch = g_task_get_task_data (task);

  stop (task, fetch);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      ptl_record_free (record);
      g_task_return_new_error (task, PTL_ERROR, PTL_ERROR_CANCELLED, "%s", _ ("It was cancelled."));
    }
  else if (error != NULL)
    g_task_return_error (task, map_error (fetch, error));
  else
    g_task_return_pointer (task, record, (GDestroyNotify) ptl_record_free);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  PtlRecord *record = NULL;
  gsize length = 0;

  if (g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, &error))
    {
      if (length < fetch->size)
        record = ptl_record_parse (fetch->kind, fetch->address, fetch->buffer, length, &error);
      else
        error = ptl_error_new (PTL_ERROR_FAILED, _ ("Try again later."),
                               /* Translators: InternetDB or the like */
                               _ ("%s answered with more than a record can be."),
                               get_name (fetch->kind));
    }
  finish (task, record, error);
}

static GError *
error_of_status (PtlVantageKind kind, guint status)
{
  switch (status)
    {
    case 404:
      return ptl_error_new (PTL_ERROR_NOT_FOUND, NULL,
                            /* Translators: InternetDB or the like */
                            _ ("%s knows nothing of this address."), get_name (kind));
    case 401:
    case 403:
      return ptl_error_new (PTL_ERROR_PERMISSION,
                            _ ("Look at your account there, and give its key anew."),
                            /* Translators: Shodan or the like */
                            _ ("%s does not take the key, or it may not ask this."),
                            get_name (kind));
    case 402:
    case 429:
      return ptl_error_new (PTL_ERROR_BUSY, _ ("Try again tomorrow."),
                            /* Translators: InternetDB or the like */
                            _ ("%s was asked too often."), get_name (kind));
    default:
      return ptl_error_new (PTL_ERROR_FAILED, _ ("Try again later."),
                            /* Translators: InternetDB or the like, and a status of HTTP, such as
                               500 */
                            _ ("%s answered with the status %u."), get_name (kind), status);
    }
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  guint status;

  fetch->body = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  status = soup_message_get_status (fetch->message);
  if (fetch->body != NULL && status != SOUP_STATUS_OK)
    error = error_of_status (fetch->kind, status);
  if (error != NULL)
    {
      finish (task, NULL, error);
      return;
    }
  fetch->size = (fetch->kind == PTL_VANTAGE_CENSYS ? BODY_MAX_CENSYS : BODY_MAX) + 1;
  fetch->buffer = g_malloc (fetch->size);
  g_input_stream_read_all_async (fetch->body, fetch->buffer, fetch->size, G_PRIORITY_DEFAULT,
                                 fetch->within, on_read, g_steal_pointer (&task));
}

static gboolean
on_deadline (gpointer user_data)
{
  Fetch *fetch = g_task_get_task_data (user_data);

  fetch->late = TRUE;
  g_cancellable_cancel (fetch->within);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, GCancellable *within)
{
  g_cancellable_cancel (within);
}

static GUri *
parse_server (const char *server, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (server, SOUP_HTTP_URI_FLAGS, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  if (uri != NULL && (g_str_equal (scheme, "https") || g_str_equal (scheme, "http"))
      && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0'
      && g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL
      && g_uri_get_userinfo (uri) == NULL)
    return g_steal_pointer (&uri);
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give it as https://HOST or https://HOST/PATH."),
                 _ ("That is no address of a server."));
  return NULL;
}

gboolean
ptl_record_server_check (const char *server, GError **error)
{
  g_autoptr (GUri) uri = parse_server (server, error);

  return uri != NULL;
}

/* Nobody on the way may read a key. */
static gboolean
check_secrecy (GUri *server, const char *key, GError **error)
{
  if (key == NULL || g_str_equal (g_uri_get_scheme (server), "https")
      || ptl_host_is_loopback (g_uri_get_host (server)))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give an address that begins with https://."),
                 _ ("A key is not sent without encryption."));
  return FALSE;
}

static gboolean
is_platform_token (PtlVantageKind kind, const char *key)
{
  return kind == PTL_VANTAGE_CENSYS && strchr (key, ':') == NULL;
}

/* (transfer full) */
static char *
format_url (PtlVantageKind kind, const char *server, GInetAddress *address, const char *key)
{
  g_autofree char *text = g_inet_address_to_string (address);
  g_autofree char *escaped = key != NULL ? g_uri_escape_string (key, NULL, FALSE) : NULL;
  g_autofree char *base = g_strdup (server);

  while (g_str_has_suffix (base, "/"))
    base[strlen (base) - 1] = '\0';
  switch (kind)
    {
    case PTL_VANTAGE_SHODAN:
      return g_strdup_printf ("%s/shodan/host/%s?minify=true&key=%s", base, text,
                              escaped != NULL ? escaped : "");
    case PTL_VANTAGE_CENSYS:
      return g_strdup_printf ("%s%s%s", base,
                              key != NULL && !is_platform_token (kind, key)
                                  ? "/api/v2/hosts/"
                                  : "/v3/global/asset/host/",
                              text);
    default:
      return g_strdup_printf ("%s/%s", base, text);
    }
}

static void
set_authorization (SoupMessage *message, PtlVantageKind kind, const char *key)
{
  g_autofree char *value = NULL;

  if (kind != PTL_VANTAGE_CENSYS || key == NULL)
    return;
  if (is_platform_token (kind, key))
    value = g_strconcat ("Bearer ", key, NULL);
  else
    {
      g_autofree char *coded = g_base64_encode ((const guchar *) key, strlen (key));

      value = g_strconcat ("Basic ", coded, NULL);
    }
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", value);
}

static void
send_message (GTask *task, Fetch *fetch)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  fetch->session
      = soup_session_new_with_options ("timeout", PATIENCE_S, "user-agent", "Portolan", NULL);
  soup_session_remove_feature_by_type (fetch->session, SOUP_TYPE_AUTH_MANAGER);
  soup_message_set_flags (fetch->message, SOUP_MESSAGE_NO_REDIRECT);
  fetch->within = g_cancellable_new ();
  fetch->deadline = g_timeout_source_new_seconds (PATIENCE_S);
  g_task_attach_source (task, fetch->deadline, on_deadline);
  if (cancellable != NULL)
    fetch->cancel_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                              g_object_ref (fetch->within), g_object_unref);
  soup_session_send_async (fetch->session, fetch->message, G_PRIORITY_DEFAULT, fetch->within,
                           on_sent, g_object_ref (task));
}

/* The older search of Censys is at another host. */
static const char *
choose_server (PtlVantageKind kind, const char *server, const char *key)
{
  gboolean is_usual = g_str_equal (server, "https://api.platform.censys.io");

  return is_usual && key != NULL && !is_platform_token (kind, key) ? "https://search.censys.io"
                                                                   : server;
}

void
ptl_record_fetch_async (PtlVantageKind kind,
                        const char *server,
                        GInetAddress *address,
                        const char *key,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Fetch *fetch = g_new0 (Fetch, 1);
  const char *place = choose_server (kind, server, key);
  g_autofree char *url = format_url (kind, place, address, key);
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = parse_server (place, &error);

  g_task_set_source_tag (task, ptl_record_fetch_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, fetch, fetch_free);
  fetch->kind = kind;
  fetch->address = g_object_ref (address);
  if (uri == NULL || !check_secrecy (uri, key, &error))
    {
      finish (task, NULL, error);
      return;
    }
  fetch->message = soup_message_new (SOUP_METHOD_GET, url);
  set_authorization (fetch->message, kind, key);
  send_message (task, fetch);
}

PtlRecord *
ptl_record_fetch_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
