/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The application's id; its settings have the same name, and its resources lie below the same path. */
#define PTL_GUI_APP_ID "io.github.portolan.Portolan"
#define PTL_GUI_RESOURCES "/io/github/portolan/Portolan"

G_END_DECLS
