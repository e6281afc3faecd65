/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-client.h"
#include "ptl-item-list.h"

G_BEGIN_DECLS

/* The parts of PtlClient: link (bus and name), models (what the worker publishes), waits (open and close). */

enum
{
  PTL_CLIENT_SUBSCRIPTION_OWNER,
  PTL_CLIENT_SUBSCRIPTION_ADDED,
  PTL_CLIENT_SUBSCRIPTION_REMOVED,
  PTL_CLIENT_SUBSCRIPTION_PROPERTIES,
  PTL_CLIENT_SUBSCRIPTION_WORKER,
  PTL_CLIENT_N_SUBSCRIPTIONS
};

struct _PtlClient
{
  GObject parent_instance;

  GDBusConnection *connection;
  gboolean own_connection; /* opened here, so it may be opened anew */
  gulong closed_handler;
  guint subscriptions[PTL_CLIENT_N_SUBSCRIPTIONS];
  char *owner;             /* unique name of the worker that the models came from, or NULL */
  gboolean following;      /* the models are wanted: ptl_client_connect_async() was called */
  gboolean loading;
  guint retry_source;
  guint retry_ms;
  GPtrArray *link_tasks;    /* wait for the bus */
  GPtrArray *connect_tasks; /* wait for the models */
  GPtrArray *waits;

  PtlClientState state;
  PtlItemList *rules;
  PtlItemList *routers;
  PtlItemList *relays;
  PtlItemList *names;
  char *store_state;
  char *store_message;
  char *firewall;
  char *network_state;
  char *network_message;
  GVariant *debts;
  guint metrics_port;
  GVariant *network_check;
  GVariant *exposure_check;
  GVariant *listeners;
};

/* ptl-client.c */
void ptl_client_set_state (PtlClient *self, PtlClientState state);
void ptl_client_apply_worker (PtlClient *self, GVariant *changed); /* a{sv} of Worker1 */
void ptl_client_emit_event (PtlClient *self, GVariant *event);
void ptl_client_emit_rule_closed (PtlClient *self, GVariant *rule);

/* ptl-client-link.c */
void ptl_client_link_async (PtlClient *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean ptl_client_link_finish (PtlClient *self, GAsyncResult *result, GError **error);
void ptl_client_load (PtlClient *self);
void ptl_client_unlink (PtlClient *self);

/* ptl-client-models.c */
void ptl_client_models_sync (PtlClient *self, GVariant *objects); /* a{oa{sa{sv}}} */
void ptl_client_models_added (PtlClient *self, const char *path, GVariant *interfaces);
void ptl_client_models_removed (PtlClient *self, const char *path, const char *const *interfaces);
void ptl_client_models_changed (PtlClient *self, const char *path, const char *interface, GVariant *changed);

/* ptl-client-waits.c */
void ptl_client_waits_seen (PtlClient *self, const PtlRule *rule); /* as it is now, living or closed */
void ptl_client_waits_gone (PtlClient *self, const char *id);
void ptl_client_waits_fail (PtlClient *self, const GError *error);

/* ptl-client-error.c: @error (transfer full), of a call; the answer is of the PTL_ERROR domain. */
GError *ptl_client_map_error (GError *error);
GError *ptl_client_new_lost_error (void);

G_END_DECLS
