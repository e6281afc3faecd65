/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "ptl-ctl.h"

G_BEGIN_DECLS

/* What CheckNetwork answers (@result: a{sv}), for people and as an object of JSON. */
void ptl_ctl_print_network (PtlCtl *self, GVariant *result);
void ptl_ctl_json_network (JsonBuilder *builder, GVariant *result);
/* Whether others can connect in. */
gboolean ptl_ctl_network_is_reachable (GVariant *result);

G_END_DECLS
