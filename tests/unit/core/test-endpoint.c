/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-endpoint.h"
#include "core/ptl-error.h"

typedef struct
{
  const char *text;
  const char *host;
  guint16 first;
  guint16 last;
  const char *again; /* NULL = as given */
} Good;

static const Good good[] = {
  { "8080", NULL, 8080, 8080, ":8080" },
  { "0", NULL, 0, 0, ":0" },
  { ":0", NULL, 0, 0, NULL },
  { ":8080", NULL, 8080, 8080, NULL },
  { "8000-8010", NULL, 8000, 8010, ":8000-8010" },
  { ":8000-8010", NULL, 8000, 8010, NULL },
  { "80-80", NULL, 80, 80, ":80" },
  { "1-1000", NULL, 1, 1000, ":1-1000" },
  { "64536-65535", NULL, 64536, 65535, ":64536-65535" },
  { "65535", NULL, 65535, 65535, ":65535" },
  { "nas.lan", "nas.lan", 0, 0, NULL },
  { "nas.lan:80", "nas.lan", 80, 80, NULL },
  { "localhost:3000", "localhost", 3000, 3000, NULL },
  { "1.2.3.4", "1.2.3.4", 0, 0, NULL },
  { "1.2.3.4:0", "1.2.3.4", 0, 0, "1.2.3.4" },
  { "1.2.3.4:80-90", "1.2.3.4", 80, 90, NULL },
  { "[::1]", "::1", 0, 0, NULL },
  { "[::1]:8080", "::1", 8080, 8080, NULL },
  { "[2001:DB8:0::1]:80-90", "2001:db8::1", 80, 90, "[2001:db8::1]:80-90" },
  { "[::ffff:10.0.0.1]:80", "10.0.0.1", 80, 80, "10.0.0.1:80" },
  { "[::]:80", "::", 80, 80, NULL },
  { "908-9:0", "908-9", 0, 0, NULL },
};

static const char *const bad[] = {
  "",
  " ",
  "80 ",
  " 80",
  ":",
  "nas:",
  "-1",
  "+80",
  "80-",
  "-80",
  "80-70",
  "0-5",
  "65536",
  "99999",
  "100000",
  "123456789012345678901234567890",
  "1-65535",
  "1-1001",
  "0080",
  "0x50",
  "80,90",
  "80-90-100",
  "8080.5",
  "1.2.3.4:http",
  "1.2.3.4:80:90",
  "1.2.3",
  "256.1.1.1:80",
  "1.2.3.04:80",
  "::1",
  "::1:8080",
  "fd00::5:8080",
  "[::1",
  "[::1]8080",
  "[::1]:",
  "[::1]:65536",
  "[1.2.3.4]:80",
  "[nas]:80",
  "[]",
  "[]:80",
  "[::g]:80",
  "[fe80::1%eth0]:80",
  "[fe80::1%25eth0]",
  "::1]:80",
  "-nas:80",
  "na s:80",
  "nas\n:80",
  "n\xffs:80",
  "\xff",
  "unix:",
  "unix:run/x",
  "unix:./x",
  "unix:@abstract",
  "/run/\x1b[2Jx",
  "/run/\xff",
  "nas:80/tcp",
  "tcp://nas:80",
  "*:80",
  "user@host:80",
  "\xe2\x80\xaenas:80",
  "127.1:80",
  "2130706433:80",
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlEndpoint) endpoint
          = ptl_endpoint_parse (good[i].text, PTL_PROTOCOL_BOTH, &error);
      g_autoptr (PtlEndpoint) again = NULL;
      g_autofree char *text = NULL;

      g_test_message ("%s", good[i].text);
      g_assert_no_error (error);
      g_assert_cmpint (endpoint->protocol, ==, PTL_PROTOCOL_BOTH);
      g_assert_cmpstr (endpoint->host, ==, good[i].host);
      g_assert_cmpuint (endpoint->first, ==, good[i].first);
      g_assert_cmpuint (endpoint->last, ==, good[i].last);
      g_assert_null (endpoint->path);
      text = ptl_endpoint_to_string (endpoint);
      g_assert_cmpstr (text, ==, good[i].again != NULL ? good[i].again : good[i].text);
      again = ptl_endpoint_parse (text, PTL_PROTOCOL_BOTH, &error);
      g_assert_no_error (error);
      g_assert_true (ptl_endpoint_equal (endpoint, again));
    }
}

static void
assert_sentence (const GError *error)
{
  g_autofree char *what = ptl_error_dup_what (error);
  g_autofree char *advice = ptl_error_dup_advice (error);

  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (g_str_has_suffix (what, "."));
  g_assert_true (*advice == '\0' || g_str_has_suffix (advice, "."));
  g_assert_null (strchr (advice, '\n'));
  g_assert_cmpuint (strlen (error->message), <, 400);
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", g_utf8_validate (bad[i], -1, NULL) ? bad[i] : "(invalid UTF-8)");
      g_assert_null (ptl_endpoint_parse (bad[i], PTL_PROTOCOL_TCP, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      assert_sentence (error);
    }
}

static void
test_unix (void)
{
  const char *const forms[] = { "/run/x.sock", "unix:/run/x.sock" };

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlEndpoint) endpoint = ptl_endpoint_parse (forms[i], PTL_PROTOCOL_TCP, &error);
      g_autoptr (PtlEndpoint) made = ptl_endpoint_new_unix ("/run/x.sock");
      g_autofree char *text = ptl_endpoint_to_string (endpoint);

      g_assert_no_error (error);
      g_assert_cmpstr (endpoint->path, ==, "/run/x.sock");
      g_assert_null (endpoint->host);
      g_assert_cmpuint (ptl_endpoint_n_ports (endpoint), ==, 0);
      g_assert_cmpstr (text, ==, "unix:/run/x.sock");
      g_assert_true (ptl_endpoint_equal (endpoint, made));
    }
}

static void
test_unix_length (void)
{
  g_autofree char *fill = g_strnfill (106, 'x');
  g_autofree char *longest = g_strconcat ("/", fill, NULL);
  g_autofree char *too_long = g_strconcat ("/", fill, "y", NULL);
  g_autoptr (PtlEndpoint) endpoint = ptl_endpoint_parse (longest, PTL_PROTOCOL_TCP, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (endpoint);
  g_assert_null (ptl_endpoint_parse (too_long, PTL_PROTOCOL_TCP, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "107"));
}

static void
test_huge (void)
{
  g_autofree char *huge = g_strnfill (10 * 1024, 'a');
  g_autoptr (GError) error = NULL;

  g_assert_null (ptl_endpoint_parse (huge, PTL_PROTOCOL_TCP, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  assert_sentence (error);
}

static void
test_range (void)
{
  guint16 first = 7, last = 8;

  g_assert_false (ptl_port_range_parse ("0", FALSE, &first, &last, NULL));
  g_assert_false (ptl_port_range_parse ("80-70", TRUE, &first, &last, NULL));
  g_assert_false (ptl_port_range_parse (NULL, TRUE, &first, &last, NULL));
  g_assert_false (ptl_port_range_parse ("", TRUE, &first, &last, NULL));
  g_assert_cmpuint (first, ==, 7);
  g_assert_cmpuint (last, ==, 8);
  g_assert_true (ptl_port_range_parse ("0", TRUE, &first, &last, NULL));
  g_assert_cmpuint (first, ==, 0);
  g_assert_cmpuint (last, ==, 0);
  g_assert_true (ptl_port_range_parse ("8000-8010", FALSE, &first, &last, NULL));
  g_assert_cmpuint (first, ==, 8000);
  g_assert_cmpuint (last, ==, 8010);
}

static void
test_equal (void)
{
  g_autoptr (PtlEndpoint) a = ptl_endpoint_new (PTL_PROTOCOL_TCP, "2001:db8::1", 80, 90);
  g_autoptr (PtlEndpoint) same = ptl_endpoint_new (PTL_PROTOCOL_TCP, "2001:0DB8::1", 80, 90);
  g_autoptr (PtlEndpoint) udp = ptl_endpoint_new (PTL_PROTOCOL_UDP, "2001:db8::1", 80, 90);
  g_autoptr (PtlEndpoint) shorter = ptl_endpoint_new (PTL_PROTOCOL_TCP, "2001:db8::1", 80, 89);
  g_autoptr (PtlEndpoint) nowhere = ptl_endpoint_new (PTL_PROTOCOL_TCP, NULL, 80, 90);
  g_autoptr (PtlEndpoint) copy = ptl_endpoint_copy (a);

  g_assert_true (ptl_endpoint_equal (a, same));
  g_assert_true (ptl_endpoint_equal (a, copy));
  g_assert_false (ptl_endpoint_equal (a, udp));
  g_assert_false (ptl_endpoint_equal (a, shorter));
  g_assert_false (ptl_endpoint_equal (a, nowhere));
  g_assert_false (ptl_endpoint_equal (a, NULL));
  g_assert_true (ptl_endpoint_equal (NULL, NULL));
  g_assert_cmpuint (ptl_endpoint_n_ports (a), ==, 11);
  g_assert_null (ptl_endpoint_copy (NULL));
}

static void
test_protocol (void)
{
  PtlProtocol protocol = PTL_PROTOCOL_NONE;
  const char *const wrong[] = { "", "TCP", "tcp ", "sctp", "none", NULL };

  for (PtlProtocol p = PTL_PROTOCOL_TCP; p <= PTL_PROTOCOL_BOTH; p++)
    {
      g_assert_true (ptl_protocol_from_string (ptl_protocol_to_string (p), &protocol, NULL));
      g_assert_cmpint (protocol, ==, p);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ptl_protocol_from_string (wrong[i], &protocol, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
  g_assert_cmpint (protocol, ==, PTL_PROTOCOL_BOTH);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/endpoint/good", test_good);
  g_test_add_func ("/endpoint/bad", test_bad);
  g_test_add_func ("/endpoint/unix", test_unix);
  g_test_add_func ("/endpoint/unix-length", test_unix_length);
  g_test_add_func ("/endpoint/huge", test_huge);
  g_test_add_func ("/endpoint/range", test_range);
  g_test_add_func ("/endpoint/equal", test_equal);
  g_test_add_func ("/endpoint/protocol", test_protocol);
  return g_test_run ();
}
