/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/* Each shows a modal window over @parent that leads to one opening, and goes away by itself. */
void ptl_wizard_open_game (GtkWindow *parent, PtlClient *client);
void ptl_wizard_open_forward (GtkWindow *parent, PtlClient *client);
/* The second, filled in for a program of this computer. @name: nullable. */
void ptl_wizard_open_forward_to (GtkWindow *parent, PtlClient *client, PtlProtocol protocol, guint16 port, const char *name);
void ptl_wizard_open_tunnel (GtkWindow *parent, PtlClient *client);

G_END_DECLS
