/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-rule.h"

G_BEGIN_DECLS

#define PTL_NAME_MAX_CHARS 80
#define PTL_OWNER_MAX_CHARS 80
#define PTL_PURPOSE_MAX_CHARS 200
#define PTL_RANGE_MAX_PORTS 1000
#define PTL_EXPIRY_MIN_SECONDS 1
#define PTL_EXPIRY_MAX_SECONDS (366 * 24 * 3600)

/* Fills in what a person may leave out: the name from target and kind, the way (guarded for a
 * mapping to this computer, direct for one to another host, remote for a tunnel), the listen
 * address 127.0.0.1, the target host of a mapping (127.0.0.1), the target ports from the public
 * ones or the other way round. */
void ptl_rule_settle (PtlRule *rule);
/* The same for further targets alone: what is left out of one is as with the first. */
void ptl_rule_settle_further_targets (PtlRule *rule);
/* Whether ptl_rule_settle() made its name, of its endpoints or preset: then it has to change with them. */
gboolean ptl_rule_is_name_made (const PtlRule *rule);
/* One clear sentence per mistake, the first one found; PTL_ERROR_INVALID. @now: Unix seconds. */
gboolean ptl_rule_validate (const PtlRule *rule, gint64 now, GError **error);
gboolean ptl_validate_text (const char *what,
                            const char *text,
                            gsize max_chars,
                            gboolean required,
                            GError **error);
/* ssh: host from [A-Za-z0-9._:-], first character alphanumeric or ':'; user likewise (facts:
 * faults.md). */
gboolean ptl_validate_relay_host (const char *host, GError **error);
gboolean ptl_validate_relay_user (const char *user, GError **error);

G_END_DECLS
