/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-error.h"
#include "ptl-name-provider.h"

G_BEGIN_DECLS

#define PTL_DYNAMIC_NAME_REFRESH_MAX 365
#define PTL_DYNAMIC_NAME_SECRET_MAX_BYTES 1024

/**
 * PtlDynamicName:
 *
 * A name in the DNS that follows the public address, and what came of following it. Plain data. The
 * secret is not in it: that is in the Secret Service alone.
 */
typedef struct
{
  char *id;       /* UUID */
  char *hostname; /* "home.example.org", ASCII, lower case */
  char *provider; /* of PtlNameProvider */
  char *server;   /* "" = the provider's own */
  char *user;
  char
      *success; /* custom: what the answer must hold (* and ? are wild); "" = any with status 200 */
  gboolean ipv4; /* whether the name's IPv4 address is kept up to date */
  gboolean ipv6;
  guint refresh_days; /* an update at least so often; 0 = only when something changes */

  /* What came of it: */
  char *published_ipv4; /* what the provider has taken; "" = nothing yet */
  char *published_ipv6;
  gint64 last_update;    /* Unix seconds of the last one that went well; 0 = none yet */
  gint64 not_before;     /* Unix seconds: no try before that, 0 = any time */
  guint tries;           /* failures in a row */
  gboolean told_to_wait; /* @not_before is the provider's wish, which a person cannot override */
  gboolean stopped; /* the provider wants no more tries before a person has changed something */
  char *message;    /* why the last try failed, or "" */
  char *advice;
} PtlDynamicName;

PtlDynamicName *ptl_dynamic_name_new (void);
PtlDynamicName *ptl_dynamic_name_copy (const PtlDynamicName *self);
void ptl_dynamic_name_free (PtlDynamicName *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlDynamicName, ptl_dynamic_name_free)

/* NULL for a provider that is not known (of a later version). */
const PtlNameProvider *ptl_dynamic_name_get_provider (const PtlDynamicName *self);
/* Where its updates go: its own server or the provider's. */
const char *ptl_dynamic_name_get_server (const PtlDynamicName *self);

/* Takes the keys Hostname s, Provider s, Server s, User s, Success s, Ipv4 b, Ipv6 b, RefreshDays u
 * of @dict (a{sv}); Secret s is passed over. Unknown keys, wrong types and texts too long are
 * PTL_ERROR_INVALID. @is_new: what is not said gets what the provider usually has. */
gboolean
ptl_dynamic_name_apply (PtlDynamicName *self, GVariant *dict, gboolean is_new, GError **error);
/* Brings what was typed into shape: the name in ASCII and lower case, a provider's domain added,
 * the usual path of a server. */
void ptl_dynamic_name_settle (PtlDynamicName *self);
/* One sentence for the first mistake; PTL_ERROR_INVALID. */
gboolean ptl_dynamic_name_validate (const PtlDynamicName *self, GError **error);
/* Whether it cannot be updated without a secret: its provider wants one, or what was typed has a place
 * for it. */
gboolean ptl_dynamic_name_needs_secret (const PtlDynamicName *self);
/* Whether @secret will do for it: there where it is needed, of characters that can be sent. */
gboolean
ptl_dynamic_name_validate_secret (const PtlDynamicName *self, const char *secret, GError **error);
/* Whether @self and @other would be updated alike: nothing about where, as whom and what differs.
 */
gboolean ptl_dynamic_name_is_same_place (const PtlDynamicName *self, const PtlDynamicName *other);

/* @text: a server as typed, "ns1.example.org", "[2001:db8::1]:5353". FALSE where it is none. */
gboolean ptl_dynamic_name_parse_server (const char *text, char **host, guint16 *port);
/* "hmac-sha256:home" or "home" (then hmac-sha256). FALSE where it is no key name. */
gboolean ptl_dynamic_name_parse_key (const char *text, char **algorithm, char **name);

G_END_DECLS
