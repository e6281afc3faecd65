/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine-support.h"
#include "engine/ptl-engine-stats.h"
#include "engine/ptl-sockaddr.h"
#include "namespace-support.h"

/* In a network namespace of its own, whose loopback device has more addresses: what comes from them
 * is not believed as what comes from 127.0.0.1 is. */
#define HERE "192.0.2.1"
#define CLIENT "192.0.2.2"
#define VICTIM "192.0.2.66"
#define HERE6 "2001:db8::1"
#define CLIENT6 "2001:db8::2"
#define NEIGHBOUR6 "2001:db8::3"
#define FACTOR 3
#define MOMENT_US (60 * 1000)

static gboolean has_namespace;
static gboolean has_ipv6_addresses;

static void
enter_namespace (void)
{
  has_namespace = namespace_enter () && namespace_add_address (HERE)
                  && namespace_add_address (CLIENT) && namespace_add_address (VICTIM);
  has_ipv6_addresses = has_namespace && namespace_add_address (HERE6)
                       && namespace_add_address (CLIENT6) && namespace_add_address (NEIGHBOUR6);
}

/* A server whose answers are as long as the second byte of the request says, in units of ten bytes.
 */
static gpointer
answer (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  guint8 in[2048], out[2560] = { 0 };
  PtlSockaddr from;
  socklen_t length = sizeof from;
  ssize_t n;

  while ((n = recvfrom (fd, in, sizeof in, 0, &from.any, &length)) > 1)
    {
      sendto (fd, out, in[1] * 10u, 0, &from.any, length);
      length = sizeof from;
    }
  return NULL;
}

typedef struct
{
  PtlEngine *engine;
  guint16 port;
  int server;
  GThread *thread;
} Bench;

static void
bench_open (Bench *self, const char *host, guint64 factor)
{
  g_autoptr (PtlForward) forward = NULL;

  self->engine = ptl_engine_new (2);
  self->server = bind_to (SOCK_DGRAM, "127.0.0.1", 0);
  self->thread = g_thread_new ("answer", answer, GINT_TO_POINTER (self->server));
  forward
      = forward_new (PTL_PROTOCOL_UDP, host, 0, "127.0.0.1", get_local_port (self->server), NULL);
  forward->options->values[PTL_OPTION_UDP_REPLIES] = factor;
  self->port = open_forward (self->engine, "f", forward);
}

static void
bench_close (Bench *self)
{
  int fd = connect_ok (SOCK_DGRAM, "127.0.0.1", get_local_port (self->server));

  g_assert_cmpint (send (fd, "", 1, 0), ==, 1); /* too short: its end */
  g_thread_join (self->thread);
  close (fd);
  close (self->server);
  g_object_unref (self->engine);
}

static guint64
get_refused (Bench *self)
{
  PtlEngineStats *stats = ptl_engine_dup_stats (self->engine, "f");
  guint64 n = stats->refused[PTL_REFUSED_REPLIES];

  ptl_engine_stats_free (stats);
  return n;
}

/* @n bytes to ask with; the answer's length is a multiple of ten. -1: none came. */
static gssize
ask (int fd, guint n, guint n_answer)
{
  struct pollfd poller = { fd, POLLIN, 0 };
  guint8 request[2048] = { 0, (guint8) (n_answer / 10) }, reply[4096];

  g_assert_cmpint (send (fd, request, n, 0), ==, n);
  return poll (&poller, 1, 200) == 1 ? recv (fd, reply, sizeof reply, 0) : -1;
}

/* A whole IPv4 packet, so that its source may be anyone's (RFC 791, RFC 768). */
static void
forge (int raw, const char *from, guint16 from_port, guint16 to_port, guint n, guint n_answer)
{
  guint8 packet[sizeof (struct iphdr) + sizeof (struct udphdr) + 1500] = { 0 };
  struct iphdr *ip = (gpointer) packet;
  struct udphdr *udp = (gpointer) (packet + sizeof *ip);
  gsize length = sizeof *ip + sizeof *udp + n;
  PtlSockaddr source, to;

  ptl_sockaddr_parse (&source, from, 0);
  ptl_sockaddr_parse (&to, HERE, 0);
  *ip = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP };
  ip->tot_len = g_htons ((guint16) length);
  ip->saddr = source.in.sin_addr.s_addr;
  ip->daddr = to.in.sin_addr.s_addr;
  udp->source = g_htons (from_port);
  udp->dest = g_htons (to_port);
  udp->len = g_htons ((guint16) (sizeof *udp + n));
  packet[sizeof *ip + sizeof *udp + 1] = (guint8) (n_answer / 10);
  g_assert_cmpint (sendto (raw, packet, length, 0, &to.any, sizeof to.in), ==, (gssize) length);
}

static int
open_raw (void)
{
  int raw = socket (AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

  g_assert_cmpint (raw, >=, 0);
  return raw;
}

static gsize
count_waiting (int fd)
{
  guint8 in[4096];
  gsize sum = 0;
  gssize n;

  while ((n = recv (fd, in, sizeof in, MSG_DONTWAIT)) >= 0)
    sum += (gsize) n;
  return sum;
}

static void
skip (void)
{
  g_test_skip ("network namespaces are not to be had here");
}

/* A burst of forged requests (faults.md row 29): the victim hears no more than the factor of what
 * they were, and all else that the server answers is dropped and counted. */
static void
test_forged (void)
{
  enum
  {
    N = 300,
    ASKED = 20,
    ANSWER = 1000
  };
  int raw, victim;
  gsize heard = 0;
  Bench bench;

  if (!has_namespace)
    {
      skip ();
      return;
    }
  bench_open (&bench, HERE, FACTOR);
  raw = open_raw ();
  victim = bind_to (SOCK_DGRAM, VICTIM, 0);
  for (guint i = 0; i < N; i++)
    forge (raw, VICTIM, get_local_port (victim), bench.port, ASKED, ANSWER);
  wait_until (get_traffic (bench.engine, "f").bytes_in == N * ASKED);
  wait_until (get_refused (&bench) + get_traffic (bench.engine, "f").bytes_out / ANSWER == N);
  heard = count_waiting (victim);
  g_assert_cmpuint (heard, >, 0);
  g_assert_cmpuint (heard, <=, N * ASKED * FACTOR);
  g_assert_cmpuint (get_traffic (bench.engine, "f").bytes_out, ==, heard);
  close (victim);
  close (raw);
  bench_close (&bench);
}

/* One who goes on forging the address of a host that says that nobody listens there. */
static void
test_denied (void)
{
  enum
  {
    N = 20,
    ASKED = 100
  };
  Bench bench;
  int raw;

  if (!has_namespace)
    {
      skip ();
      return;
    }
  bench_open (&bench, "0.0.0.0", FACTOR);
  raw = open_raw ();
  for (guint i = 0; i < N; i++)
    {
      forge (raw, VICTIM, (guint16) (2000 + i), bench.port, ASKED, 100);
      wait_until (get_traffic (bench.engine, "f").bytes_in == (i + 1) * ASKED);
      g_usleep (MOMENT_US);
    }
  /* Now it would have been believed. */
  for (guint i = 0; i < N; i++)
    forge (raw, VICTIM, 3000, bench.port, ASKED, 2000);
  wait_until (get_traffic (bench.engine, "f").bytes_in == 2 * N * ASKED);
  wait_until (get_refused (&bench) > 0);
  g_assert_cmpuint (get_traffic (bench.engine, "f").bytes_out, <=, 2 * N * ASKED * FACTOR);
  close (raw);
  bench_close (&bench);
}

/* Answers as large as their requests all come, from the first one on. */
static void
test_echo (void)
{
  Bench bench;
  int fd;

  if (!has_namespace)
    {
      skip ();
      return;
    }
  bench_open (&bench, HERE, FACTOR);
  fd = connect_to (SOCK_DGRAM, CLIENT, HERE, bench.port);
  for (guint i = 0; i < 200; i++)
    g_assert_cmpint (ask (fd, 1200, 1200), ==, 1200);
  g_assert_cmpuint (get_refused (&bench), ==, 0);
  close (fd);
  bench_close (&bench);
}

/* As a client does that keeps asking: @n bytes, and an answer that is larger than the factor
 * allows. Returns how many it has to ask until each is answered. */
static guint
ask_on (int fd, guint n, guint n_answer)
{
  guint row = 0, asked;

  for (asked = 0; row < 10 && asked < 60; asked++)
    {
      row = ask (fd, n, n_answer) == (gssize) n_answer ? row + 1 : 0;
      g_usleep (MOMENT_US);
    }
  g_assert_cmpuint (row, ==, 10);
  return asked - row;
}

/* Bedrock's unconnected ping: 33 bytes, about 150 back. The first answer comes with the second ping
 * at the latest, and when the source has proved itself all come, on other ports too. */
static void
test_ping (void)
{
  Bench bench;
  int fd;

  if (!has_namespace)
    {
      skip ();
      return;
    }
  bench_open (&bench, HERE, FACTOR);
  fd = connect_to (SOCK_DGRAM, CLIENT, HERE, bench.port);
  g_assert_true (ask (fd, 33, 150) == 150 || ask (fd, 33, 150) == 150);
  g_assert_cmpuint (ask_on (fd, 33, 150), <, 20);
  close (fd);
  fd = connect_to (SOCK_DGRAM, CLIENT, HERE, bench.port);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (ask (fd, 2, 2500), ==, 2500);
  close (fd);
  bench_close (&bench);
}

/* A2S_INFO: 25 bytes and a challenge of 9, then 29 with it and the answer. */
static gboolean
query (int fd)
{
  return ask (fd, 25, 10) == 10 && ask (fd, 29, 250) == 250;
}

static void
test_query (void)
{
  guint answered = 0;
  Bench bench;
  int fd;

  if (!has_namespace)
    {
      skip ();
      return;
    }
  bench_open (&bench, HERE, FACTOR);
  fd = connect_to (SOCK_DGRAM, CLIENT, HERE, bench.port);
  g_assert_true (query (fd) || query (fd));
  for (guint i = 0; i < 10 && answered < 3; i++)
    {
      g_usleep (MOMENT_US);
      answered = query (fd) ? answered + 1 : 0;
    }
  g_assert_cmpuint (answered, ==, 3);
  close (fd);
  bench_close (&bench);
}

/* Where there is no bound, and from loopback addresses, the first answer may be of any size. */
static void
test_free (void)
{
  Bench bench;
  int fd;

  if (!has_namespace)
    {
      skip ();
      return;
    }
  bench_open (&bench, HERE, 0);
  fd = connect_to (SOCK_DGRAM, CLIENT, HERE, bench.port);
  g_assert_cmpint (ask (fd, 2, 2500), ==, 2500);
  close (fd);
  bench_close (&bench);
  bench_open (&bench, "0.0.0.0", FACTOR);
  fd = connect_to (SOCK_DGRAM, "127.0.0.7", "127.0.0.1", bench.port);
  g_assert_cmpint (ask (fd, 2, 2500), ==, 2500);
  close (fd);
  bench_close (&bench);
}

/* An IPv6 network of 64 bits is one source: what one has used up another does not have, and the
 * proof is for both. */
static void
test_network (void)
{
  int first, second;
  Bench bench;

  if (!has_ipv6_addresses)
    {
      g_test_skip ("no network namespace with IPv6 is to be had here");
      return;
    }
  bench_open (&bench, HERE6, FACTOR);
  first = connect_to (SOCK_DGRAM, CLIENT6, HERE6, bench.port);
  second = connect_to (SOCK_DGRAM, NEIGHBOUR6, HERE6, bench.port);
  g_assert_cmpint (ask (first, 10, 30), ==, 30);
  g_assert_cmpint (ask (second, 10, 30), ==, 30);
  g_assert_cmpint (ask (first, 10, 40), ==, -1);
  g_assert_cmpint (ask (second, 10, 60), ==, 60);
  ask_on (first, 20, 100);
  g_assert_cmpint (ask (second, 2, 2500), ==, 2500);
  close (first);
  close (second);
  bench_close (&bench);
}

int
main (int argc, char **argv)
{
  enter_namespace ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/udp-replies/forged", test_forged);
  g_test_add_func ("/engine/udp-replies/denied", test_denied);
  g_test_add_func ("/engine/udp-replies/echo", test_echo);
  g_test_add_func ("/engine/udp-replies/ping", test_ping);
  g_test_add_func ("/engine/udp-replies/query", test_query);
  g_test_add_func ("/engine/udp-replies/free", test_free);
  g_test_add_func ("/engine/udp-replies/network", test_network);
  return g_test_run ();
}
