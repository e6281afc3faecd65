/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @key: "ED25519 SHA256:..." as Relay1.OfferedKey shows it; made safe for display. (transfer full) both. */
void ptl_host_key_split (const char *key, char **type, char **fingerprint);
/* The command that shows the same key's fingerprint on the server. (transfer full) */
char *ptl_host_key_command (const char *key);

G_END_DECLS
