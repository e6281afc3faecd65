/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "firewall/ptl-firewall-opening.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/* What is open in firewalld for a rule, or about to be. */
typedef struct
{
  char *rule_id;
  PtlFirewallOpening *opening;
  gint64 at;      /* Unix seconds; 0 = it is about to be opened */
  gint64 ends;    /* Unix seconds: when firewalld closes it by itself */
  char *instance; /* ptl_firewalld_get_instance() of the one that was asked */
  gint64 ends_boot_us; /* the same on the clock that firewalld goes by; not kept */
  guint epoch;         /* how often firewalld had forgotten all by then, as far as was seen; not kept */
} PtlOpeningRecord;

/* @opening: copied */
PtlOpeningRecord *ptl_opening_record_new (const char *rule_id, const PtlFirewallOpening *opening, gint64 ends, const char *instance);
void ptl_opening_record_free (PtlOpeningRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlOpeningRecord, ptl_opening_record_free)

/* Within a transaction: */
gboolean ptl_store_put_opening (PtlStore *self, const PtlOpeningRecord *record, GError **error);
gboolean ptl_store_delete_opening (PtlStore *self, const PtlOpeningRecord *record, GError **error);

/* Any time: of PtlOpeningRecord. */
GPtrArray *ptl_store_list_openings (PtlStore *self, GError **error);

G_END_DECLS
