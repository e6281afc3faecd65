/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"
#include "ptl-sockaddr.h"

G_BEGIN_DECLS

/**
 * PtlGate:
 *
 * What the names of a forward's targets may not lead to: what policy forbids, the routers, and the forward itself.
 * Immutable and counted.
 */
typedef struct _PtlGate PtlGate;

/* @listen: as bound. @forbidden: NULL-terminated addresses, may be NULL. */
PtlGate *ptl_gate_new (const PtlEndpoint *listen, const char *const *forbidden);
/* The forward listens at @beside too. Before others hold the gate. */
void ptl_gate_set_beside (PtlGate *self, const PtlEndpoint *beside);
PtlGate *ptl_gate_ref (PtlGate *self);
void ptl_gate_unref (PtlGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlGate, ptl_gate_unref)

/* Whether @target, which is a name, may lead to @address. POLICY. May take a system call or two. */
gboolean ptl_gate_check (const PtlGate *self,
                         const PtlEndpoint *target,
                         const PtlSockaddr *address,
                         GError **error);

G_END_DECLS
