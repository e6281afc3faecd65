/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-client.h"
#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/* Through which server: one of those known, or a new one. Goes on by itself when a row was chosen. */
#define PTL_TYPE_RELAY_PAGE (ptl_relay_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlRelayPage, ptl_relay_page, PTL, RELAY_PAGE, PtlWizardPage)

PtlRelayPage *ptl_relay_page_new (PtlClient *client);
/* Id of the server chosen; NULL: a new one is to be added. */
const char *ptl_relay_page_get_id (PtlRelayPage *self);
const char *ptl_relay_page_get_name (PtlRelayPage *self);
void ptl_relay_page_set_chosen (PtlRelayPage *self, const char *id, const char *name);

G_END_DECLS
