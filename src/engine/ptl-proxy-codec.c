/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-proxy-codec.h"

#include <arpa/inet.h>
#include <string.h>

#define V2_HEAD 16
#define V2_IPV4 12
#define V2_IPV6 36
#define V2_UNIX 216

static const guint8 mapped_head[12] = { [10] = 0xff, [11] = 0xff };
static const guint8 v1_start[] = { 'P', 'R', 'O', 'X', 'Y', ' ' };
static const guint8 v2_start[]
    = { '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n' };

static void
set_address (PtlAddress *self, guint8 family, const guint8 *bytes)
{
  memset (self, 0, sizeof *self);
  if (family == 6 && memcmp (bytes, mapped_head, sizeof mapped_head) == 0)
    {
      family = 4;
      bytes += sizeof mapped_head;
    }
  self->family = family;
  memcpy (self->bytes, bytes, family == 4 ? 4 : 16);
}

/* Version 1, section 2.1 */

static gboolean
parse_address (PtlAddress *self, guint8 family, const char *text)
{
  guint8 bytes[16];

  if (inet_pton (family == 4 ? AF_INET : AF_INET6, text, bytes) != 1)
    return FALSE;
  set_address (self, family, bytes);
  return TRUE;
}

static gboolean
parse_port (guint16 *port, const char *text)
{
  guint value = 0;

  if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
    return FALSE;
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isdigit (*text))
        return FALSE;
      value = value * 10 + (guint) (*text - '0');
      if (value > G_MAXUINT16)
        return FALSE;
    }
  *port = (guint16) value;
  return TRUE;
}

/* @line: what is between "PROXY " and the line end. */
static gboolean
parse_line (const char *line, PtlProxyHeader *header)
{
  g_auto (GStrv) words = NULL;
  guint8 family;

  if (strcmp (line, "UNKNOWN") == 0 || g_str_has_prefix (line, "UNKNOWN "))
    return TRUE; /* whatever else it says */
  words = g_strsplit (line, " ", 6);
  if (g_strv_length (words) != 5)
    return FALSE;
  if (strcmp (words[0], "TCP4") != 0 && strcmp (words[0], "TCP6") != 0)
    return FALSE;
  family = words[0][3] == '4' ? 4 : 6;
  header->has_addresses = TRUE;
  return parse_address (&header->source, family, words[1])
         && parse_address (&header->destination, family, words[2])
         && parse_port (&header->source_port, words[3])
         && parse_port (&header->destination_port, words[4]);
}

static PtlProxyResult
parse_v1 (const guint8 *data, gsize n, PtlProxyHeader *header, gsize *length)
{
  gsize most = MIN (n, PTL_PROXY_V1_MOST);
  const guint8 *end = memchr (data, '\r', most);
  char line[PTL_PROXY_V1_MOST];
  gsize n_line;

  if (memchr (data, '\0', end ? (gsize) (end - data) : most)
      || memchr (data, '\n', end ? (gsize) (end - data) : most))
    return PTL_PROXY_BAD;
  if (!end || end + 1 == data + most)
    return most < PTL_PROXY_V1_MOST ? PTL_PROXY_MORE : PTL_PROXY_BAD;
  if (end[1] != '\n' || (gsize) (end - data) < sizeof v1_start)
    return PTL_PROXY_BAD;
  n_line = (gsize) (end - data) - sizeof v1_start;
  memcpy (line, data + sizeof v1_start, n_line);
  line[n_line] = '\0';
  *length = (gsize) (end - data) + 2;
  return parse_line (line, header) ? PTL_PROXY_DONE : PTL_PROXY_BAD;
}

/* Version 2, section 2.2 */

static gsize
get_v2_addresses_length (guint8 family)
{
  static const gsize lengths[] = { 0, V2_IPV4, V2_IPV6, V2_UNIX };

  return lengths[family >> 4];
}

static guint16
read_port (const guint8 *data)
{
  return (guint16) (data[0] << 8 | data[1]);
}

/* Of TCP alone; of anything else the connection's own stand. */
static void
read_v2_addresses (const guint8 *data, guint8 kind, PtlProxyHeader *header)
{
  guint8 family = kind >> 4 == 1 ? 4 : 6;
  gsize size = family == 4 ? 4 : 16;

  if (kind != 0x11 && kind != 0x21)
    return;
  header->has_addresses = TRUE;
  set_address (&header->source, family, data);
  set_address (&header->destination, family, data + size);
  header->source_port = read_port (data + 2 * size);
  header->destination_port = read_port (data + 2 * size + 2);
}

static PtlProxyResult
parse_v2 (const guint8 *data, gsize n, PtlProxyHeader *header, gsize *length)
{
  gboolean is_local;
  gsize n_rest;

  if (n > 12 && data[12] != 0x20 && data[12] != 0x21)
    return PTL_PROXY_BAD;
  is_local = n > 12 && data[12] == 0x20;
  if (n > 13 && !is_local && (data[13] >> 4 > 3 || (data[13] & 0xf) > 2))
    return PTL_PROXY_BAD;
  if (n < V2_HEAD)
    return PTL_PROXY_MORE;
  n_rest = read_port (data + 14);
  if (V2_HEAD + n_rest > PTL_PROXY_HEADER_MOST
      || (!is_local && n_rest < get_v2_addresses_length (data[13])))
    return PTL_PROXY_BAD;
  if (n < V2_HEAD + n_rest)
    return PTL_PROXY_MORE;
  if (!is_local)
    read_v2_addresses (data + V2_HEAD, data[13], header);
  *length = V2_HEAD + n_rest;
  return PTL_PROXY_DONE;
}

PtlProxyResult
ptl_proxy_parse (const guint8 *data, gsize n, PtlProxyHeader *header, gsize *length)
{
  PtlProxyHeader parsed = { 0 };
  PtlProxyResult result = PTL_PROXY_BAD;
  gsize n_parsed = 0;

  if (n == 0)
    return PTL_PROXY_MORE;
  if (memcmp (data, v1_start, MIN (n, sizeof v1_start)) == 0)
    result = parse_v1 (data, n, &parsed, &n_parsed);
  else if (memcmp (data, v2_start, MIN (n, sizeof v2_start)) == 0)
    result = parse_v2 (data, n, &parsed, &n_parsed);
  if (result != PTL_PROXY_DONE)
    return result;
  *header = parsed;
  *length = n_parsed;
  return PTL_PROXY_DONE;
}

/* Writing */

static void
to_ipv6 (const PtlAddress *address, guint8 *bytes)
{
  if (address->family == 6)
    {
      memcpy (bytes, address->bytes, 16);
      return;
    }
  memcpy (bytes, mapped_head, sizeof mapped_head);
  memcpy (bytes + sizeof mapped_head, address->bytes, 4);
}

static gboolean
is_ipv4 (const PtlProxyHeader *header)
{
  return header->source.family == 4 && header->destination.family == 4;
}

static void
print_address (const PtlAddress *address, gboolean ipv4, char *text)
{
  guint8 bytes[16];

  if (ipv4)
    {
      inet_ntop (AF_INET, address->bytes, text, INET6_ADDRSTRLEN);
      return;
    }
  to_ipv6 (address, bytes);
  inet_ntop (AF_INET6, bytes, text, INET6_ADDRSTRLEN);
}

static gsize
write_v1 (const PtlProxyHeader *header, guint8 *out)
{
  char source[INET6_ADDRSTRLEN], destination[INET6_ADDRSTRLEN];
  char line[PTL_PROXY_V1_MOST + 1] = "PROXY UNKNOWN\r\n";
  gsize n;

  if (header->has_addresses)
    {
      print_address (&header->source, is_ipv4 (header), source);
      print_address (&header->destination, is_ipv4 (header), destination);
      g_snprintf (line, sizeof line, "PROXY %s %s %s %u %u\r\n",
                  is_ipv4 (header) ? "TCP4" : "TCP6", source, destination, header->source_port,
                  header->destination_port);
    }
  n = strlen (line);
  memcpy (out, line, n);
  return n;
}

static guint8 *
write_port (guint8 *out, guint16 port)
{
  *out++ = (guint8) (port >> 8);
  *out++ = (guint8) port;
  return out;
}

static guint8 *
write_v2_address (guint8 *out, const PtlAddress *address, gboolean ipv4)
{
  if (ipv4)
    memcpy (out, address->bytes, 4);
  else
    to_ipv6 (address, out);
  return out + (ipv4 ? 4 : 16);
}

static gsize
write_v2 (const PtlProxyHeader *header, guint8 *out)
{
  gboolean ipv4 = is_ipv4 (header);
  guint8 *at = out;

  memcpy (at, v2_start, sizeof v2_start);
  at += sizeof v2_start;
  *at++ = 0x21;
  *at++ = !header->has_addresses ? 0 : ipv4 ? 0x11 : 0x21;
  at = write_port (at, !header->has_addresses ? 0 : ipv4 ? V2_IPV4 : V2_IPV6);
  if (!header->has_addresses)
    return V2_HEAD;
  at = write_v2_address (at, &header->source, ipv4);
  at = write_v2_address (at, &header->destination, ipv4);
  at = write_port (at, header->source_port);
  return (gsize) (write_port (at, header->destination_port) - out);
}

gsize
ptl_proxy_write (PtlProxy version, const PtlProxyHeader *header, guint8 *out)
{
  g_return_val_if_fail (version == PTL_PROXY_V1 || version == PTL_PROXY_V2, 0);

  return version == PTL_PROXY_V1 ? write_v1 (header, out) : write_v2 (header, out);
}
