/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-audience.h"

G_BEGIN_DECLS

/* From this address on, up to the next edge, sources are allowed or not. */
typedef struct
{
  guint8 bytes[16];
  gboolean allowed;
} PtlAudienceEdge;

/* Networks lie within one another or apart, so that every address has one verdict: this lays them flat.
 * @allowed, @denied: of which those of @family count. @fallback: the verdict where no network is.
 * Returns: (transfer full) (element-type PtlAudienceEdge): in order; addresses before the first have
 * @fallback. */
GArray *ptl_audience_edges_new (guint8 family,
                                const PtlNetwork *allowed,
                                guint n_allowed,
                                const PtlNetwork *denied,
                                guint n_denied,
                                gboolean fallback);
gboolean ptl_audience_edges_find (const GArray *self,
                                  guint8 family,
                                  const guint8 *bytes,
                                  gboolean fallback);

G_END_DECLS
