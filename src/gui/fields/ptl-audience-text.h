/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-audience.h"

G_BEGIN_DECLS

/* How a person says who may connect. */
typedef enum
{
  PTL_WHO_ANYONE,
  PTL_WHO_ONLY, /* some networks, and some within them not */
  PTL_WHO_BUT,  /* everyone but some networks */
} PtlWho;

/* Networks as a person types them, between commas, semicolons or blanks; each must be one
 * (ptl_network_parse()), and at least one must be there. @networks: (transfer full). */
gboolean ptl_audience_parse (const char *text, char ***networks, GError **error);
/* @networks: as above, of those allowed (ONLY) or denied (BUT); @except: of those denied within (ONLY), may be
 * empty. */
PtlAudience *ptl_audience_compose (PtlWho who, const char *networks, const char *except, GError **error);
/* The other way round: the same audience as a person says it. @networks, @except: (transfer full). */
PtlWho ptl_audience_take_apart (const PtlAudience *audience, char **networks, char **except);

G_END_DECLS
