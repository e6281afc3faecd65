/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PtlNotify:
 *
 * Hears that a gateway tells all of its UPnP devices, as it does when it starts and ends
 * (239.255.255.250:1900; UPnP Device Architecture 1.1, section 1.2). What it says is not read in
 * this process: that it says something is reason enough to ask it how it is. What another address
 * sends is not looked at.
 */
typedef struct _PtlNotify PtlNotify;
/* At once, and then for all that is heard within the pause together. */
typedef void (*PtlNotifyFunc) (gpointer user_data);

/* NULL where the port or the group is not to be had: then restarts are noticed when it is next
 * asked. */
PtlNotify *
ptl_notify_new (const char *gateway, const char *interface, PtlNotifyFunc func, gpointer user_data);
void ptl_notify_free (PtlNotify *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlNotify, ptl_notify_free)

G_END_DECLS
