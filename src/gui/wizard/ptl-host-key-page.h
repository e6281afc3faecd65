/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/* A server showed a host key that is not known: the person compares its fingerprint and says whether to trust it. */
#define PTL_TYPE_HOST_KEY_PAGE (ptl_host_key_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlHostKeyPage, ptl_host_key_page, PTL, HOST_KEY_PAGE, PtlWizardPage)

PtlHostKeyPage *ptl_host_key_page_new (void);
/* @key: "ED25519 SHA256:...", as Relay1.OfferedKey. */
void ptl_host_key_page_show (PtlHostKeyPage *self, const char *server, const char *key);
const char *ptl_host_key_page_get_key (PtlHostKeyPage *self);

G_END_DECLS
