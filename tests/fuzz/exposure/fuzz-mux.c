/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/vantage/ptl-mux-codec.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A stream of packets: each is whole or there is none, and what a message points to is in its
 * packet. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize done = 0;
  gssize n;

  while ((n = ptl_mux_packet_length (data + done, size - done)) > 0)
    {
      const guint8 *packet = data + done;
      PtlMuxMessage message;
      guint32 value;

      g_assert_cmpuint ((gsize) n, <=, size - done);
      ptl_mux_parse_word (packet, (gsize) n, &value);
      if (ptl_mux_parse (packet, (gsize) n, &message) && message.data != NULL)
        g_assert_true (message.data >= packet && message.data + message.length <= packet + n);
      done += (gsize) n;
    }
  return 0;
}
