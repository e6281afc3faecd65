/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ddns/ptl-ddns-update.h"

G_BEGIN_DECLS

/* Any web address. Pure. */

/* @template: with {name}, {ipv4}, {ipv6}, {user} and {secret} filled in, escaped. An address that
 * is not known is "". (transfer full) */
char *ptl_ddns_custom_dup_url (const char *template, const PtlDdnsRequest *request);
/* Whether @text somewhere holds @pattern, in which * is any run and ? any byte. Linear in the
 * product of both lengths at most. */
gboolean ptl_ddns_custom_matches (const char *text, gsize length, const char *pattern);
PtlDdnsAnswer *ptl_ddns_custom_parse (const char *success,
                                      guint status,
                                      gint64 retry_after,
                                      const char *body,
                                      gsize length);

G_END_DECLS
