/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-refused.h"
#include "ptl-sockaddr.h"

G_BEGIN_DECLS

/**
 * PtlRefusalLog:
 *
 * Tells the log who was refused, a few lines a minute and how many it kept to itself. Any thread may
 * note; the lines are written by the main loop, because a log that is slow must not hold up bytes.
 */
typedef struct _PtlRefusalLog PtlRefusalLog;

/* The lines are written in the thread-default main context. @id: of the forward. */
PtlRefusalLog *ptl_refusal_log_new (const char *id);
void ptl_refusal_log_free (PtlRefusalLog *self);
void ptl_refusal_log_note (PtlRefusalLog *self,
                           const PtlAddress *source,
                           PtlRefused reason,
                           gint64 now_us);
/* @for_us: how long it may not connect. */
void ptl_refusal_log_note_ban (PtlRefusalLog *self,
                               const PtlAddress *source,
                               gint64 for_us,
                               gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlRefusalLog, ptl_refusal_log_free)

G_END_DECLS
