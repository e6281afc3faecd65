/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TCP Fast Open (RFC 7413): whoever has been here before may send the first bytes with the SYN. */
#include "engine-support.h"
#include "namespace-support.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/ptl-sockaddr.h"

/* For clients 1, for servers 2. */
static gboolean
set_allowed (const char *value)
{
  return g_file_set_contents_full ("/proc/sys/net/ipv4/tcp_fastopen", value, -1,
                                   G_FILE_SET_CONTENTS_NONE, 0644, NULL);
}

/* Whether what it sent went with the SYN and was taken. */
static gboolean
ask_in_syn (guint16 port)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct tcp_info info;
  socklen_t length = sizeof info;
  PtlSockaddr address;
  char back[5] = { 0 };

  g_assert_true (ptl_sockaddr_parse (&address, "127.0.0.1", port));
  g_assert_cmpint (sendto (fd, "ahoy", 4, MSG_FASTOPEN, &address.any,
                           ptl_sockaddr_get_length (&address)),
                   ==, 4);
  receive_all (fd, back, 4);
  g_assert_cmpstr (back, ==, "ahoy");
  g_assert_cmpint (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &length), ==, 0);
  close (fd);
  return (info.tcpi_options & TCPI_OPT_SYN_DATA) != 0;
}

static void
test_where_allowed (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port;

  if (!set_allowed ("3"))
    {
      g_test_skip ("no network namespace whose settings may be changed is to be had");
      return;
    }
  port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  g_assert_false (ask_in_syn (port)); /* gets its cookie */
  g_assert_true (ask_in_syn (port));
  wait_until (get_traffic (engine, "f").connections_now == 0);
  g_assert_cmpuint (get_traffic (engine, "f").bytes_in, ==, 8);
}

static void
test_where_not_allowed (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port;

  if (!set_allowed ("1"))
    {
      g_test_skip ("no network namespace whose settings may be changed is to be had");
      return;
    }
  port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  g_assert_false (ask_in_syn (port));
  g_assert_false (ask_in_syn (port));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!namespace_enter ())
    {
      g_print ("1..0 # SKIP no network namespace is to be had\n");
      return 0;
    }
  g_test_add_func ("/engine/tcp-fast-open/where-not-allowed", test_where_not_allowed);
  g_test_add_func ("/engine/tcp-fast-open/where-allowed", test_where_allowed);
  return g_test_run ();
}
