/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

#include <string.h>

#include "ptl-tls-facts.h"

#define MAX_HEARD 8192
#define SETTLE_US (40 * G_TIME_SPAN_MILLISECOND)
#define GREETING_US (2500 * G_TIME_SPAN_MILLISECOND)

#define BYTES(text) text, sizeof text - 1

/* How TLS is begun within a service: what is said first and then, and how the answer to that
 * begins. */
typedef struct
{
  const char *service;
  gboolean greets;
  const char *hello;
  gsize hello_length;
  const char *start;
  gsize start_length;
  const char *go;
  gsize go_length;
} PtlStartTls;

static const PtlStartTls ways[] = {
  { "ftp", TRUE, NULL, 0, BYTES ("AUTH TLS\r\n"), BYTES ("234") },
  { "smtp", TRUE, BYTES ("EHLO portolan.invalid\r\n"), BYTES ("STARTTLS\r\n"), BYTES ("220") },
  { "lmtp", TRUE, BYTES ("LHLO portolan.invalid\r\n"), BYTES ("STARTTLS\r\n"), BYTES ("220") },
  { "imap", TRUE, NULL, 0, BYTES ("a1 STARTTLS\r\n"), BYTES ("a1 OK") },
  { "pop3", TRUE, NULL, 0, BYTES ("STLS\r\n"), BYTES ("+OK") },
  { "sieve", TRUE, NULL, 0, BYTES ("STARTTLS\r\n"), BYTES ("OK") },
  { "nntp", TRUE, NULL, 0, BYTES ("STARTTLS\r\n"), BYTES ("382") },
  { "xmpp", FALSE,
    BYTES ("<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client' "
           "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"),
    BYTES ("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), BYTES ("<proceed") },
  { "ldap", FALSE, NULL, 0,
    BYTES ("\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
           "1.3.6.1.4.1.1466.20037"),
    BYTES ("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00") },
  /* MS-RDPBCGR 2.2.1.1 and 2.2.1.2: the answer ends with the protocol that was chosen. */
  { "rdp", FALSE, NULL, 0,
    BYTES ("\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00"),
    BYTES ("\x03\x00\x00\x13\x0e\xd0") },
};

static const PtlStartTls *
find_way (const char *service)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (g_str_equal (ways[i].service, service))
      return &ways[i];
  return NULL;
}

static gboolean
say (PtlStream *stream, const char *text, gsize length, gint64 wait_us, GByteArray *heard)
{
  g_byte_array_set_size (heard, 0);
  return (length == 0 || ptl_stream_write (stream, text, length))
         && ptl_stream_read (stream, heard, MAX_HEARD, wait_us, SETTLE_US);
}

/* TRUE where @stream is now at the beginning of TLS. */
static gboolean
begin (const PtlStartTls *way, PtlProbing *probing, PtlStream *stream)
{
  g_autoptr (GByteArray) heard = g_byte_array_new ();
  gint64 wait = probing->patience_us;

  if ((way->greets && !say (stream, NULL, 0, GREETING_US, heard))
      || (way->hello != NULL && !say (stream, way->hello, way->hello_length, wait, heard))
      || !say (stream, way->start, way->start_length, wait, heard) || heard->len < way->go_length
      || memcmp (heard->data, way->go, way->go_length) != 0)
    return FALSE;
  /* Of a remote desktop: 0 = TLS was not chosen, or it was refused. */
  if (g_str_equal (way->service, "rdp"))
    return heard->len == 19 && heard->data[11] == 2 && heard->data[15] != 0;
  return TRUE;
}

void
ptl_ask_starttls_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *used)
{
  const PtlStartTls *way = find_way (self->service);
  g_autoptr (PtlStream) stream = NULL;

  if (way == NULL || probing->in_tls || probing->tls != NULL || ptl_probing_is_over (probing))
    return;
  stream = ptl_probing_open (probing);
  if (stream != NULL && begin (way, probing, stream)
      && ptl_stream_start_tls (stream, probing->priority, NULL))
    probing->tls = ptl_tls_facts_of_session (stream->tls);
}
