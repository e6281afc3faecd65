/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "engine/ptl-engine-stats.h"
#include "engine/ptl-sockaddr.h"

/* Several targets of one rule: how connections are shared among them. */

#define N 3

typedef struct
{
  PtlEngine *engine;
  Peer *peers[N];
  PtlForward *forward;
  guint16 port;
} Fixture;

static void
set_up (Fixture *f, gconstpointer balance)
{
  static const char *const names[N] = { "a", "b", "c" };

  f->engine = ptl_engine_new (0);
  for (guint i = 0; i < N; i++)
    f->peers[i] = peer_new ("127.0.0.1", tell_name, (gpointer) names[i]);
  f->forward = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1",
                            peer_get_port (f->peers[0]), NULL);
  for (guint i = 1; i < N; i++)
    forward_add_target (f->forward, "127.0.0.1", peer_get_port (f->peers[i]), FALSE);
  f->forward->options->values[PTL_OPTION_BALANCE] = GPOINTER_TO_UINT (balance);
  f->port = open_forward (f->engine, "f", f->forward);
}

static void
tear_down (Fixture *f, gconstpointer balance)
{
  ptl_engine_stop (f->engine);
  g_clear_object (&f->engine);
  for (guint i = 0; i < N; i++)
    g_clear_pointer (&f->peers[i], peer_free);
  ptl_forward_free (f->forward);
}

static void
edit (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->forward->listen->first = f->forward->listen->last = f->port;
  ptl_engine_edit (f->engine, "f", f->forward, &error);
  g_assert_no_error (error);
}

static PtlTargetStats
get_stats (Fixture *f, guint i)
{
  g_autoptr (PtlEngineStats) all = ptl_engine_dup_stats (f->engine, "f");
  PtlTargetStats stats;

  g_assert_cmpuint (all->targets->len, >, i);
  stats = *(PtlTargetStats *) g_ptr_array_index (all->targets, i);
  stats.endpoint = NULL;
  return stats;
}

static int
dial (Fixture *f, const char *from, char *name)
{
  int fd = connect_to (SOCK_STREAM, from, "127.0.0.1", f->port);

  g_assert_cmpint (fd, >=, 0);
  *name = receive_name (fd);
  return fd;
}

static char
knock (Fixture *f, const char *from)
{
  char name;

  close (dial (f, from, &name));
  return name;
}

static void
test_round_robin (Fixture *f, gconstpointer unused)
{
  guint counts[N] = { 0 };

  for (guint i = 0; i < 10 * N; i++)
    counts[knock (f, NULL) - 'a']++;
  for (guint i = 0; i < N; i++)
    {
      g_assert_cmpuint (counts[i], ==, 10);
      g_assert_cmpuint (get_stats (f, i).connections_ever, ==, 10);
      g_assert_true (get_stats (f, i).up);
    }
}

/* The one that lost its connections gets the next ones. */
static void
test_least_connections (Fixture *f, gconstpointer unused)
{
  int fds[4 * N];
  char names[4 * N], name;
  guint counts[N] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = dial (f, NULL, &names[i]);
      counts[names[i] - 'a']++;
    }
  for (guint i = 0; i < N; i++)
    g_assert_cmpuint (counts[i], ==, 4);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    if (names[i] == 'b')
      close (fds[i]);
  wait_until (get_stats (f, 1).connections_now == 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    if (names[i] == 'b')
      {
        fds[i] = dial (f, NULL, &name);
        g_assert_cmpint (name, ==, 'b');
      }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

#define N_SOURCES 60

static void
knock_all (Fixture *f, char *names)
{
  for (guint i = 0; i < N_SOURCES; i++)
    {
      g_autofree char *from = g_strdup_printf ("127.0.1.%u", i + 1);

      names[i] = knock (f, from);
      g_assert_cmpint (knock (f, from), ==, names[i]);
    }
}

/* A target that goes moves its own sources alone, and has them again when it is back. */
static void
test_source_hash (Fixture *f, gconstpointer unused)
{
  char first[N_SOURCES], without[N_SOURCES], again[N_SOURCES];
  g_autoptr (PtlTarget) last = NULL;
  guint counts[N] = { 0 };

  knock_all (f, first);
  for (guint i = 0; i < N_SOURCES; i++)
    counts[first[i] - 'a']++;
  for (guint i = 0; i < N; i++)
    g_assert_cmpuint (counts[i], >, N_SOURCES / N / 3);

  last = g_ptr_array_steal_index (f->forward->options->targets, N - 2);
  edit (f);
  knock_all (f, without);
  for (guint i = 0; i < N_SOURCES; i++)
    if (first[i] != 'c')
      g_assert_cmpint (without[i], ==, first[i]);
    else
      g_assert_cmpint (without[i], !=, 'c');

  g_ptr_array_add (f->forward->options->targets, g_steal_pointer (&last));
  edit (f);
  knock_all (f, again);
  g_assert_cmpmem (first, sizeof first, again, sizeof again);
}

/* Failing */

static guint16
find_dead_port (void)
{
  int fd = bind_to (SOCK_STREAM, "127.0.0.1", 0);
  guint16 port = get_local_port (fd);

  close (fd);
  return port;
}

/* The client of a target that refuses is taken by the next one at once; after some in a row it is left out. */
static void
test_failover (Fixture *f, gconstpointer unused)
{
  PtlTargetStats stats;

  f->forward->target->first = f->forward->target->last = find_dead_port ();
  edit (f);
  for (guint i = 0; i < 30; i++)
    g_assert_cmpint (knock (f, NULL), !=, 'a');
  stats = get_stats (f, 0);
  g_assert_false (stats.up);
  g_assert_cmpuint (stats.connections_ever, ==, 0);
  g_assert_cmpuint (stats.connections_now, ==, 0);
  /* Three in a row put it out; 30 connections take far less than the second until it is tried again. */
  g_assert_cmpuint (stats.failures, >=, 3);
  g_assert_cmpuint (stats.failures, <=, 6);
  g_assert_cmpuint (get_traffic (f->engine, "f").refused, ==, 0);
  g_assert_null (ptl_engine_dup_trouble (f->engine, "f"));
}

typedef struct
{
  guint n_down;
  guint n_up;
  char *reason;
} Heard;

static void
on_target (PtlEngine *engine, const char *id, const char *endpoint, gboolean up, GError *error, gpointer data)
{
  Heard *heard = data;

  g_assert_cmpstr (id, ==, "f");
  g_assert_true ((error == NULL) == up);
  if (up)
    heard->n_up++;
  else
    heard->n_down++;
  g_free (heard->reason);
  heard->reason = error ? g_strdup (error->message) : NULL;
}

#define iterate_until(condition)                                                                   \
  wait_until ((g_main_context_iteration (NULL, FALSE), (condition)))

/* Out for a second, then one connection finds out that it is back. */
static void
test_comes_back (Fixture *f, gconstpointer unused)
{
  guint16 port = find_dead_port ();
  g_autoptr (Peer) late = NULL;
  gboolean found_back = FALSE;
  Heard heard = { 0 };

  g_signal_connect (f->engine, "target-changed", G_CALLBACK (on_target), &heard);
  f->forward->target->first = f->forward->target->last = port;
  f->forward->options->values[PTL_OPTION_HEALTH_FALL] = 1;
  edit (f);
  while (get_stats (f, 0).up)
    knock (f, NULL);
  iterate_until (heard.n_down == 1);
  g_assert_nonnull (strstr (heard.reason, "Nothing listens on 127.0.0.1:"));
  late = peer_new_at ("127.0.0.1", port, tell_name, (gpointer) "z");
  while (!found_back)
    found_back = knock (f, NULL) == 'z';
  g_assert_true (get_stats (f, 0).up);
  iterate_until (heard.n_up == 1);
  g_assert_cmpuint (heard.n_down, ==, 1);
  g_free (heard.reason);
  ptl_engine_stop (f->engine);
}

/* All are down: the client is reset, and it is said why; and what is back is found at once. */
static void
test_all_down (Fixture *f, gconstpointer unused)
{
  guint16 ports[N];
  g_autoptr (GError) trouble = NULL;
  g_autoptr (Peer) late = NULL;
  int fd;

  for (guint i = 0; i < N; i++)
    {
      PtlTarget *further = i > 0 ? g_ptr_array_index (f->forward->options->targets, i - 1) : NULL;
      PtlEndpoint *endpoint = further ? further->endpoint : f->forward->target;

      endpoint->first = endpoint->last = ports[i] = find_dead_port ();
    }
  f->forward->options->values[PTL_OPTION_HEALTH_FALL] = 1;
  edit (f);
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", f->port);
  assert_ended (fd);
  close (fd);
  wait_until (get_traffic (f->engine, "f").refused == 1);
  trouble = ptl_engine_dup_trouble (f->engine, "f");
  g_assert_error (trouble, PTL_ERROR, PTL_ERROR_TARGET);
  g_assert_nonnull (strstr (trouble->message, "None of the 3 targets takes connections."));
  late = peer_new_at ("127.0.0.1", ports[1], tell_name, (gpointer) "z");
  g_assert_cmpint (knock (f, NULL), ==, 'z');
  ptl_engine_stop (f->engine);
}

/* All are down, nobody comes, and it is found out all the same that one is back. */
static void
test_all_down_unattended (Fixture *f, gconstpointer unused)
{
  guint16 ports[N];
  g_autoptr (Peer) late = NULL;
  Heard heard = { 0 };
  int fd;

  g_signal_connect (f->engine, "target-changed", G_CALLBACK (on_target), &heard);
  for (guint i = 0; i < N; i++)
    {
      PtlTarget *further = i > 0 ? g_ptr_array_index (f->forward->options->targets, i - 1) : NULL;
      PtlEndpoint *endpoint = further ? further->endpoint : f->forward->target;

      endpoint->first = endpoint->last = ports[i] = find_dead_port ();
    }
  f->forward->options->values[PTL_OPTION_HEALTH_FALL] = 1;
  edit (f);
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", f->port);
  assert_ended (fd);
  close (fd);
  iterate_until (heard.n_down == N);
  late = peer_new_at ("127.0.0.1", ports[2], tell_name, (gpointer) "z");
  iterate_until (heard.n_up == 1);
  g_assert_true (get_stats (f, 2).up);
  g_assert_cmpuint (get_stats (f, 2).connections_ever, ==, 0);
  g_assert_null (ptl_engine_dup_trouble (f->engine, "f"));
  g_free (heard.reason);
  ptl_engine_stop (f->engine);
}

static void
test_backup (Fixture *f, gconstpointer unused)
{
  guint16 port = f->forward->target->first;
  PtlTarget *second = g_ptr_array_index (f->forward->options->targets, 0);

  g_ptr_array_remove_index (f->forward->options->targets, 1);
  second->backup = TRUE;
  f->forward->options->values[PTL_OPTION_HEALTH_FALL] = 1;
  edit (f);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (knock (f, NULL), ==, 'a');
  g_assert_cmpuint (get_stats (f, 1).connections_ever, ==, 0);
  f->forward->target->first = f->forward->target->last = find_dead_port ();
  edit (f);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (knock (f, NULL), ==, 'b');
  f->forward->target->first = f->forward->target->last = port;
  edit (f);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (knock (f, NULL), ==, 'a');
}

/* A listener whose queue is full drops what comes: a black hole. */
static int
make_black_hole (guint16 *port, int *fillers, guint n_fillers)
{
  int fd = bind_to (SOCK_STREAM, "127.0.0.1", 0);
  PtlSockaddr to;

  *port = get_local_port (fd);
  ptl_sockaddr_parse (&to, "127.0.0.1", *port);
  g_assert_cmpint (listen (fd, 0), ==, 0);
  for (guint i = 0; i < n_fillers; i++)
    {
      fillers[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      connect (fillers[i], &to.any, sizeof to.in);
    }
  return fd;
}

static void
test_black_hole (Fixture *f, gconstpointer unused)
{
  int fillers[4], hole;
  guint16 port;
  gint64 began, longest = 0;

  hole = make_black_hole (&port, fillers, G_N_ELEMENTS (fillers));
  f->forward->target->first = f->forward->target->last = port;
  f->forward->connect_timeout_ms = 900;
  f->forward->options->values[PTL_OPTION_HEALTH_FALL] = 1;
  edit (f);
  for (guint i = 0; i < 2 * N; i++)
    {
      began = g_get_monotonic_time ();
      g_assert_cmpint (knock (f, NULL), !=, 'a');
      longest = MAX (longest, g_get_monotonic_time () - began);
    }
  /* It took its share, a third, of one of them. */
  g_assert_cmpint (longest, >=, 290 * 1000);
  g_assert_cmpint (longest, <, 800 * 1000);
  g_assert_cmpuint (get_stats (f, 0).failures, ==, 1);
  g_assert_false (get_stats (f, 0).up);
  close (hole);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    close (fillers[i]);
}

/* With no other, nothing is out. */
static void
test_sole (Fixture *f, gconstpointer unused)
{
  g_autoptr (Peer) late = NULL;
  guint16 port = find_dead_port ();

  g_ptr_array_set_size (f->forward->options->targets, 0);
  f->forward->target->first = f->forward->target->last = port;
  f->forward->options->values[PTL_OPTION_HEALTH_FALL] = 1;
  edit (f);
  for (guint i = 0; i < 5; i++)
    {
      int fd = connect_ok (SOCK_STREAM, "127.0.0.1", f->port);

      assert_ended (fd);
      close (fd);
    }
  g_assert_true (get_stats (f, 0).up);
  g_assert_cmpuint (get_stats (f, 0).failures, ==, 5);
  g_assert_null (ptl_engine_dup_trouble (f->engine, "f"));
  late = peer_new_at ("127.0.0.1", port, tell_name, (gpointer) "z");
  g_assert_cmpint (knock (f, NULL), ==, 'z');
  ptl_engine_stop (f->engine);
}

/* A target that stalls costs its own connection alone, and its client nothing but the wait. */
static void
test_stalled (Fixture *f, gconstpointer unused)
{
  g_autofree char *much = g_malloc0 (1024 * 1024);
  int stalled = -1, fd;
  char name = 0;

  /* Nobody reads what the first sends back, so it is stalled when all buffers are full. */
  while (name != 'a')
    {
      if (stalled >= 0)
        close (stalled);
      stalled = dial (f, NULL, &name);
    }
  while (send (stalled, much, 1024 * 1024, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
    g_usleep (1000);
  g_assert_cmpint (errno, ==, EAGAIN);
  for (guint i = 0; i < 4 * N; i++)
    {
      fd = dial (f, NULL, &name);
      assert_echo (fd, "on its way");
      close (fd);
    }
  close (stalled);
}

/* Edits */

/* An edit that takes a target away leaves its living connections alone. */
static void
test_edit (Fixture *f, gconstpointer unused)
{
  int fds[N];
  char name;

  for (guint i = 0; i < N; i++)
    fds[i] = dial (f, NULL, &name);
  g_ptr_array_set_size (f->forward->options->targets, 0);
  edit (f);
  for (guint i = 0; i < N; i++)
    assert_echo (fds[i], "still here");
  for (guint i = 0; i < N; i++)
    g_assert_cmpint (knock (f, NULL), ==, 'a');
  for (guint i = 0; i < N; i++)
    {
      assert_echo (fds[i], "and now too");
      close (fds[i]);
    }
  g_assert_cmpuint (get_stats (f, 0).connections_ever, ==, N + 1);
  wait_until (get_stats (f, 0).connections_now == 0);
}

static void
test_bytes (Fixture *f, gconstpointer unused)
{
  char name;
  int fd = dial (f, NULL, &name);
  PtlTargetStats stats;

  assert_echo (fd, "0123456789");
  wait_until (get_stats (f, (guint) (name - 'a')).bytes_out == 11);
  stats = get_stats (f, (guint) (name - 'a'));
  g_assert_cmpuint (stats.bytes_in, ==, 10);
  g_assert_cmpuint (stats.connections_now, ==, 1);
  close (fd);
  wait_until (get_stats (f, (guint) (name - 'a')).connections_now == 0);
}

#define ADD(path, balance, test)                                                                   \
  g_test_add ("/targets/" path, Fixture, GUINT_TO_POINTER (balance), set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-robin", PTL_BALANCE_ROUND_ROBIN, test_round_robin);
  ADD ("least-connections", PTL_BALANCE_LEAST_CONNECTIONS, test_least_connections);
  ADD ("source-hash", PTL_BALANCE_SOURCE_HASH, test_source_hash);
  ADD ("failover", PTL_BALANCE_ROUND_ROBIN, test_failover);
  ADD ("comes-back", PTL_BALANCE_ROUND_ROBIN, test_comes_back);
  ADD ("all-down", PTL_BALANCE_ROUND_ROBIN, test_all_down);
  ADD ("all-down-unattended", PTL_BALANCE_ROUND_ROBIN, test_all_down_unattended);
  ADD ("backup", PTL_BALANCE_ROUND_ROBIN, test_backup);
  ADD ("black-hole", PTL_BALANCE_ROUND_ROBIN, test_black_hole);
  ADD ("sole", PTL_BALANCE_ROUND_ROBIN, test_sole);
  ADD ("stalled", PTL_BALANCE_ROUND_ROBIN, test_stalled);
  ADD ("edit", PTL_BALANCE_ROUND_ROBIN, test_edit);
  ADD ("bytes", PTL_BALANCE_ROUND_ROBIN, test_bytes);
  return g_test_run ();
}
