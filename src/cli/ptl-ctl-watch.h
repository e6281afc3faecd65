/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl-json.h"
#include "ptl-ctl.h"

G_BEGIN_DECLS

/* What moved through a living rule between two looks. */
typedef struct
{
  char *rule_id;
  char *name;
  gboolean counted; /* else nothing is known of it: a tunnel, a direct mapping, one that is not open just now */
  double in;        /* bytes per second */
  double out;
  guint64 connections;
  guint64 new_connections;
  guint64 refused;
} PtlCtlFlow;

/**
 * PtlCtlWatch:
 *
 * Looks at all living rules at an interval. A look that takes longer than the interval is waited for.
 */
typedef struct _PtlCtlWatch PtlCtlWatch;

/* @flows: of PtlCtlFlow, in the order of the rules; from the second look on. */
typedef void (*PtlCtlWatchFunc) (GPtrArray *flows, gpointer data);

/* @client is connected. */
PtlCtlWatch *ptl_ctl_watch_new (PtlClient *client, guint seconds, PtlCtlWatchFunc func, gpointer data);
void ptl_ctl_watch_free (PtlCtlWatch *self);

void ptl_ctl_print_flow (PtlCtl *self, const PtlCtlFlow *flow, gint64 now);
/* A table, as wide as the terminal. (transfer full) */
char *ptl_ctl_dup_flows (GPtrArray *flows);
void ptl_ctl_json_flow (JsonBuilder *builder, const PtlCtlFlow *flow, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlCtlWatch, ptl_ctl_watch_free)

G_END_DECLS
