/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

#include <string.h>

#include "core/ptl-text.h"

/* A packet of version 2: its version, its kind, the checksum, a code, 1024 bytes of text and two
 * more. */
#define PACKET 1036
#define TEXT 10
#define MAX_TEXT 1024
#define QUERY 1
#define RESPONSE 2
#define POLYNOMIAL 0xEDB88320u

static guint32
checksum (const guint8 *bytes, gsize length)
{
  guint32 crc = 0xFFFFFFFFu;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= bytes[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ (POLYNOMIAL & (0u - (crc & 1)));
    }
  return ~crc;
}

GBytes *
ptl_ask_nrpe_say (const PtlAsk *self, PtlProbing *probing)
{
  guint8 packet[PACKET] = { 0, 2, 0, QUERY };
  guint32 crc;

  strcpy ((char *) packet + TEXT, "_NRPE_CHECK");
  crc = GUINT32_TO_BE (checksum (packet, sizeof packet));
  memcpy (packet + 4, &crc, sizeof crc);
  return g_bytes_new (packet, sizeof packet);
}

gboolean
ptl_ask_nrpe_hear (const PtlAsk *self, const guint8 *bytes, gsize length, PtlFound *found)
{
  g_autofree char *text = NULL;

  if (length < PACKET - 16 || bytes[0] != 0 || bytes[1] < 2 || bytes[1] > 4 || bytes[2] != 0
      || bytes[3] != RESPONSE)
    return FALSE;
  text = ptl_text_make_safe ((const char *) bytes + TEXT,
                             strnlen ((const char *) bytes + TEXT, MIN (MAX_TEXT, length - TEXT)),
                             60);
  ptl_found_set (found, "nrpe", NULL, g_str_has_prefix (text, "NRPE v") ? text + 6 : NULL);
  ptl_found_set_auth (found, PTL_AUTH_OPEN);
  ptl_found_note (found, "_NRPE_CHECK: %s", text);
  return TRUE;
}
