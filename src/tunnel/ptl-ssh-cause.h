/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-relay.h"

G_BEGIN_DECLS

/* Why ssh ended, from the vaguest to the plainest: a later one explains more than an earlier one.
 */
typedef enum
{
  PTL_SSH_CAUSE_NONE,
  PTL_SSH_CAUSE_LOST, /* the connection ended */
  PTL_SSH_CAUSE_HUNG, /* no end and no answer in time */
  PTL_SSH_CAUSE_UNREACHABLE,
  PTL_SSH_CAUSE_HUNG_UP, /* closed while greeting */
  PTL_SSH_CAUSE_SILENT,
  PTL_SSH_CAUSE_RESOLVE,
  PTL_SSH_CAUSE_CONNECT_REFUSED,
  PTL_SSH_CAUSE_NO_ROUTE,
  PTL_SSH_CAUSE_NOT_SSH,
  PTL_SSH_CAUSE_NEGOTIATION,
  PTL_SSH_CAUSE_CONFIG, /* this ssh does not take our file */
  PTL_SSH_CAUSE_LOGIN,
  PTL_SSH_CAUSE_KEY_FILE_LOCKED, /* needs a passphrase */
  PTL_SSH_CAUSE_KEY_FILE_BAD,
  PTL_SSH_CAUSE_KEY_FILE_OPEN, /* others may read it */
  PTL_SSH_CAUSE_KEY_FILE_UNREADABLE,
  PTL_SSH_CAUSE_KEY_FILE_MISSING,
  PTL_SSH_CAUSE_REMOTE_PORT,    /* taken, or not for this login */
  PTL_SSH_CAUSE_FORWARD_POLICY, /* the server does not forward */
  PTL_SSH_CAUSE_TARGET_POLICY,  /* ... to that target */
  PTL_SSH_CAUSE_LOCAL_FAILED,
  PTL_SSH_CAUSE_LOCAL_ADDRESS,
  PTL_SSH_CAUSE_LOCAL_PERMISSION,
  PTL_SSH_CAUSE_LOCAL_PORT_TAKEN,
  PTL_SSH_CAUSE_HOST_KEY_FAILED,
  PTL_SSH_CAUSE_HOST_KEY_UNKNOWN,
  PTL_SSH_CAUSE_HOST_KEY_CHANGED,
} PtlSshCause;

typedef enum
{
  PTL_SSH_RETRY_ALWAYS,
  PTL_SSH_RETRY_FEW, /* an old session may still hold the port */
  PTL_SSH_RETRY_NEVER,
} PtlSshRetry;

/* What a line of ssh's standard error says about why it will end; NONE for most. */
PtlSshCause ptl_ssh_cause_of_line (const char *line);
PtlSshRetry ptl_ssh_cause_get_retry (PtlSshCause cause);
/* @port: asked for; @said: what ssh said last, for the causes that have no better words; may be
 * NULL. */
GError *
ptl_ssh_cause_to_error (PtlSshCause cause, const PtlRelay *relay, guint16 port, const char *said);

G_END_DECLS
