/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ddns/ptl-ddns-answer.h"
#include "worker/ptl-alarm.h"
#include "worker/ptl-names.h"

G_BEGIN_DECLS

/* Inside of PtlNames, for its own files alone. */

struct _PtlNames
{
  GObject parent;

  PtlClock *clock;
  PtlStore *store;
  PtlAddressSource *source;
  GHashTable *followers; /* id -> Follower */
};

/* One name and what is under way for it. */
typedef struct
{
  PtlNames *names; /* borrowed */
  PtlDynamicName *name;
  PtlAlarm *alarm;
  GCancellable *cancellable; /* of the update under way, or NULL */
  char *asked_ipv4;          /* what that update tells, NULL = not of it */
  char *asked_ipv6;
  char *who; /* who asked for it: "worker", or a caller */
  gint64 next_try;
  const char *state;
  GError *no_address; /* why there is none (of one family, or of both) ... */
  char *why_not;      /* ... and its two sentences */
  char *what_to_do;
  GPtrArray *waiting; /* of GTask: who wants to know what comes of it */
} PtlFollower;

/* ptl-names.c */
void ptl_names_emit_changed (PtlNames *self, const char *id);
void ptl_names_emit_stopped (PtlNames *self, const char *id);
PtlFollower *ptl_names_get_follower (PtlNames *self, const char *id_or_name, GError **error);
/* Takes @name (transfer full) among those that follow, and begins. */
void ptl_names_put_follower (PtlNames *self, PtlDynamicName *name);
/* One transaction: @name as it is, and an event. */
gboolean ptl_names_write (PtlNames *self,
                          const PtlDynamicName *name,
                          const char *who,
                          const char *what,
                          const char *result,
                          const char *detail,
                          GError **error);

/* ptl-names-follow.c */
void ptl_follower_free (PtlFollower *self);
/* Looks what is to be done now, and does it. */
void ptl_follower_consider (PtlFollower *self);
/* An update now, though nothing changed; @task (transfer full) (nullable) learns what came of it.
 */
void ptl_follower_force (PtlFollower *self, const char *who, GTask *task);
/* Drops an update that is under way: it is not for what is wanted now. */
void ptl_follower_cancel (PtlFollower *self);

G_END_DECLS
