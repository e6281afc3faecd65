/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PtlNotifier:
 *
 * Desktop notifications with buttons (org.freedesktop.Notifications, Desktop Notifications
 * Specification 1.2). Where no server is to be had nothing happens.
 *
 * Signal `action (notifier, tag, key)`: the person pressed a button.
 */
#define PTL_TYPE_NOTIFIER (ptl_notifier_get_type ())
G_DECLARE_FINAL_TYPE (PtlNotifier, ptl_notifier, PTL, NOTIFIER, GObject)

/* @connection: the session bus; NULL = there is none. */
PtlNotifier *ptl_notifier_new (GDBusConnection *connection);
/* Shows a notification, or puts this in the place of the one with the same @tag. @summary and @body
 * are plain text.
 * @actions: key, label, key, label, ..., NULL; may be NULL. */
void ptl_notifier_send (PtlNotifier *self,
                        const char *tag,
                        const char *summary,
                        const char *body,
                        const char *const *actions);
/* Takes it from the screen; one that is gone already, or never was, is none the worse. */
void ptl_notifier_withdraw (PtlNotifier *self, const char *tag);
/* Has the window do @action ("show-exposure"): it is started where it does not run (org.freedesktop.Application). */
void ptl_notifier_open_window (PtlNotifier *self, const char *action);
/* Whether the person wants to be told, by the preference @key; TRUE where there are no preferences. */
gboolean ptl_notifier_is_wanted (const char *key);

G_END_DECLS
