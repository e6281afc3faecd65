/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-pcp-codec.h"

#include <string.h>

#include "ptl-wire.h"

#define VERSION 2
#define RESPONSE 0x80
#define HEADER_SIZE 24
#define MAP_SIZE 36
#define OPTION_HEADER_SIZE 4

enum
{
  OPTION_THIRD_PARTY = 1,
  OPTION_PREFER_FAILURE = 2,
  OPTION_FILTER = 3,
};

static gsize
request_size (const PtlPcpRequest *request)
{
  gsize size = HEADER_SIZE;

  if (request->opcode != PTL_PCP_OPCODE_MAP)
    return size;
  size += MAP_SIZE;
  if (request->has_third_party)
    size += OPTION_HEADER_SIZE + 16;
  if (request->prefer_failure)
    size += OPTION_HEADER_SIZE;
  if (request->has_filter)
    size += OPTION_HEADER_SIZE + 20;
  return size;
}

static guint8 *
put_option (guint8 *at, guint8 code, guint16 length)
{
  at[0] = code;
  at[1] = 0;
  ptl_wire_put16 (at + 2, length);
  return at + OPTION_HEADER_SIZE;
}

static void
encode_map (const PtlPcpRequest *request, guint8 *at)
{
  memcpy (at, request->nonce, PTL_PCP_NONCE_SIZE);
  at[12] = request->ip_protocol;
  ptl_wire_put16 (at + 16, request->internal_port);
  ptl_wire_put16 (at + 18, request->external_port);
  memcpy (at + 20, request->external, 16);
  at += MAP_SIZE;
  if (request->has_third_party)
    {
      at = put_option (at, OPTION_THIRD_PARTY, 16);
      memcpy (at, request->third_party, 16);
      at += 16;
    }
  if (request->prefer_failure)
    at = put_option (at, OPTION_PREFER_FAILURE, 0);
  if (request->has_filter)
    {
      at = put_option (at, OPTION_FILTER, 20);
      at[1] = request->filter_prefix; /* at[2..3], the remote port, stays 0 = all */
      memcpy (at + 4, request->filter, 16);
    }
}

gsize
ptl_pcp_encode (const PtlPcpRequest *request, guint8 *buffer, gsize size)
{
  gsize needed = request_size (request);

  if (needed > size || needed > PTL_PCP_MAX_SIZE)
    return 0;
  memset (buffer, 0, needed);
  buffer[0] = VERSION;
  buffer[1] = request->opcode & 0x7f;
  ptl_wire_put32 (buffer + 4, request->lifetime);
  memcpy (buffer + 8, request->client, 16);
  if (request->opcode == PTL_PCP_OPCODE_MAP)
    encode_map (request, buffer + HEADER_SIZE);
  return needed;
}

static void
decode_map (const guint8 *at, PtlPcpResponse *response)
{
  response->has_map = TRUE;
  memcpy (response->nonce, at, PTL_PCP_NONCE_SIZE);
  response->ip_protocol = at[12];
  response->internal_port = ptl_wire_get16 (at + 16);
  response->external_port = ptl_wire_get16 (at + 18);
  memcpy (response->external, at + 20, 16);
}

gboolean
ptl_pcp_decode (const guint8 *data, gsize length, PtlPcpResponse *response)
{
  PtlPcpResponse found = { 0 };

  if (length < HEADER_SIZE || length > PTL_PCP_MAX_SIZE || length % 4 != 0)
    return FALSE;
  if (data[0] == 0 || (data[1] & RESPONSE) == 0)
    return FALSE;
  found.version = data[0];
  found.opcode = data[1] & 0x7f;
  found.result = data[3];
  /* Another version can tell us one thing only: that it does not speak ours. */
  if (found.version != VERSION && found.result != PTL_PCP_UNSUPP_VERSION)
    return FALSE;
  found.lifetime = ptl_wire_get32 (data + 4);
  found.epoch = ptl_wire_get32 (data + 8);
  if (found.opcode == PTL_PCP_OPCODE_MAP && length >= HEADER_SIZE + MAP_SIZE)
    decode_map (data + HEADER_SIZE, &found);
  if (found.opcode == PTL_PCP_OPCODE_MAP && found.result == PTL_PCP_SUCCESS && !found.has_map)
    return FALSE;
  *response = found;
  return TRUE;
}

gboolean
ptl_pcp_is_natpmp_only (const guint8 *data, gsize length)
{
  return length >= 4 && length <= PTL_PCP_MAX_SIZE && data[0] == 0 && (data[1] & RESPONSE) != 0 &&
         ptl_wire_get16 (data + 2) == PTL_PCP_UNSUPP_VERSION;
}

gboolean
ptl_pcp_answers (const PtlPcpRequest *request, const PtlPcpResponse *response)
{
  if (response->opcode != (guint8) request->opcode)
    return FALSE;
  if (request->opcode != PTL_PCP_OPCODE_MAP || !response->has_map)
    return TRUE;
  return memcmp (request->nonce, response->nonce, PTL_PCP_NONCE_SIZE) == 0 &&
         request->ip_protocol == response->ip_protocol &&
         request->internal_port == response->internal_port;
}
