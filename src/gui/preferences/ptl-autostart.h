/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Whether the worker is started at login: by the autostart file, or by the portal as far as it told us. */
gboolean ptl_autostart_is_set (void);
/* Asks the desktop (org.freedesktop.portal.Background, RequestBackground); where there is no such portal, or it does
 * nothing for a program outside of a sandbox, the autostart file is written or removed. @parent: nullable. */
void ptl_autostart_set_async (gboolean on, GtkWindow *parent, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean ptl_autostart_set_finish (GAsyncResult *result, GError **error);

/* $XDG_CONFIG_HOME/autostart/io.github.portolan.Portolan.desktop */
char *ptl_autostart_dup_path (void);
gboolean ptl_autostart_write_file (gboolean on, const char *program, GError **error);

G_END_DECLS
