/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-endpoint.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/un.h>

#include "ptl-error.h"
#include "ptl-host.h"
#include "ptl-text.h"
#include "ptl-validate.h"

#define SHOWN_CHARS 60
/* The longest that can be right: a name of 253 characters, or a path, with a port range. */
#define TEXT_MAX_LENGTH 300

G_DEFINE_BOXED_TYPE (PtlEndpoint, ptl_endpoint, ptl_endpoint_copy, ptl_endpoint_free)

const char *
ptl_protocol_to_string (PtlProtocol protocol)
{
  switch (protocol)
    {
    case PTL_PROTOCOL_TCP:
      return "tcp";
    case PTL_PROTOCOL_UDP:
      return "udp";
    case PTL_PROTOCOL_BOTH:
      return "both";
    case PTL_PROTOCOL_NONE:
    default:
      return "";
    }
}

gboolean
ptl_protocol_from_string (const char *text, PtlProtocol *protocol, GError **error)
{
  g_autofree char *shown = NULL;

  for (PtlProtocol p = PTL_PROTOCOL_TCP; p <= PTL_PROTOCOL_BOTH; p++)
    {
      if (g_strcmp0 (text, ptl_protocol_to_string (p)) == 0)
        {
          *protocol = p;
          return TRUE;
        }
    }
  shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Say tcp, udp or both."),
                 /* Translators: %s is the word that was given */
                 _ ("“%s” is not a protocol."), shown);
  return FALSE;
}

PtlEndpoint *
ptl_endpoint_new (PtlProtocol protocol, const char *host, guint16 first, guint16 last)
{
  PtlEndpoint *self = g_new0 (PtlEndpoint, 1);

  self->protocol = protocol;
  self->host = ptl_host_normalize (host);
  self->first = first;
  self->last = last;
  return self;
}

PtlEndpoint *
ptl_endpoint_new_unix (const char *path)
{
  PtlEndpoint *self = g_new0 (PtlEndpoint, 1);

  self->protocol = PTL_PROTOCOL_TCP;
  self->path = g_strdup (path);
  return self;
}

PtlEndpoint *
ptl_endpoint_copy (const PtlEndpoint *self)
{
  PtlEndpoint *copy;

  if (self == NULL)
    return NULL;
  copy = g_memdup2 (self, sizeof *self);
  copy->host = g_strdup (self->host);
  copy->path = g_strdup (self->path);
  return copy;
}

void
ptl_endpoint_free (PtlEndpoint *self)
{
  if (self == NULL)
    return;
  g_free (self->host);
  g_free (self->path);
  g_free (self);
}

gboolean
ptl_endpoint_equal (const PtlEndpoint *a, const PtlEndpoint *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL)
    return FALSE;
  return a->protocol == b->protocol && a->first == b->first && a->last == b->last
         && g_strcmp0 (a->path, b->path) == 0 && ptl_host_equal (a->host, b->host);
}

guint
ptl_endpoint_n_ports (const PtlEndpoint *self)
{
  if (self->first == 0 || self->last < self->first)
    return 0;
  return (guint) (self->last - self->first) + 1;
}

/* At most five digits, no sign, no blank, no leading zero. */
static gboolean
parse_port (const char *text, gsize length, guint *port)
{
  guint value = 0;

  if (length == 0 || length > 5 || (length > 1 && text[0] == '0'))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      value = value * 10 + (guint) (text[i] - '0');
    }
  *port = value;
  return value <= G_MAXUINT16;
}

static gboolean
check_range (guint first, guint last, gboolean zero, GError **error)
{
  if (last < first)
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Write the smaller port first."),
                   /* Translators: two port numbers */
                   _ ("The range %u-%u runs backwards."), first, last);
  else if (first == 0 && (last != 0 || !zero))
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give a port from 1 to 65535."),
                   _ ("Port 0 cannot be used here."));
  else if (first != 0 && last - first >= PTL_RANGE_MAX_PORTS)
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Open only the ports that are needed."),
                   /* Translators: two port numbers, how many they are, and how many are allowed */
                   _ ("The range %u-%u has %u ports; at most %u are allowed."), first, last,
                   last - first + 1, (guint) PTL_RANGE_MAX_PORTS);
  else
    return TRUE;
  return FALSE;
}

gboolean
ptl_port_range_parse (const char *text,
                      gboolean zero,
                      guint16 *first,
                      guint16 *last,
                      GError **error)
{
  g_autofree char *shown = NULL;
  const char *given = text != NULL ? text : "";
  const char *hyphen = strchr (given, '-');
  gsize length = hyphen != NULL ? (gsize) (hyphen - given) : strlen (given);
  guint from, to;

  if (!parse_port (given, length, &from)
      || (hyphen != NULL && !parse_port (hyphen + 1, strlen (hyphen + 1), &to)))
    {
      shown = ptl_text_make_safe (given, -1, SHOWN_CHARS);
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _ ("Give a number from 1 to 65535, like 8080, or a range like 8000-8010."),
                     /* Translators: %s is what was given */
                     _ ("“%s” is not a port."), shown);
      return FALSE;
    }
  if (hyphen == NULL)
    to = from;
  if (!check_range (from, to, zero, error))
    return FALSE;
  *first = (guint16) from;
  *last = (guint16) to;
  return TRUE;
}

static PtlEndpoint *
parse_path (const char *path, PtlProtocol protocol, GError **error)
{
  PtlEndpoint *self;

  if (path[0] != '/')
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Write the whole path, like unix:/run/app.sock."),
                   _ ("The path of a unix socket must begin with “/”."));
  else if (strlen (path) >= sizeof (((struct sockaddr_un *) NULL)->sun_path))
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Use a shorter path, or a link to the socket."),
                   _ ("The path of the unix socket is too long: the system allows %u bytes."),
                   (guint) sizeof (((struct sockaddr_un *) NULL)->sun_path) - 1);
  else if (!ptl_text_is_safe (path, 0))
    ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                   _ ("The path of the unix socket has characters that cannot be shown."));
  else
    {
      self = ptl_endpoint_new_unix (path);
      self->protocol = protocol;
      return self;
    }
  return NULL;
}

static gboolean
check_host (const char *host, gboolean in_brackets, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (host, -1, SHOWN_CHARS);

  if (in_brackets && strchr (host, '%') != NULL)
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Use another address of that device."),
                   /* Translators: %s is an address like fe80::1%eth0 */
                   _ ("“%s” belongs to one network interface only and cannot be used."), shown);
  else if (in_brackets && (strchr (host, ':') == NULL || !ptl_host_is_address (host)))
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Brackets are for addresses like [fd00::5]."),
                   /* Translators: %s is what was given */
                   _ ("“%s” is not an IPv6 address."), shown);
  else if (!in_brackets && !ptl_host_is_valid (host))
    ptl_error_set (error, PTL_ERROR_INVALID,
                   _ ("Give a name like nas.lan or an address like 192.168.1.5."),
                   /* Translators: %s is what was given */
                   _ ("“%s” is neither a host name nor an address."), shown);
  else
    return TRUE;
  return FALSE;
}

/* @port: what stands behind the colon, NULL where there is none. */
static PtlEndpoint *
make (PtlProtocol protocol,
      const char *host,
      gboolean in_brackets,
      const char *port,
      GError **error)
{
  guint16 first = 0, last = 0;

  if (host != NULL && !check_host (host, in_brackets, error))
    return NULL;
  if (port != NULL && !ptl_port_range_parse (port, TRUE, &first, &last, error))
    return NULL;
  return ptl_endpoint_new (protocol, host, first, last);
}

static PtlEndpoint *
parse_brackets (const char *text, PtlProtocol protocol, GError **error)
{
  const char *end = strchr (text, ']');
  g_autofree char *host = NULL;

  if (end == NULL || (end[1] != '\0' && end[1] != ':'))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Write it like [fd00::5]:8080."),
                     end == NULL ? _ ("The closing bracket of the address is missing.")
                                 : _ ("After the bracket only a colon and a port may follow."));
      return NULL;
    }
  host = g_strndup (text + 1, (gsize) (end - text - 1));
  return make (protocol, host, TRUE, end[1] == ':' ? end + 2 : NULL, error);
}

static PtlEndpoint *
parse_host_port (const char *text, PtlProtocol protocol, GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *host = NULL;
  g_autofree char *shown = NULL;

  if (colon != NULL && strchr (colon + 1, ':') != NULL)
    {
      shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Write it like [fd00::5] or [fd00::5]:8080."),
                     /* Translators: %s is what was given */
                     _ ("“%s” has several colons: an IPv6 address needs brackets."), shown);
      return NULL;
    }
  if (colon == NULL && text[strspn (text, "0123456789-")] == '\0')
    return make (protocol, NULL, FALSE, text, error);
  if (colon == NULL)
    return make (protocol, text, FALSE, NULL, error);
  host = g_strndup (text, (gsize) (colon - text));
  return make (protocol, *host != '\0' ? host : NULL, FALSE, colon + 1, error);
}

PtlEndpoint *
ptl_endpoint_parse (const char *text, PtlProtocol protocol, GError **error)
{
  if (text == NULL || *text == '\0')
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Write it like 192.168.1.5:8080."),
                   _ ("The address and port are missing."));
  else if (strlen (text) > TEXT_MAX_LENGTH)
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Write it like 192.168.1.5:8080."),
                   _ ("This is too long for an address and a port."));
  else if (g_str_has_prefix (text, "unix:"))
    return parse_path (text + strlen ("unix:"), protocol, error);
  else if (*text == '/')
    return parse_path (text, protocol, error);
  else if (*text == '[')
    return parse_brackets (text, protocol, error);
  else
    return parse_host_port (text, protocol, error);
  return NULL;
}

char *
ptl_endpoint_to_string (const PtlEndpoint *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean colons = self->host != NULL && strchr (self->host, ':') != NULL;
  /* A name of digits and hyphens alone would read as a port range: its port is written even where
   * it is 0. */
  gboolean like_ports
      = self->host != NULL && strspn (self->host, "0123456789-") == strlen (self->host);

  if (self->path != NULL)
    return g_strconcat ("unix:", self->path, NULL);
  if (self->host != NULL)
    g_string_append_printf (text, colons ? "[%s]" : "%s", self->host);
  if (self->first != 0 || self->host == NULL || like_ports)
    g_string_append_printf (text, ":%u", self->first);
  if (self->last > self->first)
    g_string_append_printf (text, "-%u", self->last);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
