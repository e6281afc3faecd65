/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PtlAnnounce:
 *
 * Hears what a gateway announces to all hosts (224.0.0.1:5350; RFC 6887 section 14.1, RFC 6886
 * section 3.2.1). What another address sends is not looked at.
 */
typedef struct _PtlAnnounce PtlAnnounce;
typedef void (*PtlAnnounceFunc) (const guint8 *data, gsize length, gpointer user_data);

/* NULL where the port or the group is not to be had: then restarts are noticed by the epoch alone.
 */
PtlAnnounce *ptl_announce_new (const char *gateway,
                               const char *interface,
                               PtlAnnounceFunc func,
                               gpointer user_data);
void ptl_announce_free (PtlAnnounce *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlAnnounce, ptl_announce_free)

G_END_DECLS
