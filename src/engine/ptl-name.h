/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-gate.h"
#include "ptl-mailbox.h"

G_BEGIN_DECLS

/**
 * PtlName:
 *
 * A target's name and where it leads at present, shared by the threads. It is looked up anew when someone connects after
 * its time was over, without making that one wait: what the name server said last stands until it answers again. Where
 * it leads is passed through a gate, and what that refuses is left out. Counted.
 */
typedef struct _PtlName PtlName;

/* Who is to be told of the end of a look-up: @func gets a PtlNameAnswer. */
typedef struct
{
  PtlMailbox *mailbox;
  PtlEngineFunc func;
  gint64 serial; /* of the site that waits */
} PtlNameWaiter;

/* Freed by who is told. */
typedef struct
{
  PtlName *name;
  gint64 serial;
} PtlNameAnswer;

/* Told, in any thread, each time that it is known anew where the name leads. @refusal: why it leads nowhere, where the
 * gate lets none of its addresses through. */
typedef void (*PtlNameFunc) (gpointer owner, const GError *refusal);

/* @target: whose host is a name. @owner: told by @func until ptl_name_disown(). */
PtlName *ptl_name_new (const PtlEndpoint *target, PtlNameFunc func, gpointer owner);
PtlName *ptl_name_ref (PtlName *self);
void ptl_name_unref (PtlName *self);
void ptl_name_disown (PtlName *self);
const char *ptl_name_get_host (const PtlName *self);
/* Until there is one, nothing is refused. Asks it of what is known already. */
void ptl_name_set_gate (PtlName *self, PtlGate *gate);
/* Told of the end of every look-up. */
void ptl_name_set_home (PtlName *self, const PtlNameWaiter *home);
/* (transfer full): where it leads, with no item where it leads nowhere; NULL = @waiter is told when it is known.
 * @resolver: see ptl-resolve.h. @now_us: CLOCK_BOOTTIME. */
PtlAddresses *
ptl_name_get (PtlName *self, GThreadPool *resolver, gint64 now_us, const PtlNameWaiter *waiter);
/* (transfer full): the same without a look-up. */
PtlAddresses *ptl_name_peek (PtlName *self);
/* Looks it up where its time is over, so that the first to come need not wait. */
void ptl_name_prefetch (PtlName *self, GThreadPool *resolver, gint64 now_us);
/* When the time of a name that the gate refuses is over; 0 = it is not refused. */
gint64 ptl_name_get_refused_until_us (PtlName *self);
/* For the resolver: nobody else holds it any more. */
gboolean ptl_name_is_forgotten (PtlName *self);
/* For the resolver: @addresses NULL where there is none, or no answer. @good_for_us: how long it stands. */
void ptl_name_answer (PtlName *self, PtlAddresses *addresses, gint64 good_for_us);
/* The same for how long it stands, from now, where that is known later. */
void ptl_name_set_good_for (PtlName *self, gint64 good_for_us);

void ptl_name_answer_free (PtlNameAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlNameAnswer, ptl_name_answer_free)

G_END_DECLS
