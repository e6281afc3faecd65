/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-listeners.h"

G_BEGIN_DECLS

/* Fills in `pid` and `process` from /proc, for the processes that this user may look into. */
void ptl_socket_owners_find (GPtrArray *listeners);

G_END_DECLS
