/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "core/ptl-rule.h"
#include "exposure/fingerprint/ptl-fingerprint.h"

G_BEGIN_DECLS

/* How long whoever asks is kept waiting. */
typedef enum
{
  /* Whoever opens a rule: a moment (ptl_identify_soon_async()). Most of what does harm has said
   * what it is by then; what is silent is let go, and looked at as a whole afterwards. */
  PTL_IDENTIFIER_OPEN,
  /* Whoever looks at the plan of a rule, or asks outright: up to 2 s. */
  PTL_IDENTIFIER_LOOK,
  /* Nobody: as long as it takes. */
  PTL_IDENTIFIER_WHOLE,
} PtlIdentifierHaste;

/**
 * PtlIdentifier:
 *
 * Finds out what answers at targets, on this computer and in its networks alone: nobody else is
 * asked anything. Who asks for the same at the same time gets the same answer.
 *
 * Signal `looked`: a look came to its end.
 */
#define PTL_TYPE_IDENTIFIER (ptl_identifier_get_type ())
G_DECLARE_FINAL_TYPE (PtlIdentifier, ptl_identifier, PTL, IDENTIFIER, GObject)

PtlIdentifier *ptl_identifier_new (PtlClock *clock);

/* What came of it. */
typedef struct
{
  char *where; /* "127.0.0.1:8080" */
  PtlSeenState state;
  PtlIdentity *identity; /* NULL where nobody answered in time */
  gboolean unfinished;   /* a look with less haste may find out more */
} PtlIdentified;
void ptl_identified_free (PtlIdentified *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlIdentified, ptl_identified_free)

/* @target: one port is looked at, the first; TCP where it is both. Errors: INVALID (no address of
 * this computer or its networks, or a name that leads to none; a socket's path), CANCELLED. */
void ptl_identifier_ask_async (PtlIdentifier *self,
                               const PtlEndpoint *target,
                               PtlIdentifierHaste haste,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
PtlIdentified *
ptl_identifier_ask_finish (PtlIdentifier *self, GAsyncResult *result, GError **error);

/* What was found out of it a moment ago, without a look; %NULL where that is nothing, and for
 * names. (transfer full) */
PtlIdentified *ptl_identifier_dup_known (PtlIdentifier *self, const PtlEndpoint *target);

/* The targets of @rule that can be looked at, one for each port: the first eight of a range.
 * (transfer full) (element-type PtlIdentified); never fails but with CANCELLED. Empty where what
 * @rule leads to is elsewhere: a local tunnel's target is seen from its relay. */
void ptl_identifier_ask_rule_async (PtlIdentifier *self,
                                    const PtlRule *rule,
                                    PtlIdentifierHaste haste,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
GPtrArray *
ptl_identifier_ask_rule_finish (PtlIdentifier *self, GAsyncResult *result, GError **error);

G_END_DECLS
