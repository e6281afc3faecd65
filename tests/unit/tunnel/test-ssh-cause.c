/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-error.h"
#include "tunnel/ptl-ssh-cause.h"

#include <string.h>

/* As OpenSSH 8.4 to 10.0 print them. */
static const struct
{
  const char *line;
  PtlSshCause cause;
} lines[] = {
  { "ssh: Could not resolve hostname no.such: Name or service not known", PTL_SSH_CAUSE_RESOLVE },
  { "ssh: Could not resolve hostname no.such: Temporary failure in name resolution",
    PTL_SSH_CAUSE_RESOLVE },
  { "ssh: connect to host 127.0.0.1 port 22023: Connection refused",
    PTL_SSH_CAUSE_CONNECT_REFUSED },
  { "ssh: connect to host 203.0.113.1 port 22: Connection timed out", PTL_SSH_CAUSE_SILENT },
  { "ssh: connect to host 203.0.113.1 port 22: No route to host", PTL_SSH_CAUSE_NO_ROUTE },
  { "ssh: connect to host 2001:db8::1 port 22: Network is unreachable", PTL_SSH_CAUSE_NO_ROUTE },
  { "ssh: connect to host 203.0.113.1 port 22: Invalid argument", PTL_SSH_CAUSE_UNREACHABLE },
  { "Connection timed out during banner exchange", PTL_SSH_CAUSE_SILENT },
  { "Connection to 127.0.0.1 port 22041 timed out", PTL_SSH_CAUSE_SILENT },
  { "kex_exchange_identification: Connection closed by remote host", PTL_SSH_CAUSE_HUNG_UP },
  { "kex_exchange_identification: read: Connection reset by peer", PTL_SSH_CAUSE_HUNG_UP },
  { "kex_exchange_identification: banner line contains invalid characters", PTL_SSH_CAUSE_NOT_SSH },
  { "banner exchange: Connection to 127.0.0.1 port 80: invalid format", PTL_SSH_CAUSE_NOT_SSH },
  { "Connection closed by 127.0.0.1 port 22041", PTL_SSH_CAUSE_HUNG_UP },
  { "Unable to negotiate with 127.0.0.1 port 22: no matching host key type found. Their offer: "
    "ssh-dss",
    PTL_SSH_CAUSE_NEGOTIATION },
  { "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @", PTL_SSH_CAUSE_HOST_KEY_CHANGED },
  { "Host key for [127.0.0.1]:22022 has changed and you have requested strict checking.",
    PTL_SSH_CAUSE_HOST_KEY_CHANGED },
  { "@       WARNING: REVOKED HOST KEY DETECTED!               @", PTL_SSH_CAUSE_HOST_KEY_CHANGED },
  { "No ED25519 host key is known for [127.0.0.1]:22022 and you have requested strict checking.",
    PTL_SSH_CAUSE_HOST_KEY_UNKNOWN },
  { "Host key verification failed.", PTL_SSH_CAUSE_HOST_KEY_FAILED },
  { "root@127.0.0.1: Permission denied (publickey).", PTL_SSH_CAUSE_LOGIN },
  { "root@127.0.0.1: Permission denied (publickey,gssapi-keyex,gssapi-with-mic).",
    PTL_SSH_CAUSE_LOGIN },
  { "Received disconnect from 127.0.0.1 port 22:2: Too many authentication failures",
    PTL_SSH_CAUSE_LOGIN },
  { "no such identity: /tmp/id: No such file or directory", PTL_SSH_CAUSE_KEY_FILE_MISSING },
  { "no such identity: /tmp/id: Permission denied", PTL_SSH_CAUSE_KEY_FILE_UNREADABLE },
  { "Load key \"/tmp/id\": Permission denied", PTL_SSH_CAUSE_KEY_FILE_UNREADABLE },
  { "Load key \"/tmp/id\": bad permissions", PTL_SSH_CAUSE_KEY_FILE_OPEN },
  { "Load key \"/tmp/id\": error in libcrypto", PTL_SSH_CAUSE_KEY_FILE_BAD },
  { "Load key \"/tmp/id\": invalid format", PTL_SSH_CAUSE_KEY_FILE_BAD },
  { "Load key \"/tmp/id\": incorrect passphrase supplied to decrypt private key",
    PTL_SSH_CAUSE_KEY_FILE_LOCKED },
  { "debug1: Remote: Server has disabled port forwarding.", PTL_SSH_CAUSE_FORWARD_POLICY },
  { "debug1: Remote: port forwarding refused", PTL_SSH_CAUSE_FORWARD_POLICY },
  { "Error: remote port forwarding failed for listen port 23001", PTL_SSH_CAUSE_REMOTE_PORT },
  { "bind [127.0.0.1]:22022: Address already in use", PTL_SSH_CAUSE_LOCAL_PORT_TAKEN },
  { "bind: Address already in use", PTL_SSH_CAUSE_LOCAL_PORT_TAKEN },
  { "bind [127.0.0.1]:80: Permission denied", PTL_SSH_CAUSE_LOCAL_PERMISSION },
  { "bind [203.0.113.1]:8080: Cannot assign requested address", PTL_SSH_CAUSE_LOCAL_ADDRESS },
  { "Could not request local forwarding.", PTL_SSH_CAUSE_LOCAL_FAILED },
  { "channel 1: open failed: administratively prohibited: open failed",
    PTL_SSH_CAUSE_TARGET_POLICY },
  { "channel 1: open failed: connect failed: Connection refused", PTL_SSH_CAUSE_NONE },
  { "Timeout, server 127.0.0.1 not responding.", PTL_SSH_CAUSE_LOST },
  { "client_loop: send disconnect: Broken pipe", PTL_SSH_CAUSE_LOST },
  { "Connection to 127.0.0.1 closed by remote host.", PTL_SSH_CAUSE_LOST },
  { "/tmp/relay.conf: line 3: Bad configuration option: foo", PTL_SSH_CAUSE_CONFIG },
  { "/tmp/relay.conf: terminating, 1 bad configuration options", PTL_SSH_CAUSE_CONFIG },
  { "debug1: Authentications that can continue: publickey", PTL_SSH_CAUSE_NONE },
  { "debug1: Remote: /tmp/ak:1: key options: agent-forwarding port-forwarding pty user-rc "
    "x11-forwarding",
    PTL_SSH_CAUSE_NONE },
  { "Permission denied", PTL_SSH_CAUSE_NONE },
  { "", PTL_SSH_CAUSE_NONE },
};

static void
test_lines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    if (ptl_ssh_cause_of_line (lines[i].line) != lines[i].cause)
      g_error ("\"%s\" is taken for %d", lines[i].line, ptl_ssh_cause_of_line (lines[i].line));
}

static void
test_retry (void)
{
  static const struct
  {
    PtlSshCause cause;
    PtlSshRetry retry;
  } cases[] = {
    { PTL_SSH_CAUSE_NONE, PTL_SSH_RETRY_ALWAYS },
    { PTL_SSH_CAUSE_LOST, PTL_SSH_RETRY_ALWAYS },
    { PTL_SSH_CAUSE_RESOLVE, PTL_SSH_RETRY_ALWAYS },
    { PTL_SSH_CAUSE_CONNECT_REFUSED, PTL_SSH_RETRY_ALWAYS },
    { PTL_SSH_CAUSE_REMOTE_PORT, PTL_SSH_RETRY_FEW },
    { PTL_SSH_CAUSE_FORWARD_POLICY, PTL_SSH_RETRY_NEVER },
    { PTL_SSH_CAUSE_TARGET_POLICY, PTL_SSH_RETRY_NEVER },
    { PTL_SSH_CAUSE_LOGIN, PTL_SSH_RETRY_NEVER },
    { PTL_SSH_CAUSE_KEY_FILE_MISSING, PTL_SSH_RETRY_NEVER },
    { PTL_SSH_CAUSE_LOCAL_PORT_TAKEN, PTL_SSH_RETRY_NEVER },
    { PTL_SSH_CAUSE_HOST_KEY_UNKNOWN, PTL_SSH_RETRY_NEVER },
    { PTL_SSH_CAUSE_HOST_KEY_CHANGED, PTL_SSH_RETRY_NEVER },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (ptl_ssh_cause_get_retry (cases[i].cause), ==, cases[i].retry);
}

static void
test_errors (void)
{
  static const struct
  {
    PtlSshCause cause;
    guint16 port;
    PtlError code;
    const char *part;
  } cases[] = {
    { PTL_SSH_CAUSE_NONE, 0, PTL_ERROR_RELAY_UNREACHABLE, "ssh said “last" },
    { PTL_SSH_CAUSE_CONNECT_REFUSED, 0, PTL_ERROR_RELAY_UNREACHABLE, "port 2200" },
    { PTL_SSH_CAUSE_SILENT, 0, PTL_ERROR_RELAY_UNREACHABLE, "vps" },
    { PTL_SSH_CAUSE_NOT_SSH, 0, PTL_ERROR_RELAY_UNREACHABLE, "no ssh server" },
    { PTL_SSH_CAUSE_LOGIN, 0, PTL_ERROR_RELAY_REFUSED, "ann" },
    { PTL_SSH_CAUSE_KEY_FILE_LOCKED, 0, PTL_ERROR_PERMISSION, "passphrase" },
    { PTL_SSH_CAUSE_KEY_FILE_MISSING, 0, PTL_ERROR_PERMISSION, "/tmp/id" },
    { PTL_SSH_CAUSE_REMOTE_PORT, 8080, PTL_ERROR_RELAY_REFUSED, "8080" },
    { PTL_SSH_CAUSE_FORWARD_POLICY, 8080, PTL_ERROR_RELAY_REFUSED, "AllowTcpForwarding" },
    { PTL_SSH_CAUSE_FORWARD_POLICY, 80, PTL_ERROR_RELAY_REFUSED, "below 1024" },
    { PTL_SSH_CAUSE_LOCAL_PORT_TAKEN, 8080, PTL_ERROR_PORT_TAKEN, "8080" },
    { PTL_SSH_CAUSE_HOST_KEY_UNKNOWN, 0, PTL_ERROR_HOST_KEY_UNKNOWN, "not known" },
    { PTL_SSH_CAUSE_HOST_KEY_CHANGED, 0, PTL_ERROR_HOST_KEY_CHANGED, "another host key" },
  };
  g_autoptr (PtlRelay) relay = ptl_relay_new ();

  g_free (relay->host);
  g_free (relay->user);
  g_free (relay->key_file);
  relay->host = g_strdup ("vps");
  relay->user = g_strdup ("ann");
  relay->key_file = g_strdup ("/tmp/id");
  relay->port = 2200;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = ptl_ssh_cause_to_error (cases[i].cause, relay, cases[i].port,
                                                         "last \033[31mwords\nhere");
      g_auto (GStrv) sentences = g_strsplit (error->message, "\n", -1);

      g_assert_error (error, PTL_ERROR, (int)cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].part));
      g_assert_cmpuint (g_strv_length (sentences), ==, 2);
      g_assert_null (strchr (error->message, '\033'));
      g_assert_true (g_str_has_suffix (sentences[0], ".") && g_str_has_suffix (sentences[1], "."));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh-cause/lines", test_lines);
  g_test_add_func ("/ssh-cause/retry", test_retry);
  g_test_add_func ("/ssh-cause/errors", test_errors);
  return g_test_run ();
}
