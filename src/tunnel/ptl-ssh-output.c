/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ssh-output.h"

#include <string.h>

/* sshd and ssh have far fewer channels than that; a relay that opens more is not counted. */
#define MOST_CHANNELS 100000

struct _PtlSshOutput
{
  gboolean remote;
  guint n_forwards;
  guint n_standing;
  guint16 asked_port;
  guint16 port;
  gboolean authenticated;
  gboolean interactive;
  gboolean key_accepted;
  gboolean policy_named;
  PtlSshCause key_file_cause;
  PtlSshCause cause;
  char *said;
  char *key_type;
  char *key_hash;
  GHashTable *channels; /* numbers of those open */
  guint64 n_ever;
  guint64 n_refused;
};

PtlSshOutput *
ptl_ssh_output_new (gboolean remote, guint n_forwards, guint16 port)
{
  PtlSshOutput *self = g_new0 (PtlSshOutput, 1);

  self->remote = remote;
  self->n_forwards = MAX (1, n_forwards);
  self->asked_port = port;
  self->channels = g_hash_table_new (NULL, NULL);
  return self;
}

void
ptl_ssh_output_free (PtlSshOutput *self)
{
  if (self == NULL)
    return;
  g_free (self->said);
  g_free (self->key_type);
  g_free (self->key_hash);
  g_hash_table_unref (self->channels);
  g_free (self);
}

/* What follows @prefix, NULL where the line begins otherwise. */
static const char *
after (const char *line, const char *prefix)
{
  gsize n = strlen (prefix);

  return strncmp (line, prefix, n) == 0 ? line + n : NULL;
}

/* "debug1: Server host key: ssh-ed25519 SHA256:...", or "Server host certificate: TYPE SHA256:...,
 * serial ..." */
static gboolean
feed_host_key (PtlSshOutput *self, const char *line)
{
  const char *rest = after (line, "debug1: Server host key: ");
  g_auto (GStrv) words = NULL;

  if (rest == NULL)
    rest = after (line, "debug1: Server host certificate: ");
  if (rest == NULL || self->key_hash != NULL)
    return rest != NULL;
  words = g_strsplit (rest, " ", 3);
  if (g_strv_length (words) < 2 || !g_str_has_prefix (words[1], "SHA256:"))
    return TRUE;
  words[1][strcspn (words[1], ",")] = '\0';
  self->key_type = g_strdup (words[0]);
  self->key_hash = g_strdup (words[1]);
  return TRUE;
}

/* "debug1: channel 1: new direct-tcpip [...", before 9.2 "debug1: channel 1: new [direct-tcpip]",
 * and "debug1: channel 1: free: ..." */
static gboolean
feed_channel (PtlSshOutput *self, const char *line)
{
  const char *rest = after (line, "debug1: channel ");
  guint64 number;
  char *end;

  if (rest == NULL || !g_ascii_isdigit (*rest))
    return FALSE;
  number = g_ascii_strtoull (rest, &end, 10);
  if (number > G_MAXINT)
    return TRUE;
  if (after (end, ": free: ") != NULL)
    g_hash_table_remove (self->channels, GUINT_TO_POINTER ((guint)number));
  else if (after (end, ": new ") != NULL && strstr (end, "port listener") == NULL
           && strstr (end, "port-listener") == NULL
           && g_hash_table_size (self->channels) < MOST_CHANNELS
           && g_hash_table_add (self->channels, GUINT_TO_POINTER ((guint)number)))
    self->n_ever++;
  return TRUE;
}

/* "Allocated port 40213 for remote forward to localhost:3000" */
static gboolean
feed_allocated (PtlSshOutput *self, const char *line)
{
  const char *rest = after (line, "Allocated port ");
  guint64 port;
  char *end;

  if (rest == NULL || !self->authenticated || self->asked_port != 0)
    return FALSE;
  port = g_ascii_strtoull (rest, &end, 10);
  if (port > 0 && port <= G_MAXUINT16 && after (end, " for remote forward to ") != NULL)
    self->port = (guint16)port;
  return TRUE;
}

static gboolean
feed_progress (PtlSshOutput *self, const char *line)
{
  if (after (line, "Authenticated to ") != NULL)
    self->authenticated = TRUE;
  else if (after (line, "debug1: Server accepts key: ") != NULL)
    self->key_accepted = TRUE;
  /* A server's banner may say anything before the login: it does not count. */
  else if (self->authenticated && after (line, "debug1: Entering interactive session.") != NULL)
    self->interactive = TRUE;
  else if (self->authenticated
           && after (line, "debug1: remote forward success for: listen ") != NULL)
    self->n_standing++;
  else
    return FALSE;
  return TRUE;
}

static gboolean
is_key_file_cause (PtlSshCause cause)
{
  return cause >= PTL_SSH_CAUSE_KEY_FILE_LOCKED && cause <= PTL_SSH_CAUSE_KEY_FILE_MISSING;
}

/* What is wrong with the key file matters only if no other key opened the door. */
static void
feed_cause (PtlSshOutput *self, PtlSshCause cause)
{
  if (is_key_file_cause (cause))
    self->key_file_cause = MAX (self->key_file_cause, cause);
  else if (cause == PTL_SSH_CAUSE_FORWARD_POLICY)
    self->policy_named = TRUE;
  else if (cause == PTL_SSH_CAUSE_TARGET_POLICY && self->remote)
    self->n_refused++;
  else
    self->cause = MAX (self->cause, cause);
}

void
ptl_ssh_output_feed (PtlSshOutput *self, const char *line)
{
  PtlSshCause cause;

  if (feed_host_key (self, line) || feed_channel (self, line) || feed_allocated (self, line)
      || feed_progress (self, line))
    return;
  cause = ptl_ssh_cause_of_line (line);
  if (cause != PTL_SSH_CAUSE_NONE)
    feed_cause (self, cause);
  if (after (line, "debug1: ") != NULL)
    return;
  if ((self->remote && after (line, "connect_to ") != NULL)
      || strstr (line, ": open failed: ") != NULL)
    self->n_refused++;
  g_free (self->said);
  self->said = g_strdup (line);
}

gboolean
ptl_ssh_output_is_ready (const PtlSshOutput *self)
{
  if (!self->remote)
    return self->interactive && self->cause < PTL_SSH_CAUSE_LOCAL_FAILED;
  return self->n_standing >= self->n_forwards && (self->asked_port != 0 || self->port != 0);
}

guint16
ptl_ssh_output_get_port (const PtlSshOutput *self)
{
  if (!ptl_ssh_output_is_ready (self))
    return 0;
  return self->asked_port != 0 ? self->asked_port : self->port;
}

PtlSshCause
ptl_ssh_output_get_cause (const PtlSshOutput *self)
{
  if (self->cause == PTL_SSH_CAUSE_REMOTE_PORT && self->policy_named)
    return PTL_SSH_CAUSE_FORWARD_POLICY;
  /* The same last words mean another thing after the login than before it. */
  if (self->authenticated && self->cause <= PTL_SSH_CAUSE_NOT_SSH)
    return PTL_SSH_CAUSE_LOST;
  if (self->cause != PTL_SSH_CAUSE_LOGIN)
    return self->cause;
  if (self->key_file_cause != PTL_SSH_CAUSE_NONE)
    return self->key_file_cause;
  /* The relay would take the key, but ssh could not sign with it, and in batch mode it does not say
   * why. */
  return self->key_accepted ? PTL_SSH_CAUSE_KEY_FILE_LOCKED : PTL_SSH_CAUSE_LOGIN;
}

const char *
ptl_ssh_output_get_said (const PtlSshOutput *self)
{
  return self->said;
}

const char *
ptl_ssh_output_get_key_type (const PtlSshOutput *self)
{
  return self->key_type;
}

const char *
ptl_ssh_output_get_key_hash (const PtlSshOutput *self)
{
  return self->key_hash;
}

guint
ptl_ssh_output_get_n_now (const PtlSshOutput *self)
{
  return g_hash_table_size (self->channels);
}

guint64
ptl_ssh_output_get_n_ever (const PtlSshOutput *self)
{
  return self->n_ever;
}

guint64
ptl_ssh_output_get_n_refused (const PtlSshOutput *self)
{
  return self->n_refused;
}
