/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "router/check/ptl-stun-codec.h"
#include "router/check/ptl-witness.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What a STUN server answers, and the text that a page does. With the id of the message itself, so that the fuzzer gets
 * past it; with another one nothing may be taken. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  PtlStunAnswer answer = { 0 };
  guint8 id[PTL_STUN_ID_SIZE] = { 0 };
  g_autofree char *address = ptl_http_answer_parse ((const char *) data, size, 4);
  PtlStunKind kind;

  if (address != NULL)
    g_assert_cmpuint (strlen (address), <=, 15);
  if (size >= 20)
    memcpy (id, data + 8, sizeof id);
  kind = ptl_stun_decode (data, size, id, &answer);
  if (kind == PTL_STUN_MAPPED)
    g_assert_true (answer.family == 4 || answer.family == 6);
  if (kind == PTL_STUN_REFUSED)
    g_assert_true (answer.error_code >= 300 && answer.error_code < 700);
  if (kind != PTL_STUN_FOREIGN)
    {
      g_assert_cmpuint (size, <=, PTL_STUN_MAX_SIZE);
      id[0] ^= 1;
      g_assert_cmpint (ptl_stun_decode (data, size, id, &answer), ==, PTL_STUN_FOREIGN);
    }
  return 0;
}
