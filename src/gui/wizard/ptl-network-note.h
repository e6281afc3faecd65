/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlNetworkNote:
 *
 * Says that there is no router which takes mappings, and offers the way through a server (action
 * `wizard.use-server`). Not to be seen while all is well.
 */
#define PTL_TYPE_NETWORK_NOTE (ptl_network_note_get_type ())
G_DECLARE_FINAL_TYPE (PtlNetworkNote, ptl_network_note, PTL, NETWORK_NOTE, AdwPreferencesGroup)

void ptl_network_note_set_client (PtlNetworkNote *self, PtlClient *client);
/* "no-router" and "no-gateway"; "searching" and "ok" are no reason to send anyone elsewhere. */
gboolean ptl_network_state_is_bad (const char *state);

G_END_DECLS
