/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-dynamic-name.h"
#include "core/ptl-rule.h"
#include "worker/ptl-address-source.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/**
 * PtlNames:
 *
 * The dynamic names, and that they follow: an update when the address has changed, when a provider
 * wants one now and then, or when a person asks for it; never more often than the provider bears.
 * Each update is an event of the log.
 *
 * Signals, each with the id: `added`, `changed`, `removed`; `stopped` where an update that nobody
 * waited for made the provider want no more of them.
 */
#define PTL_TYPE_NAMES (ptl_names_get_type ())
G_DECLARE_FINAL_TYPE (PtlNames, ptl_names, PTL, NAMES, GObject)

PtlNames *ptl_names_new (PtlClock *clock, PtlStore *store, PtlAddressSource *source);
/* Reads the store, and begins. */
void ptl_names_load (PtlNames *self);
guint ptl_names_get_n_names (PtlNames *self);
/* (transfer container): of PtlDynamicName, by host name. */
GPtrArray *ptl_names_list (PtlNames *self);
/* (transfer none) (nullable): by id or host name. NOT_FOUND. */
const PtlDynamicName *ptl_names_find (PtlNames *self, const char *id_or_name, GError **error);
/* What Name1 shows of it now. @message, @advice: (transfer none). */
typedef struct
{
  const char *state; /* "up-to-date", "waiting", "updating", "stopped", "no-address" */
  const char *message;
  const char *advice;
  gint64 next_try; /* Unix seconds, 0 = when the address changes, or never */
} PtlNameCourse;
PtlNameCourse ptl_names_get_course (PtlNames *self, const char *id);
/* The name that leads to the public endpoint of @rule, or NULL. */
const char *ptl_names_find_for (PtlNames *self, const PtlRule *rule);

/* @request: a{sv} as Worker1.AddName takes it, with the secret. Errors: INVALID, STORE_*, and those
 * of the keyring (secret/ptl-secret.h). Either all of it is kept or nothing. */
void ptl_names_add_async (PtlNames *self,
                          GVariant *request,
                          const char *who,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
/* The id. */
char *ptl_names_add_finish (PtlNames *self, GAsyncResult *result, GError **error);
/* @changes: as for adding; what is not named stays. */
void ptl_names_edit_async (PtlNames *self,
                           const char *id_or_name,
                           GVariant *changes,
                           const char *who,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean ptl_names_edit_finish (PtlNames *self, GAsyncResult *result, GError **error);
/* Forgets it with its secret; what the provider was told stays there. */
gboolean ptl_names_remove (PtlNames *self, const char *id_or_name, const char *who, GError **error);
/* Updates it now, changed or not, and says what came of it: FAILED with the provider's reason,
 * ROUTER_NONE and ROUTER_OFFLINE where there is no address, STATE where the provider wants to be
 * waited for. */
void ptl_names_update_async (PtlNames *self,
                             const char *id_or_name,
                             const char *who,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean ptl_names_update_finish (PtlNames *self, GAsyncResult *result, GError **error);

G_END_DECLS
