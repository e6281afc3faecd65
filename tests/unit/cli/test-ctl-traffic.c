/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ctl-run.h"

#include <glib-unix.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATISTICS                                                                                 \
  "({'BytesIn': <uint64 1500000>, 'BytesOut': <uint64 3000>, 'ConnectionsNow': <uint64 %u>,"       \
  " 'ConnectionsEver': <uint64 12>, 'ConnectionsPeak': <uint64 7>, 'PacketsIn': <uint64 5>,"       \
  " 'PacketsOut': <uint64 6>, 'Refused': <{'audience': uint64 2, 'source-rate': uint64 3}>,"       \
  " 'ConnectP50': <uint64 85>, 'ConnectP90': <uint64 1300>, 'ConnectP99': <uint64 2000000>,"       \
  " 'FirstByteP50': <uint64 0>, 'FirstByteP90': <uint64 0>, 'FirstByteP99': <uint64 0>,"           \
  " 'Targets': <[{'Endpoint': <'10.0.0.5:80'>, 'Backup': <false>, 'Up': <true>,"                   \
  "   'ConnectionsNow': <uint64 1>, 'ConnectionsEver': <uint64 10>, 'BytesIn': <uint64 1000>,"     \
  "   'BytesOut': <uint64 2000>, 'Failures': <uint64 0>, 'ConnectP50': <uint64 90>,"               \
  "   'ConnectionsPeak': <uint64 3>, 'FirstByteP50': <uint64 1300>},"                              \
  "  {'Endpoint': <'10.0.0.6:80'>, 'Backup': <true>, 'Up': <false>,"                               \
  "   'ConnectionsNow': <uint64 0>, 'ConnectionsEver': <uint64 2>, 'BytesIn': <uint64 0>,"         \
  "   'BytesOut': <uint64 0>, 'Failures': <uint64 4>}]>,"                                          \
  " 'Sources': <[{'Address': <'203.0.113.5'>, 'ConnectionsNow': <uint64 1>,"                       \
  "   'ConnectionsEver': <uint64 3>, 'BytesIn': <uint64 7>, 'BytesOut': <uint64 8>,"               \
  "   'Refused': <uint64 9>, 'BannedUntil': <int64 1900000000>}]>},)"

#define CONNECTIONS                                                                                \
  "([{'Id': <uint64 9>, 'Protocol': <'tcp'>, 'Source': <'203.0.113.5:50123'>,"                      \
  "   'Target': <'10.0.0.5:80'>, 'Age': <int64 3700>, 'Idle': <int64 5>, 'BytesIn': <uint64 1000>," \
  "   'BytesOut': <uint64 2000>},"                                                                  \
  "  {'Id': <uint64 4>, 'Protocol': <'udp'>, 'Source': <'[2001:db8::7]:53'>, 'Target': <''>,"       \
  "   'Age': <int64 0>, 'Idle': <int64 0>, 'BytesIn': <uint64 0>, 'BytesOut': <uint64 0>}],)"

static void
answer (CtlBus *bus, const char *method, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *tuple = g_variant_parse (NULL, text, NULL, NULL, &error);

  g_assert_no_error (error);
  fake_worker_set_answer (bus->worker, method, tuple);
}

static void
set_up (CtlBus *bus, gconstpointer data)
{
  g_autoptr (PtlRule) rule = fake_rule (1, "first");

  ctl_bus_set_up (bus, data);
  fake_worker_add_rule (bus->worker, rule);
}

static void
count_connections (CtlBus *bus, guint n)
{
  g_autofree char *text = g_strdup_printf (STATISTICS, n);

  answer (bus, "GetStatistics", text);
}

static void
assert_line (const char *text, const char *line)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  if (!g_strv_contains ((const char *const *) lines, line))
    g_error ("“%s” is not in:\n%s", line, text);
}

/* Sizes have a space in them that does not break. */
static void
make_spaces_plain (char **text)
{
  g_autoptr (GString) plain = g_string_new (*text);

  g_free (*text);
  g_string_replace (plain, "\302\240", " ", 0);
  *text = g_string_free (g_steal_pointer (&plain), FALSE);
}

static CtlResult *
run_ok (const char *line)
{
  CtlResult *result = ctl_run_line (line);

  make_spaces_plain (&result->out);
  g_assert_cmpstr (result->err, ==, "");
  g_assert_cmpint (result->code, ==, 0);
  return result;
}

static JsonObject *
json_ok (const char *line)
{
  g_autoptr (CtlResult) result = run_ok (line);

  return ctl_parse (result->out);
}

static JsonObject *
nth (JsonObject *object, const char *key, guint n)
{
  return json_array_get_object_element (json_object_get_array_member (object, key), n);
}

static char *
dup_keys (JsonObject *object)
{
  g_autoptr (GList) members = json_object_get_members (object);
  GString *keys = g_string_new (NULL);

  for (GList *i = members; i != NULL; i = i->next)
    g_string_append_printf (keys, "%s%s", keys->len > 0 ? " " : "", (const char *) i->data);
  return g_string_free (keys, FALSE);
}

static void
assert_keys (JsonObject *object, const char *wanted)
{
  g_autofree char *keys = dup_keys (object);

  g_assert_cmpstr (keys, ==, wanted);
}

/* --- show --- */

static void
test_show (CtlBus *bus, gconstpointer data)
{
  g_autoptr (CtlResult) result = NULL;

  count_connections (bus, 0);
  result = run_ok ("show 0000");
  assert_line (result->out, "Peak        7 connections at a time");
  assert_line (result->out, "Datagrams   5 in, 6 out");
  assert_line (result->out, "Refused     not among those who may connect: 2, too many new ones of one address in a second: 3");
  assert_line (result->out, "Connecting  half within 85 µs, 90% within 1.3 ms, 99% within 2.0 s");
  g_assert_null (strstr (result->out, "First byte"));
  assert_line (result->out,
               "Leads to    10.0.0.5:80  up; 1 now, 10 ever, 1.0 kB in, 2.0 kB out, "
               "half of them connected within 90 µs, half of them answered within 1.3 ms");
  assert_line (result->out, "Leads to    10.0.0.6:80  down, backup; 0 now, 2 ever, 0 bytes in, 0 bytes out, 4 failures");
  g_assert_nonnull (strstr (result->out, "From        203.0.113.5  1 now, 3 ever, 7 bytes in, 8 bytes out, 9 refused, "
                                         "banned until 2030-03-17 "));
  g_assert_null (strstr (result->out, "Throughput"));
  g_assert_cmpuint (fake_worker_count (bus->worker, "GetStatistics"), ==, 1);
}

/* Where someone is connected it looks twice. */
static void
test_throughput (CtlBus *bus, gconstpointer data)
{
  g_autoptr (CtlResult) result = NULL;

  count_connections (bus, 1);
  result = run_ok ("show 0000");
  assert_line (result->out, "Throughput  0 bytes/s in, 0 bytes/s out");
  g_assert_cmpuint (fake_worker_count (bus->worker, "GetStatistics"), ==, 2);
}

static void
test_show_json (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) object = NULL;
  JsonObject *statistics;

  count_connections (bus, 1);
  object = json_ok ("show 0000 --json");
  g_assert_false (json_object_has_member (object, "connections"));
  statistics = json_object_get_object_member (object, "statistics");
  assert_keys (statistics, "bytes_in bytes_out packets_in packets_out connections_now connections_ever connections_peak "
                           "connect_p50 connect_p90 connect_p99 first_byte_p50 first_byte_p90 first_byte_p99 refused "
                           "targets sources");
  g_assert_cmpint (json_object_get_int_member (statistics, "bytes_in"), ==, 1500000);
  g_assert_cmpint (json_object_get_int_member (statistics, "connect_p90"), ==, 1300);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (statistics, "refused"), "source-rate"), ==, 3);
  assert_keys (nth (statistics, "targets", 1),
               "endpoint backup up connections_now connections_ever connections_peak bytes_in "
               "bytes_out packets_in packets_out "
               "failures connect_p50 connect_p90 connect_p99 first_byte_p50 first_byte_p90 "
               "first_byte_p99");
  g_assert_true (json_object_get_boolean_member (nth (statistics, "targets", 1), "backup"));
  assert_keys (nth (statistics, "sources", 0),
               "address connections_now connections_ever bytes_in bytes_out refused banned_until");
  g_assert_cmpstr (json_object_get_string_member (nth (statistics, "sources", 0), "banned_until"), ==,
                   "2030-03-17T17:46:40Z");
}

/* A rule is shown though nothing is counted of it. */
static void
test_show_of_what_is_not_counted (CtlBus *bus, gconstpointer data)
{
  g_autoptr (PtlRule) tunnel = fake_rule (2, "second");
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (CtlResult) text = NULL;

  tunnel->kind = PTL_KIND_TUNNEL;
  tunnel->way = PTL_WAY_REMOTE;
  fake_worker_add_rule (bus->worker, tunnel);
  object = json_ok ("show 00000002 --json");
  g_assert_true (json_object_get_null_member (object, "statistics"));
  text = run_ok ("show 00000002");
  g_assert_null (strstr (text->out, "Peak"));
  fake_worker_retire_rule (bus->worker, "00000001-1234-4abc-8def-000000000000", PTL_RULE_STATE_CLOSED, NULL);
  json_object_unref (json_ok ("show 00000001 --json"));
  g_assert_cmpuint (fake_worker_count (bus->worker, "GetStatistics"), ==, 0);
}

static void
assert_deaf (CtlBus *bus, const char *listeners, gboolean deaf)
{
  g_autofree char *tuple = g_strdup_printf ("(@aa{sv} [%s],)", listeners);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (CtlResult) text = NULL;
  JsonArray *found;

  answer (bus, "ListListeners", tuple);
  object = json_ok ("show 0000 --json");
  text = run_ok ("show 0000");
  found = json_object_get_array_member (object, "targets_without_listener");
  g_assert_cmpuint (json_array_get_length (found), ==, deaf);
  if (deaf)
    g_assert_cmpstr (json_array_get_string_element (found, 0), ==, "127.0.0.1:80");
  g_assert_cmpint (strstr (text->out, "No program listens at 127.0.0.1:80 now. Start it, and it can be reached.") != NULL,
                   ==, deaf);
}

static void
test_nobody_listens (CtlBus *bus, gconstpointer data)
{
  assert_deaf (bus, "", TRUE);
  assert_deaf (bus, "{'Protocol': <'tcp'>, 'Address': <'127.0.0.1'>, 'Port': <uint32 80>}", FALSE);
  assert_deaf (bus, "{'Protocol': <'tcp'>, 'Address': <'::'>, 'Port': <uint32 80>}", FALSE);
  assert_deaf (bus, "{'Protocol': <'udp'>, 'Address': <'127.0.0.1'>, 'Port': <uint32 80>}", TRUE);
  assert_deaf (bus, "{'Protocol': <'tcp'>, 'Address': <'127.0.0.2'>, 'Port': <uint32 80>}", TRUE);
  assert_deaf (bus, "{'Protocol': <'tcp'>, 'Address': <'127.0.0.1'>, 'Port': <uint32 81>}", TRUE);
}

/* Of other computers nothing can be told, and where nobody knows the listeners nothing is said. */
static void
test_listeners_elsewhere (CtlBus *bus, gconstpointer data)
{
  g_autoptr (PtlRule) rule = fake_rule (2, "second");
  g_autoptr (CtlResult) unknown = run_ok ("show 00000001");
  g_autoptr (CtlResult) elsewhere = NULL;

  g_assert_null (strstr (unknown->out, "No program"));
  ptl_endpoint_free (rule->target);
  rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "192.0.2.5", 80, 80);
  fake_worker_add_rule (bus->worker, rule);
  answer (bus, "ListListeners", "(@aa{sv} [],)");
  elsewhere = run_ok ("show 00000002");
  g_assert_null (strstr (elsewhere->out, "No program"));
}

static void
test_connections (CtlBus *bus, gconstpointer data)
{
  g_autoptr (CtlResult) text = NULL;
  g_autoptr (JsonObject) object = NULL;

  answer (bus, "ListConnections", CONNECTIONS);
  text = run_ok ("show 0000 --connections");
  g_assert_cmpstr (text->out, ==,
                   "ID  PROTO  SOURCE             TARGET       AGE    IDLE  IN       OUT\n"
                   "9   tcp    203.0.113.5:50123  10.0.0.5:80  1h 1m  5s    1.0 kB   2.0 kB\n"
                   "4   udp    [2001:db8::7]:53   -            0s     0s    0 bytes  0 bytes\n");
  object = json_ok ("show 0000 --connections --limit 2 --json");
  assert_keys (nth (object, "connections", 0), "id protocol source target age idle bytes_in bytes_out");
  g_assert_cmpint (json_object_get_int_member (nth (object, "connections", 0), "id"), ==, 9);
  g_assert_true (json_object_get_null_member (nth (object, "connections", 1), "target"));
  {
    const char *id;
    guint32 limit;

    g_variant_get (fake_worker_get_last (bus->worker, "ListConnections"), "(&su)", &id, &limit);
    g_assert_cmpuint (limit, ==, 2);
  }
}

static void
test_connections_left_out (CtlBus *bus, gconstpointer data)
{
  g_autoptr (CtlResult) result = NULL;

  count_connections (bus, 5);
  answer (bus, "ListConnections", CONNECTIONS);
  result = ctl_run_line ("show 0000 --connections --limit 2");
  g_assert_cmpint (result->code, ==, 0);
  g_assert_cmpstr (result->err, ==, "2 of 5 connections are shown; --limit shows more.\n");
}

static void
test_nobody (CtlBus *bus, gconstpointer data)
{
  g_autoptr (CtlResult) result = NULL;

  answer (bus, "ListConnections", "(@aa{sv} [],)");
  result = run_ok ("show 0000 --connections");
  g_assert_cmpstr (result->out, ==, "Nobody is connected.\n");
}

/* --- kick --- */

static const struct
{
  const char *line;
  const char *asks;
} kicks[] = {
  { "kick 0000 7 9", "('0000', [uint64 7, 9], '')" },
  { "kick 0000 18446744073709551615", "('0000', [uint64 18446744073709551615], '')" },
  { "kick 0000 --source 10.0.0.0/8", "('0000', @at [], '10.0.0.0/8')" },
  { "kick 0000 --source 2001:db8::7", "('0000', @at [], '2001:db8::7')" },
  { "kick 0000 --all", "('0000', @at [], '')" },
};

static void
test_kick (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) object = NULL;

  answer (bus, "KickConnections", "(uint32 2,)");
  for (guint i = 0; i < G_N_ELEMENTS (kicks); i++)
    {
      g_autoptr (CtlResult) result = run_ok (kicks[i].line);
      g_autoptr (GVariant) asked = g_variant_ref_sink (g_variant_parse (G_VARIANT_TYPE ("(sats)"), kicks[i].asks, NULL, NULL, NULL));

      g_assert_cmpstr (result->out, ==, "2 connections ended.\n");
      g_assert_cmpvariant (fake_worker_get_last (bus->worker, "KickConnections"), asked);
    }
  object = json_ok ("kick 0000 --all --json");
  g_assert_cmpint (json_object_get_int_member (object, "ended"), ==, 2);
}

static void
test_kick_of_nothing (CtlBus *bus, gconstpointer data)
{
  g_autoptr (CtlResult) all = NULL;
  g_autoptr (CtlResult) one = NULL;

  answer (bus, "KickConnections", "(uint32 0,)");
  all = ctl_run_line ("kick 0000 --all");
  g_assert_cmpint (all->code, ==, 5);
  g_assert_true (g_str_has_prefix (all->err, "portolanctl: Nobody is connected."));
  one = ctl_run_line ("kick 0000 7 --json");
  g_assert_cmpint (one->code, ==, 5);
  g_assert_nonnull (strstr (one->err, "\"not-found\""));
}

/* What is wrong with the arguments is said before the worker is asked. */
static void
test_usage (CtlBus *bus, gconstpointer data)
{
  static const char *const lines[] = {
    "kick",
    "kick 0000",
    "kick 0000 7 --all",
    "kick 0000 7 --source 10.0.0.1",
    "kick 0000 --all --source 10.0.0.1",
    "kick 0000 0",
    "kick 0000 -1",
    "kick 0000 seven",
    "kick 0000 18446744073709551616",
    "kick 0000 --source everyone",
    "kick 0000 --source 10.0.0.1/8",
    "kick abc 7",
    "show 0000 --limit 5",
    "show 0000 --connections --limit 0",
    "show 0000 --connections --limit 10001",
    "monitor --every 1s",
    "monitor --traffic --every 0s",
    "monitor --traffic --every 2h",
    "monitor --traffic --every soon",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (CtlResult) result = ctl_run_line (lines[i]);

      if (result->code != 2)
        g_error ("“%s” ended with %d: %s", lines[i], result->code, result->err);
      g_assert_true (strchr (result->err, '\n') == result->err + strlen (result->err) - 1);
    }
  g_assert_cmpuint (fake_worker_get_n_calls (bus->worker), ==, 0);
}

/* --- monitor --- */

static void
test_monitor (CtlBus *bus, gconstpointer data)
{
  g_autoptr (CtlResult) result = NULL;

  count_connections (bus, 3);
  result = run_ok ("monitor --traffic --count 1");
  g_assert_nonnull (strstr (result->out,
                            "  00000001  0 bytes/s in, 0 bytes/s out, 3 connected, 0 new, 0 refused  first\n"));
}

static void
test_monitor_json (CtlBus *bus, gconstpointer data)
{
  g_autoptr (PtlRule) tunnel = fake_rule (2, "second");
  g_autoptr (CtlResult) result = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_counted = 0;

  tunnel->kind = PTL_KIND_TUNNEL;
  tunnel->way = PTL_WAY_REMOTE;
  fake_worker_add_rule (bus->worker, tunnel);
  count_connections (bus, 3);
  result = run_ok ("monitor --traffic --every 1s --count 2 --json");
  lines = g_strsplit (result->out, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2 * 2 + 1);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (JsonObject) flow = ctl_parse (lines[i]);
      gboolean counted = g_str_equal (json_object_get_string_member (flow, "name"), "first");

      assert_keys (flow, "at rule_id name bytes_in_per_second bytes_out_per_second connections_now connections_new "
                         "refused_new");
      g_assert_cmpint (json_object_get_null_member (flow, "connections_now"), ==, !counted);
      n_counted += counted;
    }
  g_assert_cmpuint (n_counted, ==, 2);
}

/* In a terminal the table stays in its place, and what happened is below it. */
static void
test_monitor_in_a_terminal (CtlBus *bus, gconstpointer data)
{
  g_autoptr (GString) out = g_string_new (NULL);
  struct winsize size = { .ws_row = 24, .ws_col = 100 };
  int leader, status;
  pid_t pid;

  count_connections (bus, 3);
  pid = forkpty (&leader, NULL, NULL, &size);
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      execl (PORTOLANCTL, PORTOLANCTL, "monitor", "--traffic", NULL);
      _exit (127);
    }
  g_unix_set_fd_nonblocking (leader, TRUE, NULL);
  while (!strstr (out->str, "restarted"))
    {
      char text[4096];
      gssize n = read (leader, text, sizeof text);

      if (n > 0)
        g_string_append_len (out, text, n);
      else
        g_main_context_iteration (NULL, FALSE);
      if (fake_worker_count (bus->worker, "GetStatistics") == 1)
        fake_worker_log (bus->worker, "restarted", "");
    }
  kill (pid, SIGINT);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  close (leader);
  g_assert_nonnull (strstr (out->str, "\x1b[H\x1b[J"));
  g_assert_nonnull (strstr (out->str, "ID        NAME   IN         OUT        CONNECTED  NEW  REFUSED"));
  g_assert_nonnull (strstr (out->str, "00000001  first  0 bytes/s  0 bytes/s  3          0    0"));
}

#define ADD(name, function) \
  g_test_add ("/ctl-traffic/" name, CtlBus, NULL, set_up, function, ctl_bus_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("show", test_show);
  ADD ("throughput", test_throughput);
  ADD ("show-json", test_show_json);
  ADD ("not-counted", test_show_of_what_is_not_counted);
  ADD ("nobody-listens", test_nobody_listens);
  ADD ("listeners-elsewhere", test_listeners_elsewhere);
  ADD ("connections", test_connections);
  ADD ("connections-left-out", test_connections_left_out);
  ADD ("nobody", test_nobody);
  ADD ("kick", test_kick);
  ADD ("kick-of-nothing", test_kick_of_nothing);
  ADD ("usage", test_usage);
  ADD ("monitor", test_monitor);
  ADD ("monitor-json", test_monitor_json);
  ADD ("monitor-in-a-terminal", test_monitor_in_a_terminal);
  return g_test_run ();
}
