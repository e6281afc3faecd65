/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igd-http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "router/ptl-igd-url.h"

typedef struct
{
  int status;
  gint64 content_length; /* -1 = not told */
  gboolean chunked;
} Head;

/* --- parsing --- */

static void
parse_header (const char *line, Head *head)
{
  const char *value = strchr (line, ':');
  guint64 length;

  if (value == NULL)
    return;
  if (g_ascii_strncasecmp (line, "content-length:", 15) == 0)
    {
      g_autofree char *text = g_strstrip (g_strdup (value + 1));

      if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &length, NULL))
        head->content_length = (gint64) length;
    }
  else if (g_ascii_strncasecmp (line, "transfer-encoding:", 18) == 0)
    head->chunked = g_strrstr (value, "chunked") != NULL;
}

static gboolean
parse_head (const char *data, gsize length, Head *head)
{
  g_autofree char *text = g_strndup (data, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 200);

  head->content_length = -1;
  if (lines[0] == NULL || strncmp (lines[0], "HTTP/1.", 7) != 0 || strlen (lines[0]) < 12)
    return FALSE;
  head->status = (int) g_ascii_strtoll (lines[0] + 9, NULL, 10);
  for (guint i = 1; lines[i] != NULL; i++)
    parse_header (lines[i], head);
  return TRUE;
}

/* The body's start, or NULL where the head is not complete. Some routers end lines with LF alone.
 */
static const char *
find_body (const char *data, gsize length)
{
  const char *crlf = g_strstr_len (data, (gssize) length, "\r\n\r\n");
  const char *lf = g_strstr_len (data, (gssize) length, "\n\n");

  if (crlf != NULL && (lf == NULL || crlf < lf))
    return crlf + 4;
  return lf != NULL ? lf + 2 : NULL;
}

static IgdHttpState
parse_chunks (const char *at, gsize left, GString *body)
{
  for (;;)
    {
      const char *line_end = memchr (at, '\n', left);
      char *stop;
      guint64 size;

      if (line_end == NULL)
        return left > 64 ? IGD_HTTP_BAD : IGD_HTTP_MORE;
      size = g_ascii_strtoull (at, &stop, 16);
      if (stop == at || stop > line_end || size > IGD_HTTP_BODY_MAX
          || body->len + size > IGD_HTTP_BODY_MAX)
        return IGD_HTTP_BAD;
      if (size == 0)
        return IGD_HTTP_DONE;
      left -= (gsize) (line_end + 1 - at);
      at = line_end + 1;
      if (left < size + 2)
        return IGD_HTTP_MORE;
      g_string_append_len (body, at, (gssize) size);
      at += size;
      left -= size;
      if (*at == '\r')
        {
          at++;
          left--;
        }
      if (left > 0 && *at == '\n')
        {
          at++;
          left--;
        }
    }
}

static IgdHttpState
parse_body (const Head *head, const char *at, gsize left, gboolean ended, GString *body)
{
  if (head->chunked)
    {
      IgdHttpState state = parse_chunks (at, left, body);

      return state == IGD_HTTP_MORE && ended ? IGD_HTTP_BAD : state;
    }
  if (head->content_length > IGD_HTTP_BODY_MAX || left > IGD_HTTP_BODY_MAX)
    return IGD_HTTP_BAD;
  if (head->content_length >= 0 && (gint64) left >= head->content_length)
    left = (gsize) head->content_length;
  else if (!ended)
    return IGD_HTTP_MORE;
  /* Some routers tell more than they send: what is there is looked at. */
  g_string_append_len (body, at, (gssize) left);
  return IGD_HTTP_DONE;
}

IgdHttpState
igd_http_parse (const char *data, gsize length, gboolean ended, GString **body)
{
  return igd_http_parse_any (data, length, ended, NULL, body);
}

IgdHttpState
igd_http_parse_any (const char *data, gsize length, gboolean ended, int *status, GString **body)
{
  const char *at = find_body (data, MIN (length, IGD_HTTP_HEAD_MAX));
  g_autoptr (GString) found = NULL;
  IgdHttpState state;
  Head head = { 0 };

  if (at == NULL)
    return ended || length >= IGD_HTTP_HEAD_MAX ? IGD_HTTP_BAD : IGD_HTTP_MORE;
  if (!parse_head (data, (gsize) (at - data), &head) || (status == NULL && head.status != 200))
    return IGD_HTTP_BAD;
  if (status != NULL)
    *status = head.status;
  found = g_string_new (NULL);
  state = parse_body (&head, at, length - (gsize) (at - data), ended, found);
  if (state == IGD_HTTP_DONE)
    *body = g_steal_pointer (&found);
  return state;
}

/* --- fetching --- */

static gboolean
wait_for (int fd, short events, gint64 deadline_us)
{
  struct pollfd poller = { .fd = fd, .events = events };

  for (;;)
    {
      gint64 left = (deadline_us - g_get_monotonic_time ()) / 1000;
      int n;

      if (left <= 0)
        return FALSE;
      n = poll (&poller, 1, (int) MIN (left + 1, G_MAXINT));
      if (n > 0)
        return TRUE;
      if (n < 0 && errno != EINTR)
        return FALSE;
    }
}

gboolean
igd_http_connect (int fd, const struct sockaddr *to, socklen_t to_size, gint64 deadline_us)
{
  int error = 0;
  socklen_t size = sizeof error;

  if (connect (fd, to, to_size) == 0)
    return TRUE;
  if (errno != EINPROGRESS || !wait_for (fd, POLLOUT, deadline_us))
    return FALSE;
  return getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

static int
connect_to (const char *host, guint16 port, gint64 deadline_us)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd;

  if (inet_pton (AF_INET, host, &to.sin_addr) != 1)
    return -1;
  fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if (!igd_http_connect (fd, (struct sockaddr *) &to, sizeof to, deadline_us))
    {
      close (fd);
      return -1;
    }
  return fd;
}

static gboolean
send_all (int fd, const char *data, gsize length, gint64 deadline_us)
{
  while (length > 0)
    {
      ssize_t n = send (fd, data, length, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && (errno != EAGAIN || !wait_for (fd, POLLOUT, deadline_us)))
        return FALSE;
      if (n > 0)
        {
          data += n;
          length -= (gsize) n;
        }
    }
  return TRUE;
}

static GString *
receive_body (int fd, gint64 deadline_us, int *status, gboolean *silent)
{
  g_autoptr (GString) data = g_string_new (NULL);
  GString *body = NULL;
  const int on = 1;
  char buffer[4096];

  while (wait_for (fd, POLLIN, deadline_us))
    {
      ssize_t n;
      IgdHttpState state;

      /* A router that sends head and body apart waits for the head's acknowledgement, 40 ms
       * otherwise. */
      setsockopt (fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
      n = recv (fd, buffer, sizeof buffer, 0);
      if (n < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      *silent &= n <= 0;
      if (n > 0)
        g_string_append_len (data, buffer, n);
      /* Chunks cost more than what they carry; twice the body is more than any honest router sends.
       */
      if (data->len > 2 * IGD_HTTP_BODY_MAX)
        return NULL;
      state = igd_http_parse_any (data->str, data->len, n <= 0, status, &body);
      if (state == IGD_HTTP_DONE)
        return body;
      if (state == IGD_HTTP_BAD || n <= 0)
        return NULL;
    }
  return NULL;
}

GString *
igd_http_exchange (int fd, const char *request, gint64 deadline_us, int *status, gboolean *silent)
{
  *silent = TRUE;
  return send_all (fd, request, strlen (request), deadline_us)
             ? receive_body (fd, deadline_us, status, silent)
             : NULL;
}

GString *
igd_http_get (const char *gateway, const char *url, gint64 deadline_us, gboolean *silent)
{
  guint16 port = ptl_igd_url_get_port (url);
  g_autofree char *request = NULL;
  GString *body = NULL;
  int fd;

  *silent = TRUE;
  request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: %s:%u\r\nConnection: close\r\n"
                             "User-Agent: Portolan UPnP/1.1\r\nAccept: text/xml\r\n\r\n",
                             ptl_igd_url_get_path (url), gateway, port);
  fd = connect_to (gateway, port, deadline_us);
  if (fd < 0)
    return NULL;
  body = igd_http_exchange (fd, request, deadline_us, NULL, silent);
  close (fd);
  return body;
}
