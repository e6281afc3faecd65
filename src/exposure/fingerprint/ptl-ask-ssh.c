/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-asks.h"

#include <libssh/libssh.h>
#include <poll.h>
#include <unistd.h>

/* The old ones too: nothing secret is said, and old devices are to be told. */
#define KEX                                                                                        \
  "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"          \
  "ecdh-sha2-nistp521,diffie-hellman-group16-sha512,diffie-hellman-group14-sha256,"                \
  "diffie-hellman-group14-sha1,diffie-hellman-group1-sha1"
#define NOBODY "portolan"

static gboolean
wait_for (PtlProbing *probing, ssh_session session, gint64 until)
{
  int flags = ssh_get_poll_flags (session);
  short events = POLLIN | ((flags & SSH_WRITE_PENDING) ? POLLOUT : 0);

  return ptl_dial_wait (ssh_get_fd (session), events, until, probing->cancellable, NULL);
}

static int
connect_until (PtlProbing *probing, ssh_session session, gint64 until)
{
  int code;

  while ((code = ssh_connect (session)) == SSH_AGAIN)
    if (!wait_for (probing, session, until))
      return SSH_ERROR;
  return code;
}

static int
ask_none (PtlProbing *probing, ssh_session session, gint64 until)
{
  int code;

  while ((code = ssh_userauth_none (session, NULL)) == SSH_AUTH_AGAIN)
    if (!wait_for (probing, session, until))
      return SSH_AUTH_ERROR;
  return code;
}

static void
set_up (ssh_session session, int fd)
{
  socket_t socket = fd;
  gboolean no = FALSE;

  ssh_options_set (session, SSH_OPTIONS_HOST, "localhost");
  ssh_options_set (session, SSH_OPTIONS_USER, NOBODY);
  ssh_options_set (session, SSH_OPTIONS_PROCESS_CONFIG, &no);
  ssh_options_set (session, SSH_OPTIONS_KEY_EXCHANGE, KEX);
  ssh_options_set (session, SSH_OPTIONS_FD, &socket);
  ssh_set_blocking (session, 0);
}

static void
tell (PtlProbing *probing, int code, int methods)
{
  gboolean password = (methods & (SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE)) != 0;

  if (code == SSH_AUTH_SUCCESS)
    {
      ptl_found_set_auth (&probing->found, PTL_AUTH_OPEN);
      ptl_found_note (&probing->found, "It lets in without a login");
      return;
    }
  if (code != SSH_AUTH_DENIED && code != SSH_AUTH_PARTIAL)
    return;
  probing->found.weak = password;
  ptl_found_note (&probing->found, password ? "Password login is offered" : "Keys only");
}

void
ptl_ask_ssh_detail (const PtlAsk *self, PtlProbing *probing, PtlStream *greeted)
{
  g_autoptr (PtlStream) stream = NULL;
  ssh_session session;
  int code;

  /* It asks everybody who they are: what remains is how. */
  ptl_found_set_auth (&probing->found, PTL_AUTH_PROTECTED);
  stream = ptl_probing_open (probing);
  session = stream == NULL ? NULL : ssh_new ();
  if (session == NULL)
    return;
  set_up (session, dup (stream->fd));
  if (connect_until (probing, session, stream->deadline_us) == SSH_OK)
    {
      code = ask_none (probing, session, stream->deadline_us);
      tell (probing, code, ssh_userauth_list (session, NULL));
    }
  ssh_silent_disconnect (session);
  ssh_free (session);
}
