/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-engine-thread.h"
#include "ptl-engine.h"
#include "ptl-tally.h"
#include "ptl-targets.h"
#include "ptl-walk.h"

G_BEGIN_DECLS

/* Where a forward listens, and by which site. */
typedef struct
{
  gint64 serial;
  PtlEndpoint *listen; /* as bound */
  gboolean beside;     /* joined: it stays where the forward moves */
} PtlEnginePlace;

/* A forward as the main loop knows it; the threads have a PtlSite each for every place. */
typedef struct
{
  GPtrArray *places; /* of PtlEnginePlace: one, but for a move under way or protocols that came one by one */
  GArray *sites;     /* serials: of the places, and of those that it left, whose connections go on */
  PtlForward *forward;
  guint16 port; /* the first, as bound */
  PtlTally *tally;
  PtlTargets *targets;
} PtlEngineEntry;

void ptl_engine_place_free (PtlEnginePlace *self);
/* NULL where there is no such forward. */
const PtlEngineEntry *ptl_engine_get_entry (PtlEngine *self, const char *id);
/* id -> PtlEngineEntry; the engine's. */
GHashTable *ptl_engine_get_entries (PtlEngine *self);
/* Whether the other forwards lead @forward's connections back to it. */
gboolean ptl_engine_check_no_ring (PtlEngine *self,
                                   const char *id,
                                   const PtlForward *forward,
                                   GError **error);
PtlEngineEntry *ptl_engine_look_up (PtlEngine *self, const char *id, GError **error);
/* Listens at @listen too. (transfer none): NULL with @error where it cannot. */
const PtlEnginePlace *ptl_engine_add_place (PtlEngine *self, PtlEngineEntry *entry, const PtlEndpoint *listen, GError **error);
/* Listens for @protocol no more; living connections of it are cut, or (@drain) let end by themselves. */
void ptl_engine_close_site (PtlEngine *self, gint64 serial, PtlProtocol protocol, gboolean drain);
/* Where its targets' names may not lead, by where it listens now. */
void ptl_engine_set_gate (PtlEngine *self, const PtlEngineEntry *entry);
/* Everything but where it listens. */
void ptl_engine_configure (PtlEngine *self, const char *id, PtlEngineEntry *entry, const PtlForward *forward);
/* Runs @func in each thread, of which there are some as soon as there is a forward, and waits. */
void ptl_engine_call (PtlEngine *self, PtlEngineFunc func, gpointer data);
guint ptl_engine_get_n_threads (PtlEngine *self);
/* Over all connections of a forward. Of @walk all is set but the serials. */
void ptl_engine_walk (PtlEngine *self, const PtlEngineEntry *entry, PtlWalk *walk);

G_END_DECLS
