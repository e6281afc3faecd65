/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A member each, of an object that is begun already. */
void ptl_json_add_text (JsonBuilder *builder, const char *key, const char *text);
void ptl_json_add_text_or_null (JsonBuilder *builder, const char *key, const char *text); /* "" is null */
void ptl_json_add_int (JsonBuilder *builder, const char *key, gint64 number);
void ptl_json_add_time (JsonBuilder *builder, const char *key, gint64 unix_seconds); /* 0 is null */
void ptl_json_add_bool (JsonBuilder *builder, const char *key, gboolean value);
/* NULL is an empty list. */
void ptl_json_add_texts (JsonBuilder *builder, const char *key, const char *const *texts);

G_END_DECLS
