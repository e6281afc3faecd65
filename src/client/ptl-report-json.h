/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "core/ptl-report.h"

G_BEGIN_DECLS

/* A report as JSON, as portolanctl prints it and the window exports it: {"report": {...}, "findings":
 * [...]}, with snake_case keys that are always there, and RFC 3339 UTC times or null. */
void ptl_report_to_json (const PtlReport *self, JsonBuilder *builder);
/* Its head alone, as an object. */
void ptl_report_head_to_json (const PtlReport *self, JsonBuilder *builder);
/* One finding, as an object. */
void ptl_finding_to_json (const PtlFinding *finding, JsonBuilder *builder);

G_END_DECLS
