/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ddns/ptl-ddns-update.h"

G_BEGIN_DECLS

/* DNS UPDATE (RFC 2136), signed by TSIG (RFC 8945), through nsupdate of BIND: what it is told, and
 * what it says. Pure. */

/* nsupdate's standard input, the key in it: so nothing secret is on a command line or in a file.
 * NULL where the server or the key's name cannot be used, which ptl_dynamic_name_validate() would
 * have said. (transfer full) */
char *ptl_ddns_nsupdate_dup_script (const PtlDdnsRequest *request);
/* @exit_code: of nsupdate; @output: what it printed, any bytes. */
PtlDdnsAnswer *
ptl_ddns_nsupdate_parse (int exit_code, const char *output, gsize length, const char *server);

G_END_DECLS
