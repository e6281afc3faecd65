/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is said on the control socket of an ssh that shares its connection: OpenSSH's PROTOCOL.mux
 * (version 4) until it is a proxy, and from then on messages of the SSH connection protocol (RFC
 * 4254) without a cipher. What the relay sends comes through as it is, so it is strangers' bytes.
 */

#define PTL_MUX_PACKET_MAX (256 * 1024) /* ssh's own limit */
#define PTL_MUX_VERSION 4

typedef enum
{
  PTL_MUX_HELLO = 0x00000001,
  PTL_MUX_PROXY_ASKED = 0x1000000f,
  PTL_MUX_PROXY_GRANTED = 0x8000000f,
} PtlMuxWord;

/* RFC 4254, section 9 */
typedef enum
{
  PTL_SSH_CHANNEL_OPEN = 90,
  PTL_SSH_CHANNEL_CONFIRMED = 91,
  PTL_SSH_CHANNEL_REFUSED = 92,
  PTL_SSH_CHANNEL_WINDOW = 93,
  PTL_SSH_CHANNEL_DATA = 94,
  PTL_SSH_CHANNEL_EOF = 96,
  PTL_SSH_CHANNEL_CLOSE = 97,
} PtlSshType;

/* RFC 4254, section 5.1 */
typedef enum
{
  PTL_SSH_REASON_PROHIBITED = 1,
  PTL_SSH_REASON_CONNECT_FAILED = 2,
  PTL_SSH_REASON_UNKNOWN_TYPE = 3,
  PTL_SSH_REASON_SHORTAGE = 4,
} PtlSshReason;

/* One message to us. What its type does not have is 0. @data is borrowed from the packet: what
 * came, or the words of a refusal. */
typedef struct
{
  guint8 type;     /* PtlSshType, or another one, of which nothing is read but that */
  guint32 channel; /* ours */
  guint32 remote;  /* theirs */
  guint32 window;
  guint32 packet_max;
  guint32 reason;
  const guint8 *data;
  gsize length;
} PtlMuxMessage;

/* How long the packet at the beginning of @bytes is with its length: 0 = more must come before that
 * can be told or all of it is here, -1 = no packet. */
gssize ptl_mux_packet_length (const guint8 *bytes, gsize length);
/* The word of a packet of the first kind, 0 = it is none. @value: what follows it, 0 = nothing. */
guint32 ptl_mux_parse_word (const guint8 *packet, gsize length, guint32 *value);
/* FALSE = it says less than its type must. */
gboolean ptl_mux_parse (const guint8 *packet, gsize length, PtlMuxMessage *message);

/* Each appends one packet to @out. */
void ptl_mux_put_word (GByteArray *out, PtlMuxWord word, guint32 value);
/* RFC 4254, section 7.2 */
void ptl_mux_put_open (GByteArray *out,
                       guint32 channel,
                       guint32 window,
                       guint32 packet_max,
                       const char *host,
                       guint16 port);
void ptl_mux_put_data (GByteArray *out, guint32 remote, const guint8 *data, gsize length);
/* EOF or CLOSE. */
void ptl_mux_put_plain (GByteArray *out, PtlSshType type, guint32 remote);

G_END_DECLS
