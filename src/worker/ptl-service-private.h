/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-bus.h"
#include "worker/ptl-service.h"

G_BEGIN_DECLS

/* Inside of PtlService, for its own files alone. */

struct _PtlService
{
  GObject parent;

  GDBusConnection *connection;
  PtlBusWorker1 *worker;
  GDBusObjectManagerServer *manager;
  PtlCallers *callers;
  PtlServiceParts parts;
};

/* Answers @invocation, at once or later. @arguments: its parameters; @who: the caller, for the log. */
typedef void (*PtlServiceFunc) (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who);

typedef struct
{
  const char *signal; /* of the skeleton: "handle-open-rule" */
  PtlServiceFunc func;
  gboolean changes;   /* counts against the caller's bucket */
} PtlServiceMethod;

extern const PtlServiceMethod ptl_service_change_methods[]; /* ptl-service-changes.c; ends with signal NULL */
extern const PtlServiceMethod ptl_service_view_methods[];   /* ptl-service-views.c */
extern const PtlServiceMethod ptl_service_history_methods[]; /* ptl-service-history.c */
extern const PtlServiceMethod ptl_service_metrics_methods[]; /* ptl-service-metrics.c */
extern const PtlServiceMethod ptl_service_network_methods[]; /* ptl-service-network.c */
extern const PtlServiceMethod ptl_service_traffic_methods[]; /* ptl-service-traffic.c */

/* (transfer full) @error: any domain; it goes out as one of ours. */
void ptl_service_fail (GDBusMethodInvocation *invocation, GError *error);
/* The whole id of a living or closed rule for a prefix. (transfer full) */
char *ptl_service_resolve (PtlService *self, const char *prefix, GError **error);
/* The living rule that the first of @arguments names: NOT_FOUND, AMBIGUOUS, or STATE where it is closed. */
const PtlRule *ptl_service_find_living (PtlService *self, GVariant *arguments, GError **error);

/* Sets every property of @skeleton whose D-Bus name is a key of @dict. */
void ptl_service_set_properties (GObject *skeleton, GVariant *dict);
void ptl_service_put_object (PtlService *self, const char *path, GDBusInterfaceSkeleton *interface);
void ptl_service_remove_object (PtlService *self, const char *path);
/* (nullable) (transfer full) */
GDBusInterface *ptl_service_get_object (PtlService *self, const char *path, const char *interface);

/* ptl-service-objects.c */
void ptl_service_follow (PtlService *self);
void ptl_service_unfollow (PtlService *self);
GVariant *ptl_service_debts_to_variant (PtlService *self);

G_END_DECLS
