/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-exposure-words.h"

G_BEGIN_DECLS

/* What TLS told of who answers. Times in Unix seconds, 0 = not told. All text is safe to show. */
typedef struct
{
  char *version; /* the best that was agreed: "TLS 1.3" */
  char *subject; /* of the certificate: "CN=nas.local" */
  char *issuer;
  char **names; /* DNS names and addresses that it is for */
  gint64 not_before;
  gint64 not_after;
  gboolean self_signed;
  char **old_versions; /* those it still takes and should not: "TLS 1.0" */
} PtlTlsFacts;

PtlTlsFacts *ptl_tls_facts_new (void);
PtlTlsFacts *ptl_tls_facts_copy (const PtlTlsFacts *self);
void ptl_tls_facts_free (PtlTlsFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlTlsFacts, ptl_tls_facts_free)

/**
 * PtlIdentity:
 *
 * What answers at an endpoint: plain data. All text is safe to show (ptl_text_make_safe()).
 */
typedef struct
{
  char *service; /* the protocol: "ssh", "http", "mqtt"; "" = not known */
  char *product; /* "OpenSSH", "Grafana"; "" = not known */
  char *version; /* "9.2p1"; "" = not known */
  PtlAuth auth;
  PtlSeverity severity; /* were anyone to reach it */
  PtlTlsFacts *tls;     /* (nullable) */
  char *evidence;       /* what was asked and what came: "GET /api/org: 401 Unauthorized" */
  char *advice;         /* translated */
  char *banner;         /* the first bytes of what is not known, escaped; else "" */
} PtlIdentity;

PtlIdentity *ptl_identity_new (void);
PtlIdentity *ptl_identity_copy (const PtlIdentity *self);
void ptl_identity_free (PtlIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlIdentity, ptl_identity_free)

/* "Grafana 10.2", "OpenSSH 9.2p1", "http", or "" where nothing is known (transfer full). */
char *ptl_identity_to_name (const PtlIdentity *self);

/* As a{sv}, floating: Service s, Product s, Version s, Auth s, Severity s, Evidence s, Advice s,
 * Banner s, and Tls a{sv} (Version s, Subject s, Issuer s, Names as, NotBefore x, NotAfter x,
 * SelfSigned b, OldVersions as) where there is TLS. */
GVariant *ptl_identity_to_variant (const PtlIdentity *self);
/* Unknown keys are passed over; wrong types and words are PTL_ERROR_INVALID. */
PtlIdentity *ptl_identity_from_variant (GVariant *dict, GError **error);

G_END_DECLS
