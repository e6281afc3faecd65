/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-error.h"

G_BEGIN_DECLS

/* Registers PTL_ERROR on the bus, so that codes survive it both ways. To be called before the first
 * call is made or answered; again is harmless. */
void ptl_api_register_errors (void);
/* What a bus call failed with as an error of ours, fit for people: GDBus's prefix is taken off, and
 * what means that nobody answers (no such name, no reply, connection lost, not startable) becomes
 * PTL_ERROR_WORKER. (transfer full) */
GError *ptl_api_error_from_dbus (const GError *error);

G_END_DECLS
