/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "client/ptl-client.h"
#include "gui/network/ptl-entry.h"

G_BEGIN_DECLS

/* What the window does for the button of a toast, which knows the window's actions alone. */

/* "win.restore-entry", @arguments (ss): the router and the entry that was removed. */
void ptl_entry_undo_remove (GtkWidget *from, PtlClient *client, GVariant *arguments);
/* "win.set-entry-ignored", @arguments (ssb). */
void ptl_entry_undo_ignore (GtkWidget *from, PtlClient *client, GVariant *arguments);

/* Asks whether a foreign entry is to be taken out of its router, and does it; to be undone by a toast. */
void ptl_entry_remove_ask (GtkWidget *from, PtlClient *client, PtlEntry *entry);

G_END_DECLS
