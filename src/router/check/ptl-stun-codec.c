/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-stun-codec.h"

#include <string.h>

#include "router/ptl-wire.h"

#define BINDING_REQUEST 0x0001
#define BINDING_SUCCESS 0x0101
#define BINDING_ERROR 0x0111
#define COOKIE 0x2112A442u
#define HEADER_SIZE PTL_STUN_REQUEST_SIZE
#define ID_AT 8

#define MAPPED_ADDRESS 0x0001
#define ERROR_CODE 0x0009
#define XOR_MAPPED_ADDRESS 0x0020
#define OPTIONAL 0x8000 /* and above: comprehension-optional */

/* Of those that must be understood: the ones that say nothing to somebody who sent no credentials, and those of RFC 3489
 * that old servers still add (SOURCE-ADDRESS, CHANGED-ADDRESS). */
static const guint16 harmless[] = { 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0007, 0x0008, 0x000A, 0x000B,
                                    0x0014, 0x0015, 0x001C, 0x001D, 0x001E };

void
ptl_stun_encode (const guint8 id[PTL_STUN_ID_SIZE], guint8 buffer[PTL_STUN_REQUEST_SIZE])
{
  ptl_wire_put16 (buffer, BINDING_REQUEST);
  ptl_wire_put16 (buffer + 2, 0);
  ptl_wire_put32 (buffer + 4, COOKIE);
  memcpy (buffer + ID_AT, id, PTL_STUN_ID_SIZE);
}

static gboolean
is_harmless (guint16 type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (harmless); i++)
    if (harmless[i] == type)
      return TRUE;
  return type >= OPTIONAL;
}

/* @mask: what port and address are xored with (the cookie and the id), or zeros. */
static gboolean
read_address (const guint8 *value, guint16 length, const guint8 mask[16], PtlStunAnswer *answer)
{
  gsize size = length == 8 && value[1] == 1 ? 4 : length == 20 && value[1] == 2 ? 16 : 0;

  if (size == 0)
    return FALSE;
  memset (answer->address, 0, sizeof answer->address);
  answer->family = size == 4 ? 4 : 6;
  answer->port = ptl_wire_get16 (value + 2) ^ ptl_wire_get16 (mask);
  for (gsize i = 0; i < size; i++)
    answer->address[i] = value[4 + i] ^ mask[i];
  return TRUE;
}

/* Section 14.8: class (3 to 6) and number (0 to 99). */
static guint
read_error (const guint8 *value, guint16 length)
{
  if (length < 4 || (value[2] & 7) < 3 || (value[2] & 7) > 6 || value[3] > 99)
    return 0;
  return (value[2] & 7u) * 100 + value[3];
}

typedef struct
{
  PtlStunAnswer plain, xored;
  guint error_code;
} Found;

static gboolean
take_attribute (Found *found, guint16 type, const guint8 *value, guint16 length, const guint8 mask[16])
{
  static const guint8 none[16] = { 0 };

  switch (type)
    {
    case XOR_MAPPED_ADDRESS:
      return found->xored.family != 0 || read_address (value, length, mask, &found->xored);
    case MAPPED_ADDRESS:
      return found->plain.family != 0 || read_address (value, length, none, &found->plain);
    case ERROR_CODE:
      if (found->error_code == 0)
        found->error_code = read_error (value, length);
      return found->error_code != 0;
    default:
      return is_harmless (type);
    }
}

static gboolean
read_attributes (const guint8 *data, gsize length, Found *found)
{
  for (gsize at = HEADER_SIZE; at < length;)
    {
      guint16 type, size;
      gsize padded;

      if (length - at < 4)
        return FALSE;
      type = ptl_wire_get16 (data + at);
      size = ptl_wire_get16 (data + at + 2);
      padded = ((gsize) size + 3) & ~(gsize) 3;
      if (length - at - 4 < padded || !take_attribute (found, type, data + at + 4, size, data + 4))
        return FALSE;
      at += 4 + padded;
    }
  return TRUE;
}

static gboolean
check_header (const guint8 *data, gsize length, const guint8 *id)
{
  return length >= HEADER_SIZE && length <= PTL_STUN_MAX_SIZE && (length & 3) == 0
         && ptl_wire_get16 (data + 2) == length - HEADER_SIZE && ptl_wire_get32 (data + 4) == COOKIE
         && memcmp (data + ID_AT, id, PTL_STUN_ID_SIZE) == 0;
}

PtlStunKind
ptl_stun_decode (const guint8 *data, gsize length, const guint8 id[PTL_STUN_ID_SIZE], PtlStunAnswer *answer)
{
  Found found = { 0 };
  guint16 type;

  if (!check_header (data, length, id) || !read_attributes (data, length, &found))
    return PTL_STUN_FOREIGN;
  type = ptl_wire_get16 (data);
  if (type == BINDING_ERROR && found.error_code != 0)
    {
      *answer = (PtlStunAnswer){ .error_code = found.error_code };
      return PTL_STUN_REFUSED;
    }
  if (type != BINDING_SUCCESS || (found.xored.family == 0 && found.plain.family == 0))
    return PTL_STUN_FOREIGN;
  *answer = found.xored.family != 0 ? found.xored : found.plain;
  return PTL_STUN_MAPPED;
}
