/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/check/ptl-witness.h"

#include <gio/gio.h>
#include <string.h>

#include "core/ptl-error.h"

static void
test_stun_servers (void)
{
  static const struct
  {
    const char *text, *host;
    guint16 port;
  } good[] = {
    { "stun.example.net", "stun.example.net", 3478 }, { "stun.example.net:19302", "stun.example.net", 19302 },
    { "192.0.2.1", "192.0.2.1", 3478 },               { "192.0.2.1:5", "192.0.2.1", 5 },
    { "2001:db8::1", "2001:db8::1", 3478 },           { "[2001:db8::1]:3479", "2001:db8::1", 3479 },
  };
  static const char *const bad[] = { "", ":3478", "a b", "-x", "host:0x1", "host:70000", "host:1-2", "/tmp/x",
                                     "unix:/tmp/x", "127.1", "http://example.net" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *host = NULL;
      g_autoptr (GError) error = NULL;
      guint16 port = 0;

      g_assert_true (ptl_stun_server_parse (good[i].text, &host, &port, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (host, ==, good[i].host);
      g_assert_cmpuint (port, ==, good[i].port);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (ptl_stun_server_parse (bad[i], NULL, NULL, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

static void
test_pages (void)
{
  static const char *const good[] = { "https://example.net", "http://example.net:8080/ip?x=1", "http://[2001:db8::1]/",
                                      "http://192.0.2.1/ip" };
  static const char *const bad[] = { "",  "example.net", "ftp://example.net/", "file:///etc/passwd", "http://",
                                     "http://ann@example.net/", "http://ann:secret@example.net/", "http://example.net/#x",
                                     "http://127.1/", "http://exa mple.net/", "javascript:alert(1)" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (ptl_http_server_check (good[i], NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (ptl_http_server_check (bad[i], &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

static void
test_families (void)
{
  g_assert_true (ptl_stun_server_has_family ("stun.example.net", 4));
  g_assert_true (ptl_stun_server_has_family ("stun.example.net", 6));
  g_assert_true (ptl_stun_server_has_family ("192.0.2.1:1", 4));
  g_assert_false (ptl_stun_server_has_family ("192.0.2.1:1", 6));
  g_assert_false (ptl_stun_server_has_family ("2001:db8::1", 4));
  g_assert_false (ptl_http_server_has_family ("http://[2001:db8::1]/", 4));
  g_assert_true (ptl_http_server_has_family ("http://[2001:db8::1]/", 6));
  g_assert_true (ptl_http_server_has_family ("https://example.net/", 6));
}

/* An address and nothing else. */
static void
test_answers (void)
{
  static const struct
  {
    const char *text;
    guint8 family;
    const char *address;
  } cases[] = {
    { "203.0.113.7", 4, "203.0.113.7" },
    { " 203.0.113.7\r\n", 4, "203.0.113.7" },
    { "2001:DB8::1\n", 6, "2001:db8::1" },
    { "203.0.113.7", 6, NULL },
    { "2001:db8::1", 4, NULL },
    { "", 4, NULL },
    { "203.0.113.7 203.0.113.8", 4, NULL },
    { "203.0.113.7:80", 4, NULL },
    { "203.0.113", 4, NULL },
    { "<b>203.0.113.7</b>", 4, NULL },
    { "{\"ip\":\"203.0.113.7\"}", 4, NULL },
    { "fe80::1%eth0", 6, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *address = ptl_http_answer_parse (cases[i].text, strlen (cases[i].text), cases[i].family);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (address, ==, cases[i].address);
    }
  g_assert_null (ptl_http_answer_parse ("203.0.113.7\0x", 13, 4));
}

static void
test_failures (void)
{
  g_autoptr (PtlWitness) witness = ptl_witness_new (PTL_WITNESS_STUN, "stun.example.net", 4);
  g_autoptr (GError) away = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, "x");
  g_autoptr (GError) hostile = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "\033[2Jx\n");

  ptl_witness_fail (witness, away);
  g_assert_true (witness->unreachable);
  ptl_witness_fail (witness, hostile);
  g_assert_false (witness->unreachable);
  g_assert_null (strchr (witness->error, '\033'));
  g_assert_null (strchr (witness->error, '\n'));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/witness/stun-servers", test_stun_servers);
  g_test_add_func ("/witness/pages", test_pages);
  g_test_add_func ("/witness/families", test_families);
  g_test_add_func ("/witness/answers", test_answers);
  g_test_add_func ("/witness/failures", test_failures);
  return g_test_run ();
}
