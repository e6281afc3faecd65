/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-mux-codec.h"

#include <string.h>

typedef struct
{
  const guint8 *at;
  gsize left;
} Reader;

static gboolean
take_u32 (Reader *reader, guint32 *value)
{
  guint32 raw;

  if (reader->left < sizeof raw)
    return FALSE;
  memcpy (&raw, reader->at, sizeof raw);
  reader->at += sizeof raw;
  reader->left -= sizeof raw;
  *value = GUINT32_FROM_BE (raw);
  return TRUE;
}

static gboolean
take_string (Reader *reader, const guint8 **data, gsize *length)
{
  guint32 n;

  if (!take_u32 (reader, &n) || n > reader->left)
    return FALSE;
  *data = reader->at;
  *length = n;
  reader->at += n;
  reader->left -= n;
  return TRUE;
}

gssize
ptl_mux_packet_length (const guint8 *bytes, gsize length)
{
  Reader reader = { bytes, length };
  guint32 n;

  if (!take_u32 (&reader, &n))
    return 0;
  if (n < 2 || n > PTL_MUX_PACKET_MAX)
    return -1;
  return n <= reader.left ? (gssize) (n + sizeof n) : 0;
}

guint32
ptl_mux_parse_word (const guint8 *packet, gsize length, guint32 *value)
{
  Reader reader = { packet, length };
  guint32 n;
  guint32 word;

  *value = 0;
  if (!take_u32 (&reader, &n) || !take_u32 (&reader, &word))
    return 0;
  take_u32 (&reader, value);
  return word;
}

static gboolean
parse_body (Reader *reader, PtlMuxMessage *message)
{
  switch (message->type)
    {
    case PTL_SSH_CHANNEL_CONFIRMED:
      return take_u32 (reader, &message->channel) && take_u32 (reader, &message->remote)
             && take_u32 (reader, &message->window) && take_u32 (reader, &message->packet_max);
    case PTL_SSH_CHANNEL_REFUSED:
      return take_u32 (reader, &message->channel) && take_u32 (reader, &message->reason)
             && take_string (reader, &message->data, &message->length);
    case PTL_SSH_CHANNEL_WINDOW:
      return take_u32 (reader, &message->channel) && take_u32 (reader, &message->window);
    case PTL_SSH_CHANNEL_DATA:
      return take_u32 (reader, &message->channel)
             && take_string (reader, &message->data, &message->length);
    case PTL_SSH_CHANNEL_EOF:
    case PTL_SSH_CHANNEL_CLOSE:
      return take_u32 (reader, &message->channel);
    default:
      return TRUE;
    }
}

gboolean
ptl_mux_parse (const guint8 *packet, gsize length, PtlMuxMessage *message)
{
  Reader reader = { packet, length };
  guint32 n;

  memset (message, 0, sizeof *message);
  /* The first byte is the length of a padding that is never there. */
  if (!take_u32 (&reader, &n) || reader.left < 2 || reader.at[0] != 0)
    return FALSE;
  message->type = reader.at[1];
  reader.at += 2;
  reader.left -= 2;
  return parse_body (&reader, message);
}

static void
put_u32 (GByteArray *out, guint32 value)
{
  guint32 raw = GUINT32_TO_BE (value);

  g_byte_array_append (out, (const guint8 *) &raw, sizeof raw);
}

static void
put_string (GByteArray *out, const void *data, gsize length)
{
  put_u32 (out, (guint32) length);
  g_byte_array_append (out, data, (guint) length);
}

/* Where the packet begins whose length put_end() fills in. */
static guint
put_begin (GByteArray *out, PtlSshType type)
{
  const guint8 head[2] = { 0, (guint8) type };
  guint begin = out->len;

  put_u32 (out, 0);
  g_byte_array_append (out, head, sizeof head);
  return begin;
}

static void
put_end (GByteArray *out, guint begin)
{
  guint32 raw = GUINT32_TO_BE ((guint32) (out->len - begin - sizeof raw));

  memcpy (out->data + begin, &raw, sizeof raw);
}

void
ptl_mux_put_word (GByteArray *out, PtlMuxWord word, guint32 value)
{
  put_u32 (out, 2 * sizeof (guint32));
  put_u32 (out, word);
  put_u32 (out, value);
}

void
ptl_mux_put_open (GByteArray *out,
                  guint32 channel,
                  guint32 window,
                  guint32 packet_max,
                  const char *host,
                  guint16 port)
{
  static const char kind[] = "direct-tcpip";
  static const char origin[] = "127.0.0.1";
  guint begin = put_begin (out, PTL_SSH_CHANNEL_OPEN);

  put_string (out, kind, sizeof kind - 1);
  put_u32 (out, channel);
  put_u32 (out, window);
  put_u32 (out, packet_max);
  put_string (out, host, strlen (host));
  put_u32 (out, port);
  put_string (out, origin, sizeof origin - 1);
  put_u32 (out, 0);
  put_end (out, begin);
}

void
ptl_mux_put_data (GByteArray *out, guint32 remote, const guint8 *data, gsize length)
{
  guint begin = put_begin (out, PTL_SSH_CHANNEL_DATA);

  put_u32 (out, remote);
  put_string (out, data, length);
  put_end (out, begin);
}

void
ptl_mux_put_plain (GByteArray *out, PtlSshType type, guint32 remote)
{
  guint begin = put_begin (out, type);

  put_u32 (out, remote);
  put_end (out, begin);
}
