/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <string.h>

#include "engine/ptl-proxy-codec.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define BYTES(text) (const guint8 *) text, sizeof text - 1
#define IPV4 "\xc0\x00\x02\x07\xc6\x33\x64\x01\xdc\x04\x01\xbb"
#define TEN_ZEROS "\0\0\0\0\0\0\0\0\0\0"
#define IPV6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07" TEN_ZEROS "\0\0\0\0\0\x01\x00\x01\xff\xff"

typedef struct
{
  const char *name;
  const guint8 *data;
  gsize n;
  gsize length; /* of the header; the rest is the connection's */
  const char *source;
  guint16 source_port;
  const char *destination;
  guint16 destination_port;
} Good;

static const Good good[] = {
  { "v1 ipv4", BYTES ("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\nGET"), 45, "192.0.2.7", 56324,
    "198.51.100.1", 443 },
  { "v1 least", BYTES ("PROXY TCP4 1.1.1.1 2.2.2.2 0 1\r\n"), 32, "1.1.1.1", 0, "2.2.2.2", 1 },
  { "v1 ipv6", BYTES ("PROXY TCP6 2001:db8::7 ::1 1 65535\r\n\r\n"), 36, "2001:db8::7", 1, "::1",
    65535 },
  { "v1 longest",
    BYTES ("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:"
           "ffff 65535 65535\r\n"),
    104, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535,
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535 },
  { "v1 mapped", BYTES ("PROXY TCP6 ::ffff:192.0.2.7 ::ffff:192.0.2.8 1 2\r\n"), 50, "192.0.2.7", 1,
    "192.0.2.8", 2 },
  { "v1 unknown", BYTES ("PROXY UNKNOWN\r\nabc"), 15, NULL, 0, NULL, 0 },
  { "v1 unknown, and more", BYTES ("PROXY UNKNOWN who \x01 knows\r\n"), 27, NULL, 0, NULL, 0 },
  { "v2 ipv4", BYTES (SIGNATURE "\x21\x11\x00\x0c" IPV4 "abc"), 28, "192.0.2.7", 56324,
    "198.51.100.1", 443 },
  { "v2 ipv6", BYTES (SIGNATURE "\x21\x21\x00\x24" IPV6), 52, "2001:db8::7", 1, "::1", 65535 },
  { "v2 with more fields", BYTES (SIGNATURE "\x21\x11\x00\x11" IPV4 "\x01\x00\x02h2x"), 33,
    "192.0.2.7", 56324, "198.51.100.1", 443 },
  { "v2 local", BYTES (SIGNATURE "\x20\x00\x00\x00x"), 16, NULL, 0, NULL, 0 },
  { "v2 local, whatever it says", BYTES (SIGNATURE "\x20\xff\x00\x03zzzx"), 19, NULL, 0, NULL, 0 },
  { "v2 local with addresses", BYTES (SIGNATURE "\x20\x11\x00\x0c" IPV4), 28, NULL, 0, NULL, 0 },
  { "v2 of no family", BYTES (SIGNATURE "\x21\x00\x00\x00"), 16, NULL, 0, NULL, 0 },
  { "v2 of datagrams", BYTES (SIGNATURE "\x21\x12\x00\x0c" IPV4), 28, NULL, 0, NULL, 0 },
};

static void
assert_address (const PtlAddress *address, const char *text)
{
  char found[INET6_ADDRSTRLEN];

  inet_ntop (address->family == 4 ? AF_INET : AF_INET6, address->bytes, found, sizeof found);
  g_assert_cmpstr (found, ==, text);
}

static void
assert_header (const PtlProxyHeader *header, const Good *want)
{
  g_assert_cmpint (header->has_addresses, ==, want->source != NULL);
  if (!want->source)
    return;
  assert_address (&header->source, want->source);
  assert_address (&header->destination, want->destination);
  g_assert_cmpuint (header->source_port, ==, want->source_port);
  g_assert_cmpuint (header->destination_port, ==, want->destination_port);
}

/* Byte by byte, each time in memory of its own, so that reading past it is noticed. */
static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    for (gsize n = 0; n <= good[i].n; n++)
      {
        g_autofree guint8 *copy = g_memdup2 (good[i].data, n);
        PtlProxyHeader header = { 0 };
        gsize length = 0;
        PtlProxyResult result = ptl_proxy_parse (copy, n, &header, &length);

        g_test_message ("%s, %" G_GSIZE_FORMAT " bytes", good[i].name, n);
        g_assert_cmpint (result, ==, n < good[i].length ? PTL_PROXY_MORE : PTL_PROXY_DONE);
        if (result != PTL_PROXY_DONE)
          continue;
        g_assert_cmpuint (length, ==, good[i].length);
        assert_header (&header, &good[i]);
      }
}

static const struct
{
  const char *name;
  const guint8 *data;
  gsize n;
} bad[] = {
  { "not one", BYTES ("GET / HTTP/1.1\r\n") },
  { "first byte", BYTES ("X") },
  { "small letters", BYTES ("proxy ") },
  { "no family", BYTES ("PROXY \r\n") },
  { "unknown family", BYTES ("PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n") },
  { "udp", BYTES ("PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n") },
  { "word that begins like another", BYTES ("PROXY UNKNOWNS\r\n") },
  { "too few", BYTES ("PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n") },
  { "too many", BYTES ("PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n") },
  { "two spaces", BYTES ("PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n") },
  { "space at the end", BYTES ("PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n") },
  { "other family", BYTES ("PROXY TCP4 ::1 ::1 1 2\r\n") },
  { "other family", BYTES ("PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n") },
  { "leading zero", BYTES ("PROXY TCP4 1.1.1.01 2.2.2.2 1 2\r\n") },
  { "leading zero of a port", BYTES ("PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n") },
  { "port too high", BYTES ("PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n") },
  { "port of very many digits", BYTES ("PROXY TCP4 1.1.1.1 2.2.2.2 1 18446744073709551617\r\n") },
  { "port with a sign", BYTES ("PROXY TCP4 1.1.1.1 2.2.2.2 +1 2\r\n") },
  { "name", BYTES ("PROXY TCP4 localhost 2.2.2.2 1 2\r\n") },
  { "line feed alone", BYTES ("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n") },
  { "carriage return alone", BYTES ("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\rx") },
  { "zero byte", BYTES ("PROXY UNKNOWN\0\r\n") },
  { "v2 version 1", BYTES (SIGNATURE "\x11") },
  { "v2 version 3", BYTES (SIGNATURE "\x31") },
  { "v2 unknown command", BYTES (SIGNATURE "\x22") },
  { "v2 unknown family", BYTES (SIGNATURE "\x21\x41") },
  { "v2 unknown protocol", BYTES (SIGNATURE "\x21\x13") },
  { "v2 too short for IPv4", BYTES (SIGNATURE "\x21\x11\x00\x0b") },
  { "v2 too short for IPv6", BYTES (SIGNATURE "\x21\x21\x00\x23") },
  { "v2 too short for a path", BYTES (SIGNATURE "\x21\x31\x00\xd7") },
  { "v2 too long", BYTES (SIGNATURE "\x21\x11\x0f\xf1") },
  { "v2 longest", BYTES (SIGNATURE "\x20\x00\xff\xff") },
  { "v2 broken signature", BYTES ("\r\n\r\n\0\r\nQUIT\r") },
};

/* By the last byte given, and not earlier. */
static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      PtlProxyHeader header = { .source_port = 7 };
      gsize length = 7;

      g_test_message ("%s", bad[i].name);
      g_assert_cmpint (ptl_proxy_parse (bad[i].data, bad[i].n, &header, &length), ==,
                       PTL_PROXY_BAD);
      g_assert_cmpuint (header.source_port, ==, 7);
      g_assert_cmpuint (length, ==, 7);
    }
}

static void
test_bound (void)
{
  char line[200] = "PROXY UNKNOWN ";
  guint8 large[PTL_PROXY_HEADER_MOST] = SIGNATURE "\x21\x11\x0f\xf0";
  PtlProxyHeader header;
  gsize length;

  memset (line + 14, 'x', sizeof line - 14);
  g_assert_cmpint (ptl_proxy_parse ((guint8 *) line, 106, &header, &length), ==, PTL_PROXY_MORE);
  g_assert_cmpint (ptl_proxy_parse ((guint8 *) line, 107, &header, &length), ==, PTL_PROXY_BAD);
  memcpy (line + 105, "\r\n", 2);
  g_assert_cmpint (ptl_proxy_parse ((guint8 *) line, 106, &header, &length), ==, PTL_PROXY_MORE);
  g_assert_cmpint (ptl_proxy_parse ((guint8 *) line, 200, &header, &length), ==, PTL_PROXY_DONE);
  g_assert_cmpuint (length, ==, 107);
  memcpy (line + 105, "x\r\n", 3);
  g_assert_cmpint (ptl_proxy_parse ((guint8 *) line, 200, &header, &length), ==, PTL_PROXY_BAD);
  g_assert_cmpint (ptl_proxy_parse (large, sizeof large - 1, &header, &length), ==, PTL_PROXY_MORE);
  g_assert_cmpint (ptl_proxy_parse (large, sizeof large, &header, &length), ==, PTL_PROXY_DONE);
  g_assert_cmpuint (length, ==, sizeof large);
}

static PtlAddress
address (const char *text)
{
  PtlSockaddr parsed;
  PtlAddress result;

  g_assert_true (ptl_sockaddr_parse (&parsed, text, 0));
  ptl_sockaddr_get_address (&parsed, &result);
  return result;
}

static void
test_write (void)
{
  guint8 out[PTL_PROXY_WRITTEN_MOST];
  PtlProxyHeader none = { 0 };
  PtlProxyHeader ipv4 = { TRUE, address ("192.0.2.7"), address ("198.51.100.1"), 56324, 443 };
  PtlProxyHeader ipv6 = { TRUE, address ("2001:db8::7"), address ("::1"), 1, 65535 };
  PtlProxyHeader mixed = { TRUE, address ("192.0.2.7"), address ("::1"), 1, 2 };
  gsize n;

  n = ptl_proxy_write (PTL_PROXY_V1, &none, out);
  g_assert_cmpmem (out, n, "PROXY UNKNOWN\r\n", 15);
  n = ptl_proxy_write (PTL_PROXY_V1, &ipv4, out);
  g_assert_cmpmem (out, n, good[0].data, good[0].length);
  n = ptl_proxy_write (PTL_PROXY_V1, &ipv6, out);
  g_assert_cmpmem (out, n, good[2].data, good[2].length);
  n = ptl_proxy_write (PTL_PROXY_V1, &mixed, out);
  g_assert_cmpmem (out, n, "PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n", 37);
  n = ptl_proxy_write (PTL_PROXY_V2, &none, out);
  g_assert_cmpmem (out, n, SIGNATURE "\x21\x00\x00\x00", 16);
  n = ptl_proxy_write (PTL_PROXY_V2, &ipv4, out);
  g_assert_cmpmem (out, n, SIGNATURE "\x21\x11\x00\x0c" IPV4, 28);
  n = ptl_proxy_write (PTL_PROXY_V2, &ipv6, out);
  g_assert_cmpmem (out, n, SIGNATURE "\x21\x21\x00\x24" IPV6, 52);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/proxy-codec/good", test_good);
  g_test_add_func ("/engine/proxy-codec/bad", test_bad);
  g_test_add_func ("/engine/proxy-codec/bound", test_bound);
  g_test_add_func ("/engine/proxy-codec/write", test_write);
  return g_test_run ();
}
