/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-metrics-head.h"

#define PORT 9464
#define HOST "Host: 127.0.0.1:9464\r\n"
#define GET "GET /metrics HTTP/1.1\r\n"

static const struct
{
  const char *head;
  PtlMetricsHead verdict;
} cases[] = {
  { GET HOST "\r\n", PTL_METRICS_HEAD_OK },
  { GET "host:localhost:9464\r\nAccept: text/plain\r\nUser-Agent: Prometheus/2.42\r\n\r\n", PTL_METRICS_HEAD_OK },
  { GET "HOST:\t LocalHost:9464 \r\n\r\n", PTL_METRICS_HEAD_OK },
  { GET "Host: [::1]:9464\r\n\r\n", PTL_METRICS_HEAD_OK },
  { "GET /metrics?x=y HTTP/1.0\r\n" HOST "\r\n", PTL_METRICS_HEAD_OK },
  { GET HOST "X: \xc3\xa4\tb\r\n\r\n", PTL_METRICS_HEAD_OK },
  { GET HOST "Empty:\r\n\r\nwhat follows is not looked at", PTL_METRICS_HEAD_OK },

  { "", PTL_METRICS_HEAD_MORE },
  { "G", PTL_METRICS_HEAD_MORE },
  { GET HOST, PTL_METRICS_HEAD_MORE },
  { GET HOST "\r", PTL_METRICS_HEAD_MORE },
  { GET HOST "\n\n", PTL_METRICS_HEAD_MORE },

  { "GET / HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_NOT_FOUND },
  { "GET /metric HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_NOT_FOUND },
  { "GET /metrics/ HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_NOT_FOUND },
  { "GET /metrics%00 HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_NOT_FOUND },
  { "GET /../metrics HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_NOT_FOUND },
  { "GET http://127.0.0.1:9464/metrics HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_NOT_FOUND },
  { "HEAD /metrics HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_NOT_ALLOWED },
  { "POST /metrics HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", PTL_METRICS_HEAD_NOT_ALLOWED },
  { "get /metrics HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_NOT_ALLOWED },
  { "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_NOT_ALLOWED },

  /* DNS rebinding: the browser says by which name it came. */
  { GET "Host: evil.example\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET "Host: evil.example:9464\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET "Host: 127.0.0.1:9464.evil.example\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET "Host: localhost.evil.example:9464\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET "Host: 127.0.0.1\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET "Host: 127.0.0.1:80\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET "Host: 127.0.0.2:9464\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET "Host: ::1:9464\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET "Host:\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET "\r\n", PTL_METRICS_HEAD_BAD },
  { GET HOST HOST "\r\n", PTL_METRICS_HEAD_BAD },
  { GET HOST "Host: evil.example\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { "GET /nothing HTTP/1.1\r\nHost: evil.example\r\n\r\n", PTL_METRICS_HEAD_BAD },

  { "\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { "GET /metrics\r\n" HOST "\r\n", PTL_METRICS_HEAD_BAD },
  { "GET  /metrics HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_BAD },
  { "GET /metrics HTTP/1.1 \r\n" HOST "\r\n", PTL_METRICS_HEAD_BAD },
  { "GET /metrics HTTP/2\r\n" HOST "\r\n", PTL_METRICS_HEAD_BAD },
  { "GET /metrics http/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_BAD },
  { "GET /met\trics HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_BAD },
  { " GET /metrics HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_BAD },
  { "G\"T /metrics HTTP/1.1\r\n" HOST "\r\n", PTL_METRICS_HEAD_BAD },
  { GET "Host : 127.0.0.1:9464\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET HOST "Folded: a\r\n b\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET HOST "No colon\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET HOST ": no name\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET HOST "X: a\rb\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET HOST "X: a\nb\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { GET HOST "X: \x7f\r\n\r\n", PTL_METRICS_HEAD_BAD },
  { "\x16\x03\x01\x02\r\n\r\n", PTL_METRICS_HEAD_BAD },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].head);
      g_assert_cmpint (ptl_metrics_head_check (cases[i].head, strlen (cases[i].head), PORT), ==, cases[i].verdict);
    }
}

/* However it comes in pieces, nothing is decided before the end, and the same at the end. */
static void
test_pieces (void)
{
  static const char head[] = GET HOST "X: y\r\n\r\n";

  for (gsize length = 0; length < sizeof head - 1; length++)
    g_assert_cmpint (ptl_metrics_head_check (head, length, PORT), ==, PTL_METRICS_HEAD_MORE);
  g_assert_cmpint (ptl_metrics_head_check (head, sizeof head - 1, PORT), ==, PTL_METRICS_HEAD_OK);
}

static void
test_nul (void)
{
  static const char name[] = GET "Host\0: 127.0.0.1:9464\r\n\r\n";
  static const char value[] = GET HOST "X: a\0b\r\n\r\n";

  g_assert_cmpint (ptl_metrics_head_check (name, sizeof name - 1, PORT), ==, PTL_METRICS_HEAD_BAD);
  g_assert_cmpint (ptl_metrics_head_check (value, sizeof value - 1, PORT), ==, PTL_METRICS_HEAD_BAD);
}

/* 8 KiB, and not a byte more. */
static void
test_long (void)
{
  g_autoptr (GString) head = g_string_new (GET HOST "X: ");

  while (head->len < PTL_METRICS_HEAD_MAX - 4)
    g_string_append_c (head, 'x');
  g_string_append (head, "\r\n\r\n");
  g_assert_cmpint (ptl_metrics_head_check (head->str, head->len, PORT), ==, PTL_METRICS_HEAD_OK);
  g_assert_cmpint (ptl_metrics_head_check (head->str, head->len - 1, PORT), ==, PTL_METRICS_HEAD_MORE);
  g_string_insert_c (head, 40, 'x');
  g_assert_cmpint (ptl_metrics_head_check (head->str, head->len, PORT), ==, PTL_METRICS_HEAD_BAD);
  g_assert_cmpint (ptl_metrics_head_check (head->str, PTL_METRICS_HEAD_MAX, PORT), ==, PTL_METRICS_HEAD_BAD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metrics-head/cases", test_cases);
  g_test_add_func ("/metrics-head/pieces", test_pieces);
  g_test_add_func ("/metrics-head/nul", test_nul);
  g_test_add_func ("/metrics-head/long", test_long);
  return g_test_run ();
}
