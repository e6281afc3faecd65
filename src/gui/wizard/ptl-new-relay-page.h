/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/* A server that is not known yet: where it is, and how to log in. */
#define PTL_TYPE_NEW_RELAY_PAGE (ptl_new_relay_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlNewRelayPage, ptl_new_relay_page, PTL, NEW_RELAY_PAGE, PtlWizardPage)

PtlNewRelayPage *ptl_new_relay_page_new (void);
/* After the page was found right: the argument of AddRelay. Floating a{sv}. */
GVariant *ptl_new_relay_page_build (PtlNewRelayPage *self);
char *ptl_new_relay_page_dup_name (PtlNewRelayPage *self);
/* What the worker said against it. */
void ptl_new_relay_page_show_error (PtlNewRelayPage *self, const GError *error);

G_END_DECLS
