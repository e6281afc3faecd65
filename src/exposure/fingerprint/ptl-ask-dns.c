/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

#include <string.h>

#define ID 0x5054
#define TCP_HEADER 2
#define HEADER 12
#define RD 0x01
#define RA 0x80

/* A question of RFC 1035 section 4.1.2, with its length before it for TCP. */
static GBytes *
make_query (const char *name, guint8 type, guint8 class, gboolean recursion, gboolean udp)
{
  g_autoptr (GByteArray) query = g_byte_array_new ();
  guint8 header[HEADER] = { ID >> 8, ID & 0xff, recursion ? RD : 0, 0, 0, 1 };
  guint8 end[5] = { 0, 0, type, 0, class };
  g_auto (GStrv) labels = g_strsplit (name, ".", 16);
  guint8 size[TCP_HEADER];

  g_byte_array_append (query, header, HEADER);
  for (char **label = labels; *label != NULL; label++)
    {
      guint8 length = (guint8) strlen (*label);

      g_byte_array_append (query, &length, 1);
      g_byte_array_append (query, (const guint8 *) *label, length);
    }
  g_byte_array_append (query, end, sizeof end);
  size[0] = query->len >> 8;
  size[1] = query->len & 0xff;
  if (!udp)
    g_byte_array_prepend (query, size, TCP_HEADER);
  return g_byte_array_free_to_bytes (g_steal_pointer (&query));
}

GBytes *
ptl_ask_dns_say (const PtlAsk *self, PtlProbing *probing)
{
  return make_query ("example.com", 1, 1, TRUE, self->udp);
}

/* Past the header of a response to us, or NULL. */
static const guint8 *
find_response (const guint8 *bytes, gsize length, gboolean udp)
{
  gsize skip = udp ? 0 : TCP_HEADER;

  if (length < skip + HEADER || bytes[skip] != ID >> 8 || bytes[skip + 1] != (ID & 0xff)
      || (bytes[skip + 2] & 0x80) == 0 || (bytes[skip + 2] & 0x78) != 0)
    return NULL;
  return bytes + skip;
}

gboolean
ptl_ask_dns_hear (const PtlAsk *self, const guint8 *bytes, gsize length, PtlFound *found)
{
  static const char *const codes[]
      = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED" };
  const guint8 *response = find_response (bytes, length, self->udp);
  guint code, answers;

  if (response == NULL)
    return FALSE;
  code = response[3] & 0x0f;
  answers = response[6] << 8 | response[7];
  ptl_found_set (found, "dns", NULL, NULL);
  ptl_found_note (found, "example.com, recursion desired: %s, recursion %s",
                  code < G_N_ELEMENTS (codes) ? codes[code] : "an error",
                  (response[3] & RA) ? "available" : "not available");
  if (code == 5)
    ptl_found_set_auth (found, PTL_AUTH_PROTECTED);
  else if ((response[3] & RA) != 0 && (answers > 0 || code == 2 || code == 3 || code == 0))
    ptl_found_set_auth (found, PTL_AUTH_OPEN);
  else
    ptl_found_set_auth (found, PTL_AUTH_NONE);
  return TRUE;
}

/* The text of the first TXT record, which version.bind gives; NULL where there is none. */
static char *
read_text (const guint8 *response, gsize length)
{
  gsize at = HEADER;

  if (length < HEADER || (response[3] & 0x0f) != 0 || (response[6] == 0 && response[7] == 0))
    return NULL;
  while (at < length && response[at] != 0)
    at += response[at] + 1;
  at += 5;
  /* The answer's name: a pointer, or labels. */
  while (at < length && response[at] != 0 && (response[at] & 0xc0) == 0)
    at += response[at] + 1;
  at += at < length && (response[at] & 0xc0) != 0 ? 2 : 1;
  at += 10;
  if (at >= length || at + 1 + response[at] > length)
    return NULL;
  return g_strndup ((const char *) response + at + 1, response[at]);
}

static const struct
{
  const char *pattern;
  const char *product;
} servers[] = {
  { "^dnsmasq-([0-9].*)", "dnsmasq" },
  { "^unbound ([0-9].*)", "Unbound" },
  { "^NSD ([0-9].*)", "NSD" },
  { "^Knot DNS ([0-9][^ ]*)", "Knot DNS" },
  { "^PowerDNS Auth[a-z]* Server ([0-9][^ ]*)", "PowerDNS" },
  { "^PowerDNS Recursor ([0-9][^ ]*)", "PowerDNS Recursor" },
  { "^(?:BIND )?([0-9]+\\.[0-9]+\\.[0-9]+[^ ]*)", "BIND" },
  { "^CoreDNS-([0-9].*)", "CoreDNS" },
  { "^dnsdist ?([0-9].*)?", "dnsdist" },
  { "^Microsoft DNS ([0-9.]+)", "Microsoft DNS" },
  { "^MaraDNS", "MaraDNS" },
  { "^pi-?hole", "Pi-hole" },
  { "Technitium", "Technitium DNS Server" },
  { "^gdnsd", "gdnsd" },
};

static void
tell_version (PtlFound *found, const char *text)
{
  ptl_found_note (found, "version.bind: %s", text);
  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_autoptr (PtlPattern) pattern = ptl_pattern_new (servers[i].pattern, TRUE, NULL);
      g_autofree char *version
          = pattern == NULL ? NULL : ptl_pattern_extract (pattern, text, strlen (text));

      if (version == NULL)
        continue;
      ptl_found_set (found, NULL, servers[i].product, version);
      return;
    }
}

/* One question of the class CHAOS, on a connection of its own. */
static char *
ask_chaos (const PtlAsk *self, PtlProbing *probing, const char *name)
{
  g_autoptr (PtlStream) stream
      = self->udp ? ptl_probing_open_udp (probing) : ptl_probing_open (probing);
  g_autoptr (GBytes) query = make_query (name, 16, 3, FALSE, self->udp);
  g_autoptr (GByteArray) heard = g_byte_array_new ();
  const guint8 *response;

  if (stream == NULL
      || !ptl_stream_write (stream, g_bytes_get_data (query, NULL), g_bytes_get_size (query)))
    return NULL;
  ptl_stream_read (stream, heard, 4096, probing->patience_us, 0);
  response = find_response (heard->data, heard->len, self->udp);
  return response == NULL ? NULL : read_text (response, heard->len - (response - heard->data));
}

void
ptl_ask_dns_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *stream)
{
  static const char *const names[] = { "version.bind", "version.pdns", "version.server" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = ask_chaos (self, probing, names[i]);

      if (text != NULL && *text != '\0')
        {
          tell_version (&probing->found, text);
          return;
        }
    }
}
