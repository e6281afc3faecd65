/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "engine/ptl-port-holder.h"
#include "engine/ptl-sockaddr.h"

/* A program of the same user that is willing to share its port would get some of our connections.
 */
static void
test_taken_with_reuseport (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  PtlSockaddr address;
  int fd = socket (AF_INET, SOCK_STREAM, 0), one = 1;
  g_autoptr (PtlForward) forward = NULL;
  g_autoptr (GError) error = NULL;

  setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  ptl_sockaddr_parse (&address, "127.0.0.1", 0);
  g_assert_cmpint (bind (fd, &address.any, sizeof address.in), ==, 0);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  forward = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", get_local_port (fd), "127.0.0.1", 9, NULL);
  error = open_fails (engine, forward);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  close (fd);
}

static void
test_taken_by_a_rule (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_BOTH, 9);
  const PtlProtocol protocols[] = { PTL_PROTOCOL_TCP, PTL_PROTOCOL_UDP, PTL_PROTOCOL_BOTH };

  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    {
      g_autoptr (PtlForward) forward
          = forward_new (protocols[i], "0.0.0.0", port, "127.0.0.1", 9, NULL);
      g_autoptr (GError) error = open_fails (engine, forward);

      g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
      g_assert_nonnull (strstr (error->message, "another rule of Portolan"));
    }
}

/* The one in the way is named, not one that has the same port elsewhere. */
static void
test_holder_by_address (void)
{
  static const struct
  {
    const char *held;
    const char *wanted;
    gboolean found;
  } cases[] = {
    { "127.0.0.34", "127.0.0.34", TRUE },
    { "127.0.0.34", "127.0.0.35", FALSE },
    { "127.0.0.34", "0.0.0.0", TRUE },
    { "127.0.0.34", "::", TRUE },
    { "0.0.0.0", "127.0.0.35", TRUE },
    { "::1", "127.0.0.35", FALSE },
    { "::1", "::", TRUE },
    { "::", "127.0.0.35", TRUE },
  };

  if (!has_ipv6 ())
    {
      g_test_skip ("this machine has no IPv6 loopback address");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint udp = 0; udp < 2; udp++)
      {
        int fd = bind_to (udp ? SOCK_DGRAM : SOCK_STREAM, cases[i].held, 0);
        g_autofree char *holder = NULL;
        PtlSockaddr wanted;

        if (!udp)
          g_assert_cmpint (listen (fd, 1), ==, 0);
        g_assert_true (ptl_sockaddr_parse (&wanted, cases[i].wanted, get_local_port (fd)));
        holder = ptl_port_holder_describe_at (udp ? PTL_PROTOCOL_UDP : PTL_PROTOCOL_TCP, &wanted);
        if (cases[i].found)
          g_assert_cmpstr (holder, ==, "another rule of Portolan");
        else if (holder && strstr (holder, "Portolan"))
          g_error ("%s is not in the way of %s", cases[i].held, cases[i].wanted);
        close (fd);
      }
}

/* The holder is another program: a child that calls itself so. */
static void
hold_port (int port_pipe, int end_pipe)
{
  int fd = bind_to (SOCK_STREAM, "127.0.0.1", 0);
  guint16 port = get_local_port (fd);
  g_autofree char *name = g_strdup ("greedy\033[2J<b>");
  int comm = open ("/proc/self/comm", O_WRONLY);
  char byte;

  listen (fd, 1);
  if (write (comm, name, strlen (name)) > 0 && write (port_pipe, &port, sizeof port) > 0
      && read (end_pipe, &byte, 1) >= 0)
    _exit (0);
  _exit (1);
}

static void
test_taken_names_holder (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  int port_pipe[2], end_pipe[2], status;
  guint16 port;
  pid_t child;
  g_autofree char *pid_text = NULL;
  g_autoptr (PtlForward) forward = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (pipe2 (port_pipe, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pipe2 (end_pipe, O_CLOEXEC), ==, 0);
  child = fork ();
  if (child == 0)
    {
      close (end_pipe[1]);
      hold_port (port_pipe[1], end_pipe[0]);
    }
  g_assert_cmpint (read (port_pipe[0], &port, sizeof port), ==, sizeof port);
  forward = forward_new (PTL_PROTOCOL_BOTH, "127.0.0.1", port, "127.0.0.1", 9, NULL);
  error = open_fails (engine, forward);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  pid_text = g_strdup_printf ("%d", child);
  g_assert_nonnull (strstr (error->message, "greedy"));
  g_assert_nonnull (strstr (error->message, pid_text));
  g_assert_null (strchr (error->message, '\033'));
  close (end_pipe[1]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  for (guint i = 0; i < 2; i++)
    close (port_pipe[i]);
  close (end_pipe[0]);
}

static void
test_both_or_neither (void)
{
  /* An address of its own: nobody's connection happens to have the port there. */
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  int taken = bind_to (SOCK_DGRAM, "127.0.0.33", 0), fd;
  guint16 port = get_local_port (taken);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_BOTH, "127.0.0.33", port, "127.0.0.1", 9, NULL);
  g_autoptr (GError) error = open_fails (engine, forward);

  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  g_assert_nonnull (strstr (error->message, "UDP"));
  fd = bind_to (SOCK_STREAM, "127.0.0.33", port); /* TCP was given back */
  close (fd);
  close (taken);
  open_forward (engine, "f", forward);
}

static void
test_permission (void)
{
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 80, "127.0.0.1", 9, NULL);
  int status;
  pid_t child;
  g_autofree char *start = NULL;

  if (!g_file_get_contents ("/proc/sys/net/ipv4/ip_unprivileged_port_start", &start, NULL, NULL)
      || atoi (start) <= 80)
    {
      g_test_skip ("anyone may listen on port 80 here");
      return;
    }
  child = fork ();
  if (child == 0)
    {
      g_autoptr (PtlEngine) engine = ptl_engine_new (1);
      GError *error = NULL;

      if (geteuid () == 0 && (setgid (65534) < 0 || setuid (65534) < 0))
        _exit (2);
      _exit (!ptl_engine_open (engine, "f", forward, NULL, &error)
                     && g_error_matches (error, PTL_ERROR, PTL_ERROR_PERMISSION)
                 ? 0
                 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* First, while this process has no threads that a child would lack. */
  g_test_add_func ("/engine/permission", test_permission);
  g_test_add_func ("/engine/taken-names-holder", test_taken_names_holder);
  g_test_add_func ("/engine/taken-with-reuseport", test_taken_with_reuseport);
  g_test_add_func ("/engine/taken-by-a-rule", test_taken_by_a_rule);
  g_test_add_func ("/engine/holder-by-address", test_holder_by_address);
  g_test_add_func ("/engine/both-or-neither", test_both_or_neither);
  return g_test_run ();
}
