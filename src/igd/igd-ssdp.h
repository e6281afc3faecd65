/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define IGD_SSDP_RESPONDERS_MAX 64

/* One answer to a search. FALSE where it is none, or has no LOCATION. @location (transfer full);
 * @is_gateway: whether ST says that it is an internet gateway (rather than "some root device"). */
gboolean igd_ssdp_parse (const char *data, gsize length, char **location, gboolean *is_gateway);

/* What came of a LOCATION: TRUE ends the search. */
typedef gboolean (*IgdSsdpFunc) (const char *location, gpointer user_data);

typedef enum
{
  IGD_SSDP_FOUND,  /* the callback said so */
  IGD_SSDP_ABSENT, /* the gateway said that nothing listens there, or what it showed is no gateway
                    */
  IGD_SSDP_SILENT,
  IGD_SSDP_FOREIGN, /* it pointed to another host, which was not asked */
} IgdSsdpResult;

/* Searches by multicast on @local's network and by unicast to @gateway at once, and calls @found
 * for each new LOCATION at the gateway until one satisfies. Answers from other hosts are not looked
 * at. Blocks. */
IgdSsdpResult igd_ssdp_search (const char *gateway,
                               const char *local,
                               gint64 deadline_us,
                               IgdSsdpFunc found,
                               gpointer user_data);

G_END_DECLS
