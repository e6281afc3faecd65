/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"
#include "ptl-web.h"

#include <string.h>

/* Tor tells browsers that they are wrong here; others close. */
void
ptl_ask_socks_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *used)
{
  g_autoptr (PtlStream) stream = NULL;
  g_autoptr (GByteArray) heard = g_byte_array_new ();
  g_autoptr (PtlPage) page = NULL;

  if (probing->found.product != NULL || (stream = ptl_probing_open (probing)) == NULL)
    return;
  page = ptl_web_fetch (probing, stream, "/", probing->patience_us, heard);
  if (page != NULL
      && memmem (heard->data, heard->len, "Tor is not an HTTP Proxy",
                 strlen ("Tor is not an HTTP Proxy"))
             != NULL)
    ptl_found_set (&probing->found, NULL, "Tor", NULL);
}
