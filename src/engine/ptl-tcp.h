/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-connection.h"
#include "ptl-site.h"

G_BEGIN_DECLS

/* Carries an accepted connection (takes @fd) to the site's target.
 * @entry: (transfer full): of its source; NULL = it owes a PROXY header, which will name that. */
void ptl_tcp_accept (PtlListener *listener,
                     int fd,
                     const PtlAddress *source,
                     guint16 port,
                     PtlSourceEntry *entry);
/* A look-up of the name of a target came to its end. */
void ptl_tcp_named (PtlSite *site, const PtlName *name);
/* Cuts those whom the audience does not hold any more. */
void ptl_tcp_config_changed (PtlSite *site);
void ptl_tcp_cut_all (PtlSite *site);
/* Of a TCP connection. */
void ptl_tcp_get_ends (const PtlConnection *connection, PtlConnectionEnds *ends);
void ptl_tcp_cut (PtlConnection *connection);

G_END_DECLS
