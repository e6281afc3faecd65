/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sweeps of this machine's own loopback address, what is saved of them, and whose an address is. */
#include "exposure/sweep/ptl-sweep.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "exposure/sweep/ptl-sweep-owner.h"
#include "exposure/sweep/ptl-sweep-udp.h"

typedef struct
{
  GMainLoop *loop;
  GCancellable *cancellable;
  GError *error;
  guint cancel_at; /* ports that are known */
  guint n_open, n_progress, done, all;
  GThread *told_in;
} Run;

static GInetAddress *
loopback (GSocketFamily family)
{
  return g_inet_address_new_loopback (family);
}

static int
bind_any (int family, int type, guint16 *port)
{
  union
  {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
  } address = { 0 };
  socklen_t length = sizeof address;
  int fd = socket (family, type | SOCK_CLOEXEC, 0);

  address.any.sa_family = (sa_family_t) family;
  if (family == AF_INET)
    address.in.sin_addr.s_addr = g_htonl (INADDR_LOOPBACK);
  else
    address.in6.sin6_addr = in6addr_loopback;
  if (fd < 0
      || bind (fd, &address.any, family == AF_INET ? sizeof address.in : sizeof address.in6) < 0)
    {
      close (fd);
      return -1;
    }
  if (type == SOCK_STREAM)
    g_assert_cmpint (listen (fd, 8), ==, 0);
  g_assert_cmpint (getsockname (fd, &address.any, &length), ==, 0);
  *port = g_ntohs (address.in.sin_port);
  return fd;
}

static void
on_open (PtlSweep *sweep, const PtlSweepResult *result, gpointer data)
{
  Run *run = data;

  g_assert_cmpint (result->state, ==, PTL_SEEN_OPEN);
  run->told_in = g_thread_self ();
  run->n_open++;
}

static void
on_progress (PtlSweep *sweep, guint done, guint all, gpointer data)
{
  Run *run = data;

  g_assert_cmpuint (done, >=, run->done);
  g_assert_cmpuint (done, <=, all);
  run->done = done;
  run->all = all;
  run->n_progress++;
  if (run->cancel_at > 0 && done >= run->cancel_at)
    g_cancellable_cancel (run->cancellable);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Run *run = data;
  gboolean done = ptl_sweep_run_finish (PTL_SWEEP (source), result, &run->error);

  g_assert_true (done == (run->error == NULL));
  g_main_loop_quit (run->loop);
}

static void
run_sweep (PtlSweep *sweep, Run *run)
{
  run->loop = g_main_loop_new (NULL, FALSE);
  run->cancellable = g_cancellable_new ();
  g_signal_connect (sweep, "open", G_CALLBACK (on_open), run);
  g_signal_connect (sweep, "progress", G_CALLBACK (on_progress), run);
  ptl_sweep_run_async (sweep, run->cancellable, on_done, run);
  g_main_loop_run (run->loop);
  g_main_loop_unref (run->loop);
  g_object_unref (run->cancellable);
}

static guint
count_sockets (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *to = g_file_read_link (path, NULL);

      n += to != NULL && (g_str_has_prefix (to, "socket:") || strstr (to, "eventpoll") != NULL);
    }
  return n;
}

static gboolean
has_thread (const char *wanted)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "comm", NULL);
      g_autofree char *comm = NULL;

      if (g_file_get_contents (path, &comm, NULL, NULL) && strcmp (g_strchomp (comm), wanted) == 0)
        return TRUE;
    }
  return FALSE;
}

static PtlSeenState
state_of (PtlSweep *sweep, GInetAddress *address, PtlProtocol protocol, guint16 port)
{
  PtlSeenState state = PTL_SEEN_UNLISTED;

  g_assert_true (ptl_sweep_get_state (sweep, address, protocol, port, &state));
  return state;
}

static void
test_open_and_closed (gconstpointer data)
{
  GSocketFamily family = (GSocketFamily) GPOINTER_TO_INT (data);
  g_autoptr (GInetAddress) address = loopback (family);
  g_autoptr (PtlSweep) sweep = ptl_sweep_new ();
  g_autoptr (GPtrArray) open = NULL;
  g_autofree char *ports = NULL;
  guint16 port, closed;
  int fd = bind_any ((int) family, SOCK_STREAM, &port),
      gone = bind_any ((int) family, SOCK_STREAM, &closed);
  guint before;
  Run run = { 0 };

  if (fd < 0)
    {
      g_test_skip ("no address of that family here");
      return;
    }
  close (gone);
  before = count_sockets ();
  ports = g_strdup_printf ("%u,%u", port, closed);
  g_assert_true (ptl_sweep_add_tcp (sweep, address, ports, NULL));
  run_sweep (sweep, &run);
  g_assert_no_error (run.error);
  g_assert_cmpint (state_of (sweep, address, PTL_PROTOCOL_TCP, port), ==, PTL_SEEN_OPEN);
  g_assert_cmpint (state_of (sweep, address, PTL_PROTOCOL_TCP, closed), ==, PTL_SEEN_CLOSED);
  g_assert_cmpuint (run.n_open, ==, 1);
  g_assert_true (run.told_in == g_thread_self ());
  g_assert_cmpuint (run.done, ==, 2);
  g_assert_cmpuint (run.all, ==, 2);
  open = ptl_sweep_dup_open (sweep);
  g_assert_cmpuint (open->len, ==, 1);
  g_assert_cmpuint (count_sockets (), ==, before);
  g_assert_false (has_thread ("sweep"));
  close (fd);
}

static gpointer
serve_udp (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  struct sockaddr_storage from;
  socklen_t length = sizeof from;
  guint8 bytes[2048];
  gssize n = recvfrom (fd, bytes, sizeof bytes, 0, (void *) &from, &length);

  g_assert_cmpint (n, >=, 0);
  g_assert_cmpint (sendto (fd, "hello", 5, 0, (void *) &from, length), ==, 5);
  return NULL;
}

static void
test_udp (gconstpointer data)
{
  GSocketFamily family = (GSocketFamily) GPOINTER_TO_INT (data);
  g_autoptr (GInetAddress) address = loopback (family);
  g_autoptr (PtlSweep) sweep = ptl_sweep_new ();
  guint16 answering, silent, closed;
  int fd = bind_any ((int) family, SOCK_DGRAM, &answering),
      mute = bind_any ((int) family, SOCK_DGRAM, &silent),
      gone = bind_any ((int) family, SOCK_DGRAM, &closed);
  GThread *server;
  Run run = { 0 };

  if (fd < 0)
    {
      g_test_skip ("no address of that family here");
      return;
    }
  close (gone);
  server = g_thread_new ("server", serve_udp, GINT_TO_POINTER (fd));
  ptl_sweep_add_udp (sweep, address, (guint16[]){ answering, silent, closed }, 3);
  run_sweep (sweep, &run);
  g_thread_join (server);
  g_assert_no_error (run.error);
  g_assert_cmpint (state_of (sweep, address, PTL_PROTOCOL_UDP, answering), ==, PTL_SEEN_OPEN);
  g_assert_cmpint (state_of (sweep, address, PTL_PROTOCOL_UDP, silent), ==, PTL_SEEN_FILTERED);
  g_assert_cmpint (state_of (sweep, address, PTL_PROTOCOL_UDP, closed), ==, PTL_SEEN_CLOSED);
  close (fd);
  close (mute);
}

/* A connect from a port to itself comes about without anybody listening: over and over, for it is
 * chance. */
static void
test_own_connects_are_not_open (void)
{
  g_autoptr (GInetAddress) address = loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (PtlSweep) sweep = ptl_sweep_new ();
  g_autoptr (GPtrArray) summaries = NULL;
  guint16 port;
  int fd = bind_any (AF_INET, SOCK_STREAM, &port);
  Run run = { 0 };

  g_assert_true (ptl_sweep_add_tcp (sweep, address, "32768-60999", NULL));
  run_sweep (sweep, &run);
  g_assert_no_error (run.error);
  g_assert_cmpint (state_of (sweep, address, PTL_PROTOCOL_TCP, port), ==, PTL_SEEN_OPEN);
  summaries = ptl_sweep_dup_summaries (sweep);
  g_assert_cmpuint (summaries->len, ==, 1);
  g_assert_cmpuint (ptl_port_set_count (&((PtlSweepSummary *) summaries->pdata[0])->todo), ==, 0);
  close (fd);
}

static void
test_cancelled_goes_on (void)
{
  g_autoptr (GInetAddress) address = loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (PtlSweep) sweep = ptl_sweep_new ();
  g_autoptr (PtlSweep) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *saved = NULL;
  const PtlSweepPace pace = { .max_rate = 20000 };
  guint before = count_sockets (), done, all;
  Run run = { .cancel_at = 500 }, again = { 0 };

  ptl_sweep_set_pace (sweep, &pace);
  g_assert_true (ptl_sweep_add_tcp (sweep, address, "1-20000", NULL));
  run_sweep (sweep, &run);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&run.error);
  g_assert_cmpuint (count_sockets (), ==, before);
  g_assert_false (has_thread ("sweep"));
  ptl_sweep_get_progress (sweep, &done, &all);
  g_assert_cmpuint (done, >=, 500);
  g_assert_cmpuint (done, <, 20000);
  saved = ptl_sweep_save (sweep);
  rest = ptl_sweep_resume (saved, &error);
  g_assert_no_error (error);
  run_sweep (rest, &again);
  g_assert_no_error (again.error);
  ptl_sweep_get_progress (rest, &done, &all);
  g_assert_cmpuint (done, ==, 20000);
  g_assert_cmpuint (all, ==, 20000);
}

static void
test_cancelled_before (void)
{
  g_autoptr (GInetAddress) address = loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (PtlSweep) sweep = ptl_sweep_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Run run = { .loop = g_main_loop_new (NULL, FALSE) };

  g_assert_true (ptl_sweep_add_tcp (sweep, address, "1-100", NULL));
  g_cancellable_cancel (cancellable);
  ptl_sweep_run_async (sweep, cancellable, on_done, &run);
  g_main_loop_run (run.loop);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&run.error);
  g_main_loop_unref (run.loop);
}

static void
test_nothing_to_do (void)
{
  g_autoptr (PtlSweep) sweep = ptl_sweep_new ();
  Run run = { 0 };

  run_sweep (sweep, &run);
  g_assert_no_error (run.error);
}

/* With hardly a descriptor left, a sweep is slower, and no less right. */
static void
test_few_descriptors (void)
{
  g_autoptr (GInetAddress) address = loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (PtlSweep) sweep = ptl_sweep_new ();
  g_autoptr (GPtrArray) summaries = NULL;
  const PtlSweepSummary *summary;
  struct rlimit before, low;
  guint16 port;
  int fd = bind_any (AF_INET, SOCK_STREAM, &port);
  Run run = { 0 };

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  low = before;
  low.rlim_cur = 24;
  g_assert_true (ptl_sweep_add_tcp (sweep, address, "1-65535", NULL));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &low), ==, 0);
  run_sweep (sweep, &run);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_no_error (run.error);
  summaries = ptl_sweep_dup_summaries (sweep);
  summary = g_ptr_array_index (summaries, 0);
  g_assert_true (ptl_port_set_has (&summary->states[PTL_SEEN_OPEN], port));
  g_assert_cmpuint (ptl_port_set_count (&summary->states[PTL_SEEN_FAILED]), ==, 0);
  g_assert_cmpuint (ptl_port_set_count (&summary->todo), ==, 0);
  close (fd);
}

static void
test_no_way (void)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string ("ff02::1");
  g_autoptr (PtlSweep) sweep = ptl_sweep_new ();
  g_autoptr (GPtrArray) summaries = NULL;
  const PtlSweepSummary *summary;
  Run run = { 0 };

  g_assert_true (ptl_sweep_add_tcp (sweep, address, "1-1000", NULL));
  run_sweep (sweep, &run);
  g_assert_no_error (run.error);
  summaries = ptl_sweep_dup_summaries (sweep);
  summary = g_ptr_array_index (summaries, 0);
  g_assert_cmpuint (ptl_port_set_count (&summary->states[PTL_SEEN_FAILED]), ==, 1000);
  g_assert_nonnull (summary->error);
}

/* --- saved text --- */

static void
test_saved_text (void)
{
  const char *text = "portolan-sweep 1\n"
                     "tcp 192.0.2.1 256,500,1000,1 todo=1000-65535 open=22,80 closed=1-21 "
                     "filtered=23-79,81-999\n"
                     "udp 2001:db8::1 4096,0,1000,0 todo=53,123\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlSweep) sweep = ptl_sweep_resume (text, &error);
  g_autofree char *again = NULL;
  guint done, all;

  g_assert_no_error (error);
  again = ptl_sweep_save (sweep);
  g_assert_cmpstr (again, ==, text);
  ptl_sweep_get_progress (sweep, &done, &all);
  g_assert_cmpuint (done, ==, 999);
  g_assert_cmpuint (all, ==, 65537);
}

static void
test_saved_refused (void)
{
  static const char *const cases[] = {
    "",
    "portolan-sweep 1",
    "portolan-sweep 2\n",
    "hello\n",
    "portolan-sweep 1\ntcp\n",
    "portolan-sweep 1\nsctp 192.0.2.1 1,1,1,0 todo=1\n",
    "portolan-sweep 1\nboth 192.0.2.1 1,1,1,0 todo=1\n",
    "portolan-sweep 1\ntcp example.org 1,1,1,0 todo=1\n",
    "portolan-sweep 1\ntcp 192.0.2.1 1,1,1 todo=1\n",
    "portolan-sweep 1\ntcp 192.0.2.1 1,1,1,2 todo=1\n",
    "portolan-sweep 1\ntcp 192.0.2.1 -1,1,1,0 todo=1\n",
    "portolan-sweep 1\ntcp 192.0.2.1 1,1,1,0 todo=0\n",
    "portolan-sweep 1\ntcp 192.0.2.1 1,1,1,0 todo=\n",
    "portolan-sweep 1\ntcp 192.0.2.1 1,1,1,0 todo\n",
    "portolan-sweep 1\ntcp 192.0.2.1 1,1,1,0 maybe=1\n",
    "portolan-sweep 1\ntcp 192.0.2.1 1,1,1,0 failed=1\n",
    "portolan-sweep 1\ntcp 192.0.2.1 1,1,1,0 todo=1 open=1\n",
    "portolan-sweep 1\ntcp 192.0.2.1 1,1,1,0 todo=1\ntcp 192.0.2.1 1,1,1,0 todo=2\n",
    "portolan-sweep 1\ntcp 192.0.2.1 1,1,1,0 todo=1\n\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ptl_sweep_resume (cases[i], &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

/* --- UDP requests --- */

static void
test_requests (void)
{
  gsize n;
  const guint16 *ports = ptl_sweep_get_known_udp (&n);

  g_assert_cmpuint (n, >=, 30);
  for (gsize i = 0; i < n; i++)
    for (guint try = 0; try < 3; try++)
      {
        guint8 bytes[PTL_SWEEP_UDP_MAX];
        gsize length = ptl_sweep_udp_write (ports[i], try, bytes);

        g_assert_cmpuint (length, >, 0);
        g_assert_cmpuint (length, <=, sizeof bytes);
      }
  g_assert_cmpuint (ptl_sweep_udp_write (51820, 0, NULL), ==, 0);
}

static void
test_request_lengths (void)
{
  static const struct
  {
    guint16 port;
    guint try;
    gsize length;
  } cases[] = {
    { 53, 0, 17 },    { 88, 0, 153 },   { 500, 0, 376 }, { 1812, 0, 40 },  { 111, 0, 40 },
    { 123, 0, 48 },   { 137, 0, 50 },   { 161, 0, 43 },  { 161, 1, 60 },   { 177, 0, 7 },
    { 389, 0, 61 },   { 443, 0, 1200 }, { 623, 0, 12 },  { 1194, 0, 14 },  { 2049, 0, 40 },
    { 3478, 0, 20 },  { 5353, 0, 46 },  { 5683, 0, 4 },  { 19132, 0, 33 }, { 27015, 0, 25 },
    { 64738, 0, 12 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint8 bytes[PTL_SWEEP_UDP_MAX];

      g_test_message ("port %u", cases[i].port);
      g_assert_cmpuint (ptl_sweep_udp_write (cases[i].port, cases[i].try, bytes), ==,
                        cases[i].length);
    }
}

/* --- whose an address is --- */

static void
test_classify (void)
{
  static const char *const interfaces[]
      = { "192.168.1.5/24", "2001:db8:1::5/64", "10.8.0.2/32", "nonsense", "fe80::5/64", NULL };
  static const char *const routers[] = { "192.168.1.1", "fe80::1%eth0", NULL };
  static const char *const publics[] = { "203.0.113.7", NULL };
  const PtlSweepHome home = { interfaces, routers, publics }, nothing = { 0 };
  static const struct
  {
    const char *address;
    PtlSweepOwner owner, without;
  } cases[] = {
    { "127.0.0.1", PTL_SWEEP_THIS_MACHINE, PTL_SWEEP_THIS_MACHINE },
    { "127.9.9.9", PTL_SWEEP_THIS_MACHINE, PTL_SWEEP_THIS_MACHINE },
    { "::1", PTL_SWEEP_THIS_MACHINE, PTL_SWEEP_THIS_MACHINE },
    { "::ffff:127.0.0.1", PTL_SWEEP_THIS_MACHINE, PTL_SWEEP_THIS_MACHINE },
    { "192.168.1.5", PTL_SWEEP_THIS_MACHINE, PTL_SWEEP_OTHER },
    { "2001:db8:1::5", PTL_SWEEP_THIS_MACHINE, PTL_SWEEP_OTHER },
    { "10.8.0.2", PTL_SWEEP_THIS_MACHINE, PTL_SWEEP_OTHER },
    { "192.168.1.1", PTL_SWEEP_ROUTER, PTL_SWEEP_OTHER },
    { "fe80::1", PTL_SWEEP_ROUTER, PTL_SWEEP_OTHER },
    { "203.0.113.7", PTL_SWEEP_PUBLIC, PTL_SWEEP_OTHER },
    { "::ffff:203.0.113.7", PTL_SWEEP_PUBLIC, PTL_SWEEP_OTHER },
    { "203.0.113.8", PTL_SWEEP_OTHER, PTL_SWEEP_OTHER },
    { "192.168.1.77", PTL_SWEEP_NEIGHBOUR, PTL_SWEEP_OTHER },
    { "192.168.2.5", PTL_SWEEP_OTHER, PTL_SWEEP_OTHER },
    { "2001:db8:1::77", PTL_SWEEP_NEIGHBOUR, PTL_SWEEP_OTHER },
    { "2001:db8:2::77", PTL_SWEEP_OTHER, PTL_SWEEP_OTHER },
    { "10.8.0.3", PTL_SWEEP_OTHER, PTL_SWEEP_OTHER },
    { "0.0.0.0", PTL_SWEEP_OTHER, PTL_SWEEP_OTHER },
    { "::", PTL_SWEEP_OTHER, PTL_SWEEP_OTHER },
    { "224.0.0.1", PTL_SWEEP_OTHER, PTL_SWEEP_OTHER },
    { "ff02::1", PTL_SWEEP_OTHER, PTL_SWEEP_OTHER },
    { "255.255.255.255", PTL_SWEEP_OTHER, PTL_SWEEP_OTHER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (cases[i].address);

      g_test_message ("%s", cases[i].address);
      g_assert_cmpint (ptl_sweep_classify (address, &home), ==, cases[i].owner);
      g_assert_cmpint (ptl_sweep_classify (address, &nothing), ==, cases[i].without);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/exposure/sweep/tcp/ipv4", GINT_TO_POINTER (AF_INET),
                        test_open_and_closed);
  g_test_add_data_func ("/exposure/sweep/tcp/ipv6", GINT_TO_POINTER (AF_INET6),
                        test_open_and_closed);
  g_test_add_data_func ("/exposure/sweep/udp/ipv4", GINT_TO_POINTER (AF_INET), test_udp);
  g_test_add_data_func ("/exposure/sweep/udp/ipv6", GINT_TO_POINTER (AF_INET6), test_udp);
  g_test_add_func ("/exposure/sweep/own-connects-are-not-open", test_own_connects_are_not_open);
  g_test_add_func ("/exposure/sweep/cancelled-goes-on", test_cancelled_goes_on);
  g_test_add_func ("/exposure/sweep/cancelled-before", test_cancelled_before);
  g_test_add_func ("/exposure/sweep/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/exposure/sweep/few-descriptors", test_few_descriptors);
  g_test_add_func ("/exposure/sweep/no-way", test_no_way);
  g_test_add_func ("/exposure/sweep/saved-text", test_saved_text);
  g_test_add_func ("/exposure/sweep/saved-refused", test_saved_refused);
  g_test_add_func ("/exposure/sweep/requests", test_requests);
  g_test_add_func ("/exposure/sweep/request-lengths", test_request_lengths);
  g_test_add_func ("/exposure/sweep/classify", test_classify);
  return g_test_run ();
}
