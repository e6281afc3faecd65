/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-address-set.h"
#include "ptl-firewall-opening.h"

G_BEGIN_DECLS

/**
 * PtlFirewalldZone:
 *
 * What a zone of firewalld does with whoever comes in, as its runtime configuration says (firewalld.zone(5)); or a policy
 * (firewalld.policy(5)), which is asked before or after it. Pure: it is fed with what firewalld answered.
 *
 * What a MAC address stands for is not known: who is let in or turned away by that alone is left out.
 */
typedef struct _PtlFirewalldZone PtlFirewalldZone;

PtlFirewalldZone *ptl_firewalld_zone_new (const char *name);
void ptl_firewalld_zone_free (PtlFirewalldZone *self);
const char *ptl_firewalld_zone_get_name (const PtlFirewalldZone *self);
/* Of a policy: below 0 it is asked before the zones. */
int ptl_firewalld_zone_get_priority (const PtlFirewalldZone *self);
/* Of a policy: whether it is for those that come by @zone to this computer. */
gboolean ptl_firewalld_zone_concerns (const PtlFirewalldZone *self, const char *zone);
/* Whether it turns away, by its target, without being asked for it. */
gboolean ptl_firewalld_zone_is_shut (const PtlFirewalldZone *self);

/* Takes in a zone's settings (a{sv} of getZoneSettings2) or a policy's (of getPolicySettings). */
void ptl_firewalld_zone_add_settings (PtlFirewalldZone *self, GVariant *settings);
/* The names of the services and sets of addresses that its settings speak of. (transfer full) */
char **ptl_firewalld_zone_dup_services (const PtlFirewalldZone *self);
char **ptl_firewalld_zone_dup_sets (const PtlFirewalldZone *self);
/* Once all of them are there. @services: name -> settings (a{sv} of getServiceSettings2). */
void ptl_firewalld_zone_settle (PtlFirewalldZone *self, GHashTable *services);

/* One port that somebody asks for. */
typedef struct
{
  PtlProtocol protocol; /* TCP or UDP */
  guint16 port;
  guint8 family;        /* 4 or 6 */
  const char *address;  /* this computer's that is asked; NULL = not known, or several */
  GHashTable *sets;     /* name -> GArray of PtlNetwork */
  const GPtrArray *own; /* of PtlFirewallOpening: those are looked past; or NULL */
  gboolean opened;      /* as if the port were opened in the zone */
} PtlFirewalldAsk;

/* Who of *@rest gets in by it is put into *@in, and whoever it decides about is taken out of *@rest. */

void ptl_firewalld_zone_weigh (const PtlFirewalldZone *self, const PtlFirewalldAsk *ask, PtlAddressSet **in, PtlAddressSet **rest);
/* What its target does with *@rest. */
void ptl_firewalld_zone_weigh_target (const PtlFirewalldZone *self, PtlAddressSet **in, PtlAddressSet **rest);
/* Adds those of @first to @last to @ports (of guint) at which something of its answers may become another. */
void ptl_firewalld_zone_list_edges (const PtlFirewalldZone *self, guint first, guint last, GArray *ports);

/* The addresses that a zone's or a rule's source stands for. NULL: that is not known. @not: all others. */
PtlAddressSet *ptl_firewalld_find_source (const char *source, gboolean not, guint8 family, GHashTable *sets);

/* Whether just this is there, by whomever. */
gboolean ptl_firewalld_zone_has (const PtlFirewalldZone *self, const PtlFirewallOpening *opening);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlFirewalldZone, ptl_firewalld_zone_free)

G_END_DECLS
