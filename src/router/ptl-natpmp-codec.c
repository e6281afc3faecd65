/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-natpmp-codec.h"

#include <string.h>

#include "ptl-wire.h"

#define RESPONSE 0x80
#define ERROR_SIZE 4
#define EPOCH_SIZE 8
#define ADDRESS_SIZE 12
#define MAP_SIZE 16

gsize
ptl_natpmp_encode (const PtlNatpmpRequest *request, guint8 *buffer, gsize size)
{
  gsize needed = request->opcode == PTL_NATPMP_OPCODE_ADDRESS ? 2 : 12;

  if (needed > size)
    return 0;
  memset (buffer, 0, needed);
  buffer[1] = request->opcode;
  if (request->opcode == PTL_NATPMP_OPCODE_ADDRESS)
    return needed;
  ptl_wire_put16 (buffer + 4, request->internal_port);
  ptl_wire_put16 (buffer + 6, request->external_port);
  ptl_wire_put32 (buffer + 8, request->lifetime);
  return needed;
}

static gsize
least_size (guint8 opcode, guint16 result)
{
  if (result != PTL_NATPMP_SUCCESS)
    return ERROR_SIZE;
  return opcode == PTL_NATPMP_OPCODE_ADDRESS ? ADDRESS_SIZE : MAP_SIZE;
}

gboolean
ptl_natpmp_decode (const guint8 *data, gsize length, PtlNatpmpResponse *response)
{
  PtlNatpmpResponse found = { 0 };

  if (length < ERROR_SIZE || data[0] != 0 || (data[1] & RESPONSE) == 0)
    return FALSE;
  found.opcode = data[1] & 0x7f;
  found.result = ptl_wire_get16 (data + 2);
  if (found.opcode > PTL_NATPMP_OPCODE_MAP_TCP || length < least_size (found.opcode, found.result))
    return FALSE;
  found.has_epoch = length >= EPOCH_SIZE;
  if (found.has_epoch)
    found.epoch = ptl_wire_get32 (data + 4);
  if (found.opcode == PTL_NATPMP_OPCODE_ADDRESS && length >= ADDRESS_SIZE)
    memcpy (found.external, data + 8, 4);
  else if (found.opcode != PTL_NATPMP_OPCODE_ADDRESS && length >= MAP_SIZE)
    {
      found.internal_port = ptl_wire_get16 (data + 8);
      found.external_port = ptl_wire_get16 (data + 10);
      found.lifetime = ptl_wire_get32 (data + 12);
    }
  *response = found;
  return TRUE;
}

gboolean
ptl_natpmp_answers (const PtlNatpmpRequest *request, const PtlNatpmpResponse *response)
{
  if (response->opcode != (guint8) request->opcode)
    return FALSE;
  if (response->result != PTL_NATPMP_SUCCESS || request->opcode == PTL_NATPMP_OPCODE_ADDRESS)
    return TRUE;
  return response->internal_port == request->internal_port;
}
