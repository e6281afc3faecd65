/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/ptl-engine-stats.h"

/* Connections that stay, so that the kernel spreads them over all threads. */
#define MANY 200

static PtlForward *
limited_new (Peer *peer, PtlOption option, guint64 value)
{
  PtlForward *forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", peer_get_port (peer), NULL);

  forward->options->values[option] = value;
  return forward;
}

static guint64
count_refused (PtlEngine *engine, PtlRefused reason)
{
  g_autoptr (PtlEngineStats) stats = ptl_engine_dup_stats (engine, "f");

  return stats->refused[reason];
}

/* Whether it is served; a refused one is reset at once. */
static gboolean
is_served (int fd)
{
  char byte = 'x';

  return send (fd, &byte, 1, MSG_NOSIGNAL) == 1 && recv (fd, &byte, 1, 0) == 1;
}

static gboolean
try_from (const char *from, guint16 port)
{
  int fd = connect_to (SOCK_STREAM, from, "127.0.0.1", port);
  gboolean served = fd >= 0 && is_served (fd);

  if (fd >= 0)
    close (fd);
  return served;
}

static void
try_until_served (const char *from, guint16 port)
{
  gboolean served = FALSE;

  wait_until (served || (served = try_from (from, port)));
}

/* @fds: (out): of those that are served. */
static guint
connect_many (const char *from, guint16 port, guint n, int *fds)
{
  guint served = 0;

  for (guint i = 0; i < n; i++)
    {
      int fd = connect_to (SOCK_STREAM, from, "127.0.0.1", port);

      if (fd >= 0 && is_served (fd))
        fds[served++] = fd;
      else if (fd >= 0)
        close (fd);
    }
  return served;
}

static void
close_all (const int *fds, guint n)
{
  for (guint i = 0; i < n; i++)
    close (fds[i]);
}

static void
edit (PtlEngine *engine, PtlForward *forward, guint16 port)
{
  g_autoptr (GError) error = NULL;

  forward->listen->first = forward->listen->last = port;
  ptl_engine_edit (engine, "f", forward, &error);
  g_assert_no_error (error);
}

/* Exact over all threads; and what ends makes room. */
static void
test_total (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (4);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = limited_new (peer, PTL_OPTION_MAX_CONNECTIONS, 50);
  guint16 port = open_forward (engine, "f", forward);
  int fds[MANY];

  g_assert_cmpuint (connect_many (NULL, port, MANY, fds), ==, 50);
  g_assert_cmpuint (count_refused (engine, PTL_REFUSED_TOTAL), ==, MANY - 50);
  g_assert_cmpuint (get_traffic (engine, "f").refused, ==, MANY - 50);
  close (fds[49]);
  wait_until (get_traffic (engine, "f").connections_now == 49);
  g_assert_true (try_from ("127.0.0.2", port));
  close_all (fds, 49);
}

typedef struct
{
  guint16 port;
  int fds[MANY];
  guint n;
} Crowd;

static gpointer
crowd (gpointer data)
{
  Crowd *self = data;

  self->n = connect_many (NULL, self->port, MANY / 4, self->fds);
  return NULL;
}

/* Exact too where all come at once. */
static void
test_total_at_once (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (4);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = limited_new (peer, PTL_OPTION_MAX_CONNECTIONS, 50);
  guint16 port = open_forward (engine, "f", forward);
  Crowd crowds[8];
  GThread *threads[8];
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (crowds); i++)
    {
      crowds[i].port = port;
      threads[i] = g_thread_new ("crowd", crowd, &crowds[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (crowds); i++)
    {
      g_thread_join (threads[i]);
      n += crowds[i].n;
    }
  g_assert_cmpuint (n, ==, 50);
  for (guint i = 0; i < G_N_ELEMENTS (crowds); i++)
    close_all (crowds[i].fds, crowds[i].n);
}

/* One that has its share leaves the others theirs. */
static void
test_source (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (4);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = limited_new (peer, PTL_OPTION_MAX_PER_SOURCE, 10);
  guint16 port = open_forward (engine, "f", forward);
  g_autoptr (PtlEngineStats) stats = NULL;
  const PtlSourceStats *first;
  int fds[10], others[10];

  g_assert_cmpuint (connect_many (NULL, port, 5000, fds), ==, 10);
  g_assert_cmpuint (count_refused (engine, PTL_REFUSED_SOURCE), ==, 4990);
  g_assert_cmpuint (connect_many ("127.0.0.2", port, 10, others), ==, 10);
  close (fds[9]);
  wait_until (get_traffic (engine, "f").connections_now == 19);
  g_assert_true (try_from ("127.0.0.1", port));
  stats = ptl_engine_dup_stats (engine, "f");
  g_assert_cmpuint (stats->sources->len, ==, 2);
  first = stats->sources->pdata[0];
  g_assert_cmpstr (first->address, ==, "127.0.0.1");
  g_assert_cmpuint (first->refused, ==, 4990);
  g_assert_cmpuint (first->connections_ever, ==, 11);
  close_all (fds, 9);
  close_all (others, 10);
}

/* A burst of one second's worth, over all threads; then no more than that many a second. */
static void
test_rate (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (4);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = limited_new (peer, PTL_OPTION_NEW_PER_SECOND, 20);
  guint16 port = open_forward (engine, "f", forward);
  gint64 start = g_get_monotonic_time ();
  guint served = 0, most;
  int fds[MANY];

  served = connect_many (NULL, port, MANY, fds);
  most = 20 + 1 + (guint) ((g_get_monotonic_time () - start) * 20 / G_USEC_PER_SEC);
  g_assert_cmpuint (served, >=, 20);
  g_assert_cmpuint (served, <=, most);
  g_assert_cmpuint (count_refused (engine, PTL_REFUSED_RATE), ==, MANY - served);
  close_all (fds, served);
  try_until_served (NULL, port);
}

static void
test_source_rate (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (4);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = limited_new (peer, PTL_OPTION_NEW_PER_SOURCE, 1);
  guint16 port = open_forward (engine, "f", forward);

  g_assert_true (try_from ("127.0.0.1", port));
  g_assert_false (try_from ("127.0.0.1", port));
  g_assert_true (try_from ("127.0.0.2", port));
  g_assert_cmpuint (count_refused (engine, PTL_REFUSED_SOURCE_RATE), ==, 1);
  try_until_served ("127.0.0.1", port);
}

static gint64
get_banned_until (PtlEngine *engine, const char *address)
{
  g_autoptr (PtlEngineStats) stats = ptl_engine_dup_stats (engine, "f");

  for (guint i = 0; i < stats->sources->len; i++)
    {
      const PtlSourceStats *source = stats->sources->pdata[i];

      if (g_str_equal (source->address, address))
        return source->banned_until_us;
    }
  return -1;
}

/* Refused by the audience, banned, forgiven when its time is over. */
static void
test_ban (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (4);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = limited_new (peer, PTL_OPTION_BAN_AFTER, 3);
  guint16 port;
  int fds[3];

  forward->options->values[PTL_OPTION_BAN_FOR] = 1;
  forward->options->values[PTL_OPTION_MAX_PER_SOURCE] = 1;
  port = open_forward (engine, "f", forward);
  g_assert_cmpuint (connect_many ("127.0.0.3", port, 3, fds), ==, 1);
  g_assert_cmpint (get_banned_until (engine, "127.0.0.3"), ==, 0);
  g_assert_false (try_from ("127.0.0.3", port));
  g_assert_cmpint (get_banned_until (engine, "127.0.0.3"), >, 0);
  /* What it has goes on, what it asks for besides is refused for the ban. */
  g_assert_true (is_served (fds[0]));
  close (fds[0]);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  g_assert_false (try_from ("127.0.0.3", port));
  g_assert_cmpuint (count_refused (engine, PTL_REFUSED_BANNED), ==, 1);
  g_assert_true (try_from ("127.0.0.4", port));
  try_until_served ("127.0.0.3", port);
  g_assert_cmpint (get_banned_until (engine, "127.0.0.3"), ==, 0);
}

static void
test_ban_by_audience (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (4);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1",
                                                peer_get_port (peer), "!127.0.0.3");
  guint16 port;

  forward->options->values[PTL_OPTION_BAN_AFTER] = 2;
  port = open_forward (engine, "f", forward);
  for (guint i = 0; i < 4; i++)
    g_assert_false (try_from ("127.0.0.3", port));
  g_assert_cmpuint (count_refused (engine, PTL_REFUSED_AUDIENCE), ==, 4);
  g_assert_cmpint (get_banned_until (engine, "127.0.0.3"), >, 0);
  /* An edit that has other bans lifts them; and one that does not, does not. */
  ptl_audience_unref (forward->audience);
  forward->audience = ptl_audience_new_anyone ();
  edit (engine, forward, port);
  g_assert_false (try_from ("127.0.0.3", port));
  g_assert_cmpuint (count_refused (engine, PTL_REFUSED_BANNED), ==, 1);
  forward->options->values[PTL_OPTION_BAN_AFTER] = 3;
  edit (engine, forward, port);
  g_assert_true (try_from ("127.0.0.3", port));
}

/* Who has none of the many connections is not banned because there are many. */
static void
test_no_ban_for_others (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (4);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = limited_new (peer, PTL_OPTION_MAX_CONNECTIONS, 2);
  guint16 port;
  int fds[2];

  forward->options->values[PTL_OPTION_BAN_AFTER] = 3;
  port = open_forward (engine, "f", forward);
  g_assert_cmpuint (connect_many ("127.0.0.3", port, 2, fds), ==, 2);
  for (guint i = 0; i < 5; i++)
    g_assert_false (try_from ("127.0.0.4", port));
  g_assert_cmpint (get_banned_until (engine, "127.0.0.4"), ==, 0);
  for (guint i = 0; i < 3; i++)
    g_assert_false (try_from ("127.0.0.3", port));
  g_assert_cmpint (get_banned_until (engine, "127.0.0.3"), >, 0);
  close_all (fds, 2);
}

/* A lower cap cuts nobody; a higher one holds at once. */
static void
test_edit (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (4);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = limited_new (peer, PTL_OPTION_MAX_CONNECTIONS, 10);
  guint16 port = open_forward (engine, "f", forward);
  int fds[20];

  g_assert_cmpuint (connect_many (NULL, port, 10, fds), ==, 10);
  forward->options->values[PTL_OPTION_MAX_CONNECTIONS] = 5;
  edit (engine, forward, port);
  for (guint i = 0; i < 10; i++)
    g_assert_true (is_served (fds[i]));
  close (fds[9]);
  wait_until (get_traffic (engine, "f").connections_now == 9);
  g_assert_false (try_from (NULL, port));
  forward->options->values[PTL_OPTION_MAX_CONNECTIONS] = 12;
  edit (engine, forward, port);
  g_assert_cmpuint (connect_many (NULL, port, 10, fds + 9), ==, 3);
  close_all (fds, 12);
}

/* A session is a connection. */
static void
test_udp (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (4);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", 0, "127.0.0.1", udp_echo_get_port (echo), NULL);
  guint16 port;
  int fds[3], other;

  forward->options->values[PTL_OPTION_MAX_PER_SOURCE] = 2;
  port = open_forward (engine, "f", forward);
  for (guint i = 0; i < 3; i++)
    fds[i] = connect_to (SOCK_DGRAM, "127.0.0.1", "127.0.0.1", port);
  assert_echo (fds[0], "one");
  assert_echo (fds[1], "two");
  send_all (fds[2], "three", 5);
  wait_until (count_refused (engine, PTL_REFUSED_SOURCE) == 1);
  other = connect_to (SOCK_DGRAM, "127.0.0.2", "127.0.0.1", port);
  assert_echo (other, "four");
  assert_echo (fds[0], "still");
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 3);
  close_all (fds, 3);
  close (other);
}

static GLogWriterOutput
count_lines (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer lines)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && level == G_LOG_LEVEL_MESSAGE)
      g_ptr_array_add (lines, g_strdup (fields[i].value));
  return G_LOG_WRITER_HANDLED;
}

static void
run_main_loop (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Written in the main loop, and seldom. */
static void
test_log (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (4);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1",
                                                peer_get_port (peer), "!127.0.0.3");
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  guint16 port = open_forward (engine, "f", forward);

  run_main_loop (); /* what other tests have left */
  g_log_set_writer_func (count_lines, lines, NULL);
  for (guint i = 0; i < 20; i++)
    g_assert_false (try_from ("127.0.0.3", port));
  wait_until (get_traffic (engine, "f").refused == 20);
  g_assert_cmpuint (lines->len, ==, 0);
  run_main_loop ();
  g_assert_cmpuint (lines->len, ==, 3);
  g_assert_cmpstr (lines->pdata[0], ==, "The forward of rule f refused 127.0.0.3 (audience).");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/admission/total", test_total);
  g_test_add_func ("/engine/admission/total-at-once", test_total_at_once);
  g_test_add_func ("/engine/admission/source", test_source);
  g_test_add_func ("/engine/admission/rate", test_rate);
  g_test_add_func ("/engine/admission/source-rate", test_source_rate);
  g_test_add_func ("/engine/admission/ban", test_ban);
  g_test_add_func ("/engine/admission/ban-by-audience", test_ban_by_audience);
  g_test_add_func ("/engine/admission/no-ban-for-others", test_no_ban_for_others);
  g_test_add_func ("/engine/admission/edit", test_edit);
  g_test_add_func ("/engine/admission/udp", test_udp);
  g_test_add_func ("/engine/admission/log", test_log);
  return g_test_run ();
}
