/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-pcp-codec.h"

G_BEGIN_DECLS

/**
 * PtlPcpRests:
 *
 * What a PCP server refused for a while, and for how long it said so: the same request is not put to it again before
 * (RFC 6887, section 7.4: 7, 8 and 10 are short-lived errors, whose lifetime says how long they will last).
 */
typedef struct _PtlPcpRests PtlPcpRests;

PtlPcpRests *ptl_pcp_rests_new (void);
void ptl_pcp_rests_free (PtlPcpRests *self);
/* Remembers @response to @request where it is a short-lived error; forgets what was remembered otherwise. However long
 * the server wishes, it is asked again after a minute. @boot_us: now, in microseconds of the boot clock. */
void ptl_pcp_rests_note (PtlPcpRests *self,
                         const PtlPcpRequest *request,
                         const PtlPcpResponse *response,
                         gint64 boot_us);
/* The result code that @request had, where its time is not over yet; PTL_PCP_SUCCESS where it may be asked. */
guint8 ptl_pcp_rests_get (PtlPcpRests *self, const PtlPcpRequest *request, gint64 boot_us);
/* A server that started anew has no error of before. */
void ptl_pcp_rests_clear (PtlPcpRests *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlPcpRests, ptl_pcp_rests_free)

G_END_DECLS
