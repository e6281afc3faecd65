/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-firewalld-zones.h"

G_BEGIN_DECLS

/* Inside of PtlFirewalldZones, for its own files alone. */

typedef struct
{
  PtlFirewalldZone *zone;
  char **sources; /* NULL: that of the interface, for all others */
} PtlFirewalldBound;

struct _PtlFirewalldZones
{
  char *interface;
  GQueue *questions;   /* of Question, the first one asked now */
  GPtrArray *bound;    /* of PtlFirewalldBound, in their order; that of the interface is the last one */
  GPtrArray *policies; /* of PtlFirewalldZone, by their priority once settled */
  GHashTable *services; /* name -> GVariant or NULL */
  GHashTable *sets;     /* name -> GArray of PtlNetwork */
  gboolean settled;
};

/* The families (4, 6) that @host may be come to by, ended by 0. */
void ptl_firewalld_list_families (const char *host, guint8 families[3]);
/* @host where it is one address; else NULL. */
const char *ptl_firewalld_find_address (const char *host);
/* Who of @mine gets in at one port of @bound. (transfer full) */
PtlAddressSet *ptl_firewalld_zones_weigh_bound (const PtlFirewalldZones *self, const PtlFirewalldBound *bound, const PtlFirewalldAsk *ask, const PtlAddressSet *mine);
/* Takes those of *@rest that @bound is for. (transfer full) */
PtlAddressSet *ptl_firewalld_zones_take_mine (const PtlFirewalldZones *self, const PtlFirewalldBound *bound, guint8 family, PtlAddressSet **rest);
/* The first ports (guint) of the runs in those of @where, in all of which the answers are the same. @own: as in
 * PtlFirewalldAsk. (transfer full) */
GArray *ptl_firewalld_zones_list_runs (const PtlFirewalldZones *self, const PtlFirewalldBound *bound, const PtlEndpoint *where, const GPtrArray *own);

G_END_DECLS
