/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ddns/ptl-ddns-answer.h"

G_BEGIN_DECLS

/* Cloudflare's API v4 (https://developers.cloudflare.com/api/): what is answered. Pure. */

/* The first of a list of zones or records. */
typedef struct
{
  guint n;       /* how many there are; 0 = the rest is not set */
  char *id;      /* of hexadecimal digits */
  char *content; /* of a record: the address */
  gboolean proxied;
} PtlDdnsCloudflareItem;

void ptl_ddns_cloudflare_item_clear (PtlDdnsCloudflareItem *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PtlDdnsCloudflareItem, ptl_ddns_cloudflare_item_clear)

/* @body: any bytes. NULL where it says that all went well, with @item filled in (@item may be NULL,
 * and may hold nothing yet); else what went wrong. */
PtlDdnsAnswer *ptl_ddns_cloudflare_parse (guint status,
                                          gint64 retry_after,
                                          const char *body,
                                          gsize length,
                                          PtlDdnsCloudflareItem *item);

G_END_DECLS
