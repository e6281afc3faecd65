/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/fingerprint/ptl-page.h"

#include <gio/gio.h>
#include <string.h>

static PtlPage *
parse (const char *text)
{
  return ptl_page_parse (text, strlen (text));
}

static void
test_plain (void)
{
  g_autoptr (PtlPage) page
      = parse ("HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n"
               "Content-Type: text/html\r\n\r\n<title> A &amp; B </title>hello");

  g_assert_cmpint (page->status, ==, 200);
  g_assert_cmpstr (ptl_page_get_header (page, "server"), ==, "nginx/1.22.1");
  g_assert_cmpstr (page->title, ==, "A & B");
  g_assert_true (ptl_page_is_plain (page));
  g_assert_false (ptl_page_asks_login (page));
}

static void
test_no_http (void)
{
  g_assert_null (parse (""));
  g_assert_null (parse ("SSH-2.0-OpenSSH_9.2p1\r\n"));
  g_assert_null (parse ("HTTP/1.1"));
  g_assert_null (parse ("HTTP/1.1 abc\r\n\r\n"));
}

static void
test_title_is_safe (void)
{
  g_autoptr (PtlPage) page
      = parse ("HTTP/1.1 200 OK\r\n\r\n<TITLE lang=x>\x1b]0;owned\a<script>alert(1)</script>");

  g_assert_null (strchr (page->title, '\x1b'));
  g_assert_null (strchr (page->title, '\a'));
  g_assert_true (g_utf8_validate (page->title, -1, NULL));
}

static void
test_chunks (void)
{
  static const char text[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
  g_autoptr (PtlPage) page = parse (text);
  g_autoptr (PtlPage) cut = ptl_page_parse (text, strlen (text) - 12);
  g_autoptr (PtlPage) wrong
      = parse ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\nhello");

  g_assert_true (ptl_page_is_whole (text, strlen (text)));
  g_assert_false (ptl_page_is_whole (text, strlen (text) - 1));
  g_assert_cmpmem (g_bytes_get_data (page->body, NULL), g_bytes_get_size (page->body),
                   "hello world", 11);
  g_assert_cmpuint (g_bytes_get_size (cut->body), >=, 5);
  g_assert_cmpuint (g_bytes_get_size (wrong->body), ==, 0);
}

/* A body that unpacks to a gigabyte stops where a page may. */
static void
test_packed_bomb (void)
{
  g_autoptr (GConverter) packer
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autofree guint8 *zeros = g_malloc0 (40 * 1024 * 1024), *packed = g_malloc (256 * 1024);
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  g_autoptr (PtlPage) page = NULL;
  gsize taken, made;

  g_assert_cmpint (g_converter_convert (packer, zeros, 40 * 1024 * 1024, packed, 256 * 1024,
                                        G_CONVERTER_INPUT_AT_END, &taken, &made, NULL),
                   ==, G_CONVERTER_FINISHED);
  g_byte_array_append (answer, (const guint8 *) "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
                       43);
  g_byte_array_append (answer, packed, made);
  page = ptl_page_parse (answer->data, answer->len);
  g_assert_cmpuint (g_bytes_get_size (page->body), >, 1000);
  g_assert_cmpuint (g_bytes_get_size (page->body), <=, PTL_PAGE_MAX_BODY + 8192);
}

static void
test_deep_json (void)
{
  g_autofree char *brackets = g_strnfill (60000, '[');
  g_autofree char *text = g_strconcat ("HTTP/1.1 200 OK\r\n\r\n", brackets, NULL);
  g_autoptr (PtlPage) page = parse (text);
  g_autoptr (PtlPage) flat = parse ("HTTP/1.1 200 OK\r\n\r\n{\"a\":[{\"b\":\"[[[[\"}]}");

  g_assert_null (page->json);
  g_assert_nonnull (flat->json);
}

static void
test_logins (void)
{
  static const char *const asking[] = {
    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: /login?next=/\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: https://auth.home.example/\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\n<form><input type=\"password\" name=\"p\"></form>",
    "HTTP/1.1 200 OK\r\n\r\n<title>Please Sign In</title><div id=app></div>",
    "HTTP/1.1 200 OK\r\n\r\n<form><INPUT TYPE = 'Password'></form>",
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"error\":\"Unauthorized\"}",
    "HTTP/1.1 400 Bad Request\r\n\r\nno token provided",
    "HTTP/1.1 400 Bad Request\r\n\r\n<title>400 No required SSL certificate was sent</title>",
  };
  static const char *const doubtful[] = {
    "HTTP/1.1 200 OK\r\n\r\n<div id=app></div><script src=a.js></script>",
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"message\":\"hello\"}",
    "HTTP/1.1 200 OK\r\n\r\n<form action=/search>",
    "HTTP/1.1 404 Not Found\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (asking); i++)
    {
      g_autoptr (PtlPage) page = parse (asking[i]);

      g_assert_true (ptl_page_asks_login (page));
      g_assert_false (ptl_page_is_plain (page));
    }
  for (guint i = 0; i < G_N_ELEMENTS (doubtful); i++)
    {
      g_autoptr (PtlPage) page = parse (doubtful[i]);

      g_assert_false (ptl_page_asks_login (page));
      g_assert_false (ptl_page_is_plain (page));
    }
}

/* Text enough to be the page itself. */
#define TEXT                                                                                       \
  "These are the measurements of the garden, made by the sensor at the shed, as they came in "     \
  "this morning. Nothing else is here, and nobody has to say who they are to see it. The "         \
  "tomatoes are well, and so are the beans along the southern fence of the neighbours."

static void
test_shows_all (void)
{
  static const char *const showing[] = {
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<script>var a</script><p>" TEXT,
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<form><input name=q></form><p>" TEXT,
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<meta http-equiv=Content-Type><p>" TEXT,
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Index of /</title><a>login.txt</a>",
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>/</title><a href=\"./login.txt\">",
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>hello</title>",
  };
  static const char *const not_all[] = {
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<div id=app></div><script>" TEXT "</script>",
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<noscript>" TEXT "</noscript><script src=a>",
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>/</title><a href=\"login\">x</a>",
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<form><input name=user></form>" TEXT,
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<script></script><a href=/login>x</a>" TEXT,
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<script></script>Bitte anmelden. " TEXT,
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<iframe src=x></iframe>" TEXT,
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<form method=post><input "
    "name=h></form>" TEXT,
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<form METHOD = 'POST'><input "
    "name=h></form>" TEXT,
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nAccess is restricted to the family.",
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nMissing configuration file "
    "<b>config.php</b>",
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nAn unexpected error happened.<br>" TEXT,
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<script></script" TEXT,
    "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<script></script>" TEXT,
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":\"" TEXT "\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (showing); i++)
    {
      g_autoptr (PtlPage) page = parse (showing[i]);

      g_test_message ("%s", showing[i]);
      g_assert_true (ptl_page_shows_all (page));
    }
  for (guint i = 0; i < G_N_ELEMENTS (not_all); i++)
    {
      g_autoptr (PtlPage) page = parse (not_all[i]);

      g_test_message ("%s", not_all[i]);
      g_assert_false (ptl_page_shows_all (page));
    }
}

/* Measurements and the like have any words. */
static void
test_long_text (void)
{
  g_autofree char *lines = g_strnfill (1200, 'a');
  g_autofree char *text
      = g_strconcat ("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\r\n"
                     "token_denied_total 3\n",
                     lines, NULL);
  g_autoptr (PtlPage) page = parse (text);

  g_assert_false (ptl_page_is_plain (page));
  g_assert_true (ptl_page_shows_all (page));
}

static void
test_next (void)
{
  static const struct
  {
    const char *answer;
    const char *path;
    const char *next;
  } cases[] = {
    { "HTTP/1.1 302 X\r\nLocation: /ui/?a=b#c\r\n\r\n", "/", "/ui/?a=b" },
    { "HTTP/1.1 301 X\r\nLocation: web\r\n\r\n", "/a/b", "/a/web" },
    { "HTTP/1.1 302 X\r\nLocation: http://nas.example:8080/x\r\n\r\n", "/", "/x" },
    { "HTTP/1.1 302 X\r\nLocation: http://nas.example:8080\r\n\r\n", "/x", "/" },
    { "HTTP/1.1 302 X\r\nLocation: http://nas.example/x\r\n\r\n", "/", NULL },
    { "HTTP/1.1 302 X\r\nLocation: https://nas.example:8080/x\r\n\r\n", "/", NULL },
    { "HTTP/1.1 302 X\r\nLocation: //elsewhere.example/x\r\n\r\n", "/", NULL },
    { "HTTP/1.1 302 X\r\nLocation: javascript:alert(1)\r\n\r\n", "/", NULL },
    { "HTTP/1.1 302 X\r\nLocation: /\r\n\r\n", "/", NULL },
    { "HTTP/1.1 200 X\r\nLocation: /x\r\n\r\n", "/", NULL },
    { "HTTP/1.1 302 X\r\nLocation: /a b\r\n\r\n", "/", "/a%20b" },
    { "HTTP/1.1 200 X\r\n\r\n<META HTTP-EQUIV=Refresh CONTENT=\"0; URL=start.cgi\">", "/",
      "/start.cgi" },
    { "HTTP/1.1 200 X\r\n\r\n<script>window.location.href = '/ui/';</script>", "/", "/ui/" },
    { "HTTP/1.1 200 X\r\n\r\n<script>location.replace(\"/ui\")</script>", "/", "/ui" },
    { "HTTP/1.1 404 X\r\n\r\n<script>location.replace(\"/ui\")</script>", "/", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlPage) page = parse (cases[i].answer);
      g_autofree char *next = ptl_page_dup_next (page, cases[i].path, 8080, FALSE);

      g_test_message ("%s", cases[i].answer);
      g_assert_cmpstr (next, ==, cases[i].next);
    }
}

#define HTML "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
#define SCRIPT "HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\n\r\n"

static GPtrArray *
list_scripts (const char *answer, gboolean whole)
{
  g_autoptr (PtlPage) page = parse (answer);

  page->whole = whole;
  return ptl_page_list_scripts (page, "/ui/", 8080, FALSE);
}

/* Which scripts make a page; none where the page itself raises a doubt. */
static void
test_scripts (void)
{
  static const char *const doubtful[] = {
    HTML "<div id=app></div><script src=//elsewhere.example/a.js></script>",
    HTML "<a href=/login>in</a><script src=a.js></script>",
    HTML "<script type=module>import('./a')</script><script src=a.js></script>",
    HTML "<script src=a.js></script><script src=b.js></script><script src=c.js></script>"
         "<script src=d.js></script><script src=e.js></script>",
    "HTTP/1.1 404 Not Found\r\n\r\n<script src=a.js></script>",
  };
  static const char page[] = HTML "<script>var a</script><SCRIPT defer SRC='/a.js?b=c'></script>"
                                  "<script type=module src=\"b.js\"></script>";
  g_autoptr (GPtrArray) scripts = list_scripts (page, TRUE);
  g_autoptr (GPtrArray) cut = list_scripts (page, FALSE);

  g_assert_cmpuint (scripts->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (scripts, 0), ==, "/a.js?b=c");
  g_assert_cmpstr (g_ptr_array_index (scripts, 1), ==, "/ui/b.js");
  g_assert_null (cut);
  for (guint i = 0; i < G_N_ELEMENTS (doubtful); i++)
    {
      g_autoptr (GPtrArray) none = list_scripts (doubtful[i], TRUE);

      g_test_message ("%s", doubtful[i]);
      g_assert_null (none);
    }
}

/* Many of what has no end take no long time. */
static void
test_many_tags (void)
{
  static const char *const tags[] = { "<input ", "<script ", "<", "name=", "http-equiv=" };

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      g_autoptr (GString) answer = g_string_new (HTML);
      g_autoptr (PtlPage) page = NULL;
      g_autoptr (GPtrArray) scripts = NULL;
      gint64 began = g_get_monotonic_time ();

      while (answer->len < PTL_PAGE_MAX_BODY)
        g_string_append (answer, tags[i]);
      page = ptl_page_parse (answer->str, answer->len);
      page->whole = TRUE;
      scripts = ptl_page_list_scripts (page, "/", 80, FALSE);
      ptl_page_shows_all (page);
      g_assert_cmpint (g_get_monotonic_time () - began, <, 3 * G_TIME_SPAN_SECOND);
    }
}

static void
test_script_words (void)
{
  static const struct
  {
    const char *answer;
    gboolean whole;
    gboolean without;
  } cases[] = {
    { SCRIPT "draw(document.querySelector('#garden'))", TRUE, TRUE },
    { SCRIPT "draw(document.querySelector('#garden'))", FALSE, FALSE },
    /* Whether that is given to strangers is not known. */
    { SCRIPT "fetch('/data').then(draw)", TRUE, FALSE },
    { SCRIPT "new XMLHttpRequest().open('GET', '/data')", TRUE, FALSE },
    { SCRIPT "$.ajax({url: '/data'})", TRUE, FALSE },
    { SCRIPT "show('<input type=password>')", TRUE, FALSE },
    { SCRIPT "if (answer.status === 401) start()", TRUE, FALSE },
    { SCRIPT "const more = () => import('./more')", TRUE, FALSE },
    { SCRIPT, TRUE, FALSE },
    { HTML "<div id=app></div>", TRUE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlPage) page = parse (cases[i].answer);

      page->whole = cases[i].whole;
      g_test_message ("%s", cases[i].answer);
      g_assert_cmpint (ptl_page_is_script_without_login (page), ==, cases[i].without);
    }
}

/* Only what tells who or what is there is asked for. */
static void
test_script_asks (void)
{
  g_autoptr (PtlPage) page
      = parse (SCRIPT "get(\"/api/v1/users/me\");get('/api/settings');post(`/api/logout`);"
                      "get('/api/restart');get('//elsewhere.example/me');get('/api/settings');"
                      "get('/api/a b/me');get('/x/status?a=b');get('/me");
  g_autoptr (GPtrArray) asks = ptl_page_list_asks (page);

  g_assert_cmpuint (asks->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (asks, 0), ==, "/api/v1/users/me");
  g_assert_cmpstr (g_ptr_array_index (asks, 1), ==, "/api/settings");
}

static void
test_wants_tls (void)
{
  g_autoptr (PtlPage) nginx
      = parse ("HTTP/1.1 400 Bad Request\r\n\r\n<html><title>400 The plain HTTP request was "
               "sent to HTTPS port</title>");
  g_autoptr (PtlPage) go
      = parse ("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
  g_autoptr (PtlPage) other = parse ("HTTP/1.0 400 Bad Request\r\n\r\nno\n");

  g_autoptr (PtlPage) sent
      = parse ("HTTP/1.1 307 Temporary Redirect\r\nLocation: https://192.168.1.5:8384/\r\n\r\n");

  g_assert_true (ptl_page_wants_tls (sent, 8384));
  g_assert_false (ptl_page_wants_tls (sent, 384));
  g_assert_false (ptl_page_wants_tls (sent, 80));
  g_assert_true (ptl_page_wants_tls (nginx, 8443));
  g_assert_true (ptl_page_wants_tls (go, 8443));
  g_assert_false (ptl_page_wants_tls (other, 8443));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/page/plain", test_plain);
  g_test_add_func ("/page/no-http", test_no_http);
  g_test_add_func ("/page/title-is-safe", test_title_is_safe);
  g_test_add_func ("/page/chunks", test_chunks);
  g_test_add_func ("/page/packed-bomb", test_packed_bomb);
  g_test_add_func ("/page/deep-json", test_deep_json);
  g_test_add_func ("/page/logins", test_logins);
  g_test_add_func ("/page/shows-all", test_shows_all);
  g_test_add_func ("/page/long-text", test_long_text);
  g_test_add_func ("/page/next", test_next);
  g_test_add_func ("/page/scripts", test_scripts);
  g_test_add_func ("/page/many-tags", test_many_tags);
  g_test_add_func ("/page/script-words", test_script_words);
  g_test_add_func ("/page/script-asks", test_script_asks);
  g_test_add_func ("/page/wants-tls", test_wants_tls);
  return g_test_run ();
}
