/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ptl-udp-send.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine-support.h"

typedef struct
{
  int out; /* connected to @in */
  int in;
  guint16 segment_most;
} Pair;

static void
pair_open (Pair *self)
{
  self->in = bind_to (SOCK_DGRAM, "127.0.0.1", 0);
  self->out = connect_ok (SOCK_DGRAM, "127.0.0.1", get_local_port (self->in));
  self->segment_most = ptl_udp_probe_segments (self->out);
}

static void
pair_close (Pair *self)
{
  close (self->in);
  close (self->out);
}

static const guint8 *
get_pattern (void)
{
  static guint8 pattern[65536];

  for (guint i = 0; i < sizeof pattern; i++)
    pattern[i] = (guint8) ((i * 2654435761u) >> 13);
  return pattern;
}

static PtlUdpSending
send_pieces (Pair *self, const PtlUdpPiece *pieces, guint n)
{
  PtlUdpSending sending = { .fd = self->out, .segment_most = &self->segment_most };

  ptl_udp_send (&sending, pieces, n);
  return sending;
}

static void
assert_receives (int fd, const guint8 *data, gsize n)
{
  g_autofree guint8 *in = g_malloc (65536);

  g_assert_cmpint (recv (fd, in, 65536, MSG_DONTWAIT), ==, (gssize) n);
  g_assert_cmpmem (in, n, data, n);
}

static void
assert_no_more (int fd)
{
  char byte;

  g_assert_cmpint (recv (fd, &byte, 1, MSG_DONTWAIT), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
}

/* Each comes as it went, however many go in one call. */
static void
check_single (Pair *pair)
{
  static const guint sizes[]
      = { 100, 100, 100, 40, 0, 200, 200, 0, 0, 7, 7, 9, 7, 1, 1, 1, 65507, 1472, 1473, 1473, 3 };
  const guint8 *pattern = get_pattern ();
  PtlUdpPiece pieces[G_N_ELEMENTS (sizes)];
  PtlUdpSending sending;
  gsize n_bytes = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      pieces[i] = (PtlUdpPiece){ pattern + (sizes[i] < 60000 ? i * 1000 : 0), sizes[i], sizes[i] };
      n_bytes += sizes[i];
    }
  sending = send_pieces (pair, pieces, G_N_ELEMENTS (pieces));
  g_assert_cmpuint (sending.n_datagrams, ==, G_N_ELEMENTS (pieces));
  g_assert_cmpuint (sending.n_bytes, ==, n_bytes);
  g_assert_false (sending.refused);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    assert_receives (pair->in, pieces[i].data, pieces[i].n);
  assert_no_more (pair->in);
}

/* What came merged goes on in the same parts. */
static void
check_merged (Pair *pair)
{
  const guint8 *pattern = get_pattern ();
  const PtlUdpPiece pieces[] = {
    { pattern, 1000, 300 }, { pattern, 600, 300 },    { pattern, 300, 300 },   { pattern, 20, 20 },
    { pattern, 100, 1 },    { pattern, 65500, 1300 }, { pattern, 5000, 2000 }, { pattern, 0, 0 },
  };
  PtlUdpSending sending = send_pieces (pair, pieces, G_N_ELEMENTS (pieces));
  guint n = 0, counted = 0;

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      guint at = 0;

      do
        {
          guint size = MIN (pieces[i].segment, pieces[i].n - at);

          assert_receives (pair->in, pattern + at, size);
          at += size;
          n++;
        }
      while (at < pieces[i].n);
      counted += ptl_udp_piece_count (&pieces[i]);
    }
  assert_no_more (pair->in);
  g_assert_cmpuint (sending.n_datagrams, ==, n);
  g_assert_cmpuint (counted, ==, n);
}

static void
test_single (void)
{
  Pair pair;

  pair_open (&pair);
  check_single (&pair);
  pair.segment_most = 0;
  check_single (&pair);
  pair.segment_most = 50;
  check_single (&pair);
  pair_close (&pair);
}

static void
test_merged (void)
{
  Pair pair;

  pair_open (&pair);
  check_merged (&pair);
  pair.segment_most = 0;
  check_merged (&pair);
  pair_close (&pair);
}

/* More than fits into one call, or into what a call may be split into. */
static void
test_many (void)
{
  const guint8 *pattern = get_pattern ();
  PtlUdpPiece pieces[200];
  Pair pair;

  pair_open (&pair);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    pieces[i] = (PtlUdpPiece){ pattern + i, 8, 8 };
  for (guint most = 0; most < 2; most++)
    {
      pair.segment_most = most ? pair.segment_most : 0;
      g_assert_cmpuint (send_pieces (&pair, pieces, G_N_ELEMENTS (pieces)).n_datagrams, ==,
                        G_N_ELEMENTS (pieces));
      for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
        assert_receives (pair.in, pieces[i].data, 8);
    }
  pair_close (&pair);
}

/* Nobody listens: the system says so at the next datagram, which goes out all the same. */
static void
test_refused (void)
{
  const PtlUdpPiece piece = { get_pattern (), 5, 5 };
  PtlUdpSending sending = { 0 };
  Pair pair;

  pair_open (&pair);
  close (pair.in);
  g_assert_cmpuint (send_pieces (&pair, &piece, 1).n_datagrams, ==, 1);
  wait_until ((sending = send_pieces (&pair, &piece, 1)).refused);
  g_assert_cmpuint (sending.n_datagrams, ==, 1);
  sending = (PtlUdpSending){ .fd = pair.out, .segment_most = &pair.segment_most, .stops = TRUE };
  wait_until ((ptl_udp_send (&sending, &piece, 1), sending.refused));
  close (pair.out);
}

/* The batch says where one datagram ends and the next begins, merged by the system or not. */
static void
check_batch (gboolean merges)
{
  g_autoptr (PtlUdpBatch) batch = ptl_udp_batch_new ();
  const guint8 *pattern = get_pattern ();
  const PtlUdpPiece sent[] = { { pattern, 5000, 1000 }, { pattern, 900, 400 }, { pattern, 0, 0 } };
  const guint want[] = { 1000, 1000, 1000, 1000, 1000, 400, 400, 100, 0 };
  int yes = 1;
  guint at = 0;
  Pair pair;

  pair_open (&pair);
  if (merges)
    setsockopt (pair.in, SOL_UDP, UDP_GRO, &yes, sizeof yes);
  send_pieces (&pair, sent, G_N_ELEMENTS (sent));
  while (at < G_N_ELEMENTS (want))
    {
      int n = ptl_udp_batch_receive (batch, pair.in);

      g_assert_cmpint (n, >, 0);
      for (int i = 0; i < n; i++)
        {
          const PtlUdpPiece *piece = &ptl_udp_batch_get_pieces (batch)[i];

          for (guint j = 0; j < ptl_udp_piece_count (piece); j++, at++)
            g_assert_cmpuint (MIN (piece->segment, piece->n - j * piece->segment), ==, want[at]);
        }
    }
  g_assert_cmpint (ptl_udp_batch_receive (batch, pair.in), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  pair_close (&pair);
}

static void
test_batch (void)
{
  check_batch (FALSE);
  check_batch (TRUE);
}

#define REFUSE_CALL(number)                                                                        \
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),                                              \
      BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)

/* A sandbox that knows neither the calls for many datagrams nor the options of UDP. */
static void
enter_sandbox (void)
{
  struct sock_filter filter[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    REFUSE_CALL (SYS_sendmmsg),
    REFUSE_CALL (SYS_recvmmsg),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_setsockopt, 0, 3),
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, args[1])),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SOL_UDP, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOPROTOOPT),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { G_N_ELEMENTS (filter), filter };

  g_assert_cmpint (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
  g_assert_cmpint (prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), ==, 0);
}

static void
test_sandbox (void)
{
  Pair pair;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  enter_sandbox ();
  pair_open (&pair);
  g_assert_cmpuint (pair.segment_most, ==, 0);
  check_single (&pair);
  check_merged (&pair);
  pair_close (&pair);
  check_batch (TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/udp-send/single", test_single);
  g_test_add_func ("/engine/udp-send/merged", test_merged);
  g_test_add_func ("/engine/udp-send/many", test_many);
  g_test_add_func ("/engine/udp-send/refused", test_refused);
  g_test_add_func ("/engine/udp-send/batch", test_batch);
  g_test_add_func ("/engine/udp-send/sandbox", test_sandbox);
  return g_test_run ();
}
