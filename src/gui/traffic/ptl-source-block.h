/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/* Asks whether @address (or network) shall be kept out of @rule; then blocks it, and offers to undo that by the action
 * "win.unblock". */
void ptl_source_block_ask (GtkWidget *from, PtlClient *client, const PtlRule *rule, const char *address);
/* Lets it in again, and says so. */
void ptl_source_block_undo (GtkWidget *from, PtlClient *client, const char *id, const char *address);

G_END_DECLS
