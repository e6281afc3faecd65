/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <glib/gstdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/ptl-engine-private.h"
#include "engine/ptl-engine-stats.h"
#include "engine/ptl-sockaddr.h"

#define MANY 2000

static GPtrArray *
list (PtlEngine *engine, guint limit)
{
  GPtrArray *found = ptl_engine_list_connections (engine, "f", limit);

  g_assert_nonnull (found);
  return found;
}

static const PtlConnectionStats *
nth (GPtrArray *connections, guint n)
{
  g_assert_cmpuint (n, <, connections->len);
  return connections->pdata[n];
}

static guint64
now (PtlEngine *engine)
{
  return get_traffic (engine, "f").connections_now;
}

static char *
local_name (int fd)
{
  return g_strdup_printf ("127.0.0.1:%u", get_local_port (fd));
}

/* What is listed */

static void
test_tcp (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  g_autofree char *target = g_strdup_printf ("127.0.0.1:%u", peer_get_port (peer));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  g_autofree char *source = local_name (fd);
  g_autoptr (GPtrArray) found = NULL;
  const PtlConnectionStats *stats;

  assert_echo (fd, "ahoy");
  assert_echo (fd, "again");
  wait_until (get_traffic (engine, "f").bytes_out == 9);
  found = list (engine, 0);
  g_assert_cmpuint (found->len, ==, 1);
  stats = nth (found, 0);
  g_assert_cmpint (stats->protocol, ==, PTL_PROTOCOL_TCP);
  g_assert_cmpstr (stats->source, ==, source);
  g_assert_cmpstr (stats->target, ==, target);
  g_assert_cmpuint (stats->bytes_in, ==, 9);
  g_assert_cmpuint (stats->bytes_out, ==, 9);
  g_assert_cmpint (stats->age_us, >=, stats->idle_us);
  g_assert_cmpint (stats->age_us, <, WAIT_S * G_USEC_PER_SEC);
  close (fd);
  wait_until (now (engine) == 0);
}

static void
test_udp (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_UDP, udp_echo_get_port (echo));
  g_autofree char *target = g_strdup_printf ("127.0.0.1:%u", udp_echo_get_port (echo));
  int fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
  g_autofree char *source = local_name (fd);
  g_autoptr (GPtrArray) found = NULL;
  const PtlConnectionStats *stats;

  assert_echo (fd, "ahoy");
  wait_until (get_traffic (engine, "f").bytes_out == 4);
  found = list (engine, 0);
  g_assert_cmpuint (found->len, ==, 1);
  stats = nth (found, 0);
  g_assert_cmpint (stats->protocol, ==, PTL_PROTOCOL_UDP);
  g_assert_cmpstr (stats->source, ==, source);
  g_assert_cmpstr (stats->target, ==, target);
  g_assert_cmpuint (stats->bytes_in, ==, 4);
  g_assert_cmpuint (stats->bytes_out, ==, 4);
  close (fd);
}

static void
test_unix (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autofree char *dir = g_dir_make_tmp ("ptl-engine-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "socket", NULL);
  g_autoptr (PtlEndpoint) from = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0);
  g_autoptr (PtlEndpoint) to = ptl_endpoint_new_unix (path);
  g_autoptr (PtlForward) forward = ptl_forward_new (from, to, NULL);
  g_autoptr (GPtrArray) found = NULL;
  Peer *peer = peer_new_unix (path, peer_echo, NULL);
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", open_forward (engine, "f", forward));

  assert_echo (fd, "ahoy");
  found = list (engine, 0);
  g_assert_cmpstr (nth (found, 0)->target, ==, path);
  close (fd);
  peer_free (peer);
  g_unlink (path);
  g_rmdir (dir);
}

/* Ids are never used again, and go up; so the youngest is first, over both protocols and all
 * threads. */
static void
test_order (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (3);
  g_autoptr (Peer) peer = peer_new (BOTH_HOST, peer_echo, NULL);
  g_autoptr (UdpEcho) echo = udp_echo_new (BOTH_HOST, peer_get_port (peer));
  guint16 port = open_both (engine, "f", peer);
  g_autoptr (GPtrArray) found = NULL, few = NULL;
  guint64 last = 0;
  int fds[40];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_ok (i % 2 ? SOCK_DGRAM : SOCK_STREAM, "127.0.0.1", port);
      assert_echo (fds[i], "ahoy");
    }
  found = list (engine, 0);
  g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (fds));
  for (guint i = 0; i < found->len; i++)
    {
      g_autofree char *source = local_name (fds[found->len - 1 - i]);

      g_assert_cmpstr (nth (found, i)->source, ==, source);
      g_assert_true (i == 0 || nth (found, i)->id < last);
      last = nth (found, i)->id;
    }
  few = list (engine, 7);
  g_assert_cmpuint (few->len, ==, 7);
  for (guint i = 0; i < few->len; i++)
    g_assert_cmpuint (nth (few, i)->id, ==, nth (found, i)->id);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static void
test_ids_over_forwards_and_restarts (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint64 last = 0;

  for (guint i = 0; i < 6; i++)
    {
      guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
      int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      g_autoptr (GPtrArray) found = NULL;

      assert_echo (fd, "ahoy");
      found = list (engine, 0);
      g_assert_cmpuint (nth (found, 0)->id, >, last);
      last = nth (found, 0)->id;
      close (fd);
      if (i % 2)
        ptl_engine_stop (engine);
      else
        g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
    }
}

static void
test_no_target_yet (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "192.0.2.1", 9, NULL);
  guint16 port;
  g_autoptr (GPtrArray) found = NULL;
  int fd;

  forward->connect_timeout_ms = 60 * 1000;
  port = open_forward (engine, "f", forward);
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  found = list (engine, 0);
  if (found->len == 0)
    g_test_skip ("this machine knows at once that it has no way there");
  else
    g_assert_cmpstr (nth (found, 0)->target, ==, "");
  close (fd);
}

/* Those from before a move are the forward's still; the last of them takes the forward's old half
 * with it. */
static void
test_moved (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", peer_get_port (peer), NULL);
  int before = connect_ok (SOCK_STREAM, "127.0.0.1", open_forward (engine, "f", forward));
  g_autoptr (PtlEndpoint) bound = NULL;
  g_autoptr (GPtrArray) found = NULL;
  int after;

  assert_echo (before, "ahoy");
  g_assert_true (ptl_engine_move (engine, "f", forward, &bound, NULL));
  after = connect_ok (SOCK_STREAM, "127.0.0.1", bound->first);
  assert_echo (after, "ahoy");
  found = list (engine, 0);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpuint (ptl_engine_kick (engine, "f", &nth (found, 1)->id, 1), ==, 1);
  assert_ended (before);
  assert_echo (after, "still here");
  g_assert_cmpuint (ptl_engine_kick (engine, "f", NULL, 0), ==, 1);
  assert_ended (after);
  close (before);
  close (after);
}

/* Ending some */

static void
test_kick_by_id (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  g_autoptr (GPtrArray) found = NULL;
  guint64 ids[4];
  int fds[5];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      assert_echo (fds[i], "ahoy");
    }
  found = list (engine, 0);
  ids[0] = nth (found, 3)->id; /* the second to come */
  ids[1] = nth (found, 0)->id; /* the last */
  ids[2] = G_MAXUINT64;
  ids[3] = ids[0]; /* named twice, ended once */
  g_assert_cmpuint (ptl_engine_kick (engine, "f", ids, G_N_ELEMENTS (ids)), ==, 2);
  assert_ended (fds[1]);
  assert_ended (fds[4]);
  assert_echo (fds[0], "ahoy");
  assert_echo (fds[2], "ahoy");
  assert_echo (fds[3], "ahoy");
  g_assert_cmpuint (now (engine), ==, 3);
  g_assert_cmpuint (ptl_engine_kick (engine, "f", ids, G_N_ELEMENTS (ids)), ==, 0);
  g_assert_cmpuint (ptl_engine_kick (engine, "f", ids, 0), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static void
test_kick_source (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new (BOTH_HOST, peer_echo, NULL);
  g_autoptr (UdpEcho) echo = udp_echo_new (BOTH_HOST, peer_get_port (peer));
  guint16 port = open_both (engine, "f", peer);
  int stays = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
  int tcp = connect_to (SOCK_STREAM, "127.0.0.3", "127.0.0.1", port);
  int udp = connect_to (SOCK_DGRAM, "127.0.0.3", "127.0.0.1", port);

  assert_echo (stays, "ahoy");
  assert_echo (tcp, "ahoy");
  assert_echo (udp, "ahoy");
  g_assert_cmpuint (ptl_engine_kick_source (engine, "f", "127.0.0.9"), ==, 0);
  g_assert_cmpuint (ptl_engine_kick_source (engine, "f", "no address"), ==, 0);
  g_assert_cmpuint (ptl_engine_kick_source (engine, "f", "::ffff:127.0.0.3"), ==, 2);
  assert_ended (tcp);
  assert_echo (stays, "ahoy");
  g_assert_cmpuint (now (engine), ==, 1);
  close (stays);
  close (tcp);
  close (udp);
}

static void
test_kick_all (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int fds[10], again;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      assert_echo (fds[i], "ahoy");
    }
  g_assert_cmpuint (ptl_engine_kick (engine, "f", NULL, 0), ==, G_N_ELEMENTS (fds));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      assert_ended (fds[i]);
      close (fds[i]);
    }
  again = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  assert_echo (again, "kicked is not banned");
  close (again);
}

/* Many */

typedef struct
{
  int listener; /* never accepted from: the kernel takes the connections */
  int *fds;
  guint n;
} Crowd;

static gboolean
may_have_descriptors (guint n)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  return limit.rlim_cur >= n;
}

static void
crowd_open (Crowd *self, PtlEngine *engine, guint n)
{
  PtlSockaddr address;
  guint16 port;

  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ptl_sockaddr_parse (&address, "127.0.0.1", 0);
  g_assert_cmpint (bind (self->listener, &address.any, sizeof address.in), ==, 0);
  g_assert_cmpint (listen (self->listener, (int) n), ==, 0);
  port = open_simple (engine, "f", PTL_PROTOCOL_TCP, get_local_port (self->listener));
  self->n = n;
  self->fds = g_new (int, n);
  for (guint i = 0; i < n; i++)
    self->fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  wait_until (now (engine) == n);
}

static void
crowd_close (Crowd *self)
{
  for (guint i = 0; i < self->n; i++)
    close (self->fds[i]);
  close (self->listener);
  g_free (self->fds);
}

static void
test_two_thousand (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (GPtrArray) all = NULL, few = NULL;
  g_autoptr (GHashTable) ids = g_hash_table_new (g_int64_hash, g_int64_equal);
  Crowd crowd;

  if (!may_have_descriptors (3 * MANY + 100))
    {
      g_test_skip ("this machine gives too few descriptors");
      return;
    }
  crowd_open (&crowd, engine, MANY);
  all = list (engine, 0);
  g_assert_cmpuint (all->len, ==, MANY);
  for (guint i = 0; i < all->len; i++)
    g_hash_table_add (ids, (gpointer) &nth (all, i)->id);
  g_assert_cmpuint (g_hash_table_size (ids), ==, MANY);
  few = list (engine, 150);
  g_assert_cmpuint (few->len, ==, 150);
  g_assert_cmpuint (nth (few, 149)->id, ==, nth (all, 149)->id);
  g_assert_cmpuint (ptl_engine_kick (engine, "f", &nth (all, 1999)->id, 1), ==, 1);
  g_assert_cmpuint (ptl_engine_kick (engine, "f", NULL, 0), ==, MANY - 1);
  g_assert_cmpuint (now (engine), ==, 0);
  crowd_close (&crowd);
}

static void
count (PtlWalk *walk, PtlSite *site, PtlConnection *connection)
{
  ptl_walk_get_walker (walk, site)->found
      = GUINT_TO_POINTER (GPOINTER_TO_UINT (ptl_walk_get_walker (walk, site)->found) + 1);
}

/* A thread that carries bytes has its turn after each step. */
static void
test_steps (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  const PtlEngineEntry *entry;
  PtlWalk walk = { .limit = G_MAXUINT, .func = count };
  Crowd crowd;

  crowd_open (&crowd, engine, 2 * PTL_WALK_STEP + 50);
  entry = ptl_engine_get_entry (engine, "f");
  walk.serials = (const gint64 *) (gpointer) entry->sites->data;
  walk.n_serials = entry->sites->len;
  for (guint i = 1; i <= 3; i++)
    {
      g_assert_false (ptl_walk_is_over (&walk, 1));
      ptl_engine_call (engine, ptl_walk_step, &walk);
      g_assert_cmpuint (GPOINTER_TO_UINT (walk.walkers[0].found), ==,
                        MIN (i * PTL_WALK_STEP, crowd.n));
    }
  g_assert_true (ptl_walk_is_over (&walk, 1));
  crowd_close (&crowd);
}

/* Connections end in their threads while they are gone over: neither is any listed twice, nor does
 * it trip. */
static gpointer
close_all (gpointer data)
{
  Crowd *crowd = data;

  for (guint i = 0; i < crowd->n; i++)
    {
      shutdown (crowd->fds[(i * 7) % crowd->n], SHUT_RDWR);
      if (i % 100 == 0)
        g_usleep (500);
    }
  return NULL;
}

static void
test_ending_meanwhile (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (GThread) closer = NULL;
  guint before = MANY, n_listings = 0;
  Crowd crowd;

  if (!may_have_descriptors (3 * MANY + 100))
    {
      g_test_skip ("this machine gives too few descriptors");
      return;
    }
  crowd_open (&crowd, engine, MANY - 1);
  close (crowd.listener); /* so that the targets end too */
  crowd.listener = -1;
  closer = g_thread_new ("closer", close_all, &crowd);
  do
    {
      g_autoptr (GPtrArray) found = list (engine, 0);

      for (guint i = 1; i < found->len; i++)
        g_assert_cmpuint (nth (found, i)->id, <, nth (found, i - 1)->id);
      g_assert_cmpuint (found->len, <=, before);
      before = found->len;
      n_listings++;
    }
  while (before > 0);
  g_thread_join (g_steal_pointer (&closer));
  g_assert_cmpuint (n_listings, >=, 1);
  crowd_close (&crowd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connections/tcp", test_tcp);
  g_test_add_func ("/connections/udp", test_udp);
  g_test_add_func ("/connections/unix", test_unix);
  g_test_add_func ("/connections/order", test_order);
  g_test_add_func ("/connections/ids-over-forwards-and-restarts",
                   test_ids_over_forwards_and_restarts);
  g_test_add_func ("/connections/no-target-yet", test_no_target_yet);
  g_test_add_func ("/connections/moved", test_moved);
  g_test_add_func ("/connections/kick-by-id", test_kick_by_id);
  g_test_add_func ("/connections/kick-source", test_kick_source);
  g_test_add_func ("/connections/kick-all", test_kick_all);
  g_test_add_func ("/connections/two-thousand", test_two_thousand);
  g_test_add_func ("/connections/steps", test_steps);
  g_test_add_func ("/connections/ending-meanwhile", test_ending_meanwhile);
  return g_test_run ();
}
