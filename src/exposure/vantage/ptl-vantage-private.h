/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-vantage.h"

G_BEGIN_DECLS

/* Inside of this folder. */

/* @detail: (transfer full) */
PtlVantageAnswer *ptl_vantage_answer_new (GInetAddress *address,
                                          guint16 port,
                                          PtlProtocol protocol,
                                          PtlVantageKind kind,
                                          PtlSeenState state,
                                          gint64 at,
                                          char *detail);

/* What a task is about. */
typedef struct
{
  PtlVantageKind kind;
  GPtrArray *endpoints;
  GPtrArray *addresses; /* of a record: each once */
  gint64 at;            /* Unix seconds: when it was asked */
  gboolean identify;
  PtlDial *dial;
  char *server;
  char *key;
  guint next; /* of the addresses */
  GPtrArray *answers;
  gpointer more; /* of whoever does the work */
  GDestroyNotify free_more;
} PtlVantageWork;

/* Each takes @task (transfer full), whose data that is, to its end. */
/* ptl-vantage-look.c */
void ptl_vantage_look (GTask *task);
/* ptl-vantage-record.c */
void ptl_vantage_read_record (GTask *task);

G_END_DECLS
