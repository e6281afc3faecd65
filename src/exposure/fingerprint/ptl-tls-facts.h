/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gnutls/gnutls.h>

#include <gio/gio.h>

#include "core/ptl-identity.h"

G_BEGIN_DECLS

/* Fills in what the certificate of @length bytes of DER (RFC 5280) tells. What cannot be read is
 * left out. */
void ptl_tls_facts_read_certificate (PtlTlsFacts *self, const void *der, gsize length);
/* The version agreed in @session and its certificate. */
PtlTlsFacts *ptl_tls_facts_of_session (gnutls_session_t session);

G_END_DECLS
