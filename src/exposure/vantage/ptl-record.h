/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-endpoint.h"
#include "core/ptl-exposure-words.h"

G_BEGIN_DECLS

#define PTL_RECORD_CVES_MAX 8

/* A port that a record names. All text is safe to show. */
typedef struct
{
  guint16 port;
  PtlProtocol protocol; /* NONE = the record does not say */
  gint64 at;            /* Unix seconds: when they looked, 0 = they do not say */
  char *service;        /* "ssh", or "" */
} PtlRecordPort;

/**
 * PtlRecord:
 *
 * What others keep of an address that they have looked at.
 */
typedef struct
{
  GPtrArray *ports; /* (element-type PtlRecordPort) */
  GPtrArray
      *cves; /* (element-type utf8): at most PTL_RECORD_CVES_MAX; guesses of theirs from versions */
  guint n_cves;
} PtlRecord;

PtlRecord *ptl_record_new (void);
void ptl_record_free (PtlRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlRecord, ptl_record_free)
/* (transfer none) (nullable): the entry for @port, of @protocol where the record says of which. */
const PtlRecordPort *ptl_record_find (const PtlRecord *self, guint16 port, PtlProtocol protocol);

/* Reads the answer of a server of @kind about @address: InternetDB's, Shodan's /shodan/host,
 * Censys' platform (v3/global/asset/host) or its older search (v2/hosts). Bytes that anybody may
 * have sent: PTL_ERROR_FAILED where they are not that, or are of another address. */
PtlRecord *ptl_record_parse (PtlVantageKind kind,
                             GInetAddress *address,
                             const char *body,
                             gsize length,
                             GError **error);

G_END_DECLS
