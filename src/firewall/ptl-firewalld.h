/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ptl-firewalld-zones.h"

G_BEGIN_DECLS

/**
 * PtlFirewalld:
 *
 * The firewalld of this computer, over the system bus (firewalld.dbus(5)). Its runtime configuration is asked and changed,
 * which is what it does now; never what it starts with.
 *
 * Signals:
 *  `started`: one appeared, or was there when it was looked for first
 *  `reloaded`: it has forgotten what was opened
 *  `changed`: something of a zone is another, by whomever
 *  `gone`: it went away, and with it all that was opened; or none was there when it was looked for first
 */
#define PTL_TYPE_FIREWALLD (ptl_firewalld_get_type ())
G_DECLARE_FINAL_TYPE (PtlFirewalld, ptl_firewalld, PTL, FIREWALLD, GObject)

/* The system bus is connected to by itself; where there is none, or no firewalld on it, none runs. */
PtlFirewalld *ptl_firewalld_new (void);

/* Connects to the system bus and listens from now on. Emits `started` or `gone` as soon as it is known which. */
void ptl_firewalld_watch (PtlFirewalld *self);
/* Which firewalld runs: another text after each start of it or of the computer; "" = none that is known. */
const char *ptl_firewalld_get_instance (PtlFirewalld *self);

/* The zones that those meet who come by @interface ("" = the usual one). NOT_FOUND where no firewalld runs, PERMISSION. */
void ptl_firewalld_read_zones_async (PtlFirewalld *self, const char *interface, GAsyncReadyCallback callback, gpointer user_data);
PtlFirewalldZones *ptl_firewalld_read_zones_finish (PtlFirewalld *self, GAsyncResult *result, GError **error);

/* Whether this user may change the firewall, as polkit says: PERMISSION where not. @ask: an administrator may be asked for a
 * password by it, which then comes with the change; without it that counts as no. */
void ptl_firewalld_may_change_async (PtlFirewalld *self, gboolean ask, GAsyncReadyCallback callback, gpointer user_data);
/* Lets it in for @seconds (at least 1), counted from now: what is there already is taken away first, for firewalld keeps the
 * time that it was added with. PERMISSION, NOT_FOUND where none runs. */
void ptl_firewalld_open_async (PtlFirewalld *self, const PtlFirewallOpening *opening, guint seconds, GAsyncReadyCallback callback, gpointer user_data);
/* Takes it back; what is not there is success. */
void ptl_firewalld_close_async (PtlFirewalld *self, const PtlFirewallOpening *opening, GAsyncReadyCallback callback, gpointer user_data);
/* Ends the last three. */
gboolean ptl_firewalld_change_finish (PtlFirewalld *self, GAsyncResult *result, GError **error);

G_END_DECLS
