/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/* Each shows a modal window over @parent that leads to one opening, and goes away by itself. */
void ptl_wizard_open_game (GtkWindow *parent, PtlClient *client);
void ptl_wizard_open_forward (GtkWindow *parent, PtlClient *client);
void ptl_wizard_open_tunnel (GtkWindow *parent, PtlClient *client);

G_END_DECLS
