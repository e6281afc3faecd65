/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel/ptl-ssh-output.h"

static PtlSshOutput *
feed (gboolean remote, guint n, guint16 port, const char *const *lines)
{
  PtlSshOutput *output = ptl_ssh_output_new (remote, n, port);

  for (; *lines != NULL; lines++)
    ptl_ssh_output_feed (output, *lines);
  return output;
}

#define LOGGED_IN "Authenticated to 127.0.0.1 ([127.0.0.1]:22022) using \"publickey\"."
#define INTERACTIVE "debug1: Entering interactive session."

static const struct
{
  gboolean remote;
  guint n;
  guint16 port;
  const char *lines[8];
  gboolean ready;
  guint16 granted;
} readiness[] = {
  { TRUE, 1, 8080, { NULL }, FALSE, 0 },
  { TRUE, 1, 8080, { LOGGED_IN, INTERACTIVE, NULL }, FALSE, 0 },
  { TRUE,
    1,
    8080,
    { LOGGED_IN, INTERACTIVE,
      "debug1: remote forward success for: listen *:8080, connect localhost:3000", NULL },
    TRUE,
    8080 },
  /* A server's banner before the login. */
  { TRUE,
    1,
    8080,
    { "debug1: remote forward success for: listen *:8080, connect localhost:3000", LOGGED_IN,
      NULL },
    FALSE,
    0 },
  { TRUE,
    1,
    8080,
    { LOGGED_IN, "debug1: remote forward failure for: listen *:8080, connect localhost:3000",
      NULL },
    FALSE,
    0 },
  { TRUE,
    1,
    8080,
    { LOGGED_IN, "debug1: Remote: remote forward success for: listen *:8080", NULL },
    FALSE,
    0 },
  { TRUE,
    2,
    8080,
    { LOGGED_IN, "debug1: remote forward success for: listen *:8080, connect localhost:3000",
      NULL },
    FALSE,
    0 },
  { TRUE,
    2,
    8080,
    { LOGGED_IN, "debug1: remote forward success for: listen *:8080, connect localhost:3000",
      "debug1: remote forward success for: listen *:8081, connect localhost:3001", NULL },
    TRUE,
    8080 },
  { TRUE,
    1,
    0,
    { LOGGED_IN, "debug1: remote forward success for: listen *:0, connect localhost:3000", NULL },
    FALSE,
    0 },
  { TRUE,
    1,
    0,
    { LOGGED_IN, "debug1: remote forward success for: listen *:0, connect localhost:3000",
      "Allocated port 40213 for remote forward to localhost:3000", NULL },
    TRUE,
    40213 },
  { TRUE,
    1,
    0,
    { LOGGED_IN, "debug1: remote forward success for: listen *:0, connect localhost:3000",
      "Allocated port 400213 for remote forward to localhost:3000", NULL },
    FALSE,
    0 },
  { FALSE,
    1,
    5432,
    { LOGGED_IN, "debug1: Local forwarding listening on 127.0.0.1 port 5432.", NULL },
    FALSE,
    0 },
  { FALSE,
    1,
    5432,
    { LOGGED_IN, "debug1: Local forwarding listening on 127.0.0.1 port 5432.", INTERACTIVE, NULL },
    TRUE,
    5432 },
  { FALSE,
    1,
    5432,
    { LOGGED_IN, "bind [127.0.0.1]:5432: Address already in use", INTERACTIVE, NULL },
    FALSE,
    0 },
};

static void
test_readiness (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (readiness); i++)
    {
      g_autoptr (PtlSshOutput) output
          = feed (readiness[i].remote, readiness[i].n, readiness[i].port, readiness[i].lines);

      if (ptl_ssh_output_is_ready (output) != readiness[i].ready)
        g_error ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpuint (ptl_ssh_output_get_port (output), ==, readiness[i].granted);
    }
}

#define DENIED "root@127.0.0.1: Permission denied (publickey)."

static const struct
{
  const char *lines[8];
  PtlSshCause cause;
} causes[] = {
  { { NULL }, PTL_SSH_CAUSE_NONE },
  { { DENIED, NULL }, PTL_SSH_CAUSE_LOGIN },
  { { "no such identity: /tmp/id: No such file or directory", DENIED, NULL },
    PTL_SSH_CAUSE_KEY_FILE_MISSING },
  /* Another key opened the door. */
  { { "no such identity: /tmp/id: No such file or directory", LOGGED_IN,
      "client_loop: send disconnect: Broken pipe", NULL },
    PTL_SSH_CAUSE_LOST },
  { { "debug1: Server accepts key: /tmp/id ED25519 SHA256:x explicit", DENIED, NULL },
    PTL_SSH_CAUSE_KEY_FILE_LOCKED },
  { { "debug1: Server accepts key: /tmp/id ED25519 SHA256:x explicit",
      "Permissions 0644 for '/tmp/id' are too open.", "Load key \"/tmp/id\": bad permissions",
      DENIED, NULL },
    PTL_SSH_CAUSE_KEY_FILE_OPEN },
  { { "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
      "Host key for [127.0.0.1]:22022 has changed and you have requested strict checking.",
      "Host key verification failed.", NULL },
    PTL_SSH_CAUSE_HOST_KEY_CHANGED },
  { { "No ED25519 host key is known for [127.0.0.1]:22022 and you have requested strict checking.",
      "Host key verification failed.", NULL },
    PTL_SSH_CAUSE_HOST_KEY_UNKNOWN },
  { { LOGGED_IN, "debug1: Remote: Server has disabled port forwarding.",
      "Error: remote port forwarding failed for listen port 23001", NULL },
    PTL_SSH_CAUSE_FORWARD_POLICY },
  { { LOGGED_IN, "Error: remote port forwarding failed for listen port 23001", NULL },
    PTL_SSH_CAUSE_REMOTE_PORT },
  { { "Connection closed by 127.0.0.1 port 22", NULL }, PTL_SSH_CAUSE_HUNG_UP },
  { { LOGGED_IN, "Connection closed by 127.0.0.1 port 22", NULL }, PTL_SSH_CAUSE_LOST },
  { { LOGGED_IN, NULL }, PTL_SSH_CAUSE_LOST },
};

static void
test_causes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (causes); i++)
    {
      g_autoptr (PtlSshOutput) output = feed (TRUE, 1, 8080, causes[i].lines);

      if (ptl_ssh_output_get_cause (output) != causes[i].cause)
        g_error ("case %" G_GSIZE_FORMAT " is taken for %d", i, ptl_ssh_output_get_cause (output));
    }
}

static void
test_host_key (void)
{
  static const char *const plain[]
      = { "debug1: Server host key: ssh-ed25519 SHA256:Q664/zY", NULL };
  static const char *const certificate[]
      = { "debug1: Server host certificate: ssh-ed25519-cert-v01@openssh.com SHA256:Q664/zY, "
          "serial 0 ID \"x\"",
          NULL };
  static const char *const garbage[] = { "debug1: Server host key: nothing", NULL };
  g_autoptr (PtlSshOutput) one = feed (TRUE, 1, 1, plain);
  g_autoptr (PtlSshOutput) two = feed (TRUE, 1, 1, certificate);
  g_autoptr (PtlSshOutput) three = feed (TRUE, 1, 1, garbage);

  g_assert_cmpstr (ptl_ssh_output_get_key_type (one), ==, "ssh-ed25519");
  g_assert_cmpstr (ptl_ssh_output_get_key_hash (one), ==, "SHA256:Q664/zY");
  g_assert_cmpstr (ptl_ssh_output_get_key_hash (two), ==, "SHA256:Q664/zY");
  g_assert_null (ptl_ssh_output_get_key_hash (three));
}

static void
test_connections (void)
{
  static const char *const lines[]
      = { "debug1: channel 0: new port-listener [port listener] (inactive timeout: 0)",
          "debug1: channel 1: new direct-tcpip [direct-tcpip] (inactive timeout: 0)",
          "debug1: channel 2: new [direct-tcpip]",
          "debug1: channel 3: new forwarded-tcpip [127.0.0.1] (inactive timeout: 0)",
          "debug1: channel 1: free: direct-tcpip: listening port 23009 for localhost port 3000, "
          "nchannels 2",
          "connect_to localhost port 3000: failed.",
          "debug1: channel 99999999999999999999: new x",
          "debug1: channel x",
          NULL };
  g_autoptr (PtlSshOutput) output = feed (TRUE, 1, 1, lines);

  g_assert_cmpuint (ptl_ssh_output_get_n_now (output), ==, 2);
  g_assert_cmpuint (ptl_ssh_output_get_n_ever (output), ==, 3);
  g_assert_cmpuint (ptl_ssh_output_get_n_refused (output), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh-output/readiness", test_readiness);
  g_test_add_func ("/ssh-output/causes", test_causes);
  g_test_add_func ("/ssh-output/host-key", test_host_key);
  g_test_add_func ("/ssh-output/connections", test_connections);
  return g_test_run ();
}
