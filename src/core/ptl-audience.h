/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* An IPv4 or IPv6 network. @family: 4 or 6; @bytes in network order, those past the prefix are
 * zero. */
typedef struct
{
  guint8 bytes[16];
  guint8 family;
  guint8 prefix;
} PtlNetwork;

/* "10.0.0.0/8", "fe80::/10", or a lone address (a /32 or /128). Host bits that are set are an error
 * that names the network meant. An IPv4-mapped IPv6 network is turned into IPv4. */
gboolean ptl_network_parse (const char *text, PtlNetwork *network, GError **error);
char *ptl_network_to_string (const PtlNetwork *self);
gboolean ptl_network_contains (const PtlNetwork *self, guint8 family, const guint8 *bytes);

/**
 * PtlAudience:
 *
 * Who may connect: anyone, or a list of networks. Immutable and counted, so that the engine's
 * threads may hold it. IPv4-mapped IPv6 sources are matched as IPv4.
 */
typedef struct _PtlAudience PtlAudience;
#define PTL_TYPE_AUDIENCE (ptl_audience_get_type ())
GType ptl_audience_get_type (void);

PtlAudience *ptl_audience_new_anyone (void);
/* @networks: NULL-terminated texts; NULL or empty = anyone. */
PtlAudience *ptl_audience_new (const char *const *networks, GError **error);
PtlAudience *ptl_audience_ref (PtlAudience *self);
void ptl_audience_unref (PtlAudience *self);
gboolean ptl_audience_is_anyone (const PtlAudience *self);
guint ptl_audience_get_n_networks (const PtlAudience *self);
const PtlNetwork *ptl_audience_get_network (const PtlAudience *self, guint index);
/* @family 4 (4 bytes) or 6 (16 bytes). Safe in any thread, allocates nothing. */
gboolean ptl_audience_contains (const PtlAudience *self, guint8 family, const guint8 *bytes);
char **ptl_audience_to_strv (const PtlAudience *self);  /* empty for anyone */
char *ptl_audience_to_string (const PtlAudience *self); /* "anyone" or "10.0.0.0/8, ..." */
gboolean ptl_audience_equal (const PtlAudience *a, const PtlAudience *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlAudience, ptl_audience_unref)

G_END_DECLS
