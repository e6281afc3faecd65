/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-audience.h"
#include "ptl-endpoint.h"
#include "ptl-error.h"
#include "ptl-family.h"
#include "ptl-firewall-wish.h"
#include "ptl-lease.h"
#include "ptl-options.h"
#include "ptl-rule-state.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_KIND_FORWARD,
  PTL_KIND_TUNNEL,
  PTL_KIND_MAPPING,
} PtlKind;

/* Which way a mapping goes (design.md, Guarded and direct mappings); for a tunnel which side
 * listens. */
typedef enum
{
  PTL_WAY_AUTO,    /* as asked: settled by ptl_rule_settle() before opening */
  PTL_WAY_GUARDED, /* mapping: router -> engine -> target */
  PTL_WAY_DIRECT,  /* mapping: router -> target */
  PTL_WAY_REMOTE,  /* tunnel: the relay listens (ssh -R) */
  PTL_WAY_LOCAL,   /* tunnel: this computer listens (ssh -L) */
} PtlWay;

typedef struct
{
  guint64 bytes_in; /* from the one who connects towards the target */
  guint64 bytes_out;
  guint64 connections_now;
  guint64 connections_ever;
  guint64 refused;
  gint64 last_used; /* Unix seconds, 0 = never */
  guint64
      connections_peak; /* at a time; the worker keeps it, and does not publish it with the rule */
} PtlTraffic;

/**
 * PtlRule:
 *
 * An opening that a person declared. Plain data: whoever holds a copy may change it; the worker's
 * inventory holds the one that counts.
 */
typedef struct
{
  char *id; /* UUID */
  PtlKind kind;
  char *name;                   /* 1 to 80 characters */
  PtlEndpoint *public_endpoint; /* as known now; for a mapping host is the router's public address
                                   once open */
  guint16 asked_port;           /* mapping and tunnel: the external port asked for; 0 = any free */
  PtlEndpoint *target;
  PtlWay way;
  PtlFamily family; /* mapping: by which kinds of address people come in */
  PtlFirewallWish firewall;
  char *backend; /* "engine", router id or "" (= the default router), relay id */
  char *owner;
  char *purpose;
  char *preset;   /* name in games.json, or "" */
  char *override; /* why policy was overridden, or "" */
  PtlAudience *audience;
  PtlOptions *options;
  gint64 created;
  gint64 expires; /* 0 = permanent: then review is set */
  gint64 review;
  gint64 closed; /* 0 while living */
  PtlRuleState state;
  PtlCloseReason close_reason;
  char *error_code; /* ptl_error_code_to_name(), or "" */
  char *error_message;
  char *error_advice;
  char *step; /* while opening or closing: what is under way ("listen", "router", "verify", "ssh");
                 else "" */
  char *public_name; /* a dynamic name that leads to the public endpoint's address now, or ""; as
                        published, never stored */
  char *firewall_zone; /* where this computer's firewall was opened for it, or "" ... */
  gint64 firewall_until; /* ... and until when, Unix seconds; as published, never stored */
  GPtrArray *leases; /* of PtlLease */
  PtlTraffic traffic;
} PtlRule;

#define PTL_TYPE_RULE (ptl_rule_get_type ())
GType ptl_rule_get_type (void);

PtlRule *ptl_rule_new (PtlKind kind);
PtlRule *ptl_rule_copy (const PtlRule *self);
void ptl_rule_free (PtlRule *self);
gboolean ptl_rule_is_living (const PtlRule *self); /* not closed, not failed */
/* Whether its bytes go through the engine: a forward, or a guarded mapping. */
gboolean ptl_rule_is_carried (const PtlRule *self);
gboolean ptl_rule_is_permanent (const PtlRule *self);
gboolean ptl_rule_is_expired (const PtlRule *self, gint64 now);
PtlProtocol ptl_rule_get_protocol (const PtlRule *self);
/* The public endpoint by the name that leads to it, like "home.example.org:25565"; NULL where there
 * is no such name. (transfer full) */
char *ptl_rule_dup_named_endpoint (const PtlRule *self);
void ptl_rule_set_error (PtlRule *self, const GError *error); /* NULL clears */
GError *ptl_rule_dup_error (const PtlRule *self);             /* NULL where there is none */

const char *ptl_kind_to_string (PtlKind kind);
gboolean ptl_kind_from_string (const char *text, PtlKind *kind, GError **error);
const char *ptl_way_to_string (PtlWay way); /* "auto", "guarded", "direct", "remote", "local" */
gboolean ptl_way_from_string (const char *text, PtlWay *way, GError **error);

/* a{sv}, floating. The keys are the property names of io.github.portolan.Portolan.Rule1 (src/api).
 */
GVariant *ptl_rule_to_variant (const PtlRule *self);
/* Lenient: a key that is missing keeps its default; one of the wrong type or value is an error. */
PtlRule *ptl_rule_from_variant (GVariant *variant, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlRule, ptl_rule_free)

G_END_DECLS
