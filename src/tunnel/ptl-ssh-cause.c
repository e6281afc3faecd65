/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ssh-cause.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"

#define SAID_MOST_CHARS 200

/* Lines of OpenSSH 8 to 10. The first that fits counts: from the special to the general. */
static const struct
{
  const char *start;
  const char *part; /* somewhere after it; NULL = anything */
  PtlSshCause cause;
} lines[] = {
  { "ssh: Could not resolve hostname ", NULL, PTL_SSH_CAUSE_RESOLVE },
  { "ssh: connect to host ", ": Connection refused", PTL_SSH_CAUSE_CONNECT_REFUSED },
  { "ssh: connect to host ", "timed out", PTL_SSH_CAUSE_SILENT },
  { "ssh: connect to host ", ": No route to host", PTL_SSH_CAUSE_NO_ROUTE },
  { "ssh: connect to host ", ": Network is unreachable", PTL_SSH_CAUSE_NO_ROUTE },
  { "ssh: connect to host ", NULL, PTL_SSH_CAUSE_UNREACHABLE },
  { "Connection timed out during banner exchange", NULL, PTL_SSH_CAUSE_SILENT },
  { "kex_exchange_identification: ", "banner line", PTL_SSH_CAUSE_NOT_SSH },
  { "kex_exchange_identification: ", "No SSH identification string", PTL_SSH_CAUSE_NOT_SSH },
  { "kex_exchange_identification: ", NULL, PTL_SSH_CAUSE_HUNG_UP },
  { "banner exchange: ", "invalid format", PTL_SSH_CAUSE_NOT_SSH },
  { "Bad packet length ", NULL, PTL_SSH_CAUSE_NOT_SSH },
  { "Protocol major versions differ", NULL, PTL_SSH_CAUSE_NEGOTIATION },
  { "Unable to negotiate with ", NULL, PTL_SSH_CAUSE_NEGOTIATION },
  { "@ ", "REMOTE HOST IDENTIFICATION HAS CHANGED", PTL_SSH_CAUSE_HOST_KEY_CHANGED },
  { "@ ", "REVOKED HOST KEY DETECTED", PTL_SSH_CAUSE_HOST_KEY_CHANGED },
  { "Host key for ", " has changed and ", PTL_SSH_CAUSE_HOST_KEY_CHANGED },
  { "No ", " host key is known for ", PTL_SSH_CAUSE_HOST_KEY_UNKNOWN },
  { "Host key verification failed.", NULL, PTL_SSH_CAUSE_HOST_KEY_FAILED },
  { "no such identity: ", ": Permission denied", PTL_SSH_CAUSE_KEY_FILE_UNREADABLE },
  { "no such identity: ", NULL, PTL_SSH_CAUSE_KEY_FILE_MISSING },
  { "Load key ", ": Permission denied", PTL_SSH_CAUSE_KEY_FILE_UNREADABLE },
  { "Load key ", ": No such file", PTL_SSH_CAUSE_KEY_FILE_MISSING },
  { "Load key ", ": bad permissions", PTL_SSH_CAUSE_KEY_FILE_OPEN },
  { "Load key ", ": incorrect passphrase", PTL_SSH_CAUSE_KEY_FILE_LOCKED },
  { "Load key ", NULL, PTL_SSH_CAUSE_KEY_FILE_BAD },
  { "Received disconnect from ", "Too many authentication failures", PTL_SSH_CAUSE_LOGIN },
  { "debug1: Remote: ", "orwarding disabled", PTL_SSH_CAUSE_FORWARD_POLICY },
  { "debug1: Remote: ", "disabled port forwarding", PTL_SSH_CAUSE_FORWARD_POLICY },
  { "debug1: Remote: ", "port forwarding refused", PTL_SSH_CAUSE_FORWARD_POLICY },
  { "debug1: Remote: ", "not permitted to listen", PTL_SSH_CAUSE_FORWARD_POLICY },
  { "Error: remote port forwarding failed ", NULL, PTL_SSH_CAUSE_REMOTE_PORT },
  { "Warning: remote port forwarding failed ", NULL, PTL_SSH_CAUSE_REMOTE_PORT },
  { "bind", ": Address already in use", PTL_SSH_CAUSE_LOCAL_PORT_TAKEN },
  { "bind", ": Permission denied", PTL_SSH_CAUSE_LOCAL_PERMISSION },
  { "bind", ": Cannot assign requested address", PTL_SSH_CAUSE_LOCAL_ADDRESS },
  { "Privileged ports can only be forwarded by root", NULL, PTL_SSH_CAUSE_LOCAL_PERMISSION },
  { "Could not request local forwarding", NULL, PTL_SSH_CAUSE_LOCAL_FAILED },
  { "channel ", "open failed: administratively prohibited", PTL_SSH_CAUSE_TARGET_POLICY },
  { "Timeout, server ", " not responding", PTL_SSH_CAUSE_LOST },
  { "client_loop: ", NULL, PTL_SSH_CAUSE_LOST },
  { "Connection to ", " closed by remote host", PTL_SSH_CAUSE_LOST },
  { "Connection to ", " timed out", PTL_SSH_CAUSE_SILENT },
  { "Received disconnect from ", NULL, PTL_SSH_CAUSE_LOST },
  { "Connection closed by ", NULL, PTL_SSH_CAUSE_HUNG_UP },
  { "Connection reset by ", NULL, PTL_SSH_CAUSE_HUNG_UP },
  { "Read from remote host ", NULL, PTL_SSH_CAUSE_LOST },
  { "ssh_dispatch_run_fatal: ", NULL, PTL_SSH_CAUSE_LOST },
};

PtlSshCause
ptl_ssh_cause_of_line (const char *line)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      gsize n = strlen (lines[i].start);

      if (strncmp (line, lines[i].start, n) == 0
          && (lines[i].part == NULL || strstr (line + n, lines[i].part) != NULL))
        return lines[i].cause;
    }
  /* "user@host: Permission denied (publickey)." */
  if (strchr (line, '@') != NULL && strstr (line, ": Permission denied (") != NULL)
    return PTL_SSH_CAUSE_LOGIN;
  /* "/path: line 3: Bad configuration option: x" */
  if (line[0] == '/' && strstr (line, "ad configuration option") != NULL)
    return PTL_SSH_CAUSE_CONFIG;
  return PTL_SSH_CAUSE_NONE;
}

PtlSshRetry
ptl_ssh_cause_get_retry (PtlSshCause cause)
{
  switch (cause)
    {
    case PTL_SSH_CAUSE_REMOTE_PORT:
      return PTL_SSH_RETRY_FEW;
    case PTL_SSH_CAUSE_NONE:
    case PTL_SSH_CAUSE_LOST:
    case PTL_SSH_CAUSE_HUNG:
    case PTL_SSH_CAUSE_UNREACHABLE:
    case PTL_SSH_CAUSE_HUNG_UP:
    case PTL_SSH_CAUSE_SILENT:
    case PTL_SSH_CAUSE_RESOLVE:
    case PTL_SSH_CAUSE_CONNECT_REFUSED:
    case PTL_SSH_CAUSE_NO_ROUTE:
    case PTL_SSH_CAUSE_NOT_SSH:
      return PTL_SSH_RETRY_ALWAYS;
    default:
      return PTL_SSH_RETRY_NEVER;
    }
}

/* No connection, or none any more. */
static GError *
unreachable_to_error (PtlSshCause cause, const PtlRelay *relay, const char *said)
{
  switch (cause)
    {
    case PTL_SSH_CAUSE_RESOLVE:
      return ptl_error_new (
          PTL_ERROR_RELAY_UNREACHABLE,
          _ ("Check how the name is written, and whether this computer is online."),
          /* Translators: the host name of a relay */
          _ ("The name “%s” of the relay was not found."), relay->host);
    case PTL_SSH_CAUSE_CONNECT_REFUSED:
      return ptl_error_new (
          PTL_ERROR_RELAY_UNREACHABLE,
          _ ("Check the port, and that the ssh server runs there; its firewall may refuse too."),
          /* Translators: host, port */
          _ ("Nothing takes ssh connections at %s, port %u."), relay->host, relay->port);
    case PTL_SSH_CAUSE_SILENT:
      return ptl_error_new (
          PTL_ERROR_RELAY_UNREACHABLE,
          _ ("Check the address and the port, that the server is on, and its firewall."),
          /* Translators: host, port */
          _ ("The relay does not answer at %s, port %u."), relay->host, relay->port);
    case PTL_SSH_CAUSE_NO_ROUTE:
      return ptl_error_new (PTL_ERROR_RELAY_UNREACHABLE,
                            _ ("Check whether this computer is online."),
                            /* Translators: host */
                            _ ("There is no way from here to the relay %s."), relay->host);
    case PTL_SSH_CAUSE_HUNG_UP:
      return ptl_error_new (PTL_ERROR_RELAY_UNREACHABLE,
                            _ ("The server may be busy, or have barred this address after failed "
                               "logins; look in its log."),
                            /* Translators: host */
                            _ ("The relay %s ended the connection before the login."), relay->host);
    case PTL_SSH_CAUSE_NOT_SSH:
      return ptl_error_new (PTL_ERROR_RELAY_UNREACHABLE, _ ("Check the port: ssh mostly has 22."),
                            /* Translators: host, port */
                            _ ("What answers at %s, port %u, is no ssh server."), relay->host,
                            relay->port);
    case PTL_SSH_CAUSE_HUNG:
      return ptl_error_new (
          PTL_ERROR_RELAY_UNREACHABLE, _ ("Try the connection by hand, with ssh in a terminal."),
          /* Translators: host */
          _ ("ssh hung while connected to the relay %s, and was ended."), relay->host);
    case PTL_SSH_CAUSE_LOST:
      return ptl_error_new (PTL_ERROR_RELAY_UNREACHABLE, _ ("It is tried again by itself."),
                            /* Translators: host */
                            _ ("The connection to the relay %s was lost."), relay->host);
    default:
      if (said != NULL)
        return ptl_error_new (
            PTL_ERROR_RELAY_UNREACHABLE, _ ("Try the connection by hand, with ssh in a terminal."),
            /* Translators: host, what the program ssh printed */
            _ ("No connection to the relay %s: ssh said “%s”."), relay->host, said);
      return ptl_error_new (PTL_ERROR_RELAY_UNREACHABLE,
                            _ ("Try the connection by hand, with ssh in a terminal."),
                            /* Translators: host */
                            _ ("No connection to the relay %s."), relay->host);
    }
}

static GError *
login_to_error (PtlSshCause cause, const PtlRelay *relay)
{
  const char *file = relay->key_file != NULL ? relay->key_file : "";

  switch (cause)
    {
    case PTL_SSH_CAUSE_KEY_FILE_LOCKED:
      return ptl_error_new (
          PTL_ERROR_PERMISSION,
          _ ("Unlock it for this session with ssh-add, or use a key without one."),
          _ ("The key for the relay needs a passphrase, and nobody is there to type it."));
    case PTL_SSH_CAUSE_KEY_FILE_BAD:
      return ptl_error_new (PTL_ERROR_PERMISSION,
                            _ ("Choose the private key, not the one that ends in .pub."),
                            /* Translators: a path */
                            _ ("The file “%s” is no private key that ssh can use."), file);
    case PTL_SSH_CAUSE_KEY_FILE_OPEN:
      return ptl_error_new (PTL_ERROR_PERMISSION,
                            _ ("Make it yours alone: chmod 600 on that file."),
                            /* Translators: a path */
                            _ ("Others may read the key file “%s”, so ssh does not use it."), file);
    case PTL_SSH_CAUSE_KEY_FILE_UNREADABLE:
      return ptl_error_new (PTL_ERROR_PERMISSION, _ ("Look at its owner and permissions."),
                            /* Translators: a path */
                            _ ("The key file “%s” cannot be read."), file);
    case PTL_SSH_CAUSE_KEY_FILE_MISSING:
      return ptl_error_new (PTL_ERROR_PERMISSION,
                            _ ("Put it back, or name another one for this relay."),
                            /* Translators: a path */
                            _ ("The key file “%s” is not there."), file);
    default:
      return ptl_error_new (PTL_ERROR_RELAY_REFUSED,
                            _ ("Check the user and the key; its public half must be in "
                               "~/.ssh/authorized_keys there."),
                            /* Translators: user, host */
                            _ ("The relay refused the login of %s at %s."), relay->user,
                            relay->host);
    }
}

static GError *
forward_to_error (PtlSshCause cause, const PtlRelay *relay, guint16 port)
{
  switch (cause)
    {
    case PTL_SSH_CAUSE_REMOTE_PORT:
      if (port == 0)
        return ptl_error_new (PTL_ERROR_RELAY_REFUSED,
                              _ ("Look at PermitListen in its sshd_config."),
                              _ ("The relay did not open a port."));
      return ptl_error_new (
          PTL_ERROR_RELAY_REFUSED,
          _ ("It may be in use there, be it by an old connection (ClientAliveInterval in its "
             "sshd_config ends those); choose another one, or look at PermitListen."),
          /* Translators: a port */
          _ ("The relay did not open port %u."), port);
    case PTL_SSH_CAUSE_TARGET_POLICY:
      return ptl_error_new (PTL_ERROR_RELAY_REFUSED,
                            _ ("Look at AllowTcpForwarding and PermitOpen in its sshd_config."),
                            _ ("The relay does not let this login connect to the target."));
    case PTL_SSH_CAUSE_FORWARD_POLICY:
      if (port > 0 && port < 1024)
        return ptl_error_new (PTL_ERROR_RELAY_REFUSED,
                              _ ("Ports below 1024 are for root there: choose a higher one. Else "
                                 "look at AllowTcpForwarding in its sshd_config."),
                              /* Translators: a port */
                              _ ("The relay does not let this login open port %u."), port);
      return ptl_error_new (PTL_ERROR_RELAY_REFUSED,
                            _ ("Set AllowTcpForwarding yes in its sshd_config, and look at "
                               "PermitListen and the options of the key."),
                            _ ("The relay does not let this login forward ports."));
    case PTL_SSH_CAUSE_LOCAL_PORT_TAKEN:
      return ptl_error_new (PTL_ERROR_PORT_TAKEN, _ ("Choose another port, or end that program."),
                            /* Translators: a port */
                            _ ("Port %u of this computer is in use by another program."), port);
    case PTL_SSH_CAUSE_LOCAL_PERMISSION:
      return ptl_error_new (PTL_ERROR_PERMISSION, _ ("Choose a port of 1024 or above."),
                            /* Translators: a port */
                            _ ("The system does not let us listen on port %u."), port);
    case PTL_SSH_CAUSE_LOCAL_ADDRESS:
      return ptl_error_new (PTL_ERROR_INVALID, _ ("Listen on 127.0.0.1."),
                            _ ("This computer does not have the address to listen on."));
    default:
      return ptl_error_new (PTL_ERROR_FAILED, _ ("Choose another port."),
                            /* Translators: a port */
                            _ ("ssh could not listen on port %u of this computer."), port);
    }
}

static GError *
host_key_to_error (PtlSshCause cause, const PtlRelay *relay)
{
  if (cause == PTL_SSH_CAUSE_HOST_KEY_CHANGED)
    return ptl_error_new (
        PTL_ERROR_HOST_KEY_CHANGED,
        _ ("If you know that the server was set up anew, remove the relay and add it again; else "
           "someone may be in between."),
        /* Translators: host */
        _ ("The relay %s shows another host key than before, so nothing was sent to it."),
        relay->host);
  return ptl_error_new (
      PTL_ERROR_HOST_KEY_UNKNOWN,
      _ ("Compare the fingerprint with the server's own, and accept it if they are the same."),
      /* Translators: host */
      _ ("The host key of the relay %s is not known yet."), relay->host);
}

GError *
ptl_ssh_cause_to_error (PtlSshCause cause, const PtlRelay *relay, guint16 port, const char *said)
{
  g_autofree char *safe
      = said != NULL && *said != '\0' ? ptl_text_make_safe (said, -1, SAID_MOST_CHARS) : NULL;

  if (cause >= PTL_SSH_CAUSE_HOST_KEY_FAILED)
    return host_key_to_error (cause, relay);
  if (cause >= PTL_SSH_CAUSE_REMOTE_PORT)
    return forward_to_error (cause, relay, port);
  if (cause >= PTL_SSH_CAUSE_LOGIN)
    return login_to_error (cause, relay);
  if (cause == PTL_SSH_CAUSE_CONFIG)
    return ptl_error_new (PTL_ERROR_FAILED, _ ("Update the OpenSSH client."),
                          _ ("The ssh of this computer is too old."));
  if (cause == PTL_SSH_CAUSE_NEGOTIATION)
    return ptl_error_new (PTL_ERROR_RELAY_REFUSED, _ ("Update the ssh server."),
                          /* Translators: host */
                          _ ("The relay %s and this computer have no way of encryption in common."),
                          relay->host);
  return unreachable_to_error (cause, relay, safe);
}
