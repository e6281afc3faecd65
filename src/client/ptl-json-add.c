/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-json-add.h"

#include "core/ptl-time.h"

void
ptl_json_add_text (JsonBuilder *builder, const char *key, const char *text)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, text != NULL ? text : "");
}

void
ptl_json_add_text_or_null (JsonBuilder *builder, const char *key, const char *text)
{
  json_builder_set_member_name (builder, key);
  if (text != NULL && *text != '\0')
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

void
ptl_json_add_int (JsonBuilder *builder, const char *key, gint64 number)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, number);
}

void
ptl_json_add_time (JsonBuilder *builder, const char *key, gint64 unix_seconds)
{
  g_autofree char *text = unix_seconds != 0 ? ptl_time_to_rfc3339 (unix_seconds) : NULL;

  ptl_json_add_text_or_null (builder, key, text);
}

void
ptl_json_add_bool (JsonBuilder *builder, const char *key, gboolean value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_boolean_value (builder, value);
}

void
ptl_json_add_texts (JsonBuilder *builder, const char *key, const char *const *texts)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    json_builder_add_string_value (builder, texts[i]);
  json_builder_end_array (builder);
}
