/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sweep-udp.h"

#include <string.h>

typedef struct
{
  const char *bytes;
  gsize length;
  guint8 random_at, n_random; /* bytes that are to be another's each time: transaction ids */
  guint16 padded_to;
  gboolean elsewhere;
} Request;

#define REQUEST(text, ...)                                                                         \
  {                                                                                                \
    .bytes = "" text, .length = sizeof text - 1, __VA_ARGS__                                       \
  }

/* RFC 1035: who serves the root, without recursion, so that no other server is asked for it. */
static const Request dns = REQUEST ("\0\0\0\0\0\1\0\0\0\0\0\0\0\0\2\0\1", .n_random = 2);
/* RFC 1350: a file by a name that no server has; an error is the answer. */
static const Request tftp = REQUEST ("\0\1portolan-00000000\0octet\0", .elsewhere = TRUE);
/* RFC 5531: calls of procedure 0, which does nothing, without credentials. */
#define RPC_NULL(program, version)                                                                 \
  "\0\0\0\0\0\0\0\0\0\0\0\2" program version "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
static const Request rpcbind = REQUEST (RPC_NULL ("\0\1\x86\xa0", "\0\0\0\2"), .n_random = 4);
static const Request nfs = REQUEST (RPC_NULL ("\0\1\x86\xa3", "\0\0\0\3"), .n_random = 4);
/* RFC 5905: a client's question, version 4. */
static const Request ntp = REQUEST ("\x23\0\6\xec\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                    "\0\0\0\0\0\0\0\0\0\0\0"
                                    "\0\0\0\0\0\0\0\0",
                                    .random_at = 40,
                                    .n_random = 8);
/* RFC 1002, 4.2.17: node status of "*". */
static const Request netbios
    = REQUEST ("\0\0\0\0\0\1\0\0\0\0\0\0\40CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0\0\41\0\1",
               .n_random = 2);
/* RFC 3416: GetRequest of sysDescr.0 with the community "public", version 2c. */
static const Request snmp2
    = REQUEST ("\x30\x29\2\1\1\4\6public\xa0\x1c\2\4\1\2\3\4\2\1\0\2\1\0\x30\x0e\x30\x0c\6\x08"
               "\x2b\6\1\2\1\1\1\0\5\0",
               .random_at = 18,
               .n_random = 3);
/* RFC 3414, section 4: engine discovery, which every agent of version 3 answers, whatever its users
 * are. */
static const Request snmp3 = REQUEST ("\x30\x3a\2\1\3\x30\x0f\2\2\x50\x4f\2\3\0\xff\xe3\4\1\4\2\1\3"
                                      "\4\x10\x30\x0e\4\0\2\1\0\2\1\0\4\0\4\0\4\0"
                                      "\x30\x12\4\0\4\0\xa0\x0c\2\2\x54\x4c\2\1\0\2\1\0\x30\0");
/* LDAP without a connection (RFC 1798, MS-ADTS 6.3.3): a search of the root entry for one
 * attribute. */
static const Request cldap = REQUEST ("\x30\x3b\2\1\1\x63\x36\4\0\x0a\1\0\x0a\1\0\2\1\0\2\1\0\1\1\0"
                                      "\x87\x0bobjectClass\x30\x16\4\x14"
                                      "supportedLDAPVersion");
/* RFC 9000, 6.1: a version that is reserved for asking which ones there are. */
static const Request quic = REQUEST ("\xc0\x1a\x2a\x3a\x4a\x08PORTOLAN\x08PORTOLAN",
                                     .random_at = 6,
                                     .n_random = 8,
                                     .padded_to = 1200);
/* XDMCP 1.1: Query with no authentication names. */
static const Request xdmcp = REQUEST ("\0\1\0\2\0\1\0");
/* ASF 2.0, 3.2.4.3: presence ping. */
static const Request ipmi = REQUEST ("\6\0\xff\6\0\0\x11\xbe\x80\0\0\0");
/* OpenVPN: a client's hard reset, without a key. */
static const Request openvpn = REQUEST ("\x38PORTOLAN\0\0\0\0\0", .random_at = 1, .n_random = 8);
/* UPnP Device Architecture 1.1, 1.3.2, unicast. */
static const Request ssdp
    = REQUEST ("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\n"
               "MX: 1\r\nST: ssdp:all\r\n\r\n",
               .elsewhere = TRUE);
/* WS-Discovery 1.1, 5.2: Probe for anything. */
static const Request wsd
    = REQUEST ("<?xml version=\"1.0\"?><soap:Envelope "
               "xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\" "
               "xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "
               "xmlns:wsd=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><soap:Header>"
               "<wsa:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</wsa:To>"
               "<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</wsa:Action>"
               "<wsa:MessageID>urn:uuid:00000000-0000-4000-8000-706f72746f6c</wsa:MessageID>"
               "</soap:Header><soap:Body><wsd:Probe/></soap:Body></soap:Envelope>",
               .elsewhere = TRUE);
/* RFC 8489: Binding request. */
static const Request stun
    = REQUEST ("\0\1\0\0\x21\x12\xa4\x42PORTOLAN0000", .random_at = 8, .n_random = 12);
/* RFC 6762, 5.4 and RFC 6763, section 9: which kinds of service there are, the answer to us alone.
 */
static const Request mdns
    = REQUEST ("\0\0\0\0\0\1\0\0\0\0\0\0\x09_services\7_dns-sd\4_udp\5local\0\0\x0c\x80\1",
               .n_random = 2);
/* RFC 3261, section 11: what can you do? */
static const Request sip = REQUEST (
    "OPTIONS sip:portolan SIP/2.0\r\nVia: SIP/2.0/UDP portolan;branch=z9hG4bKportolan;rport\r\n"
    "From: <sip:portolan@portolan>;tag=portolan\r\nTo: <sip:portolan@portolan>\r\n"
    "Call-ID: portolan\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 0\r\nContent-Length: 0\r\n\r\n");
/* RFC 7252, 4.3: an empty confirmable message; the answer is a reset ("CoAP ping"). */
static const Request coap = REQUEST ("\x40\0\0\0", .random_at = 2, .n_random = 2);
/* Jellyfin's discovery. */
static const Request jellyfin = REQUEST ("Who is JellyfinServer?");
/* TeamSpeak 3: the first step of a client's handshake. */
static const Request teamspeak
    = REQUEST ("TS3INIT1\0e\0\0\x88\x0b\xa7\x28\xe4\0\x5f\xd8\x2c\x10\0\0\0\0\0\0\0\0\0\0\0\0",
               .random_at = 22,
               .n_random = 4);
/* Ubiquiti's discovery, version 1. */
static const Request ubiquiti = REQUEST ("\1\0\0\0");
/* memcached's UDP frame around "version". */
static const Request memcached = REQUEST ("\0\0\0\0\0\1\0\0version\r\n", .n_random = 2);
/* Minecraft Bedrock (RakNet): unconnected ping. */
static const Request bedrock = REQUEST ("\1\0\0\0\0\0\0\0\0\0\xff\xff\0\xfe\xfe\xfe\xfe\xfd\xfd\xfd"
                                        "\xfd\x12\x34\x56\x78PORTOLAN",
                                        .random_at = 1,
                                        .n_random = 8);
/* Valve's server queries: A2S_INFO, which is answered by a challenge or by the server's name. */
static const Request a2s = REQUEST ("\xff\xff\xff\xffTSource Engine Query\0");
/* Quake III and its kin. */
static const Request quake = REQUEST ("\xff\xff\xff\xffgetinfo portolan");
/* Plex's discovery (GDM). */
static const Request plex = REQUEST ("M-SEARCH * HTTP/1.1\r\n\r\n");
/* Mumble: ping of the old form, which every server answers. */
static const Request mumble = REQUEST ("\0\0\0\0PORTOLAN", .random_at = 4, .n_random = 8);
/* Luanti (Minetest): the first packet of a client, with protocol id and the reliable "set peer id"
 * wanted. */
static const Request luanti = REQUEST ("\x4f\x45\x74\x03\0\0\0\1");
/* RFC 4120, 5.4.1: a ticket for a name that nobody has; the answer is an error. */
static const Request kerberos
    = REQUEST ("j\201\2260\201\223\241\003\002\001\005\242\003\002\001\012\244\201\2060\201\203"
               "\240\007\003\005\000P\200\000\020\241\0250\023\240\003\002\001\001\241\0140\012"
               "\033\010portolan\242\022\033\020PORTOLAN.INVALID\243%0#\240\003\002\001\002\241"
               "\0340\032\033\006krbtgt\033\020PORTOLAN.INVALID\245\021\030\01720371231235959Z"
               "\247\006\002\004\0224Vx\250\0130\011\002\001\022\002\001\021\002\001\027");
/* RFC 7296, 1.2: the first message of IKE 2. */
static const Request ike
    = REQUEST ("PORTOLAN\000\000\000\000\000\000\000\000! \042\010\000\000\000\000\000\000\001x"
               "\042\000\0000\000\000\000,\001\001\000\004\003\000\000\014\001\000\000\014\200"
               "\016\001\000\003\000\000\010\002\000\000\005\003\000\000\010\003\000\000\014\000"
               "\000\000\010\004\000\000\016(\000\001\010\000\016\000\000\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007\007"
               "\007\007\007\007\007\007\007\007\007\007\007\000\000\000$\000\001\002\003\004"
               "\005\006\007\010\011\012\013\014\015\016\017\020\021\022\023\024\025\026\027\030"
               "\031\032\033\034\035\036\037");
/* RFC 2865, 4.1: a request without a password; the answer is a refusal. */
static const Request radius = REQUEST ("\001P\000(PORTOLANPORTOLAN\001\012portolan \012portolan");
/* KNXnet/IP: a description is asked for. */
static const Request knx = REQUEST ("\006\020\002\003\000\016\010\001\000\000\000\000\000\000");
/* OpenTTD: what a list of servers asks. */
static const Request openttd = REQUEST ("\003\000\000");
/* RFC 5456, 6.7.1: POKE. */
static const Request iax = REQUEST ("\200\001\000\000\000\000\000\000\000\000\006\036");
/* Teeworlds: what a list of servers asks. */
static const Request teeworlds = REQUEST ("\377\377\377\377\377\377\377\377\377\377gie3\000");
/* BACnet, ASHRAE 135: what is your name? */
static const Request bacnet
    = REQUEST ("\201\012\000\021\001\004\000\005\001\014\014\002\077\377\377\031K");

static const struct
{
  guint16 port;
  const Request *requests[2]; /* sent in turn */
} table[] = {
  { 53, { &dns } },          { 69, { &tftp } },        { 111, { &rpcbind } },
  { 123, { &ntp } },         { 137, { &netbios } },    { 161, { &snmp2, &snmp3 } },
  { 177, { &xdmcp } },       { 389, { &cldap } },      { 443, { &quic } },
  { 623, { &ipmi } },        { 1194, { &openvpn } },   { 1900, { &ssdp } },
  { 2049, { &nfs } },        { 2457, { &a2s } },       { 3478, { &stun } },
  { 3702, { &wsd } },        { 5060, { &sip } },       { 5349, { &stun } },
  { 5353, { &mdns } },       { 5683, { &coap } },      { 7359, { &jellyfin } },
  { 8443, { &quic } },       { 9987, { &teamspeak } }, { 10001, { &ubiquiti } },
  { 11211, { &memcached } }, { 19132, { &bedrock } },  { 19133, { &bedrock } },
  { 19302, { &stun } },      { 22000, { &quic } },     { 26900, { &a2s } },
  { 27015, { &a2s } },       { 27016, { &a2s } },      { 27960, { &quake } },
  { 28015, { &a2s } },       { 30000, { &luanti } },   { 32410, { &plex } },
  { 32412, { &plex } },      { 32413, { &plex } },     { 32414, { &plex } },
  { 64738, { &mumble } },    { 88, { &kerberos } },    { 500, { &ike } },
  { 1812, { &radius } },     { 3671, { &knx } },       { 3979, { &openttd } },
  { 4569, { &iax } },        { 8303, { &teeworlds } }, { 47808, { &bacnet } },
};

static const Request *
find (guint16 port, guint try)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].port == port)
      return table[i].requests[1] != NULL ? table[i].requests[try % 2] : table[i].requests[0];
  return NULL;
}

gsize
ptl_sweep_udp_write (guint16 port, guint try, guint8 bytes[PTL_SWEEP_UDP_MAX])
{
  const Request *request = find (port, try);

  if (request == NULL)
    return 0;
  memcpy (bytes, request->bytes, request->length);
  for (guint i = 0; i < request->n_random; i++)
    bytes[request->random_at + i] = (guint8) g_random_int_range (0, 256);
  if (request->padded_to <= request->length)
    return request->length;
  memset (bytes + request->length, 0, request->padded_to - request->length);
  return request->padded_to;
}

gboolean
ptl_sweep_udp_answers_elsewhere (guint16 port)
{
  const Request *request = find (port, 0);

  return request != NULL && request->elsewhere;
}

const guint16 *
ptl_sweep_udp_get_known (gsize *n_ports)
{
  static guint16 ports[G_N_ELEMENTS (table)];
  static gsize filled;

  if (g_once_init_enter (&filled))
    {
      for (guint i = 0; i < G_N_ELEMENTS (table); i++)
        ports[i] = table[i].port;
      g_once_init_leave (&filled, 1);
    }
  *n_ports = G_N_ELEMENTS (ports);
  return ports;
}
