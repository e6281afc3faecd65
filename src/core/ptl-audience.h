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

#define PTL_AUDIENCE_MAX_NETWORKS 20000

/**
 * PtlAudience:
 *
 * Who may connect: anyone, or a list of networks, some of them denied. Where networks lie within one
 * another the narrowest (the longest match) decides; a source that no network holds may connect where
 * none is allowed by name. Immutable and counted, so that the engine's threads may hold it.
 * IPv4-mapped IPv6 sources are matched as IPv4.
 *
 * As a list of texts (bus, store): "10.0.0.0/8" is allowed, "!10.0.0.5" is denied.
 */
typedef struct _PtlAudience PtlAudience;
#define PTL_TYPE_AUDIENCE (ptl_audience_get_type ())
GType ptl_audience_get_type (void);

PtlAudience *ptl_audience_new_anyone (void);
/* @networks: NULL-terminated texts; NULL or empty = anyone. One network both allowed and denied is an
 * error. INVALID. */
PtlAudience *ptl_audience_new (const char *const *networks, GError **error);
/* The same audience without @network (text as above, without "!"), and then with it denied. (transfer
 * full) */
PtlAudience *ptl_audience_deny (const PtlAudience *self, const char *network, GError **error);
/* The same audience without the denial of @network. NOT_FOUND where it is not denied. (transfer full) */
PtlAudience *ptl_audience_undeny (const PtlAudience *self, const char *network, GError **error);
PtlAudience *ptl_audience_ref (PtlAudience *self);
void ptl_audience_unref (PtlAudience *self);
/* No network at all: nobody is allowed by name, nobody denied. */
gboolean ptl_audience_is_anyone (const PtlAudience *self);
/* Those allowed by name. */
guint ptl_audience_get_n_networks (const PtlAudience *self);
const PtlNetwork *ptl_audience_get_network (const PtlAudience *self, guint index);
guint ptl_audience_get_n_denied (const PtlAudience *self);
const PtlNetwork *ptl_audience_get_denied (const PtlAudience *self, guint index);
/* @family 4 (4 bytes) or 6 (16 bytes). Safe in any thread, allocates nothing; its cost grows with the
 * logarithm of the number of networks. */
gboolean ptl_audience_contains (const PtlAudience *self, guint8 family, const guint8 *bytes);
char **ptl_audience_to_strv (const PtlAudience *self); /* empty for anyone */
/* "anyone", "10.0.0.0/8, ...", "anyone but 1.2.3.4/32", "10.0.0.0/8 but 10.0.0.5/32" */
char *ptl_audience_to_string (const PtlAudience *self);
gboolean ptl_audience_equal (const PtlAudience *a, const PtlAudience *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlAudience, ptl_audience_unref)

G_END_DECLS
