/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-audience.h"
#include "ptl-firewall-view.h"
#include "ptl-firewalld-zone.h"

G_BEGIN_DECLS

/* With more networks than these, ports are opened to everyone: the engine keeps to the networks anyway. */
#define PTL_FIREWALLD_NETWORKS_MAX 32

/* What firewalld is asked. */
typedef enum
{
  PTL_FIREWALLD_ASK_ZONES,    /* zone.getActiveZones: a{sa{sas}} */
  PTL_FIREWALLD_ASK_DEFAULT,  /* getDefaultZone: s */
  PTL_FIREWALLD_ASK_POLICIES, /* policy.getActivePolicies: a{sa{sas}} */
  PTL_FIREWALLD_ASK_ZONE,     /* zone.getZoneSettings2: a{sv} */
  PTL_FIREWALLD_ASK_POLICY,   /* policy.getPolicySettings: a{sv} */
  PTL_FIREWALLD_ASK_SERVICE,  /* getServiceSettings2: a{sv} */
  PTL_FIREWALLD_ASK_SET,      /* ipset.getEntries: as */
} PtlFirewalldQuestion;

/**
 * PtlFirewalldZones:
 *
 * The zones of firewalld that those may meet who come by one interface, in the order in which firewalld goes by: first the
 * zones that are bound to sources, by their names; then the zone of the interface, or the default one. Each is a whole: who
 * is in the first one is never asked by the next. Pure: it says what has to be asked, and is told the answers.
 */
typedef struct _PtlFirewalldZones PtlFirewalldZones;

/* @interface: "" = the usual one, which is in the default zone. */
PtlFirewalldZones *ptl_firewalld_zones_new (const char *interface);
void ptl_firewalld_zones_free (PtlFirewalldZones *self);

/* The next question; its @name lives until the answer is given. FALSE: all is known, and the rest may be called. */
gboolean ptl_firewalld_zones_next (PtlFirewalldZones *self, PtlFirewalldQuestion *question, const char **name);
/* @answer: NULL = there was none. FALSE: without it nothing can be said. */
gboolean ptl_firewalld_zones_answer (PtlFirewalldZones *self, GVariant *answer);

/* The zone of the interface. */
const char *ptl_firewalld_zones_get_name (const PtlFirewalldZones *self);
/* Who gets in at all ports of @where by @family (4 or 6). @where's host: this computer's address, NULL = not known.
 * (transfer full) */
PtlAddressSet *ptl_firewalld_zones_find (const PtlFirewalldZones *self, const PtlEndpoint *where, guint8 family);
/* Whether just this is there, by whomever. */
gboolean ptl_firewalld_zones_have (const PtlFirewalldZones *self, const PtlFirewallOpening *opening);
/* What has to be opened so that @audience gets in at @where (of PtlFirewallOpening); empty: all of it is let in already, or
 * opening would not help. Whoever is of a zone that turns away on purpose is left to that, unless the audience names them.
 * What is in @own (of PtlFirewallOpening) was opened by us: that it is there counts as nothing. */
GPtrArray *ptl_firewalld_zones_plan (const PtlFirewalldZones *self, const PtlEndpoint *where, const PtlAudience *audience, const GPtrArray *own);
/* Fills @view in for @audience at @where, by the families that its host stands for. */
void ptl_firewalld_zones_weigh (const PtlFirewalldZones *self, const PtlEndpoint *where, const PtlAudience *audience, PtlFirewallView *view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlFirewalldZones, ptl_firewalld_zones_free)

G_END_DECLS
