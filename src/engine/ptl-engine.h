/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"
#include "engine/ptl-forward.h"

G_BEGIN_DECLS

/**
 * PtlEngine:
 *
 * The data plane. Its threads carry the bytes; these calls are made from one thread (the main
 * loop), send commands, and do not block on the network. Listening sockets are bound before
 * ptl_engine_open() returns, so that what it grants is true; `both` binds both or neither.
 */
/* Signal `activity (engine)`: emitted in the main context that made it, once after
 * ptl_engine_arm_activity(), when the next connection or byte comes or a connection ends: so that
 * who shows counters need not poll an idle engine. */
/* Signal `target-changed (engine, id, endpoint, up, error)`: a target of forward @id came up, or went down because of
 * @error. */
#define PTL_TYPE_ENGINE (ptl_engine_get_type ())
G_DECLARE_FINAL_TYPE (PtlEngine, ptl_engine, PTL, ENGINE, GObject)

/* @n_threads: 0 = as many as cores, four at most. Threads start with the first forward. */
PtlEngine *ptl_engine_new (guint n_threads);

/* Opens a forward under @id. @bound: (out): the endpoint as bound (the port where 0 was asked).
 * Errors: PORT_TAKEN (names the holder's program where it can be known), PERMISSION, TARGET (a
 * socket path too long, ...), INVALID, FAILED. */
gboolean ptl_engine_open (PtlEngine *self,
                          const char *id,
                          const PtlForward *forward,
                          PtlEndpoint **bound,
                          GError **error);
/* Swaps the configuration. Living connections stay, but for those whose source the new audience
 * does not hold. A changed listen endpoint is refused (INVALID): that is ptl_engine_move(). */
gboolean
ptl_engine_edit (PtlEngine *self, const char *id, const PtlForward *forward, GError **error);
/* Listens at @listen too, which it does not have yet (port 0: any), until ptl_engine_settle() decides where it is to
 * be. Errors as of ptl_engine_open(), and NOT_FOUND. */
gboolean ptl_engine_widen (PtlEngine *self,
                           const char *id,
                           const PtlEndpoint *listen,
                           PtlEndpoint **bound,
                           GError **error);
/* Swaps the configuration, and listens where @forward does alone: it must be there already. Living connections of
 * other places stay as with an edit, but for those of a protocol that is no more. */
gboolean
ptl_engine_settle (PtlEngine *self, const char *id, const PtlForward *forward, GError **error);
/* Listens at @listen too, wherever the forward moves, until ptl_engine_leave(): the IPv6 side of one that listens by
 * IPv4. One at a time; a second one takes the place of the first. Errors as of ptl_engine_open(), and NOT_FOUND. */
gboolean ptl_engine_join (PtlEngine *self,
                          const char *id,
                          const PtlEndpoint *listen,
                          PtlEndpoint **bound,
                          GError **error);
/* Listens there no more, and cuts who came in there. Nothing where nothing was joined. */
void ptl_engine_leave (PtlEngine *self, const char *id);
/* Both in one: listens elsewhere, on ports that it does not have yet. Living connections stay as with an edit, and end with the
 * forward. Where it fails, all is as it was. Errors as of ptl_engine_open(), and NOT_FOUND. */
gboolean ptl_engine_move (PtlEngine *self,
                          const char *id,
                          const PtlForward *forward,
                          PtlEndpoint **bound,
                          GError **error);
/* No new connections from the moment it returns; living ones are cut (@drain: are let end by
 * themselves). */
gboolean ptl_engine_close (PtlEngine *self, const char *id, gboolean drain, GError **error);
/* Sums over the threads; cheap. FALSE where there is no such forward. `connections_now` counts TCP
 * connections and UDP sessions; `last_used` is left 0 (the caller has the clock). */
gboolean ptl_engine_get_traffic (PtlEngine *self, const char *id, PtlTraffic *traffic);
/* Microseconds of CLOCK_BOOTTIME when the last byte passed, 0 = never. */
gint64 ptl_engine_get_last_used_boot_us (PtlEngine *self, const char *id);
/* Where no target's name may lead: the routers. New connections alone are asked. */
void ptl_engine_set_forbidden (PtlEngine *self, const char *const *addresses);
/* (transfer full): why none of its targets is up, to be told a person. NULL: one is, or there is no such forward. */
GError *ptl_engine_dup_trouble (PtlEngine *self, const char *id);
void ptl_engine_arm_activity (PtlEngine *self);
guint ptl_engine_get_n_forwards (PtlEngine *self);
/* Cuts everything and joins the threads. */
void ptl_engine_stop (PtlEngine *self);

G_END_DECLS
