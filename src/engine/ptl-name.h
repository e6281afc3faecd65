/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-mailbox.h"
#include "ptl-sockaddr.h"

G_BEGIN_DECLS

/**
 * PtlName:
 *
 * A target's name and where it leads at present, shared by the threads. It is looked up anew when someone connects after
 * its time was over, without making that one wait: what the name server said last stands until it answers again. Counted.
 */
typedef struct _PtlName PtlName;

/* Told to who waits, and freed by it: a look-up of @name came to its end. */
typedef struct
{
  PtlName *name;
  gint64 serial; /* of the site that waits */
} PtlNameAnswer;

/* Who is to be told. */
typedef struct
{
  PtlMailbox *mailbox;
  PtlEngineFunc func;
  gint64 serial;
} PtlNameWaiter;

PtlName *ptl_name_new (const char *host);
PtlName *ptl_name_ref (PtlName *self);
void ptl_name_unref (PtlName *self);
const char *ptl_name_get_host (const PtlName *self);
/* (transfer full): where it leads, with no item where it leads nowhere; NULL = @waiter is told when it is known.
 * @resolver: see ptl-resolve.h. @now_us: CLOCK_BOOTTIME. */
PtlAddresses *
ptl_name_get (PtlName *self, GThreadPool *resolver, gint64 now_us, const PtlNameWaiter *waiter);
/* (transfer full): the same without a look-up. */
PtlAddresses *ptl_name_peek (PtlName *self);
/* Looks it up, so that the first to come need not wait. */
void ptl_name_prefetch (PtlName *self, GThreadPool *resolver, gint64 now_us);
/* For the resolver: nobody else holds it any more. */
gboolean ptl_name_is_forgotten (PtlName *self);
/* For the resolver: @addresses NULL where there is none, or no answer. @good_for_us: how long it stands. */
void ptl_name_answer (PtlName *self, PtlAddresses *addresses, gint64 good_for_us);

void ptl_name_answer_free (PtlNameAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlNameAnswer, ptl_name_answer_free)

G_END_DECLS
