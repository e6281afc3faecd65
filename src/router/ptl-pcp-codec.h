/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The Port Control Protocol on the wire (RFC 6887). Pure: no sockets, no allocation. */

#define PTL_PCP_PORT 5351          /* RFC 6887, section 19.1: the server's */
#define PTL_PCP_ANNOUNCE_PORT 5350 /* where clients hear announcements */
#define PTL_PCP_MAX_SIZE 1100      /* section 7 */
#define PTL_PCP_NONCE_SIZE 12

typedef enum
{
  PTL_PCP_OPCODE_ANNOUNCE = 0,
  PTL_PCP_OPCODE_MAP = 1,
} PtlPcpOpcode;

/* Section 7.4 */
typedef enum
{
  PTL_PCP_SUCCESS = 0,
  PTL_PCP_UNSUPP_VERSION = 1,
  PTL_PCP_NOT_AUTHORIZED = 2,
  PTL_PCP_MALFORMED_REQUEST = 3,
  PTL_PCP_UNSUPP_OPCODE = 4,
  PTL_PCP_UNSUPP_OPTION = 5,
  PTL_PCP_MALFORMED_OPTION = 6,
  PTL_PCP_NETWORK_FAILURE = 7,
  PTL_PCP_NO_RESOURCES = 8,
  PTL_PCP_UNSUPP_PROTOCOL = 9,
  PTL_PCP_USER_EX_QUOTA = 10,
  PTL_PCP_CANNOT_PROVIDE_EXTERNAL = 11,
  PTL_PCP_ADDRESS_MISMATCH = 12,
  PTL_PCP_EXCESSIVE_REMOTE_PEERS = 13,
} PtlPcpResult;

/* Addresses are 16 bytes; IPv4 ones are mapped (::ffff:a.b.c.d). */
typedef struct
{
  PtlPcpOpcode opcode;
  guint32 lifetime;
  guint8 client[16];
  /* MAP only, all that follows: */
  guint8 nonce[PTL_PCP_NONCE_SIZE];
  guint8 ip_protocol; /* 6 = TCP, 17 = UDP */
  guint16 internal_port;
  guint16 external_port;
  guint8 external[16];
  gboolean prefer_failure;
  gboolean has_third_party;
  guint8 third_party[16];
  gboolean has_filter;
  guint8 filter_prefix; /* of 128, also for IPv4 */
  guint8 filter[16];
} PtlPcpRequest;

typedef struct
{
  guint8 version;
  guint8 opcode;
  guint8 result;
  guint32 lifetime; /* seconds; of an error: how long it will last */
  guint32 epoch;    /* seconds */
  gboolean has_map; /* errors may come without: */
  guint8 nonce[PTL_PCP_NONCE_SIZE];
  guint8 ip_protocol;
  guint16 internal_port;
  guint16 external_port;
  guint8 external[16];
} PtlPcpResponse;

/* The number of bytes written; 0 where @size is too small. */
gsize ptl_pcp_encode (const PtlPcpRequest *request, guint8 *buffer, gsize size);
/* FALSE, and @response untouched, where @data is no response of PCP (version 2 or later, or version
 * 1 error). */
gboolean ptl_pcp_decode (const guint8 *data, gsize length, PtlPcpResponse *response);
/* Whether this is a NAT-PMP server's "unsupported version": version 0 and result 1, both. Nothing
 * else is a reason to fall back (section 9; some PCP servers answer garbage with version 0, result
 * 3). */
gboolean ptl_pcp_is_natpmp_only (const guint8 *data, gsize length);
/* Whether @response answers @request: opcode, and for MAP nonce, protocol and internal port where
 * told. */
gboolean ptl_pcp_answers (const PtlPcpRequest *request, const PtlPcpResponse *response);

G_END_DECLS
