/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-router.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_MAPPER_UNKNOWN, /* not asked yet */
  PTL_MAPPER_ASKING,
  PTL_MAPPER_WORKS,
  PTL_MAPPER_REFUSES, /* it is there, and says no: see ptl_mapper_get_error() */
  PTL_MAPPER_ABSENT,  /* the router said that it does not speak this */
  PTL_MAPPER_SILENT,
} PtlMapperState;

/**
 * PtlMapper:
 *
 * One protocol spoken with one router: the common face of PCP, NAT-PMP and UPnP. Requests beyond
 * what the router is to bear at a time wait in a queue.
 *
 * Signals: `changed` (state or what is known of the router), `lost-state` (the router lost its
 * mappings).
 */
#define PTL_TYPE_MAPPER (ptl_mapper_get_type ())
G_DECLARE_DERIVABLE_TYPE (PtlMapper, ptl_mapper, PTL, MAPPER, GObject)

/* What each protocol does. Takes over @task and returns on it: a boolean; add a PtlMapping; list a
 * GPtrArray. What a protocol has not is NULL. Errors are PTL_ERROR. */
struct _PtlMapperClass
{
  GObjectClass parent_class;
  PtlRouterProtocol protocol;
  guint parallel;
  void (*probe) (PtlMapper *self, GTask *task);
  void (*add) (PtlMapper *self, GTask *task, const PtlMapping *mapping);
  void (*remove) (PtlMapper *self, GTask *task, const PtlMapping *mapping);
  void (*read_back) (PtlMapper *self, GTask *task, const PtlMapping *mapping);
  void (*list) (PtlMapper *self, GTask *task);
  /* @gateway, @local or @interface are others now. */
  void (*path_changed) (PtlMapper *self);
};

PtlRouterProtocol ptl_mapper_get_protocol (PtlMapper *self);
PtlMapperState ptl_mapper_get_state (PtlMapper *self);
PtlMapperState
ptl_mapper_get_settled_state (PtlMapper *self);       /* the last one that was not ASKING */
const GError *ptl_mapper_get_error (PtlMapper *self); /* why not, or NULL */
const char *ptl_mapper_get_external_address (PtlMapper *self); /* "" = not told */
const char *
ptl_mapper_get_name (PtlMapper *self); /* what the router calls itself, unsafe; "" = not told */
gboolean
ptl_mapper_get_is_connected (PtlMapper *self); /* FALSE where it says that it has no internet */

gboolean ptl_mapper_get_is_present (PtlMapper *self);           /* silent, but surely there */

/* What a check of the network shows besides; "" and -1 where it is not told. */
const char *ptl_mapper_get_model (PtlMapper *self); /* unsafe */
const char *ptl_mapper_get_version (PtlMapper *self); /* "2", "0", "IGD:1" */
gint64 ptl_mapper_get_uptime (PtlMapper *self); /* seconds by now */

const char *ptl_mapper_get_gateway (PtlMapper *self);
const char *ptl_mapper_get_local (PtlMapper *self);
const char *ptl_mapper_get_interface (PtlMapper *self);
PtlClock *ptl_mapper_get_clock (PtlMapper *self);
void ptl_mapper_set_path (PtlMapper *self, const char *local, const char *interface);

/* Asks whether the router speaks it, and for what is cheap to know. Several askers share one
 * question. */
void ptl_mapper_probe_async (PtlMapper *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean ptl_mapper_probe_finish (PtlMapper *self, GAsyncResult *result, GError **error);
/* Nobody is interested any more: the question under way ends at once. */
void ptl_mapper_cancel_probe (PtlMapper *self);
/* A request failed with @error: one that worked and has gone silent, or away, is said to be so. */
void ptl_mapper_note_failure (PtlMapper *self, const GError *error);
void ptl_mapper_add_async (PtlMapper *self,
                           const PtlMapping *mapping,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
PtlMapping *ptl_mapper_add_finish (PtlMapper *self, GAsyncResult *result, GError **error);
void ptl_mapper_remove_async (PtlMapper *self,
                              const PtlMapping *mapping,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean ptl_mapper_remove_finish (PtlMapper *self, GAsyncResult *result, GError **error);
void ptl_mapper_read_back_async (PtlMapper *self,
                                 const PtlMapping *mapping,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean ptl_mapper_read_back_finish (PtlMapper *self, GAsyncResult *result, GError **error);
void ptl_mapper_list_async (PtlMapper *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
GPtrArray *ptl_mapper_list_finish (PtlMapper *self, GAsyncResult *result, GError **error);

/* For the protocols: what they learned. */
void ptl_mapper_learn_external_address (PtlMapper *self, const char *address);
void ptl_mapper_learn_name (PtlMapper *self, const char *name);
void ptl_mapper_learn_connected (PtlMapper *self, gboolean connected);
void ptl_mapper_learn_model (PtlMapper *self, const char *model, const char *version);
void ptl_mapper_learn_uptime (PtlMapper *self, gint64 uptime);
/* It gave a sign of life, though it does not answer. */
void ptl_mapper_learn_present (PtlMapper *self, gboolean present);
void ptl_mapper_lost_state (PtlMapper *self);
/* An error of GIO from talking to the router as one of ours. */
GError *ptl_mapper_translate_error (PtlMapper *self, const GError *error);
/* What was asked for, with the answer in it. @address: the public one, NULL or "" = not told. */
PtlMapping *ptl_mapping_dup_granted (const PtlMapping *asked,
                                     PtlRouterProtocol system,
                                     guint16 port,
                                     guint32 lifetime,
                                     const char *address);
/* Whether @mapping leads to another host than this computer. */
gboolean ptl_mapper_is_for_other (PtlMapper *self, const PtlMapping *mapping);

G_END_DECLS
