/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ddns/ptl-ddns-update.h"

G_BEGIN_DECLS

/* DuckDNS (https://www.duckdns.org/spec.jsp). Pure. */

/* The address to ask for; it holds the token, so it is never logged. (transfer full) */
char *ptl_ddns_duckdns_dup_url (const PtlDdnsRequest *request);
PtlDdnsAnswer *
ptl_ddns_duckdns_parse (guint status, gint64 retry_after, const char *body, gsize length);

G_END_DECLS
