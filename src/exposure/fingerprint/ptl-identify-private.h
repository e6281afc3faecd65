/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ask.h"
#include "ptl-page.h"

G_BEGIN_DECLS

/* Every ask of that protocol: of the code first, then of the data (element-type PtlAsk). */
GArray *ptl_asks_list (PtlProbing *probing, gboolean udp);

/* They fill in @probing: its state and what is found. FALSE where the look itself did not come
 * about. */
gboolean ptl_identify_tcp (PtlProbing *probing, GError **error);
gboolean ptl_identify_udp (PtlProbing *probing, GError **error);
/* The same within a moment: ptl_identify_soon_async(). */
gboolean ptl_identify_tcp_soon (PtlProbing *probing, GError **error);
gboolean ptl_identify_udp_soon (PtlProbing *probing);

/* Whether @heard is known: a page, or what greets. */
gboolean ptl_identify_hear (PtlProbing *probing, GByteArray *heard);
/* @page: (transfer full), of "/"; @line: (transfer full) (nullable) takes another request. */
void ptl_identify_page (PtlProbing *probing, PtlPage *page, PtlStream *line);
/* One that is listened to and never written to. */
gboolean ptl_identify_is_printer_port (guint16 port);

/* Tries TLS: TRUE where it came about; @probing then speaks inside it and has its facts. Where it
 * did not, what the peer said instead is in @heard. */
gboolean ptl_identify_start_tls (PtlProbing *probing, PtlStream **stream, GByteArray *heard);
/* Which old versions of TLS are still taken. */
void ptl_identify_old_tls (PtlProbing *probing);

G_END_DECLS
