/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* @consent: "granted" or "refused"; not called where the person did not decide. */
typedef void (*PtlCheckConsentFunc) (const char *consent, gpointer user_data);

/* Asks whether the servers that @state (NetworkCheck) names may be asked, and says what they learn. */
void ptl_check_consent_ask (GtkWidget *from, GVariant *state, PtlCheckConsentFunc func, gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
