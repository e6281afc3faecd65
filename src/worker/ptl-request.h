/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"
#include "router/ptl-router-place.h"
#include "tunnel/ptl-relay.h"

G_BEGIN_DECLS

/* What callers send over the bus, turned into our types. Any program of the same user can call, so nothing is
 * taken on trust: unknown keys, wrong types, doubled keys and oversized texts are PTL_ERROR_INVALID, in one sentence
 * each. @now: Unix seconds. */

/* OpenRule's a{sv}: a rule in state `requested`, not settled yet. */
PtlRule *ptl_request_to_rule (GVariant *request, gint64 now, GError **error);
/* EditRule's a{sv}: a copy of @before with the changes. */
PtlRule *ptl_request_apply_changes (const PtlRule *before, GVariant *changes, GError **error);
/* AddRouter's a{sv}. */
PtlRouterPlace *ptl_request_to_router_place (GVariant *request, GError **error);
/* AddRelay's a{sv}. */
PtlRelay *ptl_request_to_relay (GVariant *request, GError **error);
/* Whole ids of rules are many at once: at least one, at most a thousand. */
gboolean ptl_request_check_ids (const char *const *ids, GError **error);

G_END_DECLS
