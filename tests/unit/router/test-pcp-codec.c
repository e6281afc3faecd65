/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ptl-pcp-codec.h"

#include <string.h>

#define V4(a, b, c, d) { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d }
#define NONCE { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }

static gsize
from_hex (const char *hex, guint8 *bytes)
{
  gsize n = 0;

  for (const char *p = hex; *p != '\0'; p++)
    if (*p != ' ')
      {
        bytes[n++] = (guint8) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));
        p++;
      }
  return n;
}

typedef struct
{
  const char *name;
  PtlPcpRequest request;
  const char *hex;
} EncodeCase;

static const EncodeCase encode_cases[] = {
  { "announce",
    { .opcode = PTL_PCP_OPCODE_ANNOUNCE, .client = V4 (192, 168, 77, 10) },
    "02 00 0000 00000000 00000000000000000000ffffc0a84d0a" },
  { "map",
    { .opcode = PTL_PCP_OPCODE_MAP,
      .lifetime = 7200,
      .client = V4 (192, 168, 77, 10),
      .nonce = NONCE,
      .ip_protocol = 6,
      .internal_port = 25565,
      .external_port = 80,
      .external = V4 (0, 0, 0, 0) },
    "02 01 0000 00001c20 00000000000000000000ffffc0a84d0a"
    "0102030405060708090a0b0c 06 000000 63dd 0050 00000000000000000000ffff00000000" },
  { "map, prefer failure",
    { .opcode = PTL_PCP_OPCODE_MAP,
      .lifetime = 1,
      .client = V4 (10, 0, 0, 2),
      .nonce = NONCE,
      .ip_protocol = 17,
      .internal_port = 1,
      .external_port = 65535,
      .external = V4 (5, 6, 7, 8),
      .prefer_failure = TRUE },
    "02 01 0000 00000001 00000000000000000000ffff0a000002"
    "0102030405060708090a0b0c 11 000000 0001 ffff 00000000000000000000ffff05060708"
    "02 00 0000" },
  { "map, third party and filter",
    { .opcode = PTL_PCP_OPCODE_MAP,
      .lifetime = 0,
      .client = V4 (10, 0, 0, 2),
      .nonce = NONCE,
      .ip_protocol = 17,
      .internal_port = 9,
      .external = V4 (0, 0, 0, 0),
      .has_third_party = TRUE,
      .third_party = V4 (10, 0, 0, 3),
      .has_filter = TRUE,
      .filter_prefix = 120,
      .filter = V4 (203, 0, 113, 0) },
    "02 01 0000 00000000 00000000000000000000ffff0a000002"
    "0102030405060708090a0b0c 11 000000 0009 0000 00000000000000000000ffff00000000"
    "01 00 0010 00000000000000000000ffff0a000003"
    "03 00 0014 00 78 0000 00000000000000000000ffffcb007100" },
};

static void
test_encode (gconstpointer data)
{
  const EncodeCase *c = data;
  guint8 wanted[PTL_PCP_MAX_SIZE];
  guint8 got[PTL_PCP_MAX_SIZE];
  gsize length = from_hex (c->hex, wanted);

  g_assert_cmpuint (ptl_pcp_encode (&c->request, got, sizeof got), ==, length);
  g_assert_cmpmem (got, length, wanted, length);
  g_assert_cmpuint (length % 4, ==, 0);
  /* one byte too few is refused, not cut */
  g_assert_cmpuint (ptl_pcp_encode (&c->request, got, length - 1), ==, 0);
}

typedef struct
{
  const char *name;
  const char *hex;
  gboolean ok;
  guint8 result;
  gboolean has_map;
  guint32 lifetime;
  guint32 epoch;
  guint16 external_port;
} DecodeCase;

#define MAP_BODY "0102030405060708090a0b0c 06 000000 63dd 63de 00000000000000000000ffff05060708"

static const DecodeCase decode_cases[] = {
  { "map granted", "02 81 00 00 00001c20 00000102 000000000000000000000000" MAP_BODY, TRUE, 0, TRUE,
    7200, 258, 25566 },
  { "announce", "02 80 00 00 00000000 00000001 000000000000000000000000", TRUE, 0, FALSE, 0, 1, 0 },
  { "error with body", "02 81 00 0b 0000001e 00000002 000000000000000000000000" MAP_BODY, TRUE, 11,
    TRUE, 30, 2, 25566 },
  { "error without body", "02 81 00 08 0000001e 00000002 000000000000000000000000", TRUE, 8, FALSE,
    30, 2, 0 },
  { "newer version says no", "03 80 00 01 00000000 00000002 000000000000000000000000", TRUE, 1,
    FALSE, 0, 2, 0 },
  { "newer version says yes", "03 80 00 00 00000000 00000002 000000000000000000000000", FALSE, 0,
    FALSE, 0, 0, 0 },
  { "success without body", "02 81 00 00 00001c20 00000102 000000000000000000000000", FALSE, 0,
    FALSE, 0, 0, 0 },
  { "a request", "02 01 00 00 00001c20 00000102 000000000000000000000000" MAP_BODY, FALSE, 0, FALSE,
    0, 0, 0 },
  { "nat-pmp", "00 80 0001 00000001", FALSE, 0, FALSE, 0, 0, 0 },
  { "short", "02 80 00 00 00000000 00000001 0000000000000000000000", FALSE, 0, FALSE, 0, 0, 0 },
  { "no multiple of four", "02 80 00 00 00000000 00000001 000000000000000000000000 00", FALSE, 0,
    FALSE, 0, 0, 0 },
  { "one byte", "02", FALSE, 0, FALSE, 0, 0, 0 },
};

static void
test_decode (gconstpointer data)
{
  const DecodeCase *c = data;
  guint8 bytes[PTL_PCP_MAX_SIZE];
  gsize length = from_hex (c->hex, bytes);
  PtlPcpResponse response;

  memset (&response, 0x5a, sizeof response);
  g_assert_cmpint (ptl_pcp_decode (bytes, length, &response), ==, c->ok);
  if (!c->ok)
    {
      const guint8 *raw = (const guint8 *) &response;

      for (gsize i = 0; i < sizeof response; i++)
        g_assert_cmpuint (raw[i], ==, 0x5a);
      return;
    }
  g_assert_cmpuint (response.result, ==, c->result);
  g_assert_cmpint (response.has_map, ==, c->has_map);
  g_assert_cmpuint (response.lifetime, ==, c->lifetime);
  g_assert_cmpuint (response.epoch, ==, c->epoch);
  g_assert_cmpuint (response.external_port, ==, c->external_port);
}

static void
test_too_long (void)
{
  guint8 bytes[PTL_PCP_MAX_SIZE + 4] = { 2, 0x80 };
  PtlPcpResponse response;

  g_assert_true (ptl_pcp_decode (bytes, PTL_PCP_MAX_SIZE, &response));
  g_assert_false (ptl_pcp_decode (bytes, PTL_PCP_MAX_SIZE + 4, &response));
}

static void
test_natpmp_only (void)
{
  static const struct
  {
    const char *hex;
    gboolean is;
  } cases[] = {
    { "00 80 0001 00000001", TRUE },
    { "00 81 0001", TRUE },
    { "00 80 0003 00000001", FALSE }, /* miniupnpd's answer to what is malformed */
    { "00 00 0001 00000001", FALSE },
    { "02 80 0001 00000000 00000002 000000000000000000000000", FALSE },
    { "00 80 00", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint8 bytes[64];
      gsize length = from_hex (cases[i].hex, bytes);

      g_assert_cmpint (ptl_pcp_is_natpmp_only (bytes, length), ==, cases[i].is);
    }
}

static void
test_answers (void)
{
  const PtlPcpRequest request
      = { .opcode = PTL_PCP_OPCODE_MAP, .nonce = NONCE, .ip_protocol = 6, .internal_port = 5 };
  const PtlPcpResponse good = { .opcode = PTL_PCP_OPCODE_MAP,
                                .has_map = TRUE,
                                .nonce = NONCE,
                                .ip_protocol = 6,
                                .internal_port = 5 };
  PtlPcpResponse other = good;

  g_assert_true (ptl_pcp_answers (&request, &good));
  other.nonce[11] ^= 1;
  g_assert_false (ptl_pcp_answers (&request, &other));
  other = good;
  other.ip_protocol = 17;
  g_assert_false (ptl_pcp_answers (&request, &other));
  other = good;
  other.internal_port = 6;
  g_assert_false (ptl_pcp_answers (&request, &other));
  other = good;
  other.opcode = PTL_PCP_OPCODE_ANNOUNCE;
  g_assert_false (ptl_pcp_answers (&request, &other));
  other = good;
  other.has_map = FALSE;
  g_assert_true (ptl_pcp_answers (&request, &other));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (encode_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/router/pcp-codec/encode/%s", encode_cases[i].name);

      g_test_add_data_func (path, &encode_cases[i], test_encode);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (decode_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/router/pcp-codec/decode/%s", decode_cases[i].name);

      g_test_add_data_func (path, &decode_cases[i], test_decode);
    }
  g_test_add_func ("/router/pcp-codec/too-long", test_too_long);
  g_test_add_func ("/router/pcp-codec/natpmp-only", test_natpmp_only);
  g_test_add_func ("/router/pcp-codec/answers", test_answers);
  return g_test_run ();
}
