/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a provider of dynamic names speaks. */
typedef enum
{
  PTL_NAME_PROTOCOL_DYNDNS2,    /* https://help.dyn.com/remote-access-api/ and many after it */
  PTL_NAME_PROTOCOL_DUCKDNS,    /* https://www.duckdns.org/spec.jsp */
  PTL_NAME_PROTOCOL_CLOUDFLARE, /* API v4 */
  PTL_NAME_PROTOCOL_RFC2136,    /* with TSIG (RFC 8945), by nsupdate */
  PTL_NAME_PROTOCOL_CUSTOM,     /* whatever address the person types */
} PtlNameProtocol;

/* How a dyndns2 server wants the addresses. */
typedef enum
{
  PTL_NAME_STYLE_APART,    /* myip=v4&myipv6=v6; the one alone in myip */
  PTL_NAME_STYLE_COMMA,    /* myip=v4,v6 */
  PTL_NAME_STYLE_NO,       /* apart; "no" = leave that one as it is */
  PTL_NAME_STYLE_PRESERVE, /* apart (myipv4); "preserve" = leave that one as it is */
} PtlNameStyle;

/**
 * PtlNameProvider:
 *
 * A provider of dynamic names: what is asked for it, and what is known of it. Texts marked so are
 * to be shown through gettext.
 */
typedef struct
{
  const char *id;    /* stable: in the store, on the bus, in JSON */
  const char *title; /* translatable */
  PtlNameProtocol protocol;
  PtlNameStyle style;
  const char *server;       /* where updates go; NULL = the person says where */
  const char *server_label; /* translatable; NULL = not asked, it is always @server */
  const char *user_label;   /* translatable; NULL = has none */
  gboolean user_needed;
  const char *secret_label; /* translatable */
  gboolean secret_needed;
  const char *domain;   /* what its names end with, or NULL */
  guint refresh_days;   /* an update at least so often, or the provider lets the name lapse; 0 = no
                           need */
  const char *help;     /* translatable: where the secret is to be had */
  const char *help_url; /* or NULL */
} PtlNameProvider;

/* All of them, in the order to show; ended by one without an id. */
const PtlNameProvider *ptl_name_provider_list (void);
/* NULL where there is none of this id. */
const PtlNameProvider *ptl_name_provider_find (const char *id);
const char *ptl_name_provider_get_title (const PtlNameProvider *self);

G_END_DECLS
