/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For a button of the window's: accepts a finding, or takes that back. @arguments: as of AcceptFinding. */
void ptl_finding_undo_accept (GtkWidget *from, PtlClient *client, GVariant *arguments);

G_END_DECLS
