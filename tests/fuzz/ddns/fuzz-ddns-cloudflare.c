/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ddns/ptl-ddns-cloudflare-codec.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is taken has an id that can stand in an address; what is not has a sentence that is text. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (PtlDdnsCloudflareItem) item = { 0 };
  g_autoptr (PtlDdnsAnswer) answer
      = ptl_ddns_cloudflare_parse (200, 0, (const char *) data, size, &item);

  if (answer != NULL)
    g_assert_true (g_utf8_validate (answer->message, -1, NULL));
  else if (item.n > 0)
    g_assert_true (*item.id != '\0' && strpbrk (item.id, "/?#.% ") == NULL);
  return 0;
}
