/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-witness.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-endpoint.h"
#include "core/ptl-error.h"
#include "core/ptl-host.h"
#include "core/ptl-text.h"

#define STUN_PORT 3478 /* RFC 8489, section 18.6 */
#define URL_MAX 512
#define SHOWN_CHARS 80

const char *
ptl_witness_kind_to_string (PtlWitnessKind kind)
{
  return kind == PTL_WITNESS_STUN ? "stun" : "http";
}

PtlWitness *
ptl_witness_new (PtlWitnessKind kind, const char *server, guint8 family)
{
  PtlWitness *self = g_new0 (PtlWitness, 1);

  self->kind = kind;
  self->server = g_strdup (server);
  self->family = family;
  return self;
}

void
ptl_witness_free (PtlWitness *self)
{
  g_free (self->server);
  g_free (self->address);
  g_free (self->error);
  g_free (self);
}

static const char *
describe (const GError *error)
{
  if (error->domain == G_RESOLVER_ERROR)
    return _("its name could not be looked up");
  if (error->domain == G_TLS_ERROR)
    return _("its certificate is not trusted");
  if (error->domain != G_IO_ERROR)
    return error->message;
  switch (error->code)
    {
    case G_IO_ERROR_TIMED_OUT:
      return _("no answer in time");
    case G_IO_ERROR_CONNECTION_REFUSED:
      return _("it refused the connection");
    case G_IO_ERROR_NETWORK_UNREACHABLE:
    case G_IO_ERROR_HOST_UNREACHABLE:
      return _("there is no way there");
    default:
      return error->message;
    }
}

void
ptl_witness_fail (PtlWitness *self, const GError *error)
{
  self->unreachable = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE)
                      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE);
  g_free (self->error);
  self->error = ptl_text_make_safe (describe (error), -1, SHOWN_CHARS);
}

/* --- servers --- */

static gboolean
fail_server (const char *text, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);

  ptl_error_set (error, PTL_ERROR_INVALID, _("Write it like stun.example.net or stun.example.net:3478."),
                 /* Translators: %s is what was given */
                 _("“%s” is not a STUN server."), shown);
  return FALSE;
}

gboolean
ptl_stun_server_parse (const char *text, char **host, guint16 *port, GError **error)
{
  /* An IPv6 address alone needs no brackets. */
  g_autoptr (PtlEndpoint) endpoint = ptl_host_is_address (text) ? ptl_endpoint_new (PTL_PROTOCOL_UDP, text, 0, 0)
                                                                : ptl_endpoint_parse (text, PTL_PROTOCOL_UDP, NULL);

  if (endpoint == NULL || endpoint->host == NULL || endpoint->first != endpoint->last)
    return fail_server (text, error);
  if (host != NULL)
    *host = g_strdup (endpoint->host);
  if (port != NULL)
    *port = endpoint->first != 0 ? endpoint->first : STUN_PORT;
  return TRUE;
}

static gboolean
is_usable_url (const char *url)
{
  g_autoptr (GUri) uri = NULL;
  const char *scheme;

  if (strlen (url) > URL_MAX)
    return FALSE;
  uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || !ptl_host_is_valid (g_uri_get_host (uri)))
    return FALSE;
  scheme = g_uri_get_scheme (uri);
  return (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0)
         && g_uri_get_userinfo (uri) == NULL && g_uri_get_fragment (uri) == NULL;
}

gboolean
ptl_http_server_check (const char *url, GError **error)
{
  g_autofree char *shown = NULL;

  if (is_usable_url (url))
    return TRUE;
  shown = ptl_text_make_safe (url, -1, SHOWN_CHARS);
  ptl_error_set (error, PTL_ERROR_INVALID, _("Write it like https://example.net/ip."),
                 /* Translators: %s is what was given */
                 _("“%s” is not the address of a web page."), shown);
  return FALSE;
}

static gboolean
has_family (const char *host, guint8 family)
{
  guint8 bytes[16];
  guint8 own = ptl_address_parse (host, bytes);

  return own == 0 || own == family;
}

gboolean
ptl_stun_server_has_family (const char *text, guint8 family)
{
  g_autofree char *host = NULL;

  return ptl_stun_server_parse (text, &host, NULL, NULL) && has_family (host, family);
}

gboolean
ptl_http_server_has_family (const char *url, guint8 family)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED, NULL);

  return uri != NULL && g_uri_get_host (uri) != NULL && has_family (g_uri_get_host (uri), family);
}

char *
ptl_http_answer_parse (const char *text, gsize length, guint8 family)
{
  g_autofree char *copy = NULL;
  guint8 bytes[16];

  if (memchr (text, '\0', length) != NULL)
    return NULL;
  copy = g_strndup (text, length);
  g_strstrip (copy);
  if (ptl_address_parse (copy, bytes) != family)
    return NULL;
  return ptl_address_to_string (family, bytes);
}
