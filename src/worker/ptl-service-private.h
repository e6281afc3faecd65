/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-bus.h"
#include "worker/ptl-objects.h"
#include "worker/ptl-service.h"

G_BEGIN_DECLS

/* Inside of PtlService, for its own files alone. */

struct _PtlService
{
  GObject parent;

  GDBusConnection *connection;
  PtlBusWorker1 *worker;
  PtlObjects *objects;
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
extern const PtlServiceMethod ptl_service_check_methods[];
extern const PtlServiceMethod ptl_service_exposure_methods[]; /* ptl-service-check.c */
extern const PtlServiceMethod ptl_service_view_methods[];   /* ptl-service-views.c */
extern const PtlServiceMethod ptl_service_history_methods[]; /* ptl-service-history.c */
extern const PtlServiceMethod ptl_service_metrics_methods[]; /* ptl-service-metrics.c */
extern const PtlServiceMethod ptl_service_name_methods[];    /* ptl-service-names.c */
extern const PtlServiceMethod ptl_service_entry_methods[]; /* ptl-service-entries.c */
extern const PtlServiceMethod ptl_service_firewall_methods[]; /* ptl-service-firewall.c */
extern const PtlServiceMethod ptl_service_listener_methods[]; /* ptl-service-listeners.c */
extern const PtlServiceMethod ptl_service_network_methods[]; /* ptl-service-network.c */
extern const PtlServiceMethod ptl_service_traffic_methods[]; /* ptl-service-traffic.c */
extern const PtlServiceMethod ptl_service_identify_methods[]; /* ptl-service-identify.c */
extern const PtlServiceMethod ptl_service_router_methods[];  /* ptl-service-routers.c */

/* (transfer full) @error: any domain; it goes out as one of ours. */
void ptl_service_fail (GDBusMethodInvocation *invocation, GError *error);
/* The whole id of a living or closed rule for a prefix. (transfer full) */
char *ptl_service_resolve (PtlService *self, const char *prefix, GError **error);
/* The living rule that the first of @arguments names: NOT_FOUND, AMBIGUOUS, or STATE where it is closed. */
const PtlRule *ptl_service_find_living (PtlService *self, GVariant *arguments, GError **error);

/* ptl-service-objects.c */
void ptl_service_follow (PtlService *self);
void ptl_service_unfollow (PtlService *self);
GVariant *ptl_service_debts_to_variant (PtlService *self);
/* ptl_rule_to_variant(), with the name that leads to it and what is open for it in the firewall. Floating. */
GVariant *ptl_service_rule_to_variant (PtlService *self, const PtlRule *rule);
/* Sets Rule1.PublicName of a living rule that is on the bus. */
void ptl_service_show_public_name (PtlService *self, const PtlRule *rule);

/* ptl-service-listeners.c */
void ptl_service_show_listeners (PtlService *self);
/* ptl-service-identify.c */
/* @rule: (transfer full); @identified: (nullable) (element-type PtlIdentified). */
typedef void (*PtlServiceIdentifiedFunc) (PtlService *self,
                                          GDBusMethodInvocation *invocation,
                                          PtlRule *rule,
                                          GPtrArray *identified,
                                          const char *who);
/* Looks what answers at the targets of @rule (transfer full), as long as @haste allows, and goes on with @func. */
void ptl_service_identify_rule (PtlService *self,
                                GDBusMethodInvocation *invocation,
                                PtlRule *rule,
                                PtlIdentifierHaste haste,
                                const char *who,
                                PtlServiceIdentifiedFunc func);
/* As IdentifyTarget gives it. Floating. */
GVariant *ptl_service_identified_to_variant (const PtlIdentified *identified);

/* ptl-service-names.c */
void ptl_service_follow_names (PtlService *self);

G_END_DECLS
