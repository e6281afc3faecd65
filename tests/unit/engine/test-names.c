/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dns-server.h"
#include "engine-support.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "engine/ptl-engine-stats.h"
#include "engine/ptl-engine-thread.h"
#include "engine/ptl-name.h"
#include "engine/ptl-resolve.h"

/* Targets that are names, with the system's resolver and a name server that changes its mind. */

#define TTL 5 /* the least that counts */

static gboolean has_entered;

typedef struct
{
  DnsServer *server;
  PtlEngine *engine;
  Peer *a; /* at 10.1.1.1 */
  Peer *b; /* at 10.1.1.2, on the same port */
  PtlForward *forward;
  guint16 port;
  guint n_down;
  guint n_up;
  char *reason;
} Fixture;

static void
on_target (PtlEngine *engine,
           const char *id,
           const char *endpoint,
           gboolean up,
           GError *error,
           gpointer data)
{
  Fixture *f = data;

  if (up)
    f->n_up++;
  else
    f->n_down++;
  g_free (f->reason);
  f->reason = error ? g_strdup (error->message) : NULL;
}

static void
set_up (Fixture *f, gconstpointer addresses)
{
  if (!has_entered)
    return;
  f->server = dns_server_new ();
  dns_server_set (f->server, addresses, TTL);
  f->engine = ptl_engine_new (2);
  g_signal_connect (f->engine, "target-changed", G_CALLBACK (on_target), f);
  f->a = peer_new ("10.1.1.1", tell_name, (gpointer) "a");
  f->b = peer_new_at ("10.1.1.2", peer_get_port (f->a), tell_name, (gpointer) "b");
  f->forward = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "nas.example",
                            peer_get_port (f->a), NULL);
  f->forward->connect_timeout_ms = 3000;
  f->port = open_forward (f->engine, "f", f->forward);
}

static void
tear_down (Fixture *f, gconstpointer addresses)
{
  if (!has_entered)
    return;
  ptl_engine_stop (f->engine);
  g_clear_object (&f->engine);
  peer_free (f->a);
  peer_free (f->b);
  dns_server_free (f->server);
  ptl_forward_free (f->forward);
  g_free (f->reason);
}

static gboolean
skips (void)
{
  if (!has_entered)
    g_test_skip ("namespaces are not to be had here");
  return !has_entered;
}

static int
dial (Fixture *f, char *name)
{
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", f->port);

  receive_all (fd, name, 1);
  return fd;
}

static char
knock (Fixture *f)
{
  char name;

  close (dial (f, &name));
  return name;
}

static void
assert_refused (Fixture *f)
{
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", f->port);

  assert_ended (fd);
  close (fd);
}

static guint64
get_refused (Fixture *f)
{
  g_autoptr (PtlEngineStats) stats = ptl_engine_dup_stats (f->engine, "f");

  return stats->refused[PTL_REFUSED_TARGET];
}

#define iterate_until(condition)                                                                   \
  wait_until ((g_main_context_iteration (NULL, FALSE), (condition)))

static void
wait_for_ttl (gint64 since_us)
{
  gint64 left_us = since_us + (TTL * 1000 + 100) * 1000 - g_get_monotonic_time ();

  if (left_us > 0)
    g_usleep ((gulong) left_us);
}

/* What the name server says counts again after its time, nobody waits for it, and who is there stays. */
static void
test_changes (Fixture *f, gconstpointer unused)
{
  gint64 asked_us;
  guint n_asked;
  char name;
  int living;

  if (skips ())
    return;
  living = dial (f, &name);
  asked_us = g_get_monotonic_time ();
  g_assert_cmpint (name, ==, 'a');
  wait_until (dns_server_get_n_asked (f->server) >= 3); /* A and AAAA, and once more for its time */
  n_asked = dns_server_get_n_asked (f->server);
  dns_server_set (f->server, "10.1.1.2", TTL);
  g_assert_cmpint (knock (f), ==, 'a');
  g_assert_cmpuint (dns_server_get_n_asked (f->server), ==, n_asked);
  wait_for_ttl (asked_us);
  g_assert_cmpint (knock (f), ==, 'a');
  wait_until (dns_server_get_n_asked (f->server) > n_asked);
  for (guint i = 0; i < 1000 && name == 'a'; i++)
    name = knock (f);
  g_assert_cmpint (name, ==, 'b');
  assert_echo (living, "still with the first");
  close (living);
}

static void
on_told (PtlEngineThread *thread, gpointer answer)
{
  ptl_name_answer_free (answer);
}

/* After a long silence what was said then may be somebody else's address by now: so who comes
 * waits. */
static void
test_stale (Fixture *f, gconstpointer unused)
{
  g_autoptr (PtlEndpoint) target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "nas.example", 80, 80);
  g_autoptr (PtlAddresses) first = NULL, fresh = NULL, soon = NULL, late = NULL, away = NULL;
  PtlNameWaiter waiter = { ptl_mailbox_new (), on_told, 1 };
  GThreadPool *resolver;
  PtlSockaddr address;
  PtlName *name;
  gint64 now_us;

  if (skips ())
    return;
  g_assert_true (ptl_sockaddr_parse (&address, "10.1.1.1", 0));
  first = ptl_addresses_new (&address, 1);
  name = ptl_name_new (target, NULL, NULL);
  dns_server_set_mute (f->server, TRUE);
  resolver = ptl_resolver_new ();
  ptl_name_answer (name, first, TTL * G_USEC_PER_SEC);
  now_us = ptl_engine_read_clock_us ();
  fresh = ptl_name_get (name, resolver, now_us, &waiter);
  soon = ptl_name_get (name, resolver, now_us + (TTL + 1) * G_USEC_PER_SEC, &waiter);
  late = ptl_name_get (name, resolver, now_us + G_TIME_SPAN_HOUR, &waiter);
  g_assert_true (fresh && fresh->n == 1);
  g_assert_true (soon && soon->n == 1);
  g_assert_null (late);
  /* The name server is away: it is asked again, and nobody waits for that each time. */
  ptl_name_answer (name, NULL, 0);
  away = ptl_name_get (name, resolver, ptl_engine_read_clock_us () + 30 * G_USEC_PER_SEC, &waiter);
  g_assert_true (away && away->n == 1);
  dns_server_set_mute (f->server, FALSE);
  ptl_resolver_free (resolver);
  ptl_name_unref (name);
  ptl_mailbox_close (waiter.mailbox);
  ptl_mailbox_unref (waiter.mailbox);
}

/* Where the name server fails, what it said last stands, and nobody waits. */
static void
test_mute (Fixture *f, gconstpointer unused)
{
  gint64 asked_us, began_us;

  if (skips ())
    return;
  g_assert_cmpint (knock (f), ==, 'a');
  asked_us = g_get_monotonic_time ();
  wait_until (dns_server_get_n_asked (f->server) >= 3);
  dns_server_set_mute (f->server, TRUE);
  wait_for_ttl (asked_us);
  for (guint i = 0; i < 5; i++)
    {
      began_us = g_get_monotonic_time ();
      g_assert_cmpint (knock (f), ==, 'a');
      g_assert_cmpint (g_get_monotonic_time () - began_us, <, G_USEC_PER_SEC);
      g_usleep (300 * 1000);
    }
}

/* No answer at all: the client waits for its share of the time, and is reset. */
static void
test_never_answered (Fixture *f, gconstpointer unused)
{
  if (skips ())
    return;
  dns_server_set_mute (f->server, TRUE);
  g_assert_true (ptl_engine_close (f->engine, "f", FALSE, NULL));
  f->port = open_forward (f->engine, "f", f->forward);
  assert_refused (f);
  g_assert_cmpuint (get_refused (f), ==, 1);
  g_assert_cmpuint (f->n_down, ==, 0);
}

/* A name that is re-pointed to where it may not lead: new connections are refused, it is said why, and who is
 * there stays; and it is found out without anyone coming that it is well again. */
static void
test_forbidden (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) trouble = NULL;
  gint64 asked_us;
  int living;
  char name;

  if (skips ())
    return;
  living = dial (f, &name);
  asked_us = g_get_monotonic_time ();
  wait_until (dns_server_get_n_asked (f->server) >= 3);
  dns_server_set (f->server, "169.254.169.254", TTL);
  wait_for_ttl (asked_us);
  g_assert_cmpint (knock (f), ==, 'a');
  iterate_until (f->n_down == 1);
  assert_refused (f);
  assert_refused (f);
  g_assert_cmpuint (get_refused (f), ==, 2);
  g_assert_nonnull (strstr (f->reason, "nas.example leads to 169.254.169.254"));
  trouble = ptl_engine_dup_trouble (f->engine, "f");
  g_assert_error (trouble, PTL_ERROR, PTL_ERROR_POLICY);
  assert_echo (living, "left alone");
  dns_server_set (f->server, "10.1.1.2", TTL);
  iterate_until (f->n_up == 1);
  g_assert_cmpint (knock (f), ==, 'b');
  g_assert_null (ptl_engine_dup_trouble (f->engine, "f"));
  assert_echo (living, "left alone");
  close (living);
}

/* The name never led anywhere else; and what is wrong with it is told anew. */
static void
test_loopback (Fixture *f, gconstpointer unused)
{
  if (skips ())
    return;
  assert_refused (f);
  g_assert_cmpuint (get_refused (f), ==, 1);
  iterate_until (f->n_down == 1);
  g_assert_nonnull (strstr (f->reason, "this computer itself"));
  dns_server_set (f->server, "224.0.0.1", TTL);
  iterate_until (f->n_down == 2);
  g_assert_nonnull (strstr (f->reason, "a group of devices"));
}

/* Of several addresses those that it may lead to are used. */
static void
test_mixed (Fixture *f, gconstpointer unused)
{
  if (skips ())
    return;
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (knock (f), ==, 'a');
  g_assert_cmpuint (f->n_down, ==, 0);
}

/* The router may be found later, and go. */
static void
test_router (Fixture *f, gconstpointer unused)
{
  const char *const routers[] = { "10.1.1.254", "10.1.1.1", NULL };
  const char *const none[] = { NULL };

  if (skips ())
    return;
  g_assert_cmpint (knock (f), ==, 'a');
  ptl_engine_set_forbidden (f->engine, routers);
  assert_refused (f);
  iterate_until (f->n_down == 1);
  g_assert_nonnull (strstr (f->reason, "nas.example leads to 10.1.1.1, which is the router"));
  ptl_engine_set_forbidden (f->engine, none);
  g_assert_cmpint (knock (f), ==, 'a');
  iterate_until (f->n_up == 1);
  /* One that is opened later is asked too. */
  ptl_engine_set_forbidden (f->engine, routers);
  g_assert_true (ptl_engine_close (f->engine, "f", FALSE, NULL));
  f->port = open_forward (f->engine, "f", f->forward);
  assert_refused (f);
}

/* The forward's own port, on an address of this computer. */
static void
test_loop (Fixture *f, gconstpointer unused)
{
  g_autoptr (PtlForward) forward = NULL;

  if (skips ())
    return;
  g_assert_true (ptl_engine_close (f->engine, "f", FALSE, NULL));
  forward = forward_new (PTL_PROTOCOL_TCP, "0.0.0.0", 20001, "nas.example", 20001, NULL);
  f->port = open_forward (f->engine, "f", forward);
  assert_refused (f);
  iterate_until (f->n_down == 1);
  g_assert_nonnull (strstr (f->reason, "it would lead to itself"));
}

/* Of two targets the one that may not be is left out. */
static void
test_other_target (Fixture *f, gconstpointer unused)
{
  g_autoptr (PtlEndpoint) second = NULL;
  g_autoptr (GError) error = NULL;

  if (skips ())
    return;
  second = ptl_endpoint_new (PTL_PROTOCOL_TCP, "10.1.1.2", peer_get_port (f->b),
                             peer_get_port (f->b));
  g_ptr_array_add (f->forward->options->targets, ptl_target_new (second, FALSE));
  f->forward->listen->first = f->forward->listen->last = f->port;
  ptl_engine_edit (f->engine, "f", f->forward, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (knock (f), ==, 'b');
  iterate_until (f->n_down == 1);
  g_assert_null (ptl_engine_dup_trouble (f->engine, "f"));
  g_assert_cmpuint (get_refused (f), ==, 0);
}

/* What is in /etc/hosts comes before name servers. */
static void
test_file (Fixture *f, gconstpointer unused)
{
  g_autoptr (Peer) peer = NULL;
  g_autoptr (PtlForward) forward = NULL;

  if (skips ())
    return;
  peer = peer_new ("10.1.1.9", tell_name, (gpointer) "z");
  forward = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "in-a-file.example", peer_get_port (peer), NULL);
  f->port = open_forward (f->engine, "g", forward);
  g_assert_cmpint (knock (f), ==, 'z');
  ptl_engine_stop (f->engine);
}

static void
test_udp (Fixture *f, gconstpointer unused)
{
  g_autoptr (UdpEcho) echo = NULL;
  g_autoptr (PtlForward) forward = NULL;
  g_autoptr (PtlEngineStats) stats = NULL;
  int fd;

  if (skips ())
    return;
  echo = udp_echo_new ("10.1.1.1", 0);
  forward = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", 0, "nas.example",
                         udp_echo_get_port (echo), NULL);
  fd = connect_ok (SOCK_DGRAM, "127.0.0.1", open_forward (f->engine, "u", forward));
  assert_echo (fd, "by name");
  close (fd);
  ptl_engine_stop (f->engine);
}

#define ADD(path, addresses, test)                                                                 \
  g_test_add ("/names/" path, Fixture, addresses, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  has_entered = dns_enter ();
  ADD ("changes", "10.1.1.1", test_changes);
  ADD ("stale", "10.1.1.1", test_stale);
  ADD ("mute", "10.1.1.1", test_mute);
  ADD ("never-answered", "10.1.1.1", test_never_answered);
  ADD ("forbidden", "10.1.1.1", test_forbidden);
  ADD ("loopback", "127.0.0.1", test_loopback);
  ADD ("mixed", "127.0.0.1 10.1.1.1", test_mixed);
  ADD ("router", "10.1.1.1", test_router);
  ADD ("loop", "10.1.1.1", test_loop);
  ADD ("other-target", "127.0.0.1", test_other_target);
  ADD ("file", "10.1.1.1", test_file);
  ADD ("udp", "10.1.1.1", test_udp);
  return g_test_run ();
}
