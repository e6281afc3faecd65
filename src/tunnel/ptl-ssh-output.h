/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ssh-cause.h"

G_BEGIN_DECLS

/**
 * PtlSshOutput:
 *
 * What one run of ssh has said on its standard error, at LogLevel DEBUG1, read line by line:
 * whether the forwardings stand, who is connected, and why it ended. Keeps nothing that grows with
 * the output but the open channels' numbers.
 */
typedef struct _PtlSshOutput PtlSshOutput;

/* @n_forwards: how many ports were asked for; @port: the first of them, 0 = any free. */
PtlSshOutput *ptl_ssh_output_new (gboolean remote, guint n_forwards, guint16 port);
void ptl_ssh_output_free (PtlSshOutput *self);
void ptl_ssh_output_feed (PtlSshOutput *self, const char *line);
/* ssh has said that every forwarding stands. */
gboolean ptl_ssh_output_is_ready (const PtlSshOutput *self);
guint16 ptl_ssh_output_get_port (
    const PtlSshOutput *self); /* the first one that was granted, 0 = not yet */
PtlSshCause ptl_ssh_output_get_cause (const PtlSshOutput *self);
const char *
ptl_ssh_output_get_said (const PtlSshOutput *self); /* its last words; untrusted; may be NULL */
/* The host key that the relay showed: "ssh-ed25519" and "SHA256:...", NULL = not seen. */
const char *ptl_ssh_output_get_key_type (const PtlSshOutput *self);
const char *ptl_ssh_output_get_key_hash (const PtlSshOutput *self);
guint ptl_ssh_output_get_n_now (const PtlSshOutput *self); /* connections through it */
guint64 ptl_ssh_output_get_n_ever (const PtlSshOutput *self);
guint64
ptl_ssh_output_get_n_refused (const PtlSshOutput *self); /* those that did not reach the target */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlSshOutput, ptl_ssh_output_free)

G_END_DECLS
