/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-report.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/* So many reports are kept, and none longer. */
#define PTL_REPORTS_MAX 60
#define PTL_REPORTS_MAX_SECONDS (G_GINT64_CONSTANT (365) * 24 * 3600)

/* A finding that the person accepts, until a time and for a reason. */
typedef struct
{
  char *key;
  PtlSeverity severity; /* as bad as it was then: one that got worse is told again */
  gint64 until;         /* Unix seconds */
  char *reason;
  char *who;
  gint64 since; /* Unix seconds */
} PtlAccepted;
PtlAccepted *ptl_accepted_new (const char *key);
void ptl_accepted_free (PtlAccepted *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlAccepted, ptl_accepted_free)

/* The reports of exposure checks in the store. Within a transaction: */
/* Forgets what is too old, or too much, besides. */
gboolean ptl_store_put_report (PtlStore *self, const PtlReport *report, GError **error);
gboolean ptl_store_put_accepted (PtlStore *self, const PtlAccepted *accepted, GError **error);
gboolean ptl_store_delete_accepted (PtlStore *self, const char *key, GError **error);

/* Any time: */
/* Their heads, latest first. (element-type PtlReport) */
GPtrArray *ptl_store_list_reports (PtlStore *self, GError **error);
/* @id: whole, or a beginning of four characters or more. NOT_FOUND, AMBIGUOUS, INVALID */
PtlReport *ptl_store_get_report (PtlStore *self, const char *id, GError **error);
/* (element-type PtlAccepted) */
GPtrArray *ptl_store_list_accepted (PtlStore *self, GError **error);

G_END_DECLS
