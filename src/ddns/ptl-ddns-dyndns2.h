/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ddns/ptl-ddns-update.h"

G_BEGIN_DECLS

/* The protocol of DynDNS (https://help.dyn.com/remote-access-api/perform-update/), as many
 * providers speak it. Pure. */

/* The address to ask for. (transfer full) */
char *ptl_ddns_dyndns2_dup_url (const PtlDdnsRequest *request);
/* @body: any bytes. Of several lines the worst counts. @retry_after: seconds, 0 = not told. */
PtlDdnsAnswer *
ptl_ddns_dyndns2_parse (guint status, gint64 retry_after, const char *body, gsize length);

G_END_DECLS
