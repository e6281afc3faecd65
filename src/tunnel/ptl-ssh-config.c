/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ssh-config.h"

#include <glib/gi18n-lib.h>
#include <limits.h>
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-validate.h"

/* ssh asks for each forwarding in its first packets; a longer list than this is a mistake. */
#define MOST_PORTS 100

gboolean
ptl_ssh_config_check_value (const char *value, GError **error)
{
  gboolean ok = strlen (value) < PATH_MAX && g_utf8_validate (value, -1, NULL)
                && strstr (value, "${") == NULL;

  for (const char *c = value; ok && *c != '\0'; c++)
    ok = !g_ascii_iscntrl (*c) && *c != '"' && *c != '\\';
  if (!ok)
    ptl_error_set (
        error, PTL_ERROR_INVALID, _ ("Move or rename the file."),
        _ ("ssh cannot take a path with quotes, backslashes, “${” or control characters in it."));
  return ok;
}

char *
ptl_ssh_config_quote (const char *value, GError **error)
{
  GString *text;

  if (!ptl_ssh_config_check_value (value, error))
    return NULL;
  text = g_string_new ("\"");
  g_string_append (text, value);
  g_string_replace (text, "%", "%%", 0);
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

static const char settings[] =
    /* Never asks anyone. */
    "BatchMode yes\n"
    "NumberOfPasswordPrompts 0\n"
    "PasswordAuthentication no\n"
    "KbdInteractiveAuthentication no\n"
    "RequestTTY no\n"
    "EscapeChar none\n"
    /* The known keys are ours alone, and only a person adds to them. */
    "StrictHostKeyChecking yes\n"
    "GlobalKnownHostsFile none\n"
    "CheckHostIP no\n"
    "UpdateHostKeys no\n"
    "VerifyHostKeyDNS no\n"
    "HashKnownHosts no\n"
    /* One forwarding and nothing else. */
    "ExitOnForwardFailure yes\n"
    "ClearAllForwardings no\n"
    "GatewayPorts no\n"
    "ForwardAgent no\n"
    "ForwardX11 no\n"
    "Tunnel no\n"
    "AddKeysToAgent no\n"
    /* No program of somebody's, no connection shared with another ssh. */
    "ProxyCommand none\n"
    "ProxyJump none\n"
    "PermitLocalCommand no\n"
    "ControlMaster no\n"
    "ControlPath none\n"
    "CanonicalizeHostname no\n"
    /* A peer that is gone is noticed after 45 seconds. */
    "ConnectTimeout 15\n"
    "ConnectionAttempts 1\n"
    "TCPKeepAlive yes\n"
    "ServerAliveInterval 15\n"
    "ServerAliveCountMax 3\n"
    /* At this level ssh says which forwardings stand, and why one does not. */
    "LogLevel DEBUG1\n";

char *
ptl_ssh_config_to_text (const PtlRelay *relay, const char *known_hosts, GError **error)
{
  g_autofree char *hosts_file = NULL;
  g_autofree char *key_file = NULL;
  GString *text;

  if (!ptl_validate_relay_host (relay->host, error)
      || !ptl_validate_relay_user (relay->user, error))
    return NULL;
  hosts_file = ptl_ssh_config_quote (known_hosts, error);
  if (hosts_file == NULL)
    return NULL;
  if (relay->key_file != NULL && *relay->key_file != '\0')
    {
      key_file = ptl_ssh_config_quote (relay->key_file, error);
      if (key_file == NULL)
        return NULL;
    }
  text = g_string_new ("# Written by Portolan before each connection; changes are lost.\n");
  g_string_append_printf (text, "Port %u\nUser %s\nUserKnownHostsFile %s\n", relay->port,
                          relay->user, hosts_file);
  if (key_file != NULL)
    g_string_append_printf (text, "IdentityFile %s\nIdentitiesOnly yes\n", key_file);
  g_string_append (text, settings);
  return g_string_free (text, FALSE);
}

static char *
quote_host (const char *host)
{
  return strchr (host, ':') != NULL ? g_strdup_printf ("[%s]", host) : g_strdup (host);
}

static char *
format_listen (gboolean remote, const PtlEndpoint *listen, guint index)
{
  const char *host = listen->host != NULL ? listen->host : remote ? "*" : "127.0.0.1";
  g_autofree char *quoted = quote_host (host);

  return g_strdup_printf ("%s:%u", quoted, listen->first + index);
}

/* In a socket's path ssh expands tokens as in IdentityFile; a colon would end it. */
static char *
format_path (const char *path, GError **error)
{
  GString *text;

  if (!ptl_ssh_config_check_value (path, error))
    return NULL;
  if (path[0] != '/' || strchr (path, ':') != NULL)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give a whole path without a colon."),
                     _ ("ssh cannot take this path of a socket."));
      return NULL;
    }
  text = g_string_new (path);
  g_string_replace (text, "%", "%%", 0);
  return g_string_free (text, FALSE);
}

static char *
format_target (const PtlEndpoint *target, guint index, GError **error)
{
  g_autofree char *quoted = NULL;

  if (target->path != NULL)
    return format_path (target->path, error);
  quoted = quote_host (target->host != NULL ? target->host : "127.0.0.1");
  return g_strdup_printf ("%s:%u", quoted, target->first + index);
}

static gboolean
refuse (GError **error, const char *what, const char *advice)
{
  ptl_error_set (error, PTL_ERROR_INVALID, advice, "%s", what);
  return FALSE;
}

/* The hosts come from a validated rule; they stand in a command line, so they are looked at again.
 */
static gboolean
check_host (const char *host, GError **error)
{
  if (host == NULL
      || (host[0] != '-' && ptl_host_is_valid (host) && strpbrk (host, "%*[]/@ ,") == NULL))
    return TRUE;
  return refuse (error, _ ("ssh cannot take this host."),
                 _ ("Give a name or an address, without a zone."));
}

static gboolean
check_forward (gboolean remote,
               const PtlEndpoint *listen,
               const PtlEndpoint *target,
               GError **error)
{
  guint n = ptl_endpoint_n_ports (listen);

  if (listen->protocol != PTL_PROTOCOL_TCP
      || (target->path == NULL && target->protocol != PTL_PROTOCOL_TCP))
    return refuse (error, _ ("An ssh tunnel carries TCP only."),
                   _ ("For a game that uses UDP open a port in the router, or use a VPN."));
  if (listen->path != NULL)
    return refuse (error, _ ("An ssh tunnel listens on a port."), _ ("Give a port."));
  if (listen->first == 0
      && (!remote || (target->path == NULL && ptl_endpoint_n_ports (target) > 1)))
    return refuse (error, _ ("The port to listen on is missing."),
                   _ ("Give a port between 1 and 65535."));
  if (target->path == NULL && target->first == 0)
    return refuse (error, _ ("The target has no port."),
                   _ ("Give the port that the program listens on."));
  if (listen->first != 0 && n != (target->path != NULL ? 1 : ptl_endpoint_n_ports (target)))
    return refuse (error, _ ("The two port ranges are not of the same length."),
                   _ ("Give ranges of equal length."));
  if (n > MOST_PORTS)
    return refuse (error, _ ("That is too many ports for one tunnel."),
                   _ ("Give a range of at most 100 ports."));
  return check_host (listen->host, error) && check_host (target->host, error);
}

static gboolean
add_forward (GPtrArray *argv,
             gboolean remote,
             const PtlEndpoint *listen,
             const PtlEndpoint *target,
             guint index,
             GError **error)
{
  g_autofree char *to = format_target (target, index, error);
  g_autofree char *from = format_listen (remote, listen, index);

  if (to == NULL)
    return FALSE;
  g_ptr_array_add (argv, g_strdup (remote ? "-R" : "-L"));
  g_ptr_array_add (argv, g_strdup_printf ("%s:%s", from, to));
  return TRUE;
}

char **
ptl_ssh_config_to_argv (const char *program,
                        const char *config_file,
                        const PtlRelay *relay,
                        gboolean remote,
                        const PtlEndpoint *listen,
                        const PtlEndpoint *target,
                        GError **error)
{
  g_autoptr (GPtrArray) argv = NULL;
  guint n;

  if (!ptl_validate_relay_host (relay->host, error)
      || !check_forward (remote, listen, target, error))
    return NULL;
  argv = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (argv, g_strdup (program));
  g_ptr_array_add (argv, g_strdup ("-F"));
  g_ptr_array_add (argv, g_strdup (config_file));
  g_ptr_array_add (argv, g_strdup ("-N"));
  g_ptr_array_add (argv, g_strdup ("-T"));
  n = MAX (1, ptl_endpoint_n_ports (listen));
  for (guint i = 0; i < n; i++)
    if (!add_forward (argv, remote, listen, target, i, error))
      return NULL;
  g_ptr_array_add (argv, g_strdup ("--"));
  g_ptr_array_add (argv, g_strdup (relay->host));
  g_ptr_array_add (argv, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&argv), FALSE);
}

char **
ptl_ssh_config_dup_environment (void)
{
  static const char *const asking[]
      = { "SSH_ASKPASS", "DISPLAY", "WAYLAND_DISPLAY", "LANGUAGE", "LC_MESSAGES" };
  char **environment = g_get_environ ();

  for (gsize i = 0; i < G_N_ELEMENTS (asking); i++)
    environment = g_environ_unsetenv (environment, asking[i]);
  environment = g_environ_setenv (environment, "SSH_ASKPASS_REQUIRE", "never", TRUE);
  /* What it says is read by ptl-ssh-output.c. */
  return g_environ_setenv (environment, "LC_ALL", "C", TRUE);
}
