/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What answers at a target, in a sentence for people; @identity: as IdentifyTarget gives it. NULL
 * where there is nothing to say: nobody answered in time. (transfer full) (nullable) */
char *ptl_answering_describe (GVariant *identity);
/* The same of all that CheckRule found, a line each. @plan: its answer. (transfer full) (nullable)
 */
char *ptl_answering_describe_plan (GVariant *plan);

G_END_DECLS
