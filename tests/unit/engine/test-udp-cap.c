/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine-support.h"
#include "engine/ptl-engine-stats.h"

/* Many threads, so that the kernel spreads the sources over them. */
#define N_THREADS 4

static PtlForward *
capped_new (UdpEcho *echo, guint cap)
{
  PtlForward *forward
      = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", 0, "127.0.0.1", udp_echo_get_port (echo), NULL);

  forward->options->values[PTL_OPTION_UDP_SESSIONS] = cap;
  return forward;
}

/* One datagram there and one back: none is lost because another session has to make room. */
static void
assert_first_answered (int fd, const char *text)
{
  char back[32] = { 0 };

  g_assert_cmpint (send (fd, text, strlen (text), 0), ==, (gssize) strlen (text));
  g_assert_cmpint (recv (fd, back, sizeof back - 1, 0), ==, (gssize) strlen (text));
  g_assert_cmpstr (back, ==, text);
}

static gboolean
has_session (PtlEngine *engine, int fd)
{
  g_autoptr (GPtrArray) list = ptl_engine_list_connections (engine, "f", 0);
  g_autofree char *source = g_strdup_printf ("127.0.0.1:%u", get_local_port (fd));

  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((PtlConnectionStats *) g_ptr_array_index (list, i))->source, source))
      return TRUE;
  return FALSE;
}

static guint64
get_peak (PtlEngine *engine)
{
  PtlEngineStats *stats = ptl_engine_dup_stats (engine, "f");
  guint64 peak = stats->peak;

  ptl_engine_stats_free (stats);
  return peak;
}

/* Each new one drops the one of all that was silent longest, whichever thread has it; and never is
 * there one too many. */
static void
test_oldest (void)
{
  enum
  {
    CAP = 8,
    N = 60
  };
  g_autoptr (PtlEngine) engine = ptl_engine_new (N_THREADS);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward = capped_new (echo, CAP);
  guint16 port = open_forward (engine, "f", forward);
  int fds[N];

  for (int i = 0; i < N; i++)
    {
      fds[i] = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
      assert_first_answered (fds[i], "me");
      assert_first_answered (fds[0], "still the first");
      /* It plays on, so the others went: the one before the last CAP - 1 last of all. */
      g_assert_true (has_session (engine, fds[0]));
      g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, MIN (i + 1, CAP));
      if (i >= CAP)
        g_assert_false (has_session (engine, fds[i - CAP + 1]));
      for (int j = MAX (1, i - CAP + 2); j <= i; j++)
        g_assert_true (has_session (engine, fds[j]));
    }
  g_assert_cmpuint (get_peak (engine), ==, CAP);
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, N);
  for (guint i = 0; i < N; i++)
    close (fds[i]);
}

/* An edit that lowers the cap drops the oldest of all. */
static void
test_lower (void)
{
  enum
  {
    N = 24,
    LEFT = 5
  };
  g_autoptr (PtlEngine) engine = ptl_engine_new (N_THREADS);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward = capped_new (echo, N), lower = NULL;
  guint16 port = open_forward (engine, "f", forward);
  int fds[N];

  for (guint i = 0; i < N; i++)
    {
      fds[i] = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
      assert_first_answered (fds[i], "me");
    }
  lower = ptl_forward_copy (forward);
  lower->options->values[PTL_OPTION_UDP_SESSIONS] = LEFT;
  g_assert_true (ptl_engine_edit (engine, "f", lower, NULL));
  wait_until (get_traffic (engine, "f").connections_now == LEFT);
  for (guint i = 0; i < N; i++)
    {
      g_assert_cmpint (has_session (engine, fds[i]), ==, i >= N - LEFT);
      close (fds[i]);
    }
}

/* After a move, those who came before it count too, and can make room. */
static void
test_moved (gconstpointer n_threads)
{
  enum
  {
    CAP = 4
  };
  g_autoptr (PtlEngine) engine = ptl_engine_new (GPOINTER_TO_UINT (n_threads));
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward = capped_new (echo, CAP);
  g_autoptr (PtlEndpoint) bound = NULL;
  guint16 port = open_forward (engine, "f", forward);
  int before[CAP], after[CAP];

  for (guint i = 0; i < CAP; i++)
    {
      before[i] = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
      assert_first_answered (before[i], "before");
    }
  g_assert_true (ptl_engine_move (engine, "f", forward, &bound, NULL));
  for (guint i = 0; i < CAP; i++)
    {
      after[i] = connect_ok (SOCK_DGRAM, "127.0.0.1", bound->first);
      assert_first_answered (after[i], "after");
      g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, CAP);
    }
  for (guint i = 0; i < CAP; i++)
    {
      g_assert_false (has_session (engine, before[i]));
      g_assert_true (has_session (engine, after[i]));
      close (before[i]);
      close (after[i]);
    }
}

/* Nor does it matter at which of two places a forward listens. */
static void
test_beside (void)
{
  enum
  {
    CAP = 4,
    N = 40
  };
  g_autoptr (PtlEngine) engine = ptl_engine_new (N_THREADS);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward = capped_new (echo, CAP);
  g_autoptr (PtlEndpoint) listen = ptl_endpoint_new (PTL_PROTOCOL_UDP, "127.0.0.45", 0, 0),
                          bound = NULL;
  guint16 port = open_forward (engine, "f", forward);
  int fds[N];

  g_assert_true (ptl_engine_join (engine, "f", listen, &bound, NULL));
  for (guint i = 0; i < N; i++)
    {
      gboolean here = i % 3 == 0;

      fds[i]
          = connect_ok (SOCK_DGRAM, here ? "127.0.0.1" : "127.0.0.45", here ? port : bound->first);
      assert_first_answered (fds[i], "me");
      if (i >= CAP)
        g_assert_false (has_session (engine, fds[i - CAP]));
    }
  for (guint i = 0; i < N; i++)
    close (fds[i]);
}

static gpointer
play (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  guint n = 0;

  for (guint i = 0; i < 50; i++)
    {
      char back[8];

      send (fd, "mine", 4, 0);
      n += recv (fd, back, sizeof back, 0) == 4;
    }
  return GUINT_TO_POINTER (n);
}

/* A flood from many sources (faults.md row 28): the table does not grow past its cap at any moment,
 * nor do descriptors, and one who plays on meanwhile is served. */
static void
test_flood (void)
{
  enum
  {
    CAP = 64,
    N = 5000
  };
  g_autoptr (PtlEngine) engine = ptl_engine_new (N_THREADS);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward = capped_new (echo, CAP);
  guint16 port = open_forward (engine, "f", forward);
  struct timeval soon = { .tv_usec = 300 * 1000 };
  int mine = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
  guint before = count_descriptors ();
  GThread *player;

  setsockopt (mine, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
  assert_first_answered (mine, "hello");
  player = g_thread_new ("player", play, GINT_TO_POINTER (mine));
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *from = g_strdup_printf ("127.%u.%u.%u", 1 + i % 7, i / 250, 1 + i % 250);
      int fd = connect_to (SOCK_DGRAM, from, "127.0.0.1", port);

      g_assert_cmpint (send (fd, "x", 1, 0), ==, 1);
      g_assert_cmpuint (get_traffic (engine, "f").connections_now, <=, CAP);
      close (fd);
    }
  /* Some may be lost, or dropped as the oldest in between: but it goes on. */
  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (player)), >=, 25);
  g_assert_cmpuint (get_peak (engine), <=, CAP);
  g_assert_cmpuint (count_descriptors (), <=, before + CAP + 16);
  wait_until (get_traffic (engine, "f").connections_ever > CAP);
  close (mine);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/udp-cap/oldest", test_oldest);
  g_test_add_func ("/engine/udp-cap/lower", test_lower);
  g_test_add_data_func ("/engine/udp-cap/moved", GUINT_TO_POINTER (1), test_moved);
  g_test_add_data_func ("/engine/udp-cap/moved-in-many", GUINT_TO_POINTER (N_THREADS), test_moved);
  g_test_add_func ("/engine/udp-cap/beside", test_beside);
  g_test_add_func ("/engine/udp-cap/flood", test_flood);
  return g_test_run ();
}
