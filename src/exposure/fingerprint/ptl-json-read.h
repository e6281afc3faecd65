/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "ptl-pattern.h"

G_BEGIN_DECLS

/* Members of JSON objects, read strictly: what has the wrong type is INVALID, a member that is
 * missing leaves the output alone. */

/* TRUE where @object has no member but those in @known (NULL-terminated). */
gboolean ptl_json_only (JsonObject *object, const char *const *known, GError **error);
gboolean ptl_json_text (JsonObject *object, const char *name, char **text, GError **error);
gboolean ptl_json_flag (JsonObject *object, const char *name, gboolean *flag, GError **error);
gboolean ptl_json_numbers (JsonObject *object,
                           const char *name,
                           gsize size,
                           GArray **numbers,
                           GError **error);
/* NULL with no error where it is missing. */
gboolean ptl_json_array (JsonObject *object, const char *name, JsonArray **array, GError **error);
gboolean ptl_json_object (JsonObject *object, const char *name, JsonObject **child, GError **error);
JsonObject *ptl_json_element (JsonArray *array, guint index, GError **error);
gboolean ptl_json_pattern (JsonObject *object,
                           const char *name,
                           gboolean caseless,
                           PtlPattern **pattern,
                           GError **error);
/* One of ptl_auth_to_string() as @auth. */
gboolean ptl_json_auth (JsonObject *object, const char *name, int *auth, GError **error);

G_END_DECLS
