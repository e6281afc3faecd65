/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The words of an exposure report. Their names are stable: they are on the bus, in the store and in
 * JSON. */

/* How bad it is that those who can reach it can reach it. */
typedef enum
{
  PTL_SEVERITY_INFO,
  PTL_SEVERITY_LOW,
  PTL_SEVERITY_MEDIUM,
  PTL_SEVERITY_HIGH,
  PTL_SEVERITY_CRITICAL,
  PTL_N_SEVERITIES /*< skip >*/
} PtlSeverity;

/* Whether a service asks who somebody is. */
typedef enum
{
  PTL_AUTH_UNKNOWN,   /* it was not asked, or its answer does not tell */
  PTL_AUTH_OPEN,      /* it did something for us without a login */
  PTL_AUTH_PROTECTED, /* it asked for a login, or refused us for want of one */
  PTL_AUTH_NONE,      /* services of this kind know no login: a time server, a name server */
  PTL_N_AUTHS         /*< skip >*/
} PtlAuth;

/* Where from it was looked. */
typedef enum
{
  PTL_VANTAGE_MACHINE,    /* the sockets of this machine */
  PTL_VANTAGE_LAN,        /* its address in the home's network */
  PTL_VANTAGE_HAIRPIN,    /* the router's public address, from inside */
  PTL_VANTAGE_RELAY,      /* a relay of the person's own, from outside */
  PTL_VANTAGE_INTERNETDB, /* what Shodan's InternetDB knew lately */
  PTL_VANTAGE_SHODAN,     /* Shodan, with the person's key */
  PTL_VANTAGE_CENSYS,     /* Censys, with the person's key */
  PTL_N_VANTAGES          /*< skip >*/
} PtlVantageKind;

/* What came of looking. Five answers, and none of them stands for another. */
typedef enum
{
  PTL_SEEN_FAILED,   /* the look itself did not come about: nothing is known */
  PTL_SEEN_OPEN,     /* somebody answered */
  PTL_SEEN_CLOSED,   /* refused: nothing listens */
  PTL_SEEN_FILTERED, /* silence, or a firewall's word */
  PTL_SEEN_UNLISTED, /* a record of others does not name it, which proves nothing */
  PTL_N_SEENS        /*< skip >*/
} PtlSeenState;

/* "critical", "protected", "relay", "filtered", ... */
const char *ptl_severity_to_string (PtlSeverity severity);
const char *ptl_auth_to_string (PtlAuth auth);
const char *ptl_vantage_to_string (PtlVantageKind vantage);
const char *ptl_seen_to_string (PtlSeenState state);

/* FALSE for a name that is none; the output is left alone then. */
gboolean ptl_severity_from_string (const char *name, PtlSeverity *severity);
gboolean ptl_auth_from_string (const char *name, PtlAuth *auth);
gboolean ptl_vantage_from_string (const char *name, PtlVantageKind *vantage);
gboolean ptl_seen_from_string (const char *name, PtlSeenState *state);

/* For the screen, translated: "Critical", "Asks for a login", "From the internet, by your relay",
 * "Filtered". */
const char *ptl_severity_to_title (PtlSeverity severity);
const char *ptl_auth_to_title (PtlAuth auth);
const char *ptl_vantage_to_title (PtlVantageKind vantage);
const char *ptl_seen_to_title (PtlSeenState state);

G_END_DECLS
