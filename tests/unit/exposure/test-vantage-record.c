/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What InternetDB, Shodan and Censys answer. They are not asked here: a server of the test's own on
 * loopback says what they say (an emulator of their answers, by their documents), and what somebody
 * hostile in their place might. */
#include <libsoup/soup.h>
#include <string.h>

#include "core/ptl-error.h"
#include "exposure/vantage/ptl-record-fetch.h"
#include "exposure/vantage/ptl-vantage.h"

#define INTERNETDB                                                                                 \
  "{\"cpes\":[\"cpe:/a:openbsd:openssh:9.2p1\"],\"hostnames\":[\"<b>x</"                           \
  "b>.example\"],\"ip\":\"5.6.7.8\","                                                              \
  "\"ports\":[22,443,8080],\"tags\":[],\"vulns\":[\"CVE-2023-48795\",\"CVE-2024-6387\"]}"
#define SHODAN                                                                                     \
  "{\"ip_str\":\"5.6.7.8\",\"ports\":[22],\"vulns\":[],\"last_update\":\"2026-11-20T08:15:30."     \
  "123456\",\"tags\":[]}"
#define CENSYS_3                                                                                   \
  "{\"result\":{\"resource\":{\"ip\":\"5.6.7.8\",\"services\":[{\"port\":22,\"protocol\":\"SSH\"," \
  "\"transport_protocol\":\"tcp\",\"scan_time\":\"2026-11-21T00:00:00Z\"},{\"port\":53,"           \
  "\"protocol\":\"DNS\","                                                                          \
  "\"transport_protocol\":\"udp\",\"scan_time\":\"2026-11-21T00:00:01Z\"}]}}}"
#define CENSYS_2                                                                                   \
  "{\"code\":200,\"status\":\"OK\",\"result\":{\"ip\":\"5.6.7.8\",\"services\":[{\"port\":22,"     \
  "\"service_name\":\"SSH\","                                                                      \
  "\"transport_protocol\":\"TCP\",\"observed_at\":\"2026-11-21T00:00:00Z\"}]}}"

typedef struct
{
  SoupServer *server;
  char *url;
  char *asked;         /* path and query of the last question */
  char *authorization; /* of it */
  guint n_asked;
  guint status;
  GString *body;
  const char *location;
  PtlClock *clock;
  GPtrArray *endpoints;
} Fixture;

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  Fixture *f = data;
  GUri *uri = soup_server_message_get_uri (message);

  f->n_asked++;
  g_free (f->asked);
  f->asked = g_strdup_printf ("%s%s%s", path, g_uri_get_query (uri) != NULL ? "?" : "",
                              g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : "");
  g_free (f->authorization);
  f->authorization
      = g_strdup (soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                "Authorization"));
  soup_server_message_set_status (message, f->status, NULL);
  if (f->location != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location",
                                  f->location);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, f->body->str,
                                    f->body->len);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  f->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (f->server, NULL, on_request, f, NULL);
  soup_server_listen_local (f->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (f->server);
  f->url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  f->status = 200;
  f->body = g_string_new (INTERNETDB);
  f->clock = ptl_clock_new ();
  f->endpoints = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_vantage_endpoint_free);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->server);
  g_object_unref (f->clock);
  g_free (f->url);
  g_free (f->asked);
  g_free (f->authorization);
  g_string_free (f->body, TRUE);
  g_ptr_array_unref (f->endpoints);
}

static void
add_endpoint (Fixture *f, const char *text, guint16 port, PtlProtocol protocol)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  g_ptr_array_add (f->endpoints, ptl_vantage_endpoint_new (address, port, protocol));
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GPtrArray *
ask_at (Fixture *f, PtlVantageKind kind, const char *server, const char *key)
{
  PtlVantageAsk ask = {
    .kind = kind, .endpoints = f->endpoints, .clock = f->clock, .server = server, .key = key
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *answers;

  ptl_vantage_ask_async (&ask, NULL, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answers = ptl_vantage_ask_finish (result, &error);
  g_assert_no_error (error);
  return answers;
}

static GPtrArray *
ask (Fixture *f, PtlVantageKind kind, const char *key)
{
  return ask_at (f, kind, f->url, key);
}

static const PtlVantageAnswer *
assert_answer (GPtrArray *answers, guint i, guint16 port, PtlProtocol protocol, PtlSeenState state)
{
  const PtlVantageAnswer *answer = answers->pdata[i];

  g_assert_cmpuint (i, <, answers->len);
  g_assert_cmpuint (answer->port, ==, port);
  g_assert_cmpint (answer->protocol, ==, protocol);
  g_assert_cmpint (answer->sighting->state, ==, state);
  g_assert_true (g_utf8_validate (answer->sighting->detail, -1, NULL));
  return answer;
}

static void
test_internetdb (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) answers = NULL;
  const PtlVantageAnswer *answer;

  add_endpoint (f, "5.6.7.8", 22, PTL_PROTOCOL_TCP);
  add_endpoint (f, "5.6.7.8", 25565, PTL_PROTOCOL_TCP);
  add_endpoint (f, "5.6.7.8", 443, PTL_PROTOCOL_UDP);
  answers = ask (f, PTL_VANTAGE_INTERNETDB, NULL);
  g_assert_cmpuint (f->n_asked, ==, 1);
  g_assert_cmpstr (f->asked, ==, "/5.6.7.8");
  g_assert_null (f->authorization);
  answer = assert_answer (answers, 0, 22, PTL_PROTOCOL_TCP, PTL_SEEN_OPEN);
  /* They do not say when; and weaknesses are their guesses. */
  g_assert_cmpint (answer->sighting->at, ==, 0);
  g_assert_nonnull (strstr (answer->sighting->detail, "once a week"));
  g_assert_nonnull (strstr (answer->sighting->detail, "CVE-2023-48795, CVE-2024-6387"));
  g_assert_nonnull (strstr (answer->sighting->detail, "guesses"));
  assert_answer (answers, 1, 25565, PTL_PROTOCOL_TCP, PTL_SEEN_UNLISTED);
  assert_answer (answers, 2, 443, PTL_PROTOCOL_UDP, PTL_SEEN_UNLISTED);
  /* What only they know of. */
  assert_answer (answers, 3, 443, PTL_PROTOCOL_TCP, PTL_SEEN_OPEN);
  assert_answer (answers, 4, 8080, PTL_PROTOCOL_TCP, PTL_SEEN_OPEN);
  g_assert_cmpuint (answers->len, ==, 5);
}

static void
test_nothing_known (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) answers = NULL;
  const PtlVantageAnswer *answer;

  f->status = 404;
  g_string_assign (f->body, "{\"detail\":\"No information available\"}");
  add_endpoint (f, "5.6.7.8", 22, PTL_PROTOCOL_TCP);
  answers = ask (f, PTL_VANTAGE_INTERNETDB, NULL);
  answer = assert_answer (answers, 0, 22, PTL_PROTOCOL_TCP, PTL_SEEN_UNLISTED);
  g_assert_nonnull (strstr (answer->sighting->detail, "does not make it closed"));
}

static void
test_ipv6 (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) answers = NULL;

  add_endpoint (f, "2001:db8::1", 22, PTL_PROTOCOL_TCP);
  answers = ask (f, PTL_VANTAGE_INTERNETDB, NULL);
  assert_answer (answers, 0, 22, PTL_PROTOCOL_TCP, PTL_SEEN_FAILED);
  g_assert_cmpuint (f->n_asked, ==, 0);
}

static void
test_shodan (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) answers = NULL;
  const PtlVantageAnswer *answer;

  g_string_assign (f->body, SHODAN);
  add_endpoint (f, "5.6.7.8", 22, PTL_PROTOCOL_TCP);
  add_endpoint (f, "5.6.7.8", 80, PTL_PROTOCOL_TCP);
  answers = ask (f, PTL_VANTAGE_SHODAN, "se&cret?");
  g_assert_cmpstr (f->asked, ==, "/shodan/host/5.6.7.8?minify=true&key=se%26cret%3F");
  answer = assert_answer (answers, 0, 22, PTL_PROTOCOL_TCP, PTL_SEEN_OPEN);
  g_assert_cmpint (answer->sighting->at, ==, 1795162530);
  assert_answer (answers, 1, 80, PTL_PROTOCOL_TCP, PTL_SEEN_UNLISTED);
}

static void
test_censys (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GPtrArray) older = NULL;
  const PtlVantageAnswer *answer;

  g_string_assign (f->body, CENSYS_3);
  add_endpoint (f, "5.6.7.8", 53, PTL_PROTOCOL_UDP);
  add_endpoint (f, "5.6.7.8", 53, PTL_PROTOCOL_TCP);
  answers = ask (f, PTL_VANTAGE_CENSYS, "token");
  g_assert_cmpstr (f->asked, ==, "/v3/global/asset/host/5.6.7.8");
  g_assert_cmpstr (f->authorization, ==, "Bearer token");
  answer = assert_answer (answers, 0, 53, PTL_PROTOCOL_UDP, PTL_SEEN_OPEN);
  g_assert_cmpint (answer->sighting->at, ==, 1795219201);
  g_assert_nonnull (strstr (answer->sighting->detail, "DNS"));
  assert_answer (answers, 1, 53, PTL_PROTOCOL_TCP, PTL_SEEN_UNLISTED);
  assert_answer (answers, 2, 22, PTL_PROTOCOL_TCP, PTL_SEEN_OPEN);

  g_string_assign (f->body, CENSYS_2);
  older = ask (f, PTL_VANTAGE_CENSYS, "id:secret");
  g_assert_cmpstr (f->asked, ==, "/api/v2/hosts/5.6.7.8");
  g_assert_cmpstr (f->authorization, ==, "Basic aWQ6c2VjcmV0");
  assert_answer (older, 2, 22, PTL_PROTOCOL_TCP, PTL_SEEN_OPEN);
}

/* Nothing is sent without a key, nor a key where others could read it. */
static void
test_key (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) open = NULL;
  const PtlVantageAnswer *answer;

  add_endpoint (f, "5.6.7.8", 22, PTL_PROTOCOL_TCP);
  none = ask (f, PTL_VANTAGE_SHODAN, NULL);
  answer = assert_answer (none, 0, 22, PTL_PROTOCOL_TCP, PTL_SEEN_FAILED);
  g_assert_nonnull (strstr (answer->sighting->detail, "needs a key"));
  g_assert_cmpuint (f->n_asked, ==, 0);
  open = ask_at (f, PTL_VANTAGE_SHODAN, "http://shodan.example", "sesame");
  answer = assert_answer (open, 0, 22, PTL_PROTOCOL_TCP, PTL_SEEN_FAILED);
  g_assert_nonnull (strstr (answer->sighting->detail, "without encryption"));
  g_assert_null (strstr (answer->sighting->detail, "sesame"));
}

static void
assert_failed (Fixture *f, PtlVantageKind kind, const char *words)
{
  g_autoptr (GPtrArray) answers = ask (f, kind, "sesame");
  const PtlVantageAnswer *answer
      = assert_answer (answers, 0, 22, PTL_PROTOCOL_TCP, PTL_SEEN_FAILED);

  g_assert_cmpuint (answers->len, ==, 1);
  g_assert_nonnull (strstr (answer->sighting->detail, words));
  g_assert_null (strstr (answer->sighting->detail, "sesame"));
}

static void
test_statuses (Fixture *f, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *words;
  } cases[] = { { 401, "does not take the key" },
                { 403, "does not take the key" },
                { 429, "asked too often" },
                { 500, "the status 500" },
                { 204, "the status 204" } };

  add_endpoint (f, "5.6.7.8", 22, PTL_PROTOCOL_TCP);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      f->status = cases[i].status;
      assert_failed (f, PTL_VANTAGE_SHODAN, cases[i].words);
    }
  f->status = 302;
  f->location = "http://127.0.0.1:1/";
  assert_failed (f, PTL_VANTAGE_SHODAN, "the status 302");
  g_assert_cmpuint (f->n_asked, ==, 6);
}

static void
test_hostile (Fixture *f, gconstpointer data)
{
  static const char *const bodies[] = {
    "",
    "null",
    "[]",
    "{}",
    "{\"ip\":\"5.6.7.9\",\"ports\":[22]}",
    "{\"ip\":[\"5.6.7.8\"],\"ports\":[22]}",
    "{\"ip\":\"5.6.7.8\",\"ports\":[22]",
    "\xff\xfe{\"ip\":\"5.6.7.8\"}",
    "<html><script>alert(1)</script></html>",
  };
  g_autoptr (GPtrArray) odd = NULL;

  add_endpoint (f, "5.6.7.8", 22, PTL_PROTOCOL_TCP);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_string_assign (f->body, bodies[i]);
      assert_failed (f, PTL_VANTAGE_INTERNETDB, "cannot be read");
    }
  g_string_truncate (f->body, 0);
  for (guint i = 0; i < 30000; i++)
    g_string_append_c (f->body, '[');
  assert_failed (f, PTL_VANTAGE_INTERNETDB, "cannot be read");
  for (guint i = 0; i < 40000; i++)
    g_string_append_c (f->body, ' ');
  assert_failed (f, PTL_VANTAGE_INTERNETDB, "more than a record can be");
  /* What is no port and no number of a weakness is passed over. */
  g_string_assign (f->body,
                   "{\"ip\":\"5.6.7.8\",\"ports\":[0,-1,65536,22.5,\"22\",null,{},[1],22,22],"
                   "\"vulns\":[\"CVE-<b>\",\"\\u001b[31m\",7,\"CVE-2024-1\"]}");
  odd = ask (f, PTL_VANTAGE_INTERNETDB, NULL);
  assert_answer (odd, 0, 22, PTL_PROTOCOL_TCP, PTL_SEEN_OPEN);
  g_assert_cmpuint (odd->len, ==, 1);
  g_assert_nonnull (strstr (((PtlVantageAnswer *) odd->pdata[0])->sighting->detail,
                            ": CVE-2024-1."));
}

/* Nobody there, and somebody who never says anything: both come to an end. */
static void
test_silence (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) gone = NULL;
  g_autoptr (GPtrArray) mute = NULL;
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  gint64 begin;

  add_endpoint (f, "5.6.7.8", 22, PTL_PROTOCOL_TCP);
  begin = g_get_monotonic_time ();
  mute = ask_at (f, PTL_VANTAGE_INTERNETDB, url, NULL);
  assert_answer (mute, 0, 22, PTL_PROTOCOL_TCP, PTL_SEEN_FAILED);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 14 * G_TIME_SPAN_SECOND);
  g_socket_listener_close (listener);
  gone = ask_at (f, PTL_VANTAGE_INTERNETDB, url, NULL);
  assert_answer (gone, 0, 22, PTL_PROTOCOL_TCP, PTL_SEEN_FAILED);
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  PtlVantageAsk question = {
    .kind = PTL_VANTAGE_INTERNETDB, .endpoints = f->endpoints, .clock = f->clock, .server = url
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GError) error = NULL;

  add_endpoint (f, "5.6.7.8", 22, PTL_PROTOCOL_TCP);
  ptl_vantage_ask_async (&question, cancellable, on_done, &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answers = ptl_vantage_ask_finish (result, &error);
  g_assert_null (answers);
  g_assert_cmpint (ptl_error_code_of (error), ==, PTL_ERROR_CANCELLED);
}

static void
test_servers (void)
{
  static const char *const bad[] = { "",
                                     "internetdb.shodan.io",
                                     "ftp://x",
                                     "https://",
                                     "https://u:p@x/",
                                     "http://x/?a=b",
                                     "http://x/#a",
                                     "file:///etc/passwd" };

  g_assert_true (ptl_record_server_check ("https://internetdb.shodan.io", NULL));
  g_assert_true (ptl_record_server_check ("http://127.0.0.1:8080/db/", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ptl_record_server_check (bad[i], &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
  g_assert_true (ptl_vantage_needs_consent (PTL_VANTAGE_INTERNETDB));
  g_assert_false (ptl_vantage_needs_consent (PTL_VANTAGE_RELAY));
  g_assert_false (ptl_vantage_needs_key (PTL_VANTAGE_INTERNETDB));
  g_assert_true (ptl_vantage_needs_key (PTL_VANTAGE_CENSYS));
}

#define ADD(name, func) g_test_add ("/vantage/record/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("internetdb", test_internetdb);
  ADD ("nothing-known", test_nothing_known);
  ADD ("ipv6", test_ipv6);
  ADD ("shodan", test_shodan);
  ADD ("censys", test_censys);
  ADD ("key", test_key);
  ADD ("statuses", test_statuses);
  ADD ("hostile", test_hostile);
  ADD ("silence", test_silence);
  ADD ("cancel", test_cancel);
  g_test_add_func ("/vantage/record/servers", test_servers);
  return g_test_run ();
}
