/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-audience.h"
#include "ptl-endpoint.h"

G_BEGIN_DECLS

/* How the engine carries a rule, in numbers and words. Each has a fallback, and only what differs from it
 * is written down. */
typedef enum
{
  /* Limits; 0 = none. */
  PTL_OPTION_MAX_CONNECTIONS, /* at a time; for UDP sessions */
  PTL_OPTION_MAX_PER_SOURCE,
  PTL_OPTION_NEW_PER_SECOND,
  PTL_OPTION_NEW_PER_SOURCE, /* new ones per second of one source */
  PTL_OPTION_RATE,           /* bytes per second, of all connections together, each direction */
  PTL_OPTION_RATE_PER_CONNECTION,
  PTL_OPTION_BAN_AFTER, /* so many refusals of one source within a minute; 0 = never */
  PTL_OPTION_BAN_FOR,   /* seconds */
  /* Time-outs, seconds. */
  PTL_OPTION_CONNECT_TIMEOUT,
  PTL_OPTION_IDLE_TIMEOUT,
  PTL_OPTION_TOTAL_TIMEOUT, /* of a connection, however busy; 0 = none */
  /* UDP. */
  PTL_OPTION_UDP_IDLE_TIMEOUT,
  PTL_OPTION_UDP_SESSIONS, /* of the table; the oldest makes room */
  PTL_OPTION_UDP_REPLIES,  /* reply bytes for a request byte until the source has proved itself; 0 = no bound */
  /* Several targets. */
  PTL_OPTION_BALANCE,         /* PtlBalance */
  PTL_OPTION_HEALTH_INTERVAL, /* seconds between checks of a target; 0 = none */
  PTL_OPTION_HEALTH_TIMEOUT,  /* seconds */
  PTL_OPTION_HEALTH_RISE,     /* so many checks in a row bring a target back */
  PTL_OPTION_HEALTH_FALL,     /* so many failures in a row take it out; of connections too */
  /* PROXY protocol. */
  PTL_OPTION_PROXY, /* PtlProxy */
  PTL_N_OPTIONS,
} PtlOption;

typedef enum
{
  PTL_BALANCE_ROUND_ROBIN,
  PTL_BALANCE_LEAST_CONNECTIONS,
  PTL_BALANCE_SOURCE_HASH,
} PtlBalance;

/* What is said to the target of who connects (HAProxy's PROXY protocol, proxy-protocol.txt section 2). */
typedef enum
{
  PTL_PROXY_NONE,
  PTL_PROXY_V1,
  PTL_PROXY_V2,
} PtlProxy;

typedef enum
{
  PTL_OPTION_TYPE_COUNT,
  PTL_OPTION_TYPE_SECONDS,
  PTL_OPTION_TYPE_BYTES, /* per second */
  PTL_OPTION_TYPE_WORD,
} PtlOptionType;

typedef struct
{
  const char *key;  /* on the bus and in the store: "MaxConnections" */
  const char *name; /* in JSON "max_connections"; on the command line with hyphens */
  PtlOptionType type;
  guint64 fallback;
  guint64 least;
  guint64 most;
  const char *const *words; /* by value; NULL where it is a number */
} PtlOptionSpec;

const PtlOptionSpec *ptl_option_get_spec (PtlOption option);
/* By key or by name (with hyphens or underscores). */
gboolean ptl_option_find (const char *text, PtlOption *option);
/* "100", "2m30s" (seconds may be bare), "10M" (bytes: k, M, G of 1000, Ki, Mi, Gi of 1024), or a word. */
gboolean ptl_option_parse (PtlOption option, const char *text, guint64 *value, GError **error);
/* The same text back. */
char *ptl_option_to_string (PtlOption option, guint64 value);
/* What it limits, as a label without a colon: "Connections of one source". A msgid. */
const char *ptl_option_get_label (PtlOption option);

/* A further place that a rule leads to. */
typedef struct
{
  PtlEndpoint *endpoint; /* as many ports as the rule's first target */
  gboolean backup;       /* only where no other is left */
} PtlTarget;

PtlTarget *ptl_target_new (const PtlEndpoint *endpoint, gboolean backup);
PtlTarget *ptl_target_copy (const PtlTarget *self);
void ptl_target_free (PtlTarget *self);
/* @a, @b: of PtlTarget; in the same order. */
gboolean ptl_targets_equal (const GPtrArray *a, const GPtrArray *b);

#define PTL_TARGETS_MAX 15 /* besides the first */

/**
 * PtlOptions:
 *
 * How the engine carries a rule: limits, time-outs, further targets, PROXY protocol. Plain data.
 */
typedef struct
{
  guint64 values[PTL_N_OPTIONS];
  GPtrArray *targets;      /* of PtlTarget, besides the rule's first target */
  PtlAudience *proxy_from; /* networks whose PROXY header is believed and asked for; NULL = none */
} PtlOptions;

PtlOptions *ptl_options_new (void); /* all at their fallbacks */
PtlOptions *ptl_options_copy (const PtlOptions *self);
void ptl_options_free (PtlOptions *self);
gboolean ptl_options_equal (const PtlOptions *a, const PtlOptions *b);
/* Nothing differs from its fallback. */
gboolean ptl_options_is_plain (const PtlOptions *self);
/* Whether they fit each other, and a rule of @protocol that leads to @target (may be NULL). INVALID, one
 * clear sentence. */
gboolean ptl_options_check (const PtlOptions *self,
                            PtlProtocol protocol,
                            const PtlEndpoint *target,
                            GError **error);

/* What differs from its fallback, in words: "Connections of one source: 5"; targets and networks too.
 * @translated: in the language of the locale; otherwise English. */
char **ptl_options_to_words (const PtlOptions *self, gboolean translated);

/* a{sv}, floating: what differs from its fallback, by key: numbers t, words s, Targets as ("host:port", "!"
 * before it: backup), ProxyFrom as. */
GVariant *ptl_options_to_variant (const PtlOptions *self);
/* The same, of what differs from @before; a list that is empty now is there, empty. */
GVariant *ptl_options_to_variant_since (const PtlOptions *self, const PtlOptions *before);
/* Takes over what @variant (a{sv}) says; what it leaves out stays. Unknown keys are refused. INVALID; then
 * @self is as before. @protocol: of the targets. */
gboolean ptl_options_apply (PtlOptions *self, GVariant *variant, PtlProtocol protocol, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlTarget, ptl_target_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlOptions, ptl_options_free)

G_END_DECLS
