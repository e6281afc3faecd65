/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-audience.h"

G_BEGIN_DECLS

/**
 * PtlAddressSet:
 *
 * Some addresses of one family, as those that a firewall lets in. Immutable and pure.
 */
typedef struct _PtlAddressSet PtlAddressSet;

/* @family: 4 or 6; networks of the other one are left out. */
PtlAddressSet *ptl_address_set_new (guint8 family, const PtlNetwork *networks, guint n);
PtlAddressSet *ptl_address_set_new_all (guint8 family);
void ptl_address_set_free (PtlAddressSet *self);

/* The sets of both are of one family. (transfer full) */
PtlAddressSet *ptl_address_set_invert (const PtlAddressSet *self);
PtlAddressSet *ptl_address_set_intersect (const PtlAddressSet *a, const PtlAddressSet *b);
PtlAddressSet *ptl_address_set_unite (const PtlAddressSet *a, const PtlAddressSet *b);
/* Puts the union in the place of *@self, which is freed. */
void ptl_address_set_add (PtlAddressSet **self, const PtlAddressSet *other);
PtlAddressSet *ptl_address_set_subtract (const PtlAddressSet *a, const PtlAddressSet *b);

gboolean ptl_address_set_is_empty (const PtlAddressSet *self);
gboolean ptl_address_set_is_all (const PtlAddressSet *self);
/* The networks that it is made of, "192.0.2.0/24", in their order; NULL where those are more than @max. (transfer full) */
char **ptl_address_set_dup_networks (const PtlAddressSet *self, guint max);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlAddressSet, ptl_address_set_free)

G_END_DECLS
