/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The NAT Port Mapping Protocol on the wire (RFC 6886). Pure: no sockets, no allocation. */

#define PTL_NATPMP_MAX_SIZE 16

typedef enum
{
  PTL_NATPMP_OPCODE_ADDRESS = 0,
  PTL_NATPMP_OPCODE_MAP_UDP = 1,
  PTL_NATPMP_OPCODE_MAP_TCP = 2,
} PtlNatpmpOpcode;

/* Section 3.5 */
typedef enum
{
  PTL_NATPMP_SUCCESS = 0,
  PTL_NATPMP_UNSUPP_VERSION = 1,
  PTL_NATPMP_NOT_AUTHORIZED = 2,
  PTL_NATPMP_NETWORK_FAILURE = 3,
  PTL_NATPMP_NO_RESOURCES = 4,
  PTL_NATPMP_UNSUPP_OPCODE = 5,
} PtlNatpmpResult;

typedef struct
{
  PtlNatpmpOpcode opcode;
  guint16 internal_port;
  guint16 external_port;
  guint32 lifetime; /* seconds; 0 deletes */
} PtlNatpmpRequest;

typedef struct
{
  guint8 opcode;
  guint16 result;
  guint32 epoch;      /* seconds; 0 in an error that is too short to tell it */
  gboolean has_epoch;
  guint8 external[4]; /* ADDRESS */
  guint16 internal_port;
  guint16 external_port;
  guint32 lifetime;
} PtlNatpmpResponse;

/* The number of bytes written; 0 where @size is too small. */
gsize ptl_natpmp_encode (const PtlNatpmpRequest *request, guint8 *buffer, gsize size);
/* FALSE, and @response untouched, where @data is no response of NAT-PMP. */
gboolean ptl_natpmp_decode (const guint8 *data, gsize length, PtlNatpmpResponse *response);
/* Opcode, and in a success the internal port. */
gboolean ptl_natpmp_answers (const PtlNatpmpRequest *request, const PtlNatpmpResponse *response);

G_END_DECLS
