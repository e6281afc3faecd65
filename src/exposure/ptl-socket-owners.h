/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-listeners.h"

G_BEGIN_DECLS

/* Fills in user, process, unit and container id: from /proc for the processes that this user may look into, from the
 * control groups for the others. */
void ptl_socket_owners_find (GPtrArray *listeners);

G_END_DECLS
