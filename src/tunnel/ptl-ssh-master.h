/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ptl-relay.h"

G_BEGIN_DECLS

/**
 * PtlSshMaster:
 *
 * One ssh to a relay that forwards nothing by itself, and lets this program connect elsewhere
 * through it: it shares its connection (ControlMaster) by a socket in a directory that is this
 * user's alone, so that no other user of this computer gets at the relay, as they would by a port
 * on loopback. It is in a process group of its own and dies with us.
 *
 * Dropping the last reference ends it, and takes the directory away. To be used in the main thread.
 */
#define PTL_TYPE_SSH_MASTER (ptl_ssh_master_get_type ())
G_DECLARE_FINAL_TYPE (PtlSshMaster, ptl_ssh_master, PTL, SSH_MASTER, GObject)

/* Logs in; done when the socket can be used. @state_dir: where the known host keys are; they are
 * not added to. Errors: as of PtlTunnel (RELAY_UNREACHABLE, RELAY_REFUSED, HOST_KEY_UNKNOWN,
 * HOST_KEY_CHANGED, PERMISSION, ...), CANCELLED. */
void ptl_ssh_master_open_async (const PtlRelay *relay,
                                const char *state_dir,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* @key_line, @fingerprint: (out) (optional) (transfer full): the key that the relay shows, with
 * HOST_KEY_UNKNOWN alone, for the person to look at; else %NULL. */
PtlSshMaster *ptl_ssh_master_open_finish (GAsyncResult *result,
                                          char **key_line,
                                          char **fingerprint,
                                          GError **error);
/* Path of the socket. */
const char *ptl_ssh_master_get_control (PtlSshMaster *self);
GPid ptl_ssh_master_get_pid (PtlSshMaster *self); /* 0 = it has ended */

G_END_DECLS
