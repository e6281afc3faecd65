/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-witness.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_WAN_UNKNOWN, /* the router does not say */
  PTL_WAN_CONNECTED,
  PTL_WAN_DISCONNECTED,
} PtlWanState;
/* "unknown", "connected", "disconnected" */
const char *ptl_wan_state_to_string (PtlWanState state);

typedef enum
{
  PTL_HAIRPIN_UNTESTED,
  PTL_HAIRPIN_WORKS,
  PTL_HAIRPIN_FAILS,
} PtlHairpin;
/* "untested", "works", "fails" */
const char *ptl_hairpin_to_string (PtlHairpin hairpin);

/* Who holds the public address that the internet sees (ptl-trace.h). */
typedef enum
{
  PTL_HOLDER_UNKNOWN,
  PTL_HOLDER_ROUTER, /* the first one on the way */
  PTL_HOLDER_BEYOND, /* somebody after it */
} PtlHolder;

/* A protocol by which the router takes mappings. */
typedef struct
{
  char *name;    /* "pcp", "natpmp", "upnp" */
  char *version; /* "2", "0", "IGD:1" */
} PtlSpoken;
PtlSpoken *ptl_spoken_new (const char *name, const char *version);

/**
 * PtlCheckFacts:
 *
 * All that is known of the network that we are in. Texts are never NULL: "" = not known, and those that come from
 * the network are safe to show.
 */
typedef struct
{
  /* this computer */
  gboolean connected;  /* it has a way out of any kind */
  char *way_interface; /* by which IPv4 leaves, as the kernel decides */
  char *way_address;   /* the address with which it leaves */
  gboolean vpn;        /* that interface is one of a VPN */
  char *local_ipv6;    /* the global IPv6 address with which it leaves */

  /* the router */
  char *router_id;
  char *router_address; /* "" = there is none */
  char *router_interface;
  char *router_local; /* this computer's address towards it */
  char *router_name;
  char *router_model;
  gint64 uptime;      /* seconds, of its connection; -1 = not told */
  GPtrArray *spoken;  /* of PtlSpoken */
  gboolean searching; /* it has not been asked to the end */
  char *wan_address;
  PtlWanState wan_state;

  /* the internet */
  gboolean asked;       /* whether anybody there was asked */
  GPtrArray *witnesses; /* of PtlWitness */
  PtlHolder holder;
  GPtrArray *upstream;  /* of char *: who is on the way after the router and is not public; nearest first */

  PtlHairpin hairpin;
  char *hairpin_reason; /* why it was not tested */
} PtlCheckFacts;

PtlCheckFacts *ptl_check_facts_new (void);
void ptl_check_facts_free (PtlCheckFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlCheckFacts, ptl_check_facts_free)

/* Frees what is there; NULL is "". */
void ptl_check_facts_set (char **field, const char *text);
/* What was found out of the internet by an earlier check of the same network; @from keeps it too. */
void ptl_check_facts_take_outside (PtlCheckFacts *self, const PtlCheckFacts *from);
/* Whether two are of the same network: the same way out, router and WAN address. */
gboolean ptl_check_facts_same_network (const PtlCheckFacts *a, const PtlCheckFacts *b);

/* What the witnesses say together. */
typedef struct
{
  const char *ipv4; /* "" = not known */
  const char *ipv6;
  guint n_asked;
  guint n_answered;
  guint n_unreachable;
  const PtlWitness *first, *other; /* two that were asked from one socket and saw it at different places; NULL */
} PtlOutside;
void ptl_check_facts_look_outside (const PtlCheckFacts *self, PtlOutside *outside);

G_END_DECLS
