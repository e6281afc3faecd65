/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-refusal-log.h"
#include "ptl-site.h"
#include "ptl-sources.h"

G_BEGIN_DECLS

/**
 * PtlAdmission:
 *
 * Who may connect to a forward, and how many: what its threads share to judge that by. A UDP session
 * is a connection here too.
 *
 * Repeated violations lead to a ban: connections that the audience does not hold, that are too many or
 * too fast for one source; and those that are too many or too fast for all together where the source
 * has some already, because one that has none is not to blame for that. What bans by UDP believes the
 * addresses that datagrams come from.
 */
struct _PtlAdmission
{
  PtlSources *sources;
  PtlBucket bucket; /* of new connections of all sources */
  PtlRefusalLog *log;
};

/* For the main loop. @id: of the forward. */
PtlAdmission *ptl_admission_new (const char *id);
void ptl_admission_free (PtlAdmission *self);
/* Another number of violations, or time, of bans lifts those there are. */
void
ptl_admission_edited (PtlAdmission *self, const PtlOptions *before, const PtlOptions *after);

/* For the threads. */

/* Whether one more connection from @source may begin at @site, and which entry it counts for. NULL:
 * it may not, and was counted as refused. */
PtlSourceEntry *ptl_admission_begin (PtlSite *site, const PtlAddress *source);
void ptl_admission_end (PtlSite *site, PtlSourceEntry *entry);
/* The same in two steps, for a session that has to wait for its place: all but the total is judged, and
 * it counts for its source; then it begins, or is withdrawn. */
PtlSourceEntry *ptl_admission_reserve (PtlSite *site, const PtlAddress *source);
/* FALSE: it may not for the total; the entry is let go. */
gboolean
ptl_admission_fulfil (PtlSite *site, PtlSourceEntry *entry, const PtlAddress *source);
void ptl_admission_withdraw (PtlTally *tally, PtlSourceEntry *entry, gint64 now_us);
/* For one that was refused by other means. */
void ptl_admission_refuse (PtlSite *site, const PtlAddress *source, PtlRefused reason);

G_END_DECLS
