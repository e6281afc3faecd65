/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Networks as a person types them, between commas, semicolons or blanks; each must be one
 * (ptl_network_parse()), and at least one must be there. @networks: (transfer full). */
gboolean ptl_audience_parse (const char *text, char ***networks, GError **error);

G_END_DECLS
