/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-listeners.h"

G_BEGIN_DECLS

/* Appends the listening TCP and the bound, unconnected UDP sockets of this network namespace to
 * @listeners, as the kernel tells them (sock_diag(7)): without processes. FAILED where it does not.
 */
gboolean ptl_sock_diag_list (GPtrArray *listeners, GError **error);

G_END_DECLS
