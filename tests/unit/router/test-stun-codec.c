/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/check/ptl-stun-codec.h"

#include <string.h>

#include "core/ptl-host.h"

/* Of the samples of RFC 5769. */
static const guint8 id[PTL_STUN_ID_SIZE]
    = { 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae };

static const guint8 sample_ipv4[] = {
  0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
  0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63,
  0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
  0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99, 0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9,
  0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c, 0x96,
};

static const guint8 sample_ipv6[] = {
  0x01, 0x01, 0x00, 0x48, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87,
  0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20,
  0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25,
  0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9, 0x00, 0x08, 0x00, 0x14, 0xa3, 0x82, 0x95, 0x4e, 0x4b, 0xe6, 0x7b, 0xf1,
  0x17, 0x84, 0xc9, 0x7c, 0x82, 0x92, 0xc2, 0x75, 0xbf, 0xe3, 0xed, 0x41, 0x80, 0x28, 0x00, 0x04, 0xc8, 0xfb,
  0x0b, 0x4c,
};

static void
assert_mapped (const guint8 *data, gsize length, const char *address, guint16 port)
{
  PtlStunAnswer answer;
  g_autofree char *text = NULL;

  g_assert_cmpint (ptl_stun_decode (data, length, id, &answer), ==, PTL_STUN_MAPPED);
  text = ptl_address_to_string (answer.family, answer.address);
  g_assert_cmpstr (text, ==, address);
  g_assert_cmpuint (answer.port, ==, port);
}

static void
test_samples (void)
{
  assert_mapped (sample_ipv4, sizeof sample_ipv4, "192.0.2.1", 32853);
  assert_mapped (sample_ipv6, sizeof sample_ipv6, "2001:db8:1234:5678:11:2233:4455:6677", 32853);
}

static void
test_encode (void)
{
  static const guint8 wanted[] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7,
                                   0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae };
  guint8 got[PTL_STUN_REQUEST_SIZE];

  ptl_stun_encode (id, got);
  g_assert_cmpmem (got, sizeof got, wanted, sizeof wanted);
}

/* A message with the right id, and these attributes. */
static gsize
build (guint8 *message, guint16 type, const guint8 *attributes, gsize length)
{
  message[0] = (guint8) (type >> 8);
  message[1] = (guint8) type;
  message[2] = (guint8) (length >> 8);
  message[3] = (guint8) length;
  memcpy (message + 4, "\x21\x12\xa4\x42", 4);
  memcpy (message + 8, id, sizeof id);
  memcpy (message + 20, attributes, length);
  return 20 + length;
}

#define XORED 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43
#define PLAIN 0x00, 0x01, 0x00, 0x08, 0x00, 0x01, 0x80, 0x55, 5, 6, 7, 8

typedef struct
{
  const char *name;
  guint16 type;
  gsize length;
  guint8 attributes[64];
  PtlStunKind wanted;
  const char *address;
  guint error_code;
} Case;

static const Case cases[] = {
  { "plain", 0x0101, 12, { PLAIN }, PTL_STUN_MAPPED, "5.6.7.8", 0 },
  { "the xored one counts", 0x0101, 24, { PLAIN, XORED }, PTL_STUN_MAPPED, "192.0.2.1", 0 },
  { "the first one counts", 0x0101, 24, { XORED, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0, 0, 1, 2, 3, 4 },
    PTL_STUN_MAPPED, "192.0.2.1", 0 },
  { "padded", 0x0101, 20, { 0x80, 0x22, 0x00, 0x01, 'x', 0, 0, 0, XORED }, PTL_STUN_MAPPED, "192.0.2.1", 0 },
  { "of an old server", 0x0101, 24, { PLAIN, 0x00, 0x04, 0x00, 0x08, 0, 1, 0, 80, 9, 9, 9, 9 }, PTL_STUN_MAPPED,
    "5.6.7.8", 0 },
  { "refused", 0x0111, 8, { 0x00, 0x09, 0x00, 0x04, 0, 0, 4, 20 }, PTL_STUN_REFUSED, NULL, 420 },
  { "refused without a code", 0x0111, 0, { 0 }, PTL_STUN_FOREIGN, NULL, 0 },
  { "refused with a wrong code", 0x0111, 8, { 0x00, 0x09, 0x00, 0x04, 0, 0, 7, 20 }, PTL_STUN_FOREIGN, NULL, 0 },
  { "a request", 0x0001, 12, { XORED }, PTL_STUN_FOREIGN, NULL, 0 },
  { "an indication", 0x0011, 12, { XORED }, PTL_STUN_FOREIGN, NULL, 0 },
  { "another method", 0x0103, 12, { XORED }, PTL_STUN_FOREIGN, NULL, 0 },
  { "no address", 0x0101, 0, { 0 }, PTL_STUN_FOREIGN, NULL, 0 },
  { "what must be understood and is not", 0x0101, 16, { XORED, 0x7f, 0xff, 0, 0 }, PTL_STUN_FOREIGN, NULL, 0 },
  { "an IPv6 address of four bytes", 0x0101, 12, { 0x00, 0x20, 0x00, 0x08, 0, 2, 1, 1, 1, 2, 3, 4 }, PTL_STUN_FOREIGN,
    NULL, 0 },
  { "an unknown family", 0x0101, 12, { 0x00, 0x20, 0x00, 0x08, 0, 3, 1, 1, 1, 2, 3, 4 }, PTL_STUN_FOREIGN, NULL, 0 },
  { "longer than the message", 0x0101, 12, { 0x00, 0x20, 0x00, 0x0c, 0, 1, 1, 1, 1, 2, 3, 4 }, PTL_STUN_FOREIGN, NULL,
    0 },
  { "with a length that wraps", 0x0101, 12, { 0x80, 0x22, 0xff, 0xff, 0, 1, 1, 1, 1, 2, 3, 4 }, PTL_STUN_FOREIGN, NULL,
    0 },
};

static void
test_decode (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *one = &cases[i];
      guint8 message[128];
      PtlStunAnswer answer = { 0 };
      gsize length = build (message, one->type, one->attributes, one->length);
      PtlStunKind kind = ptl_stun_decode (message, length, id, &answer);

      g_test_message ("%s", one->name);
      g_assert_cmpint (kind, ==, one->wanted);
      g_assert_cmpuint (answer.error_code, ==, one->error_code);
      if (one->address != NULL)
        {
          g_autofree char *text = ptl_address_to_string (answer.family, answer.address);

          g_assert_cmpstr (text, ==, one->address);
        }
    }
}

/* Every byte of the header counts, and so does the length of what came. */
static void
test_header (void)
{
  guint8 message[sizeof sample_ipv4 + 4];
  PtlStunAnswer answer;

  memcpy (message, sample_ipv4, sizeof sample_ipv4);
  memset (message + sizeof sample_ipv4, 0, 4);
  for (gsize i = 0; i < 20; i++)
    {
      message[i] ^= 0x10;
      g_assert_cmpint (ptl_stun_decode (message, sizeof sample_ipv4, id, &answer), ==, PTL_STUN_FOREIGN);
      message[i] ^= 0x10;
    }
  for (gsize length = 0; length < sizeof message; length++)
    g_assert_cmpint (ptl_stun_decode (message, length, id, &answer), ==,
                     length == sizeof sample_ipv4 ? PTL_STUN_MAPPED : PTL_STUN_FOREIGN);
}

static void
test_too_long (void)
{
  g_autofree guint8 *message = g_malloc0 (PTL_STUN_MAX_SIZE + 4);
  g_autofree guint8 *attributes = g_malloc0 (PTL_STUN_MAX_SIZE);
  static const guint8 xored[] = { XORED };
  PtlStunAnswer answer;
  gsize length;

  memcpy (attributes, xored, sizeof xored);
  attributes[sizeof xored] = 0x80;
  attributes[sizeof xored + 2] = (guint8) ((PTL_STUN_MAX_SIZE - 20 - 16) >> 8);
  attributes[sizeof xored + 3] = (guint8) (PTL_STUN_MAX_SIZE - 20 - 16);
  length = build (message, 0x0101, attributes, PTL_STUN_MAX_SIZE - 20);
  g_assert_cmpint (ptl_stun_decode (message, length, id, &answer), ==, PTL_STUN_MAPPED);
  attributes[sizeof xored + 3] += 4;
  length = build (message, 0x0101, attributes, PTL_STUN_MAX_SIZE - 16);
  g_assert_cmpint (ptl_stun_decode (message, length, id, &answer), ==, PTL_STUN_FOREIGN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stun-codec/samples", test_samples);
  g_test_add_func ("/stun-codec/encode", test_encode);
  g_test_add_func ("/stun-codec/decode", test_decode);
  g_test_add_func ("/stun-codec/header", test_header);
  g_test_add_func ("/stun-codec/too-long", test_too_long);
  return g_test_run ();
}
