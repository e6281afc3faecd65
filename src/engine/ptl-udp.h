/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-connection.h"
#include "ptl-site.h"

G_BEGIN_DECLS

void ptl_udp_on_datagrams (PtlEngineThread *thread, PtlSource *listener, guint32 events);
/* What a listening socket needs besides: the address that was written to, room for large datagrams.
 */
void ptl_udp_set_options (int fd, int family, gboolean any_address);

void ptl_udp_table_init (PtlSite *site);
void ptl_udp_table_clear (PtlSite *site);
/* A look-up of the name of a target came to its end. */
void ptl_udp_named (PtlSite *site, const PtlName *name);
/* Cuts those whom the audience does not hold any more, and the oldest where the cap is lower now.
 */
void ptl_udp_config_changed (PtlSite *site);
void ptl_udp_cut_all (PtlSite *site);
/* Of a UDP session. */
void ptl_udp_get_ends (const PtlConnection *connection, PtlConnectionEnds *ends);
void ptl_udp_cut (PtlConnection *connection);

G_END_DECLS
