/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tls-facts.h"

#include <gnutls/x509.h>
#include <string.h>

#include "core/ptl-text.h"

#define MAX_NAMES 50
#define MAX_SHOWN 200

static char *
take_name (gnutls_x509_crt_t certificate,
           int (*get) (gnutls_x509_crt_t, gnutls_datum_t *, unsigned))
{
  gnutls_datum_t name = { NULL, 0 };
  char *safe;

  if (get (certificate, &name, 0) < 0)
    return g_strdup ("");
  safe = ptl_text_make_safe ((const char *) name.data, name.size, MAX_SHOWN);
  gnutls_free (name.data);
  return safe;
}

/* One name that the certificate is for, or NULL for one of a kind that is not told. */
static char *
name_to_text (unsigned type, const guint8 *data, gsize size)
{
  g_autoptr (GInetAddress) address = NULL;

  if (type == GNUTLS_SAN_DNSNAME)
    return ptl_text_make_safe ((const char *) data, size, MAX_SHOWN);
  if (type != GNUTLS_SAN_IPADDRESS || (size != 4 && size != 16))
    return NULL;
  address = g_inet_address_new_from_bytes (data,
                                           size == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
  return g_inet_address_to_string (address);
}

static char **
take_names (gnutls_x509_crt_t certificate)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (unsigned i = 0; i < MAX_NAMES; i++)
    {
      guint8 data[512];
      size_t size = sizeof data;
      unsigned type = 0;
      int code = gnutls_x509_crt_get_subject_alt_name2 (certificate, i, data, &size, &type, NULL);
      g_autofree char *name = NULL;

      if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        break;
      /* One that does not fit, or cannot be read, is no name of a host. */
      if (code < 0)
        continue;
      name = name_to_text (type, data, MIN (size, sizeof data));
      if (name != NULL)
        g_strv_builder_add (names, name);
    }
  return g_strv_builder_end (names);
}

static gint64
take_time (time_t when)
{
  return when == (time_t) -1 ? 0 : (gint64) when;
}

void
ptl_tls_facts_read_certificate (PtlTlsFacts *self, const void *der, gsize length)
{
  gnutls_x509_crt_t certificate;
  gnutls_datum_t data = { (unsigned char *) der, (unsigned) MIN (length, G_MAXINT) };

  if (gnutls_x509_crt_init (&certificate) != 0)
    return;
  if (gnutls_x509_crt_import (certificate, &data, GNUTLS_X509_FMT_DER) == 0)
    {
      g_free (self->subject);
      g_free (self->issuer);
      g_strfreev (self->names);
      self->subject = take_name (certificate, gnutls_x509_crt_get_dn3);
      self->issuer = take_name (certificate, gnutls_x509_crt_get_issuer_dn3);
      self->names = take_names (certificate);
      self->not_before = take_time (gnutls_x509_crt_get_activation_time (certificate));
      self->not_after = take_time (gnutls_x509_crt_get_expiration_time (certificate));
      self->self_signed = gnutls_x509_crt_check_issuer (certificate, certificate) == 1;
    }
  gnutls_x509_crt_deinit (certificate);
}

static const char *
version_to_name (gnutls_protocol_t version)
{
  switch (version)
    {
    case GNUTLS_SSL3:
      return "SSL 3.0";
    case GNUTLS_TLS1_0:
      return "TLS 1.0";
    case GNUTLS_TLS1_1:
      return "TLS 1.1";
    case GNUTLS_TLS1_2:
      return "TLS 1.2";
    case GNUTLS_TLS1_3:
      return "TLS 1.3";
    default:
      return "";
    }
}

PtlTlsFacts *
ptl_tls_facts_of_session (gnutls_session_t session)
{
  PtlTlsFacts *self = ptl_tls_facts_new ();
  unsigned n = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (session, &n);

  g_free (self->version);
  self->version = g_strdup (version_to_name (gnutls_protocol_get_version (session)));
  if (chain != NULL && n > 0)
    ptl_tls_facts_read_certificate (self, chain[0].data, chain[0].size);
  return self;
}
