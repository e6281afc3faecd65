/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ddns/ptl-ddns-custom.h"
#include "ddns/ptl-ddns-duckdns.h"
#include "ddns/ptl-ddns-dyndns2.h"
#include "ddns/ptl-ddns-nsupdate.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check (PtlDdnsAnswer *answer)
{
  gboolean ok = answer->verdict == PTL_DDNS_DONE || answer->verdict == PTL_DDNS_UNCHANGED;

  g_assert_true (g_utf8_validate (answer->message, -1, NULL));
  g_assert_true (g_utf8_validate (answer->code, -1, NULL));
  g_assert_cmpint (*answer->message == '\0', ==, ok);
  g_assert_cmpint (answer->wait, >=, 0);
  g_assert_cmpint (answer->wait, <=, PTL_DDNS_WAIT_MOST_SECONDS);
  ptl_ddns_answer_free (answer);
}

/* The first byte chooses the parser, the second the status; the rest is what was answered. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint statuses[] = { 200, 204, 302, 400, 401, 404, 429, 500 };
  const char *body = (const char *) data + 2;
  g_autofree char *pattern = NULL;
  gsize length, half;
  guint status;

  if (size < 2)
    return 0;
  status = statuses[data[1] % G_N_ELEMENTS (statuses)];
  length = size - 2;
  switch (data[0] % 4)
    {
    case 0:
      check (ptl_ddns_dyndns2_parse (status, data[1], body, length));
      break;
    case 1:
      check (ptl_ddns_duckdns_parse (status, data[1], body, length));
      break;
    case 2:
      check (ptl_ddns_nsupdate_parse (data[1] % 3, body, length, "ns.example.org"));
      break;
    default:
      half = MIN (length / 2, 200);
      pattern = g_strndup (body, half);
      check (ptl_ddns_custom_parse (pattern, status, data[1], body + half, length - half));
      break;
    }
  return 0;
}
