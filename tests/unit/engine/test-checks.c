/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "engine/ptl-engine-stats.h"
#include "engine/ptl-sockaddr.h"

/* Checks: targets that are found down, and back, without anyone connecting. An interval is a second at least. */

static guint16
find_dead_port (void)
{
  int fd = bind_to (SOCK_STREAM, "127.0.0.1", 0);
  guint16 port = get_local_port (fd);

  close (fd);
  return port;
}

static PtlForward *
checked_new (guint16 target_port, guint rise, guint fall)
{
  PtlForward *forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", target_port, NULL);

  forward->options->values[PTL_OPTION_HEALTH_INTERVAL] = 1;
  forward->options->values[PTL_OPTION_HEALTH_TIMEOUT] = 1;
  forward->options->values[PTL_OPTION_HEALTH_RISE] = rise;
  forward->options->values[PTL_OPTION_HEALTH_FALL] = fall;
  return forward;
}

static void
add_target (PtlForward *forward, guint16 port)
{
  g_autoptr (PtlEndpoint) endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", port, port);

  g_ptr_array_add (forward->options->targets, ptl_target_new (endpoint, FALSE));
}

static PtlTargetStats
get_stats (PtlEngine *engine, guint i)
{
  g_autoptr (PtlEngineStats) all = ptl_engine_dup_stats (engine, "f");
  PtlTargetStats stats = *(PtlTargetStats *) g_ptr_array_index (all->targets, i);

  stats.endpoint = NULL;
  return stats;
}

typedef struct
{
  guint n_down;
  guint n_up;
} Heard;

static void
on_target (PtlEngine *engine,
           const char *id,
           const char *endpoint,
           gboolean up,
           GError *error,
           gpointer data)
{
  Heard *heard = data;

  if (up)
    heard->n_up++;
  else
    heard->n_down++;
}

#define iterate_until(condition)                                                                   \
  wait_until ((g_main_context_iteration (NULL, FALSE), (condition)))

/* After so many checks in a row that failed it is down, after so many that did not it is up; and it is told. */
static void
test_rise_and_fall (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  guint16 port = find_dead_port ();
  g_autoptr (PtlForward) forward = checked_new (port, 2, 2);
  g_autoptr (GError) trouble = NULL;
  Heard heard = { 0 };
  Peer *late;
  guint n;

  g_signal_connect (engine, "target-changed", G_CALLBACK (on_target), &heard);
  open_forward (engine, "f", forward);
  iterate_until (heard.n_down == 1);
  g_assert_cmpuint (get_stats (engine, 0).failures, ==, 2);
  g_assert_false (get_stats (engine, 0).up);
  trouble = ptl_engine_dup_trouble (engine, "f");
  g_assert_error (trouble, PTL_ERROR, PTL_ERROR_TARGET);
  g_assert_nonnull (strstr (trouble->message, "Nothing listens on"));
  late = peer_new_at ("127.0.0.1", port, peer_echo, NULL);
  iterate_until (heard.n_up == 1);
  n = peer_get_n_accepted (late);
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <=, 3);
  g_assert_true (get_stats (engine, 0).up);
  g_assert_null (ptl_engine_dup_trouble (engine, "f"));
  g_assert_cmpuint (heard.n_down, ==, 1);
  /* Checks are not connections. */
  g_assert_cmpuint (get_stats (engine, 0).connections_ever, ==, 0);
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, 0);
  ptl_engine_stop (engine);
  peer_free (late);
}

/* Who connects does not find out what a check has found out already. */
static void
test_left_out (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = checked_new (find_dead_port (), 1, 1);
  guint64 failures;
  guint16 port;

  add_target (forward, peer_get_port (peer));
  port = open_forward (engine, "f", forward);
  wait_until (!get_stats (engine, 0).up);
  failures = get_stats (engine, 0).failures;
  for (guint i = 0; i < 10; i++)
    {
      int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

      assert_echo (fd, "to the other");
      close (fd);
    }
  g_assert_cmpuint (get_stats (engine, 1).connections_ever, ==, 10);
  g_assert_cmpuint (get_stats (engine, 0).failures, <=, failures + 2);
  g_assert_cmpuint (get_stats (engine, 0).connections_ever, ==, 0);
  ptl_engine_stop (engine);
}

/* One that takes connections into a queue that nobody empties answers all the same; one that drops them does not. */
static void
test_black_hole (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  int hole = bind_to (SOCK_STREAM, "127.0.0.1", 0), fillers[4];
  g_autoptr (PtlForward) forward = checked_new (get_local_port (hole), 1, 1);
  g_autoptr (GError) trouble = NULL;
  PtlSockaddr to;

  ptl_sockaddr_parse (&to, "127.0.0.1", get_local_port (hole));
  g_assert_cmpint (listen (hole, 0), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    {
      fillers[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      connect (fillers[i], &to.any, sizeof to.in);
    }
  open_forward (engine, "f", forward);
  wait_until (!get_stats (engine, 0).up);
  trouble = ptl_engine_dup_trouble (engine, "f");
  g_assert_nonnull (strstr (trouble->message, "does not answer"));
  ptl_engine_stop (engine);
  close (hole);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    close (fillers[i]);
}

/* An edit that ends the checks brings back what they had put out; one that begins them, begins. */
static void
test_edit (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (PtlForward) forward = checked_new (find_dead_port (), 1, 1);
  g_autoptr (GError) error = NULL;
  guint16 port;

  add_target (forward, find_dead_port ());
  port = open_forward (engine, "f", forward);
  wait_until (!get_stats (engine, 0).up && !get_stats (engine, 1).up);
  forward->listen->first = forward->listen->last = port;
  forward->options->values[PTL_OPTION_HEALTH_INTERVAL] = 0;
  ptl_engine_edit (engine, "f", forward, &error);
  g_assert_no_error (error);
  g_assert_true (get_stats (engine, 0).up && get_stats (engine, 1).up);
  forward->options->values[PTL_OPTION_HEALTH_INTERVAL] = 1;
  ptl_engine_edit (engine, "f", forward, &error);
  g_assert_no_error (error);
  wait_until (!get_stats (engine, 0).up && !get_stats (engine, 1).up);
  ptl_engine_stop (engine);
}

/* Checks end with the forward, and leave nothing behind. */
static void
test_close (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = checked_new (peer_get_port (peer), 1, 1);
  g_autoptr (PtlForward) other = checked_new (find_dead_port (), 1, 1);
  guint before;

  open_forward (engine, "keeps-the-threads", other);
  before = count_descriptors ();
  open_forward (engine, "f", forward);
  wait_until (peer_get_n_accepted (peer) == 1);
  g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
  wait_until (count_descriptors () <= before + 1); /* the other one's check may be under way */
  g_assert_cmpuint (peer_get_n_accepted (peer), ==, 1);
  ptl_engine_stop (engine);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/checks/rise-and-fall", test_rise_and_fall);
  g_test_add_func ("/checks/left-out", test_left_out);
  g_test_add_func ("/checks/black-hole", test_black_hole);
  g_test_add_func ("/checks/edit", test_edit);
  g_test_add_func ("/checks/close", test_close);
  return g_test_run ();
}
