/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the helper says: what is accepted can be said again, and is the same. */
#include <string.h>

#include "router/ptl-igd-message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize length);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize length)
{
  g_autoptr (PtlIgdRequest) request = ptl_igd_request_from_json ((const char *) data, length, NULL);
  g_autoptr (PtlIgdAnswer) answer = ptl_igd_answer_from_json ((const char *) data, length, NULL);

  if (request != NULL)
    {
      g_autofree char *json = ptl_igd_request_to_json (request);
      g_autoptr (PtlIgdRequest) again = ptl_igd_request_from_json (json, strlen (json), NULL);

      g_assert_nonnull (again);
    }
  if (answer != NULL)
    {
      g_autofree char *json = ptl_igd_answer_to_json (answer);
      g_autoptr (PtlIgdAnswer) again = ptl_igd_answer_from_json (json, strlen (json), NULL);

      g_assert_nonnull (again);
      g_assert_cmpint (again->code, ==, answer->code);
    }
  return 0;
}
