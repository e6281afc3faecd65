/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/* @options: of CheckExposure; @consent: a{sb} of SetExposureCheck, what was consented to by choosing it. Not called where
 * the person thought better of it. */
typedef void (*PtlVantageFunc) (GVariant *options, GVariant *consent, gpointer user_data);

/* Asks where from to look, and says what those who are asked learn. */
void ptl_vantage_dialog_present (GtkWidget *from, PtlClient *client, PtlVantageFunc func, gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
