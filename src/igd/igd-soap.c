/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igd-soap.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "igd-http.h"
#include "router/ptl-igd-message.h"

#define VALUE_MAX 256

/* --- addresses --- */

/* @scope: 0 where none is named. */
static gboolean
parse_ipv6 (const char *text, struct in6_addr *address, guint32 *scope)
{
  const char *percent = strchr (text, '%');
  g_autofree char *literal = percent != NULL ? g_strndup (text, (gsize) (percent - text)) : g_strdup (text);

  *scope = percent != NULL ? if_nametoindex (percent + 1) : 0;
  return inet_pton (AF_INET6, literal, address) == 1 && (percent == NULL || *scope != 0);
}

static gboolean
is_interface_name (const char *name)
{
  gsize length = strlen (name);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (name[i]) || name[i] == '/' || name[i] == '%')
      return FALSE;
  return length > 0 && length < IF_NAMESIZE;
}

gboolean
igd_soap_is_ipv6 (const char *text, gboolean scoped)
{
  const char *percent = text != NULL ? strchr (text, '%') : NULL;
  g_autofree char *literal = NULL;
  struct in6_addr address;

  if (text == NULL || (percent != NULL && (!scoped || !is_interface_name (percent + 1))))
    return FALSE;
  literal = percent != NULL ? g_strndup (text, (gsize) (percent - text)) : g_strdup (text);
  return inet_pton (AF_INET6, literal, &address) == 1;
}

static int
connect_from (const IgdSoapPeer *peer)
{
  struct sockaddr_in6 from = { .sin6_family = AF_INET6 };
  struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_port = htons (peer->port) };
  int fd;

  if (!parse_ipv6 (peer->local, &from.sin6_addr, &from.sin6_scope_id)
      || !parse_ipv6 (peer->gateway, &to.sin6_addr, &to.sin6_scope_id))
    return -1;
  fd = socket (AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if (bind (fd, (struct sockaddr *) &from, sizeof from) == 0
      && igd_http_connect (fd, (struct sockaddr *) &to, sizeof to, peer->deadline_us))
    return fd;
  close (fd);
  return -1;
}

/* --- reading --- */

/* Whether the tag that begins after '<' at @at is named @name, but for a prefix. */
static gboolean
is_tag (const char *at, gsize left, const char *name)
{
  gsize length = strlen (name);
  gsize start = 0;
  gsize end = 0;

  while (end < left && at[end] != '>' && at[end] != '/' && !g_ascii_isspace (at[end]))
    {
      if (at[end] == ':')
        start = end + 1;
      end++;
    }
  return end - start == length && memcmp (at + start, name, length) == 0;
}

char *
igd_soap_dup_value (const char *xml, gsize length, const char *name)
{
  const char *at = xml;
  gsize left = length;

  for (;;)
    {
      const char *open = left > 0 ? memchr (at, '<', left) : NULL;
      const char *close;
      const char *end;

      if (open == NULL)
        return NULL;
      left -= (gsize) (open + 1 - at);
      at = open + 1;
      close = memchr (at, '>', left);
      if (close == NULL)
        return NULL;
      end = memchr (close, '<', left - (gsize) (close - at));
      if (is_tag (at, (gsize) (close - at), name))
        return end != NULL && end - close <= VALUE_MAX
                   ? g_strstrip (g_strndup (close + 1, (gsize) (end - close) - 1))
                   : NULL;
      left -= (gsize) (close - at);
      at = close;
    }
}

gboolean
igd_soap_get_number (const char *xml, gsize length, const char *name, guint64 max, guint64 *number)
{
  g_autofree char *text = igd_soap_dup_value (xml, length, name);

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, max, number, NULL);
}

/* --- calling --- */

static char *
make_envelope (const IgdSoapPeer *peer, const char *action, const char *const *arguments)
{
  GString *text = g_string_new ("<?xml version=\"1.0\"?>\r\n<s:Envelope "
                                "xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
                                "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>");

  g_string_append_printf (text, "<u:%s xmlns:u=\"%s\">", action, peer->service_type);
  for (; arguments[0] != NULL; arguments += 2)
    g_string_append_printf (text, "<%s>%s</%s>", arguments[0], arguments[1], arguments[0]);
  g_string_append_printf (text, "</u:%s></s:Body></s:Envelope>\r\n", action);
  return g_string_free (text, FALSE);
}

/* A scope means something on this computer alone, and is not told (RFC 6874, section 1). */
static char *
make_request (const IgdSoapPeer *peer, const char *action, const char *const *arguments)
{
  g_autofree char *envelope = make_envelope (peer, action, arguments);
  gsize host = strcspn (peer->gateway, "%");

  return g_strdup_printf ("POST %s HTTP/1.1\r\nHost: [%.*s]:%u\r\nConnection: close\r\n"
                          "User-Agent: Portolan UPnP/1.1\r\nContent-Type: text/xml; charset=\"utf-8\"\r\n"
                          "SOAPAction: \"%s#%s\"\r\nContent-Length: %zu\r\n\r\n%s",
                          peer->path, (int) host, peer->gateway, peer->port, peer->service_type, action,
                          strlen (envelope), envelope);
}

static int
code_of (int status, const GString *body)
{
  guint64 code;

  if (status == 200)
    return 0;
  if (igd_soap_get_number (body->str, body->len, "errorCode", 9999, &code) && code > 0)
    return (int) code;
  return PTL_IGD_CODE_GARBAGE;
}

int
igd_soap_call (const IgdSoapPeer *peer,
               const char *action,
               const char *const *arguments,
               GString **answer)
{
  g_autofree char *request = make_request (peer, action, arguments);
  GString *body = NULL;
  gboolean silent = TRUE;
  int status = 0;
  int fd = connect_from (peer);
  int code;

  if (fd < 0)
    return PTL_IGD_CODE_SILENT;
  body = igd_http_exchange (fd, request, peer->deadline_us, &status, &silent);
  close (fd);
  if (body == NULL)
    return silent ? PTL_IGD_CODE_SILENT : PTL_IGD_CODE_GARBAGE;
  code = code_of (status, body);
  if (code == 0 && answer != NULL)
    *answer = g_steal_pointer (&body);
  if (body != NULL)
    g_string_free (body, TRUE);
  return code;
}
