/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

#include <string.h>

#include "ptl-smb-guest.h"

#define NETBIOS 4
#define SMB1_HEADER 32
#define SMB2_HEADER 64
#define NEGOTIATE1 0x72
#define ANSWER 0x80

/* A negotiation of SMB 1 for these dialects, each "\2NAME\0" (MS-CIFS 2.2.4.52.1). */
static GBytes *
negotiate (const char *dialects, gsize length)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  guint8 header[NETBIOS + SMB1_HEADER]
      = { 0, 0, 0, 0, 0xff, 'S', 'M', 'B', NEGOTIATE1, 0, 0, 0, 0, 0x18, 0x53, 0xc8 };
  guint8 counts[3] = { 0, length & 0xff, length >> 8 };
  gsize size = SMB1_HEADER + sizeof counts + length;

  header[2] = size >> 8;
  header[3] = size & 0xff;
  g_byte_array_append (message, header, sizeof header);
  g_byte_array_append (message, counts, sizeof counts);
  g_byte_array_append (message, (const guint8 *) dialects, length);
  return g_byte_array_free_to_bytes (g_steal_pointer (&message));
}

GBytes *
ptl_ask_smb_say (const PtlAsk *self, PtlProbing *probing)
{
  static const char dialects[] = "\2NT LM 0.12\0\2SMB 2.002\0\2SMB 2.???";

  return negotiate (dialects, sizeof dialects);
}

static void
tell_dialect (const guint8 *smb, PtlFound *found)
{
  guint dialect = smb[SMB2_HEADER + 4] | smb[SMB2_HEADER + 5] << 8;
  guint signing = smb[SMB2_HEADER + 2] | smb[SMB2_HEADER + 3] << 8;
  const guint8 *guid = smb + SMB2_HEADER + 8;
  guint printable = 0, zeros = 0;

  /* Samba's GUID is its name, Windows' a random one. */
  for (guint i = 0; i < 16; i++)
    {
      printable += g_ascii_isalnum (guid[i]) || guid[i] == '-';
      zeros += guid[i] == 0;
    }
  if (printable >= 2 && printable + zeros == 16)
    ptl_found_set (found, NULL, "Samba", NULL);
  ptl_found_note (found, "SMB 2 or later (0x%04x), signing %s", dialect,
                  (signing & 2) ? "required" : "not required");
}

gboolean
ptl_ask_smb_hear (const PtlAsk *self, const guint8 *bytes, gsize length, PtlFound *found)
{
  const guint8 *smb;

  /* A positive or negative answer of a NetBIOS session service that wants a session first. */
  if (length >= 5 && bytes[0] == 0x83 && bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 1)
    {
      ptl_found_set (found, "smb", NULL, NULL);
      return TRUE;
    }
  if (length < NETBIOS + SMB1_HEADER || bytes[0] != 0)
    return FALSE;
  smb = bytes + NETBIOS;
  if (memcmp (smb, "\xfeSMB", 4) == 0)
    {
      ptl_found_set (found, "smb", NULL, NULL);
      ptl_found_set_auth (found, PTL_AUTH_PROTECTED);
      if (length >= NETBIOS + SMB2_HEADER + 24)
        tell_dialect (smb, found);
      return TRUE;
    }
  /* With the mark of an answer: an echo has none. */
  if (memcmp (smb, "\xffSMB", 4) != 0 || smb[4] != NEGOTIATE1 || (smb[9] & ANSWER) == 0)
    return FALSE;
  ptl_found_set (found, "smb", NULL, NULL);
  ptl_found_set_auth (found, PTL_AUTH_PROTECTED);
  return TRUE;
}

/* Whether SMB 1 alone is taken too. */
static void
ask_old (PtlProbing *probing)
{
  static const char dialects[] = "\2NT LM 0.12";
  g_autoptr (PtlStream) stream = ptl_probing_open (probing);
  g_autoptr (GBytes) said = negotiate (dialects, sizeof dialects);
  g_autoptr (GByteArray) heard = g_byte_array_new ();

  if (stream == NULL
      || !ptl_stream_write (stream, g_bytes_get_data (said, NULL), g_bytes_get_size (said)))
    return;
  ptl_stream_read (stream, heard, 2048, probing->patience_us, 0);
  /* The dialect's index: 0, where it is taken. */
  if (heard->len >= NETBIOS + SMB1_HEADER + 3 && memcmp (heard->data + NETBIOS, "\xffSMB", 4) == 0
      && heard->data[NETBIOS + SMB1_HEADER + 1] == 0 && heard->data[NETBIOS + SMB1_HEADER + 2] == 0)
    {
      probing->found.weak = TRUE;
      ptl_found_note (&probing->found, "SMB 1 is still taken");
    }
}

void
ptl_ask_smb_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *used)
{
  ask_old (probing);
  if (probing->found.auth == PTL_AUTH_PROTECTED)
    ptl_smb_ask_guest (probing);
}
