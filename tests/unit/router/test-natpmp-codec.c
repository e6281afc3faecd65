/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ptl-natpmp-codec.h"

#include <string.h>

static void
test_encode (void)
{
  static const guint8 address[] = { 0, 0 };
  static const guint8 map[] = { 0, 2, 0, 0, 0x63, 0xdd, 0x63, 0xde, 0, 0, 0x1c, 0x20 };
  static const guint8 unmap[] = { 0, 1, 0, 0, 0x63, 0xdd, 0, 0, 0, 0, 0, 0 };
  const PtlNatpmpRequest ask = { .opcode = PTL_NATPMP_OPCODE_ADDRESS };
  const PtlNatpmpRequest add = { PTL_NATPMP_OPCODE_MAP_TCP, 25565, 25566, 7200 };
  const PtlNatpmpRequest drop = { PTL_NATPMP_OPCODE_MAP_UDP, 25565, 0, 0 };
  guint8 got[PTL_NATPMP_MAX_SIZE];

  g_assert_cmpmem (got, ptl_natpmp_encode (&ask, got, sizeof got), address, sizeof address);
  g_assert_cmpmem (got, ptl_natpmp_encode (&add, got, sizeof got), map, sizeof map);
  g_assert_cmpmem (got, ptl_natpmp_encode (&drop, got, sizeof got), unmap, sizeof unmap);
  g_assert_cmpuint (ptl_natpmp_encode (&add, got, 11), ==, 0);
  g_assert_cmpuint (ptl_natpmp_encode (&ask, got, 1), ==, 0);
}

typedef struct
{
  const char *name;
  gsize length;
  guint8 bytes[20];
  gboolean ok;
  PtlNatpmpResponse wanted;
} DecodeCase;

static const DecodeCase cases[] = {
  { "address",
    12,
    { 0, 0x80, 0, 0, 0, 0, 1, 2, 5, 6, 7, 8 },
    TRUE,
    { .opcode = 0, .epoch = 258, .has_epoch = TRUE, .external = { 5, 6, 7, 8 } } },
  { "map",
    16,
    { 0, 0x82, 0, 0, 0, 0, 1, 2, 0x63, 0xdd, 0x63, 0xde, 0, 0, 0x1c, 0x20 },
    TRUE,
    { .opcode = 2,
      .epoch = 258,
      .has_epoch = TRUE,
      .internal_port = 25565,
      .external_port = 25566,
      .lifetime = 7200 } },
  { "map with more than there should be",
    20,
    { 0, 0x81, 0, 0, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 0, 3 },
    TRUE,
    { .opcode = 1,
      .epoch = 1,
      .has_epoch = TRUE,
      .internal_port = 1,
      .external_port = 2,
      .lifetime = 3 } },
  { "refused",
    8,
    { 0, 0x82, 0, 2, 0, 0, 0, 9 },
    TRUE,
    { .opcode = 2, .result = 2, .epoch = 9, .has_epoch = TRUE } },
  { "refused, shortest", 4, { 0, 0x80, 0, 3 }, TRUE, { .opcode = 0, .result = 3 } },
  { "short success",
    15,
    { 0, 0x82, 0, 0, 0, 0, 1, 2, 0x63, 0xdd, 0x63, 0xde, 0, 0, 0x1c },
    FALSE,
    { 0 } },
  { "short address", 11, { 0, 0x80, 0, 0, 0, 0, 1, 2, 5, 6, 7 }, FALSE, { 0 } },
  { "three bytes", 3, { 0, 0x80, 0 }, FALSE, { 0 } },
  { "a request", 12, { 0, 2, 0, 0, 0x63, 0xdd }, FALSE, { 0 } },
  { "pcp", 16, { 2, 0x82, 0, 0 }, FALSE, { 0 } },
  { "an opcode that is none", 16, { 0, 0x83, 0, 0 }, FALSE, { 0 } },
};

static void
test_decode (gconstpointer data)
{
  const DecodeCase *c = data;
  PtlNatpmpResponse response;

  memset (&response, 0x5a, sizeof response);
  g_assert_cmpint (ptl_natpmp_decode (c->bytes, c->length, &response), ==, c->ok);
  if (!c->ok)
    {
      g_assert_cmpuint (response.opcode, ==, 0x5a);
      g_assert_cmpuint (response.epoch, ==, 0x5a5a5a5a);
      return;
    }
  g_assert_cmpuint (response.opcode, ==, c->wanted.opcode);
  g_assert_cmpuint (response.result, ==, c->wanted.result);
  g_assert_cmpuint (response.epoch, ==, c->wanted.epoch);
  g_assert_cmpint (response.has_epoch, ==, c->wanted.has_epoch);
  g_assert_cmpmem (response.external, 4, c->wanted.external, 4);
  g_assert_cmpuint (response.internal_port, ==, c->wanted.internal_port);
  g_assert_cmpuint (response.external_port, ==, c->wanted.external_port);
  g_assert_cmpuint (response.lifetime, ==, c->wanted.lifetime);
}

static void
test_answers (void)
{
  const PtlNatpmpRequest map = { PTL_NATPMP_OPCODE_MAP_TCP, 5, 6, 7 };
  PtlNatpmpResponse response = { .opcode = 2, .internal_port = 5 };

  g_assert_true (ptl_natpmp_answers (&map, &response));
  response.internal_port = 4;
  g_assert_false (ptl_natpmp_answers (&map, &response));
  response.result = 2;
  g_assert_true (ptl_natpmp_answers (&map, &response));
  response.opcode = 1;
  g_assert_false (ptl_natpmp_answers (&map, &response));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router/natpmp-codec/encode", test_encode);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/router/natpmp-codec/decode/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_decode);
    }
  g_test_add_func ("/router/natpmp-codec/answers", test_answers);
  return g_test_run ();
}
