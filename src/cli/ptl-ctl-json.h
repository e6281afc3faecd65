/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "client/ptl-client.h"
#include "client/ptl-json-add.h"
#include "core/ptl-event.h"

G_BEGIN_DECLS

/* The JSON contract: snake_case keys that are always there, RFC 3339 UTC times or null. */

void ptl_ctl_json_rule (JsonBuilder *builder, const PtlRule *rule);
/* The same members within an object that is begun already, so that more can follow. */
void ptl_ctl_json_rule_members (JsonBuilder *builder, const PtlRule *rule);
void ptl_ctl_json_event (JsonBuilder *builder, const PtlEvent *event);
void ptl_ctl_json_router (JsonBuilder *builder, PtlRouterItem *router);
void ptl_ctl_json_entry (JsonBuilder *builder, GVariant *entry);
void ptl_ctl_json_debt (JsonBuilder *builder, GVariant *debt);

/* {"key": [ ... and ptl_ctl_json_end_list() after the elements. */
JsonBuilder *ptl_ctl_json_begin_list (const char *key);
void ptl_ctl_json_end_list (JsonBuilder *builder);

G_END_DECLS
