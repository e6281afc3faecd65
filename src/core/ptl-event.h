/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PtlEvent:
 *
 * One line of the audit log: when, who, what, to which rule, with what result.
 */
typedef struct
{
  gint64 seq;    /* from 1, without gaps */
  gint64 at;     /* Unix seconds */
  char *who;     /* "user ann (portolanctl)", "worker" */
  char *what;    /* "open", "close", "extend", "edit", "block", "renew", "restore", "debt-paid", ... */
  char *rule_id; /* or "" */
  char *result;  /* "ok", "failed" or "begun" */
  char *detail;  /* one sentence, or "" */
  char *hash;    /* SHA-256 in hex over the one before and this one */
} PtlEvent;

#define PTL_TYPE_EVENT (ptl_event_get_type ())
GType ptl_event_get_type (void);

PtlEvent *ptl_event_new (void);
PtlEvent *ptl_event_copy (const PtlEvent *self);
void ptl_event_free (PtlEvent *self);
/* The hash of this event when it follows one with @previous ("" for the first). */
char *ptl_event_compute_hash (const PtlEvent *self, const char *previous);
/* a{sv}: Seq x, At x, Who s, What s, RuleId s, Result s, Detail s, Hash s. Floating. */
GVariant *ptl_event_to_variant (const PtlEvent *self);
PtlEvent *ptl_event_from_variant (GVariant *variant, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlEvent, ptl_event_free)

G_END_DECLS
