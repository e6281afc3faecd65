/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"
#include "ptl-child.h"
#include "ptl-relay.h"

G_BEGIN_DECLS

/* Whether the key file that the relay names can be read, if it names one: PERMISSION. */
gboolean ptl_ssh_check_key_file (const PtlRelay *relay, GError **error);
/* Writes the relay's settings to @state_dir and starts ssh with them. Errors, none of which goes
 * away by trying again: INVALID, PERMISSION (the key file), FAILED (no ssh, nowhere to write). */
PtlChild *ptl_ssh_spawn (const PtlRelay *relay,
                         gboolean remote,
                         const PtlEndpoint *listen,
                         const PtlEndpoint *target,
                         const char *state_dir,
                         GError **error);

G_END_DECLS
