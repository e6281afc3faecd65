/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A network namespace for the test's own process, entered before it has threads: its loopback
 * device, with 127.0.0.1, and nothing else. FALSE where none is to be had. */
gboolean namespace_enter (void);
/* One more address of the loopback device. */
gboolean namespace_add_address (const char *host);
gboolean namespace_set_mtu (int mtu);

G_END_DECLS
