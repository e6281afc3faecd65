/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <unistd.h>

#include "engine-support.h"
#include "engine/ptl-udp-send.h"

/* A burst as a client sends it: some datagrams go in one piece, which the system hands on as it is.
 */
static const PtlUdpPiece shape[] = {
  { NULL, 1200 * 9, 1200 },   { NULL, 700, 700 },   { NULL, 64, 64 }, { NULL, 64, 64 },
  { NULL, 64, 64 },           { NULL, 0, 0 },       { NULL, 64, 64 }, { NULL, 65, 65 },
  { NULL, 500 * 3 + 1, 500 }, { NULL, 9000, 9000 }, { NULL, 1, 1 },   { NULL, 65507, 65507 },
};

static void
fill (guint8 *memory, PtlUdpPiece *pieces, guint8 seed)
{
  for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
    {
      pieces[i] = shape[i];
      pieces[i].data = memory;
      for (guint j = 0; j < shape[i].n; j++)
        *memory++ = (guint8) (seed + i * 31 + j * 7 + (j >> 8));
    }
}

static void
assert_comes_back (int fd, const PtlUdpPiece *piece)
{
  g_autofree guint8 *in = g_malloc (65536);

  for (guint i = 0; i < ptl_udp_piece_count (piece); i++)
    {
      guint at = i * piece->segment, n = MIN (piece->segment, piece->n - at);

      g_assert_cmpint (recv (fd, in, 65536, 0), ==, n);
      g_assert_cmpmem (in, n, piece->data + at, n);
    }
}

/* Every datagram comes back, whole, by itself and in its order; those of several sources apart. */
static void
check (const char *host)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1); /* so that several sources meet in one batch */
  g_autoptr (UdpEcho) echo = udp_echo_new (host, 0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_UDP, host, 0, host, udp_echo_get_port (echo), NULL);
  guint16 port = open_forward (engine, "f", forward);
  g_autofree guint8 *memory = g_malloc (4 * 131072);
  PtlUdpPiece pieces[4][G_N_ELEMENTS (shape)];
  guint16 most[4];
  int fds[4];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_ok (SOCK_DGRAM, host, port);
      most[i] = ptl_udp_probe_segments (fds[i]);
      fill (memory + i * 131072, pieces[i], (guint8) (i * 50));
    }
  for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
    for (guint j = 0; j < G_N_ELEMENTS (fds); j++)
      {
        PtlUdpSending sending = { .fd = fds[j], .segment_most = &most[j] };

        ptl_udp_send (&sending, &pieces[j][i], 1);
        g_assert_cmpuint (sending.n_bytes, ==, shape[i].n);
      }
  for (guint j = 0; j < G_N_ELEMENTS (fds); j++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
        assert_comes_back (fds[j], &pieces[j][i]);
      close (fds[j]);
    }
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, G_N_ELEMENTS (fds));
  wait_until (get_traffic (engine, "f").bytes_in == get_traffic (engine, "f").bytes_out);
}

static void
test_ipv4 (void)
{
  check ("127.0.0.1");
}

static void
test_ipv6 (void)
{
  if (has_ipv6 ())
    check ("::1");
  else
    g_test_skip ("this machine has no IPv6 loopback address");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/udp-burst/ipv4", test_ipv4);
  g_test_add_func ("/engine/udp-burst/ipv6", test_ipv6);
  return g_test_run ();
}
