/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Not called where the person thought better of it. */
typedef void (*PtlAcceptFunc) (gint64 until, const char *reason, gpointer user_data);

/* Asks until when a finding is accepted, and why. @name: what it is called. */
void ptl_accept_dialog_present (GtkWidget *from, const char *name, PtlAcceptFunc func, gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
