/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/fingerprint/ptl-fingerprint.h"

#include <string.h>
#include <sys/socket.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"

/* A peer of our own on loopback: each connection is given to @serve in a thread. */
typedef struct
{
  GThreadedSocketService *service;
  guint16 port;
  const char *text;
  int n_connections;
} Peer;

typedef void (*Serve) (Peer *peer, GSocket *socket);

static gboolean
run_peer (GThreadedSocketService *service,
          GSocketConnection *connection,
          GObject *source,
          gpointer data)
{
  Peer *peer = data;
  Serve serve = (Serve) g_object_get_data (G_OBJECT (service), "serve");
  GSocket *socket = g_socket_connection_get_socket (connection);

  g_atomic_int_inc (&peer->n_connections);
  g_socket_set_timeout (socket, 12);
  serve (peer, socket);
  return TRUE;
}

static Peer *
start_peer (Serve serve, const char *text)
{
  Peer *peer = g_new0 (Peer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0), bound = NULL;
  g_autoptr (GError) error = NULL;

  peer->text = text;
  peer->service = G_THREADED_SOCKET_SERVICE (g_threaded_socket_service_new (100));
  g_object_set_data (G_OBJECT (peer->service), "serve", (gpointer) serve);
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (peer->service), any,
                                                G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                                &bound, &error));
  peer->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (peer->service, "run", G_CALLBACK (run_peer), peer);
  return peer;
}

static void
stop_peer (Peer *peer)
{
  g_socket_service_stop (G_SOCKET_SERVICE (peer->service));
  g_socket_listener_close (G_SOCKET_LISTENER (peer->service));
  g_object_unref (peer->service);
  g_free (peer);
}

typedef struct
{
  PtlIdentity *identity;
  PtlSeenState state;
  GError *error;
  gboolean done;
} Answer;

static void
take_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->identity = ptl_identify_finish (result, &answer->state, &answer->error);
  answer->done = TRUE;
}

static void
ask (guint16 port, GCancellable *cancellable, Answer *answer)
{
  g_autoptr (PtlDial) dial = ptl_dial_new_direct ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  ptl_identify_async (NULL, dial, loopback, port, PTL_PROTOCOL_TCP, cancellable, take_answer,
                      answer);
  while (!answer->done)
    g_main_context_iteration (NULL, TRUE);
}

/* What @peer is found to be: with safe text in all its fields. */
static PtlIdentity *
identify (Peer *peer)
{
  Answer answer = { 0 };
  gint64 began = g_get_monotonic_time ();

  ask (peer->port, NULL, &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpint (answer.state, ==, PTL_SEEN_OPEN);
  g_assert_nonnull (answer.identity);
  g_assert_true (ptl_text_is_safe (answer.identity->service, 0));
  g_assert_true (ptl_text_is_safe (answer.identity->product, 0));
  g_assert_true (ptl_text_is_safe (answer.identity->version, 0));
  g_assert_true (ptl_text_is_safe (answer.identity->evidence, 0));
  g_assert_true (ptl_text_is_safe (answer.identity->banner, 0));
  /* Ten seconds, and room for a busy machine. */
  g_assert_cmpint (g_get_monotonic_time () - began, <, 30 * G_TIME_SPAN_SECOND);
  return answer.identity;
}

static void
hold (GSocket *socket)
{
  char buffer[4096];

  while (g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL) > 0)
    ;
}

static void
serve_greeting (Peer *peer, GSocket *socket)
{
  g_socket_send (socket, peer->text, strlen (peer->text), NULL, NULL);
  hold (socket);
}

static void
serve_answer (Peer *peer, GSocket *socket)
{
  char buffer[4096];

  if (g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL) > 0)
    g_socket_send (socket, peer->text, strlen (peer->text), NULL, NULL);
}

static void
serve_silence (Peer *peer, GSocket *socket)
{
  hold (socket);
}

static void
serve_end (Peer *peer, GSocket *socket)
{
}

static void
serve_reset (Peer *peer, GSocket *socket)
{
  struct linger now = { 1, 0 };

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void
serve_reset_after (Peer *peer, GSocket *socket)
{
  char buffer[16];

  g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);
  serve_reset (peer, socket);
}

/* As much as it takes, for as long as it takes. */
static void
serve_flood (Peer *peer, GSocket *socket)
{
  g_autofree char *block = g_strnfill (65536, 'x');

  if (peer->text != NULL)
    g_socket_send (socket, peer->text, strlen (peer->text), NULL, NULL);
  for (guint i = 0; i < 16384 && g_socket_send (socket, block, 65536, NULL, NULL) > 0; i++)
    ;
}

static void
serve_drip (Peer *peer, GSocket *socket)
{
  gint64 end = g_get_monotonic_time () + 12 * G_TIME_SPAN_SECOND;
  const char *next = peer->text;

  while (g_get_monotonic_time () < end
         && g_socket_send (socket, *next ? next : "x", 1, NULL, NULL) == 1)
    {
      next += *next != '\0';
      /* The peer's pace is what is tested. */
      g_usleep (200 * 1000);
    }
}

static void
test_greetings (void)
{
  static const struct
  {
    const char *greeting;
    const char *service;
    const char *product;
    const char *version;
  } cases[] = {
    { "220 (vsFTPd 3.0.3)\r\n", "ftp", "vsftpd", "3.0.3" },
    { "220 mail.home.example ESMTP Postfix (Debian/GNU)\r\n", "smtp", "Postfix", "" },
    { "220 nas ESMTP Exim 4.96 Sat, 28 Nov 2026 20:00:00 +0000\r\n", "smtp", "Exim", "4.96" },
    { "+OK Dovecot (Debian) ready.\r\n", "pop3", "Dovecot", "" },
    { "* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot (Debian) ready.\r\n", "imap", "Dovecot", "" },
    { "OK MPD 0.23.5\n", "mpd", "MPD", "" },
    { "Asterisk Call Manager/7.0.3\r\n", "asterisk-ami", "Asterisk", "" },
    { "220 nas dictd 1.13.0/rf on Linux 6.1 <auth.mime> <1.2.3@nas>\r\n", "dict", "dictd",
      "1.13.0" },
    { "sh: 0: can't access tty; job control turned off\n# ", "shell", "", "" },
    { "nas\n\n$ ", "shell", "", "" },
    { "<monopd><server host=\"\" version=\"0.10.2\"/></monopd>\n", "game", "monopd", "0.10.2" },
    { "Rsrv0103QAP1\r\n\r\n--------------\r\n", "rserve", "Rserve", "" },
    { "200-ICECC 1.4.0: 27s uptime, 0 hosts, 0 jobs in queue (0 total).\n", "icecc",
      "icecc-scheduler", "1.4.0" },
    { "Content-Length: 157\r\n\r\n{\"seq\": 1, \"type\": \"event\", \"event\": \"output\", "
      "\"body\": "
      "{\"category\": \"telemetry\", \"output\": \"ptvsd\", \"data\": {\"packageVersion\": "
      "\"1.6.3+git\"}}}",
      "dap", "debugpy", "1.6.3" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = start_peer (serve_greeting, cases[i].greeting);
      g_autoptr (PtlIdentity) identity = identify (peer);

      g_assert_cmpstr (identity->service, ==, cases[i].service);
      g_assert_cmpstr (identity->product, ==, cases[i].product);
      if (*cases[i].version)
        g_assert_cmpstr (identity->version, ==, cases[i].version);
      stop_peer (peer);
    }
}

/* A database: it greets, and gives its text, which is bytes of a packet, to whoever gives a name.
 */
static void
serve_database (Peer *peer, GSocket *socket)
{
  static const char greeting[]
      = "\x5a\0\0\0\x0a"
        "5.5.5-10.11.6-"
        "MariaDB\0\7\0\0\0abcdefgh\0\xfe\xf7\x2d\2\0\xff\x81\x15\0\0\0\0\0\0\x1d\0\0\0"
        "abcdefghijkl\0mysql_native_password";
  char buffer[4096];

  g_socket_send (socket, greeting, sizeof greeting, NULL, NULL);
  while (g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL) > 40)
    g_socket_send (socket, peer->text, peer->text[0] + 4, NULL, NULL);
}

static void
test_database (void)
{
  static const struct
  {
    const char *answer;
    PtlAuth auth;
  } cases[] = {
    { "\7\0\0\2\0\0\0\2\0\0\0", PTL_AUTH_OPEN },
    { "\x11\0\0\2\xff\x15\4#28000denied..", PTL_AUTH_PROTECTED },
    { "\x16\0\0\2\xfe"
      "ed25519\0aaaaaaaaaaaaa",
      PTL_AUTH_PROTECTED },
    { "\x13\0\0\2\xff\x6a\4#HY000not allowed.", PTL_AUTH_PROTECTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = start_peer (serve_database, cases[i].answer);
      g_autoptr (PtlIdentity) identity = identify (peer);

      g_test_message ("case %u: %s", i, identity->evidence);
      g_assert_cmpstr (identity->product, ==, "MariaDB");
      g_assert_cmpstr (identity->version, ==, "10.11.6");
      g_assert_cmpint (identity->auth, ==, cases[i].auth);
      stop_peer (peer);
    }
}

/* Says back what it is told, or, as a debugger of Java does, only the start of it. */
static void
serve_back (Peer *peer, GSocket *socket)
{
  static const char hello[] = "JDWP-Handshake";
  char buffer[4096];
  gssize n;

  while ((n = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL)) > 0)
    if (peer->text == NULL)
      g_socket_send (socket, buffer, n, NULL, NULL);
    else if (n > (gssize) strlen (hello) && memcmp (buffer, hello, strlen (hello)) == 0)
      g_socket_send (socket, peer->text, strlen (peer->text), NULL, NULL);
}

static void
test_echo_is_no_debugger (void)
{
  Peer *echo = start_peer (serve_back, NULL);
  Peer *debugger = start_peer (serve_back, "JDWP-Handshake");
  g_autoptr (PtlIdentity) first = identify (echo);
  g_autoptr (PtlIdentity) second = identify (debugger);

  g_assert_cmpstr (first->service, ==, "echo");
  g_assert_cmpstr (second->service, ==, "jdwp");
  g_assert_cmpint (second->auth, ==, PTL_AUTH_OPEN);
  stop_peer (echo);
  stop_peer (debugger);
}

static void
test_web (void)
{
  Peer *peer = start_peer (serve_answer, "HTTP/1.1 401 Unauthorized\r\nServer: nginx/1.22.1\r\n"
                                         "WWW-Authenticate: Basic realm=\"home\"\r\n\r\n");
  g_autoptr (PtlIdentity) identity = identify (peer);

  g_assert_cmpstr (identity->service, ==, "http");
  g_assert_cmpstr (identity->product, ==, "nginx");
  g_assert_cmpstr (identity->version, ==, "1.22.1");
  g_assert_cmpint (identity->auth, ==, PTL_AUTH_PROTECTED);
  stop_peer (peer);
}

/* A page that nobody knows, with 200: nobody can say that it asks for no login. */
static void
test_unknown_page_is_never_open (void)
{
  Peer *peer = start_peer (serve_answer,
                           "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
                           "<title>Panel</title><div id=app></div><script src=/a.js></script>");
  g_autoptr (PtlIdentity) identity = identify (peer);

  g_assert_cmpstr (identity->service, ==, "http");
  g_assert_cmpint (identity->auth, ==, PTL_AUTH_UNKNOWN);
  stop_peer (peer);
}

/* What it says to "USER anonymous", and no more than that to whatever else. */
static void
serve_ftp (Peer *peer, GSocket *socket)
{
  static const char greeting[] = "220 FTP server ready.\r\n", no[] = "530 Please log in.\r\n";
  char line[512];
  gssize n;

  g_socket_send (socket, greeting, strlen (greeting), NULL, NULL);
  while ((n = g_socket_receive (socket, line, sizeof line - 1, NULL, NULL)) > 0)
    {
      const char *said;

      line[n] = '\0';
      /* No password is ever sent. */
      g_assert_null (strstr (line, "PASS"));
      said = g_str_has_prefix (line, "USER anonymous") ? peer->text : no;
      g_socket_send (socket, said, strlen (said), NULL, NULL);
    }
}

static void
test_anonymous_ftp (void)
{
  static const struct
  {
    const char *answer;
    PtlAuth auth;
  } cases[] = {
    { "230 Anonymous user logged in\r\n", PTL_AUTH_OPEN },
    { "331 Anonymous login ok, send your complete email address as your password\r\n",
      PTL_AUTH_OPEN },
    { "331 Guest login ok, type your name as password.\r\n", PTL_AUTH_OPEN },
    { "331 Anonymous access allowed, send identity (e-mail name) as password.\r\n", PTL_AUTH_OPEN },
    { "331 Password required for anonymous\r\n", PTL_AUTH_PROTECTED },
    { "331 User anonymous OK. Password required\r\n", PTL_AUTH_PROTECTED },
    { "331 Please specify the password.\r\n", PTL_AUTH_PROTECTED },
    { "331 Anonymous login is not allowed, send your e-mail to the admin\r\n", PTL_AUTH_PROTECTED },
    { "530 User anonymous unknown.\r\n", PTL_AUTH_PROTECTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = start_peer (serve_ftp, cases[i].answer);
      g_autoptr (PtlIdentity) identity = identify (peer);

      g_test_message ("%s", cases[i].answer);
      g_assert_cmpstr (identity->service, ==, "ftp");
      g_assert_cmpint (identity->auth, ==, cases[i].auth);
      stop_peer (peer);
    }
}

/* ssh that only those hear who speak first, and as ssh does. */
static void
serve_ssh_to_ssh (Peer *peer, GSocket *socket)
{
  char said[512];

  if (g_socket_receive (socket, said, sizeof said, NULL, NULL) > 4 && memcmp (said, "SSH-", 4) == 0)
    serve_greeting (peer, socket);
}

static void
test_ssh_behind (void)
{
  Peer *peer = start_peer (serve_ssh_to_ssh, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
  g_autoptr (PtlIdentity) identity = identify (peer);

  g_assert_cmpstr (identity->service, ==, "ssh");
  g_assert_cmpstr (identity->product, ==, "OpenSSH");
  stop_peer (peer);
}

/* The first page sends to one that asks for a password. */
static void
serve_sent_on (Peer *peer, GSocket *socket)
{
  static const char page[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
                             "<title>Shed</title><form><input type=password></form>";
  char request[4096];
  gssize n = g_socket_receive (socket, request, sizeof request - 1, NULL, NULL);
  const char *said = n > 12 && g_str_has_prefix (request, "GET /shed/in ") ? page : peer->text;

  if (n > 0)
    g_socket_send (socket, said, strlen (said), NULL, NULL);
}

static void
test_a_page_that_sends_on (void)
{
  static const char *const answers[] = {
    "HTTP/1.1 302 Found\r\nLocation: /shed/in\r\nConnection: close\r\n\r\n",
    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<meta http-equiv='refresh' content='0; "
    "url=shed/in'>",
    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<script>location.href = \"/shed/in\";</script>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      Peer *peer = start_peer (serve_sent_on, answers[i]);
      g_autoptr (PtlIdentity) identity = identify (peer);

      g_assert_cmpstr (identity->service, ==, "http");
      g_assert_cmpint (identity->auth, ==, PTL_AUTH_PROTECTED);
      stop_peer (peer);
    }
}

/* It knows no page of its own, and cannot reach that of another. */
static void
serve_proxy (Peer *peer, GSocket *socket)
{
  static const char none[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nno";
  char request[4096];
  gssize n = g_socket_receive (socket, request, sizeof request - 1, NULL, NULL);
  const char *said;

  if (n <= 0)
    return;
  request[n] = '\0';
  said = g_str_has_prefix (request, "GET http://127.0.0.1:65535/ ") ? peer->text : none;
  g_socket_send (socket, said, strlen (said), NULL, NULL);
}

static void
test_unknown_proxy (void)
{
  static const struct
  {
    const char *answer;
    const char *service;
    PtlAuth auth;
  } cases[] = {
    { "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n", "http-proxy", PTL_AUTH_OPEN },
    { "HTTP/1.1 407 Proxy Authentication Required\r\nConnection: close\r\n\r\n", "http-proxy",
      PTL_AUTH_PROTECTED },
    { "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "http", PTL_AUTH_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = start_peer (serve_proxy, cases[i].answer);
      g_autoptr (PtlIdentity) identity = identify (peer);

      g_assert_cmpstr (identity->service, ==, cases[i].service);
      g_assert_cmpint (identity->auth, ==, cases[i].auth);
      stop_peer (peer);
    }
}

static void
test_redirects_are_not_followed (void)
{
  Peer *canary = start_peer (serve_answer, "HTTP/1.1 200 OK\r\n\r\n");
  g_autofree char *text
      = g_strdup_printf ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%u/\r\n"
                         "Content-Length: 0\r\n\r\n",
                         canary->port);
  Peer *peer = start_peer (serve_answer, text);
  g_autoptr (PtlIdentity) identity = identify (peer);

  g_assert_cmpstr (identity->service, ==, "http");
  g_assert_cmpint (g_atomic_int_get (&canary->n_connections), ==, 0);
  stop_peer (peer);
  stop_peer (canary);
}

static void
test_hostile (void)
{
  static const struct
  {
    Serve serve;
    const char *text;
  } cases[] = {
    { serve_silence, NULL },
    { serve_end, NULL },
    { serve_reset, NULL },
    { serve_reset_after, NULL },
    { serve_flood, NULL },
    { serve_flood,
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n<title>\x1b]0;x\a<script>" },
    { serve_flood, "220 " },
    { serve_drip, "SSH-2.0-" },
    { serve_drip, "HTTP/1.1 200 OK\r\nX: " },
    { serve_drip, "\x16\x03\x03\x40\x00\x02" },
    { serve_answer, "\x16\x03\x03\xff\xff\x02\x00\xff\xff" },
    { serve_answer, "\x1b[2J\x1b]0;owned\a<script>alert(1)</script>\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = start_peer (cases[i].serve, cases[i].text);
      g_autoptr (PtlIdentity) identity = identify (peer);

      g_assert_cmpint (identity->auth, !=, PTL_AUTH_OPEN);
      stop_peer (peer);
    }
}

static void
test_unknown_shows_its_first_bytes (void)
{
  Peer *peer = start_peer (serve_greeting, "\x01\x02portolan knows me not\n");
  g_autoptr (PtlIdentity) identity = identify (peer);

  g_assert_cmpstr (identity->service, ==, "");
  g_assert_cmpstr (identity->banner, ==, "\\x01\\x02portolan knows me not\\n");
  stop_peer (peer);
}

static void
test_closed (void)
{
  Peer *peer = start_peer (serve_end, NULL);
  guint16 port = peer->port;
  Answer answer = { 0 };

  stop_peer (peer);
  ask (port, NULL, &answer);
  g_assert_no_error (answer.error);
  g_assert_null (answer.identity);
  g_assert_cmpint (answer.state, ==, PTL_SEEN_CLOSED);
}

static gboolean
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (void)
{
  Peer *peer = start_peer (serve_silence, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Answer answer = { 0 };
  gint64 began = g_get_monotonic_time ();

  g_timeout_add (200, cancel, cancellable);
  ask (peer->port, cancellable, &answer);
  g_assert_error (answer.error, PTL_ERROR, PTL_ERROR_CANCELLED);
  g_assert_null (answer.identity);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 3 * G_TIME_SPAN_SECOND);
  g_error_free (answer.error);
  stop_peer (peer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/identify/greetings", test_greetings);
  g_test_add_func ("/identify/database", test_database);
  g_test_add_func ("/identify/echo-is-no-debugger", test_echo_is_no_debugger);
  g_test_add_func ("/identify/web", test_web);
  g_test_add_func ("/identify/unknown-page-is-never-open", test_unknown_page_is_never_open);
  g_test_add_func ("/identify/anonymous-ftp", test_anonymous_ftp);
  g_test_add_func ("/identify/ssh-behind", test_ssh_behind);
  g_test_add_func ("/identify/a-page-that-sends-on", test_a_page_that_sends_on);
  g_test_add_func ("/identify/unknown-proxy", test_unknown_proxy);
  g_test_add_func ("/identify/redirects-elsewhere-are-not-followed",
                   test_redirects_are_not_followed);
  g_test_add_func ("/identify/hostile", test_hostile);
  g_test_add_func ("/identify/unknown-shows-its-first-bytes", test_unknown_shows_its_first_bytes);
  g_test_add_func ("/identify/closed", test_closed);
  g_test_add_func ("/identify/cancel", test_cancel);
  return g_test_run ();
}
