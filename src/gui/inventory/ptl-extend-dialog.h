/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* @until: Unix seconds, or 0 when the person thought better of it. Called exactly once. */
typedef void (*PtlExtendFunc) (gint64 until, gpointer user_data);

/* Asks until when; @present: the expiry as it is. */
void ptl_extend_dialog_present (GtkWindow *parent, gint64 present, PtlExtendFunc func, gpointer user_data);

G_END_DECLS
