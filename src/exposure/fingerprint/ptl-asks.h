/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ask.h"

G_BEGIN_DECLS

/* What PtlAsk's functions are, for the services that bytes need code for; each in the file of its
 * name. */
#define PTL_ASK_DECLARE(name)                                                                      \
  GBytes *ptl_ask_##name##_say (const PtlAsk *self, PtlProbing *probing);                          \
  gboolean ptl_ask_##name##_hear (const PtlAsk *self, const guint8 *bytes, gsize length,           \
                                  PtlFound *found);                                                \
  void ptl_ask_##name##_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *stream);

/* Negotiate (MS-SMB2 2.2.3); whether SMB 1 is still taken (MS-CIFS 2.2.4.52). */
PTL_ASK_DECLARE (smb)
/* SSLRequest, then a start-up without a password (PostgreSQL's documentation, 55.7). */
PTL_ASK_DECLARE (postgresql)
/* hello and listDatabases by OP_MSG (MongoDB's wire protocol). */
PTL_ASK_DECLARE (mongodb)
/* The root DSE, and the top of what it names (RFC 4511, RFC 4512 section 5.1). */
PTL_ASK_DECLARE (ldap)
/* A name that is not its own, recursion desired (RFC 1035); version.bind. */
PTL_ASK_DECLARE (dns)
/* A2S_INFO with its challenge. */
PTL_ASK_DECLARE (a2s)

/* The check of NRPE itself, which it answers to those that it lets ask. */
GBytes *ptl_ask_nrpe_say (const PtlAsk *self, PtlProbing *probing);
gboolean ptl_ask_nrpe_hear (const PtlAsk *self, const guint8 *bytes, gsize length, PtlFound *found);

/* The ways in that are offered, by a request "none" (RFC 4252 section 5.2). */
void ptl_ask_ssh_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *stream);
/* Refuses every option (RFC 854), and reads what it asks then. */
void ptl_ask_telnet_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *stream);
/* The list of modules, and whether one of them is given without a login. */
void ptl_ask_rsync_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *stream);

/* The facts of the TLS that is begun within @self's service: STARTTLS and its like. */
void ptl_ask_starttls_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *stream);

/* Whether it is Tor. */
void ptl_ask_socks_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *stream);

/* TFTP's answers come from another port than the one that was asked, so that it is asked here;
 * directly alone. TRUE where it answered. */
gboolean ptl_ask_tftp (PtlProbing *probing);
gboolean ptl_tftp_hear (const guint8 *bytes, gsize length, PtlFound *found);

/* Appends what the other side says to telnet's options without them, and @reply gets our refusals.
 * Pure. */
void ptl_telnet_read (const guint8 *bytes, gsize length, GString *text, GByteArray *reply);

G_END_DECLS
