/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-web.h"

#include <string.h>

#define PAUSE_US (500 * G_TIME_SPAN_MILLISECOND)
#define SETTLE_US (10 * G_TIME_SPAN_MILLISECOND)

/* @target: a path; or a method, a path and what is sent, with a blank between. The data know reads
 * alone. */
static char *
make_request (PtlProbing *probing, const char *target, gboolean keep)
{
  gboolean usual = probing->port == (probing->in_tls ? 443 : 80);
  g_autofree char *port = usual ? g_strdup ("") : g_strdup_printf (":%u", probing->port);
  g_auto (GStrv) parts = g_strsplit (target, " ", 3);
  gboolean plain = parts[1] == NULL;
  const char *body = !plain && parts[2] != NULL ? parts[2] : NULL;
  g_autofree char *more
      = body != NULL
            ? g_strdup_printf ("Content-Type: application/json\r\nContent-Length: %zu\r\n",
                               strlen (body))
            : g_strdup (!plain && g_str_equal (parts[0], "PROPFIND") ? "Depth: 0\r\n" : "");

  return g_strdup_printf ("%s %s HTTP/1.1\r\n"
                          "Host: %s%s\r\n"
                          "User-Agent: Mozilla/5.0 (compatible; Portolan)\r\n"
                          "Accept: text/html,application/json;q=0.9,*/*;q=0.8\r\n"
                          "Accept-Encoding: identity\r\n"
                          "%sConnection: %s\r\n\r\n%s",
                          plain ? "GET" : parts[0], plain ? target : parts[1], probing->host, port,
                          more, keep ? "keep-alive" : "close", body ? body : "");
}

GBytes *
ptl_web_request (PtlProbing *probing, const char *path)
{
  char *request = make_request (probing, path, FALSE);

  return g_bytes_new_take (request, strlen (request));
}

/* Until it is whole, or a pause says that no more comes. */
static void
read_page (PtlStream *stream, gint64 wait_us, GByteArray *heard)
{
  while (ptl_stream_read (stream, heard, PTL_STREAM_MAX_BYTES, wait_us, SETTLE_US))
    {
      if (heard->len >= PTL_STREAM_MAX_BYTES || ptl_page_is_whole (heard->data, heard->len))
        return;
      /* What is no HTTP pauses for its reader soon. */
      wait_us = heard->len > 4 && memcmp (heard->data, "HTTP", 4) == 0 ? PAUSE_US : PAUSE_US / 5;
    }
}

PtlPage *
ptl_web_fetch (PtlProbing *probing,
               PtlStream *stream,
               const char *path,
               gint64 wait_us,
               GByteArray *heard)
{
  g_autofree char *request = make_request (probing, path, TRUE);

  if (!ptl_stream_write (stream, request, strlen (request)))
    {
      /* It may have said why, and closed. */
      ptl_stream_read_now (stream, heard);
      return ptl_page_parse (heard->data, heard->len);
    }
  read_page (stream, wait_us, heard);
  return ptl_page_parse (heard->data, heard->len);
}

gboolean
ptl_web_may_go_on (PtlStream *stream, const PtlPage *page, const GByteArray *heard)
{
  const char *connection = ptl_page_get_header (page, "Connection");

  if (stream->end != PTL_STREAM_OPEN || !ptl_page_is_whole (heard->data, heard->len)
      || memcmp (heard->data, "HTTP/1.1", 8) != 0
      || (connection != NULL && g_ascii_strcasecmp (connection, "keep-alive") != 0))
    return FALSE;
  stream->budget = PTL_STREAM_MAX_BYTES;
  stream->deadline_us = g_get_monotonic_time () + 3 * G_TIME_SPAN_SECOND;
  return TRUE;
}

/* Nothing leaves the host that way, whoever the proxy obeys. */
static PtlPage *
fetch_by_proxy (PtlProbing *probing)
{
  g_autoptr (PtlStream) stream = ptl_probing_open (probing);
  g_autoptr (GByteArray) heard = g_byte_array_new ();

  return stream == NULL ? NULL
                        : ptl_web_fetch (probing, stream, "http://127.0.0.1:65535/",
                                         probing->patience_us * 2, heard);
}

static gboolean
is_of_gateway (int status)
{
  return status == 502 || status == 503 || status == 504;
}

void
ptl_web_find_proxy (PtlProbing *probing, int status)
{
  g_autoptr (PtlPage) page = NULL;

  /* Who has pages is none, and who fails at everything cannot be told from one. */
  if (status < 400 || is_of_gateway (status) || (page = fetch_by_proxy (probing)) == NULL
      || (page->status != 407 && !is_of_gateway (page->status)))
    return;
  ptl_found_note (&probing->found, "GET http://127.0.0.1:65535/: %d", page->status);
  ptl_found_set (&probing->found, "http-proxy", NULL, NULL);
  ptl_found_set_auth (&probing->found, page->status == 407 ? PTL_AUTH_PROTECTED : PTL_AUTH_OPEN);
}

void
ptl_web_ask_proxy (PtlProbing *probing)
{
  g_autoptr (PtlPage) page = fetch_by_proxy (probing);

  if (page == NULL)
    return;
  ptl_found_note (&probing->found, "GET http://127.0.0.1:65535/: %d", page->status);
  if (page->status == 407 || page->status == 401 || page->status == 403)
    ptl_found_set_auth (&probing->found, PTL_AUTH_PROTECTED);
  else if (page->status == 500 || is_of_gateway (page->status))
    ptl_found_set_auth (&probing->found, PTL_AUTH_OPEN);
}
