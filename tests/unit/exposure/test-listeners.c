/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/ptl-listeners.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/ptl-endpoint.h"

typedef union
{
  struct sockaddr any;
  struct sockaddr_in in;
  struct sockaddr_in6 in6;
} Address;

static int
bind_to (int type, const char *host, gboolean share, guint16 *port)
{
  Address address = { 0 };
  socklen_t length = sizeof address;
  gboolean v6 = strchr (host, ':') != NULL;
  int fd = socket (v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0);

  address.any.sa_family = v6 ? AF_INET6 : AF_INET;
  if (v6)
    inet_pton (AF_INET6, host, &address.in6.sin6_addr);
  else
    inet_pton (AF_INET, host, &address.in.sin_addr);
  address.in.sin_port = g_htons (*port); /* in the same place in both */
  setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &share, sizeof share);
  if (fd < 0 || bind (fd, &address.any, v6 ? sizeof address.in6 : sizeof address.in) < 0)
    return -1;
  if (type == SOCK_STREAM)
    g_assert_cmpint (listen (fd, 1), ==, 0);
  g_assert_cmpint (getsockname (fd, &address.any, &length), ==, 0);
  *port = g_ntohs (address.in.sin_port);
  return fd;
}

static guint
find_all (GPtrArray *listeners,
          PtlProtocol protocol,
          const char *address,
          guint16 port,
          PtlListener **found)
{
  guint n = 0;

  for (guint i = 0; i < listeners->len; i++)
    {
      PtlListener *listener = g_ptr_array_index (listeners, i);

      if (listener->protocol != protocol || listener->port != port
          || strcmp (listener->address, address) != 0)
        continue;
      *found = listener;
      n++;
    }
  return n;
}

static GPtrArray *
list (void)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *listeners = ptl_listeners_list (&error);

  g_assert_no_error (error);
  return listeners;
}

static char *
get_own_name (void)
{
  char *name;

  g_assert_true (g_file_get_contents ("/proc/self/comm", &name, NULL, NULL));
  return g_strchomp (name);
}

static void
test_found (void)
{
  static const struct
  {
    int type;
    PtlProtocol protocol;
    const char *host;
    const char *shown;
  } cases[] = {
    { SOCK_STREAM, PTL_PROTOCOL_TCP, "127.0.0.1", "127.0.0.1" },
    { SOCK_STREAM, PTL_PROTOCOL_TCP, "0.0.0.0", "0.0.0.0" },
    { SOCK_STREAM, PTL_PROTOCOL_TCP, "::1", "::1" },
    { SOCK_STREAM, PTL_PROTOCOL_TCP, "::", "::" },
    { SOCK_STREAM, PTL_PROTOCOL_TCP, "::ffff:127.0.0.3", "127.0.0.3" },
    { SOCK_DGRAM, PTL_PROTOCOL_UDP, "127.0.0.1", "127.0.0.1" },
    { SOCK_DGRAM, PTL_PROTOCOL_UDP, "0.0.0.0", "0.0.0.0" },
    { SOCK_DGRAM, PTL_PROTOCOL_UDP, "::1", "::1" },
    { SOCK_DGRAM, PTL_PROTOCOL_UDP, "::", "::" },
  };
  g_autofree char *name = get_own_name ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint16 port = 0;
      int fd = bind_to (cases[i].type, cases[i].host, FALSE, &port);
      g_autoptr (GPtrArray) listeners = NULL;
      PtlListener *found = NULL;

      if (fd < 0)
        {
          g_test_message ("no %s on this machine", cases[i].host);
          continue;
        }
      listeners = list ();
      g_assert_cmpuint (find_all (listeners, cases[i].protocol, cases[i].shown, port, &found), ==,
                        1);
      g_assert_cmpuint (found->pid, ==, (guint) getpid ());
      g_assert_cmpstr (found->process, ==, name);
      g_assert_cmpuint (found->uid, ==, getuid ());
      g_assert_cmpuint (found->inode, >, 0);
      close (fd);
      g_clear_pointer (&listeners, g_ptr_array_unref);
      listeners = list ();
      g_assert_cmpuint (find_all (listeners, cases[i].protocol, cases[i].shown, port, &found), ==,
                        0);
    }
}

/* A client's sockets listen for nobody. */
static void
test_connected_is_not_listed (void)
{
  guint16 port = 0, from = 0;
  int udp = bind_to (SOCK_DGRAM, "127.0.0.1", FALSE, &from);
  int server = bind_to (SOCK_STREAM, "127.0.0.1", FALSE, &port);
  int client = socket (AF_INET, SOCK_STREAM, 0);
  Address address = { .in = { .sin_family = AF_INET, .sin_port = g_htons (port) } }, own;
  socklen_t length = sizeof own;
  g_autoptr (GPtrArray) listeners = NULL;
  PtlListener *found;

  inet_pton (AF_INET, "127.0.0.1", &address.in.sin_addr);
  g_assert_cmpint (connect (client, &address.any, sizeof address.in), ==, 0);
  g_assert_cmpint (connect (udp, &address.any, sizeof address.in), ==, 0);
  g_assert_cmpint (getsockname (client, &own.any, &length), ==, 0);
  listeners = list ();
  g_assert_cmpuint (find_all (listeners, PTL_PROTOCOL_UDP, "127.0.0.1", from, &found), ==, 0);
  g_assert_cmpuint (
      find_all (listeners, PTL_PROTOCOL_TCP, "127.0.0.1", g_ntohs (own.in.sin_port), &found), ==,
      0);
  close (udp);
  close (client);
  close (server);
}

static void
test_shared_port_is_one_listener (void)
{
  guint16 port = 0;
  int fds[3];
  g_autoptr (GPtrArray) listeners = NULL;
  PtlListener *found;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = bind_to (SOCK_STREAM, "127.0.0.1", TRUE, &port);
  listeners = list ();
  g_assert_cmpuint (find_all (listeners, PTL_PROTOCOL_TCP, "127.0.0.1", port, &found), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

/* More than one netlink answer holds. */
static void
test_many (void)
{
  enum
  {
    N = 600
  };
  int fds[N];
  guint16 ports[N] = { 0 };
  g_autoptr (GPtrArray) listeners = NULL;
  PtlListener *found;

  for (guint i = 0; i < N; i++)
    {
      fds[i] = bind_to (SOCK_STREAM, "127.0.0.1", FALSE, &ports[i]);
      g_assert_cmpint (fds[i], >=, 0);
    }
  listeners = list ();
  for (guint i = 0; i < N; i++)
    {
      g_assert_cmpuint (find_all (listeners, PTL_PROTOCOL_TCP, "127.0.0.1", ports[i], &found), ==,
                        1);
      g_assert_cmpuint (found->pid, ==, (guint) getpid ());
      close (fds[i]);
    }
}

static void
test_other_namespace_is_empty (void)
{
  guint16 port = 0;
  int fd = bind_to (SOCK_STREAM, "0.0.0.0", FALSE, &port), status;
  pid_t child = fork ();

  if (child == 0)
    {
      GPtrArray *listeners;

      if (unshare (CLONE_NEWNET) < 0 && unshare (CLONE_NEWUSER | CLONE_NEWNET) < 0)
        _exit (77);
      listeners = ptl_listeners_list (NULL);
      _exit (listeners && listeners->len == 0 ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  close (fd);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77)
    g_test_skip ("network namespaces are not to be had here");
  else
    g_assert_cmpint (status, ==, 0);
}

static const PtlListener *
find_one (const PtlListenersView *view, const char *address, guint16 port)
{
  PtlListener *found = NULL;

  g_assert_cmpuint (find_all (view->listeners, PTL_PROTOCOL_TCP, address, port, &found), ==, 1);
  return found;
}

static PtlListenersView *
look (const PtlListenersView *before)
{
  g_autoptr (GError) error = NULL;
  PtlListenersView *view = ptl_listeners_look (before, &error);

  g_assert_no_error (error);
  return view;
}

/* "::" takes both families unless it was told not to. */
static void
test_families (void)
{
  guint16 port = 0, port6 = 0;
  int both = bind_to (SOCK_STREAM, "::", FALSE, &port), v6, yes = 1;
  Address address = { .in6 = { .sin6_family = AF_INET6 } };
  socklen_t length = sizeof address;
  g_autoptr (PtlListenersView) view = NULL;

  if (both < 0)
    {
      g_test_skip ("no IPv6 on this machine");
      return;
    }
  v6 = socket (AF_INET6, SOCK_STREAM, 0);
  g_assert_cmpint (setsockopt (v6, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes), ==, 0);
  g_assert_cmpint (bind (v6, &address.any, sizeof address.in6), ==, 0);
  g_assert_cmpint (listen (v6, 1), ==, 0);
  g_assert_cmpint (getsockname (v6, &address.any, &length), ==, 0);
  port6 = g_ntohs (address.in6.sin6_port);
  view = look (NULL);
  g_assert_true (find_one (view, "::", port)->ipv4);
  g_assert_true (find_one (view, "::", port)->ipv6);
  g_assert_cmpint (find_one (view, "::", port)->scope, ==, PTL_LISTEN_SCOPE_EVERY);
  g_assert_false (find_one (view, "::", port6)->ipv4);
  g_assert_true (find_one (view, "::", port6)->ipv6);
  close (both);
  close (v6);
}

/* What is known of a socket that is there still is taken over; what is new is found; what is gone is gone. */
static void
test_look_again (void)
{
  guint16 first = 0, second = 0;
  int one = bind_to (SOCK_STREAM, "127.0.0.1", FALSE, &first), two;
  g_autoptr (PtlListenersView) before = look (NULL);
  g_autoptr (PtlListenersView) same = look (before);
  g_autoptr (PtlListenersView) after = NULL;
  g_autoptr (PtlListenersView) gone = NULL;
  g_autofree char *name = get_own_name ();

  g_assert_cmpstr (find_one (same, "127.0.0.1", first)->process, ==, name);
  g_assert_true (ptl_listeners_view_equal (same, same));
  two = bind_to (SOCK_STREAM, "127.0.0.1", FALSE, &second);
  after = look (same);
  g_assert_false (ptl_listeners_view_equal (same, after));
  g_assert_cmpstr (find_one (after, "127.0.0.1", first)->process, ==, name);
  g_assert_cmpstr (find_one (after, "127.0.0.1", second)->process, ==, name);
  g_assert_cmpstr (find_one (after, "127.0.0.1", second)->user, !=, "");
  close (one);
  gone = look (after);
  for (guint i = 0; i < gone->listeners->len; i++)
    g_assert_cmpuint (((PtlListener *) gone->listeners->pdata[i])->port, !=, first);
  close (two);
}

/* Another user's program: without rights over it the name is not known, and that is said. */
static int
look_as_nobody (guint16 port)
{
  PtlListenersView *view;

  if (setgid (65534) < 0 || setuid (65534) < 0)
    return 77;
  view = ptl_listeners_look (NULL, NULL);
  for (guint i = 0; view && i < view->listeners->len; i++)
    {
      const PtlListener *listener = view->listeners->pdata[i];

      if (listener->port != port)
        continue;
      if (listener->uid != 0 || strcmp (listener->user, "root") != 0)
        return 2;
      /* Where its control group holds but one kind of program even that is known. */
      return *listener->process == '\0' && (view->n_unknown == 0 || !view->unseen[0]) ? 3 : 0;
    }
  return 1;
}

static void
test_without_rights (void)
{
  guint16 port = 0;
  int fd = bind_to (SOCK_STREAM, "127.0.0.1", FALSE, &port), status;
  pid_t child;

  if (getuid () != 0)
    {
      g_test_skip ("it takes root to become nobody");
      return;
    }
  child = fork ();
  if (child == 0)
    _exit (look_as_nobody (port));
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == 77)
    g_test_skip ("this root may not become nobody");
  else
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  close (fd);
}

/* A name made to trick a terminal is shown as harmless text. */
static void
test_hostile_name (void)
{
  g_autofree char *before = get_own_name ();
  guint16 port = 0;
  int fd = bind_to (SOCK_DGRAM, "127.0.0.1", FALSE, &port);
  g_autoptr (GPtrArray) listeners = NULL;
  PtlListener *found = NULL;

  g_assert_cmpint (prctl (PR_SET_NAME, "a\033[2J\n<b>"), ==, 0);
  listeners = list ();
  g_assert_cmpint (prctl (PR_SET_NAME, before), ==, 0);
  g_assert_cmpuint (find_all (listeners, PTL_PROTOCOL_UDP, "127.0.0.1", port, &found), ==, 1);
  g_assert_null (strchr (found->process, '\033'));
  g_assert_null (strchr (found->process, '\n'));
  g_assert_true (g_str_has_prefix (found->process, "a"));
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exposure/listeners/found", test_found);
  g_test_add_func ("/exposure/listeners/connected-is-not-listed", test_connected_is_not_listed);
  g_test_add_func ("/exposure/listeners/shared-port-is-one-listener",
                   test_shared_port_is_one_listener);
  g_test_add_func ("/exposure/listeners/many", test_many);
  g_test_add_func ("/exposure/listeners/other-namespace-is-empty", test_other_namespace_is_empty);
  g_test_add_func ("/exposure/listeners/families", test_families);
  g_test_add_func ("/exposure/listeners/look-again", test_look_again);
  g_test_add_func ("/exposure/listeners/without-rights", test_without_rights);
  g_test_add_func ("/exposure/listeners/hostile-name", test_hostile_name);
  return g_test_run ();
}
