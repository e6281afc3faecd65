/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-event.h"
#include "core/ptl-rule.h"
#include "ptl-name-item.h"
#include "ptl-relay-item.h"
#include "ptl-router-item.h"
#include "ptl-rule-item.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_CLIENT_STATE_CONNECTING, /* first load under way */
  PTL_CLIENT_STATE_READY,
  PTL_CLIENT_STATE_LOST,       /* the worker or the bus went away; it tries again by itself */
} PtlClientState;

/**
 * PtlClient:
 *
 * The worker seen from outside: list models that follow it, and its requests. One per program.
 * It never changes its models by itself: it asks, and they change when the worker publishes.
 *
 * Properties (notify): state (PtlClientState as int), store-state, store-message, network-state, network-message, firewall
 * (strings; the last is Worker1.Firewall), debts (GVariant aa{sv}), metrics-port (uint, 0 = none),
 * network-check (GVariant a{sv}: NetworkCheck of src/api), exposure-check and
 * listeners (GVariant a{sv}: ExposureCheck and Listeners of src/api).
 * Signals: `event (PtlEvent*)`, `rule-closed (PtlRuleItem*)`.
 */
#define PTL_TYPE_CLIENT (ptl_client_get_type ())
G_DECLARE_FINAL_TYPE (PtlClient, ptl_client, PTL, CLIENT, GObject)

/* @connection: NULL = the session bus, by a connection of its own that is made anew when the bus was started again; one
 * that is given and closes stays lost. Connecting starts by ptl_client_connect_async(). */
PtlClient *ptl_client_new (GDBusConnection *connection);
/* Starts the worker where needed (bus activation), loads the models. Error PTL_ERROR_WORKER. */
void ptl_client_connect_async (PtlClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean ptl_client_connect_finish (PtlClient *self, GAsyncResult *result, GError **error);
PtlClientState ptl_client_get_state (PtlClient *self);
GListModel *ptl_client_get_rules (PtlClient *self);   /* of PtlRuleItem, living ones */
GListModel *ptl_client_get_routers (PtlClient *self); /* of PtlRouterItem */
GListModel *ptl_client_get_relays (PtlClient *self);  /* of PtlRelayItem */
GListModel *ptl_client_get_names (PtlClient *self);   /* of PtlNameItem: the dynamic names */
GVariant *ptl_client_get_network_check (PtlClient *self); /* (transfer none), a{sv}; empty where the worker is not there */
GVariant *ptl_client_get_exposure_check (PtlClient *self); /* the same */
GVariant *ptl_client_get_listeners (PtlClient *self); /* (transfer none), a{sv}: what is known of them, not they themselves */
const char *ptl_client_get_firewall (PtlClient *self); /* "firewalld" where that runs beside the worker; else "" */
PtlRuleItem *ptl_client_get_rule (PtlClient *self, const char *id); /* (transfer none) (nullable), whole id */

/* Any method of Worker1. @arguments: a tuple, may be floating; the answer is a tuple. Errors are PTL_ERROR. */
void ptl_client_call_async (PtlClient *self, const char *method, GVariant *arguments, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GVariant *ptl_client_call_finish (PtlClient *self, GAsyncResult *result, GError **error);

/* OpenRule, then waits until the rule is open or failed. @request: a{sv}. Progress: the rule's item in the
 * model (Step). Returns the rule as open (transfer full), or the error that made it fail. With a host key to be trusted: HOST_KEY_UNKNOWN.
 * Cancelled: the rule is closed again first, then the answer is CANCELLED. The worker lost meanwhile: WORKER. */
void ptl_client_open_async (PtlClient *self, GVariant *request, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PtlRule *ptl_client_open_finish (PtlClient *self, GAsyncResult *result, GError **error);
/* CloseRules, then waits until each has left the bus. */
void ptl_client_close_async (PtlClient *self, const char *const *ids, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean ptl_client_close_finish (PtlClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
