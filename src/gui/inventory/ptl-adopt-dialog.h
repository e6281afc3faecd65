/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"
#include "gui/network/ptl-entry.h"

G_BEGIN_DECLS

/* Asks who answers for a foreign entry, what it is for and until when, and makes a rule of it. */
#define PTL_TYPE_ADOPT_DIALOG (ptl_adopt_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PtlAdoptDialog, ptl_adopt_dialog, PTL, ADOPT_DIALOG, AdwWindow)

typedef void (*PtlAdoptedFunc) (const PtlRule *rule, gpointer user_data);

/* @adopted is called once, where a rule came of it. */
void ptl_adopt_dialog_present (GtkWindow *parent, PtlClient *client, PtlEntry *entry, PtlAdoptedFunc adopted, gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
