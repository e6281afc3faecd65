/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

#include <string.h>

#include "ptl-tls-facts.h"

static const guint8 ssl_request[] = { 0, 0, 0, 8, 4, 210, 22, 47 };
/* Protocol 3.0, for a user that hardly exists: no password is said, whatever it answers. */
static const char start_up[] = "\0\0\0\x29\0\3\0\0user\0portolan\0database\0portolan\0";

#define PASSWORD_CLEAR 3
#define PASSWORD_MD5 5
#define SASL 10

GBytes *
ptl_ask_postgresql_say (const PtlAsk *self, PtlProbing *probing)
{
  return g_bytes_new_static (ssl_request, sizeof ssl_request);
}

gboolean
ptl_ask_postgresql_hear (const PtlAsk *self, const guint8 *bytes, gsize length, PtlFound *found)
{
  gboolean answer = length == 1 && (bytes[0] == 'S' || bytes[0] == 'N');

  if (!answer && !(length > 8 && bytes[0] == 'E' && memmem (bytes, length, "FATAL", 5) != NULL))
    return FALSE;
  ptl_found_set (found, "postgresql", NULL, NULL);
  if (answer)
    ptl_found_note (found, bytes[0] == 'S' ? "TLS is offered" : "TLS is not offered");
  return TRUE;
}

/* "C28000" within an error: the SQLSTATE. NULL where there is none. */
static const char *
find_state (const guint8 *bytes, gsize length)
{
  for (gsize i = 5; i + 6 < length; i++)
    if (bytes[i - 1] == 0 && bytes[i] == 'C' && bytes[i + 6] == 0)
      return (const char *) bytes + i + 1;
  return NULL;
}

static void
judge (PtlFound *found, const guint8 *bytes, gsize length)
{
  guint kind = length >= 9 && bytes[0] == 'R' ? bytes[8] : 0;
  const char *state = length > 6 && bytes[0] == 'E' ? find_state (bytes, length) : NULL;

  if (length >= 9 && bytes[0] == 'R' && kind == 0)
    ptl_found_set_auth (found, PTL_AUTH_OPEN);
  else if (length >= 9 && bytes[0] == 'R')
    ptl_found_set_auth (found, PTL_AUTH_PROTECTED);
  /* "no pg_hba.conf entry", "authentication failed". What is said of a role or a database that is
   * missing is no proof of a free way in: a pool says it before it asks. */
  else if (state != NULL && (strcmp (state, "28000") == 0 || strcmp (state, "28P01") == 0))
    ptl_found_set_auth (found, PTL_AUTH_PROTECTED);
  else
    ptl_found_set_auth (found, PTL_AUTH_UNKNOWN);
  ptl_found_note (found, "A start-up without a password: %s",
                  kind == SASL                   ? "SCRAM is asked for"
                  : kind == PASSWORD_MD5         ? "a password is asked for"
                  : kind == PASSWORD_CLEAR       ? "a password is asked for, unencrypted"
                  : found->auth == PTL_AUTH_OPEN ? "it lets in"
                                                 : "refused");
}

/* Who is asked nothing of a user says it in words of its own: the server, or a pool before it. */
static void
tell_pool (PtlProbing *probing)
{
  static const char nobody[] = "\0\0\0\x09\0\3\0\0";
  static const char words[] = "no username supplied";
  g_autoptr (PtlStream) stream = ptl_probing_open (probing);
  g_autoptr (GByteArray) heard = g_byte_array_new ();

  if (stream == NULL || !ptl_stream_write (stream, nobody, sizeof nobody))
    return;
  ptl_stream_read (stream, heard, 2048, probing->patience_us, 20 * G_TIME_SPAN_MILLISECOND);
  if (heard->len > 0 && memmem (heard->data, heard->len, words, strlen (words)) != NULL)
    ptl_found_set (&probing->found, NULL, "PgBouncer", NULL);
}

/* The facts of its TLS, which begins after "S". */
static void
look_at_tls (PtlProbing *probing)
{
  g_autoptr (PtlStream) stream = ptl_probing_open (probing);
  guint8 answer = 0;
  g_autoptr (GByteArray) heard = g_byte_array_new ();

  if (stream == NULL || !ptl_stream_write (stream, ssl_request, sizeof ssl_request)
      || !ptl_stream_read (stream, heard, 1, probing->patience_us, 0))
    return;
  answer = heard->data[0];
  if (answer == 'S' && ptl_stream_start_tls (stream, probing->priority, NULL))
    probing->tls = ptl_tls_facts_of_session (stream->tls);
}

void
ptl_ask_postgresql_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *used)
{
  g_autoptr (PtlStream) stream = ptl_probing_open (probing);
  g_autoptr (GByteArray) heard = g_byte_array_new ();

  if (stream == NULL || !ptl_stream_write (stream, start_up, sizeof start_up))
    return;
  ptl_stream_read (stream, heard, 4096, probing->patience_us, 50 * G_TIME_SPAN_MILLISECOND);
  if (heard->len > 0)
    judge (&probing->found, heard->data, heard->len);
  tell_pool (probing);
  if (probing->tls == NULL)
    look_at_tls (probing);
}
