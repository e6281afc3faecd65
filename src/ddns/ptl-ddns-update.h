/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-dynamic-name.h"
#include "ddns/ptl-ddns-answer.h"

G_BEGIN_DECLS

/* One update: what, where and as whom. An address that is NULL is left as it is. */
typedef struct
{
  PtlDynamicName *name;
  char *secret; /* "" where there is none */
  char *ipv4;
  char *ipv6;
} PtlDdnsRequest;

PtlDdnsRequest *ptl_ddns_request_new (const PtlDynamicName *name,
                                      const char *secret,
                                      const char *ipv4,
                                      const char *ipv6);
void ptl_ddns_request_free (PtlDdnsRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlDdnsRequest, ptl_ddns_request_free)

/* How each protocol does it; in a thread of its own, so it may block. Whatever goes wrong is in the
 * answer. */
typedef PtlDdnsAnswer *(*PtlDdnsUpdateFunc) (const PtlDdnsRequest *request,
                                             GCancellable *cancellable);

PtlDdnsAnswer *ptl_ddns_dyndns2_update (const PtlDdnsRequest *request, GCancellable *cancellable);
PtlDdnsAnswer *ptl_ddns_duckdns_update (const PtlDdnsRequest *request, GCancellable *cancellable);
PtlDdnsAnswer *ptl_ddns_cloudflare_update (const PtlDdnsRequest *request,
                                           GCancellable *cancellable);
PtlDdnsAnswer *ptl_ddns_nsupdate_update (const PtlDdnsRequest *request, GCancellable *cancellable);
PtlDdnsAnswer *ptl_ddns_custom_update (const PtlDdnsRequest *request, GCancellable *cancellable);

/* Tells the provider. @request: (transfer full). Over after a minute at the latest. */
void ptl_ddns_update_async (PtlDdnsRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/* Only being cancelled is an error (CANCELLED); what the provider says no to is an answer. */
PtlDdnsAnswer *ptl_ddns_update_finish (GAsyncResult *result, GError **error);

G_END_DECLS
