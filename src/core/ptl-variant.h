/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-endpoint.h"

G_BEGIN_DECLS

/* Reading and writing a{sv} for the types of this folder; not for others. A getter leaves its
 * output alone where the key is missing; a wrong type or value is PTL_ERROR_INVALID, naming the
 * key. They read from a GVariantDict, because looking up thirty keys in an a{sv} walks it thirty
 * times, and a list of a thousand rules is read at once. */
gboolean ptl_variant_is_dict (GVariant *dict, GError **error);
gboolean ptl_variant_get_string (GVariantDict *dict, const char *key, char **value, GError **error);
gboolean ptl_variant_get_int64 (GVariantDict *dict, const char *key, gint64 *value, GError **error);
gboolean
ptl_variant_get_uint64 (GVariantDict *dict, const char *key, guint64 *value, GError **error);
gboolean
ptl_variant_get_boolean (GVariantDict *dict, const char *key, gboolean *value, GError **error);
/* "as"; what is at @value is freed. */
gboolean ptl_variant_get_strv (GVariantDict *dict, const char *key, char ***value, GError **error);
gboolean ptl_variant_get_port (GVariantDict *dict, const char *key, guint16 *value, GError **error);
/* "" is PTL_PROTOCOL_NONE. */
gboolean
ptl_variant_get_protocol (GVariantDict *dict, const char *key, PtlProtocol *value, GError **error);
/* "" is NULL. */
gboolean ptl_variant_get_endpoint (GVariantDict *dict,
                                   const char *key,
                                   PtlProtocol protocol,
                                   PtlEndpoint **value,
                                   GError **error);
/* (transfer full) (nullable): NULL where it is missing, with @error unset. */
GVariant *
ptl_variant_get_value (GVariantDict *dict, const char *key, const char *type, GError **error);

void ptl_variant_add_string (GVariantBuilder *builder, const char *key, const char *value);
void ptl_variant_add_int64 (GVariantBuilder *builder, const char *key, gint64 value);
void ptl_variant_add_uint64 (GVariantBuilder *builder, const char *key, guint64 value);
void ptl_variant_add_endpoint (GVariantBuilder *builder, const char *key, const PtlEndpoint *value);

G_END_DECLS
