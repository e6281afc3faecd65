/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-relay.h"

G_BEGIN_DECLS

/* The file of host keys that a person has accepted, in @state_dir. */
char *ptl_known_hosts_dup_path (const char *state_dir);
/* How a relay is called there (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): "host", or "[host]:port"
 * where it is not 22. */
char *ptl_known_hosts_dup_name (const PtlRelay *relay);
/* Whether any key of the relay is known. */
gboolean ptl_known_hosts_contains (const char *state_dir, const PtlRelay *relay);
/* Takes "NAME TYPE BASE64" apart, where NAME must be the relay's; @type, e.g. "ssh-ed25519", may be
 * NULL. The answer is the fingerprint as people compare it: "ED25519 SHA256:...".
 * PTL_ERROR_INVALID. */
char *ptl_known_hosts_fingerprint (const PtlRelay *relay,
                                   const char *key_line,
                                   char **type,
                                   GError **error);

G_END_DECLS
