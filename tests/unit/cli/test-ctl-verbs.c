/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-error.h"
#include "ctl-run.h"

#include <signal.h>

#define END "--owner ann --purpose game --for 1h"
#define FORWARD "open forward --listen 127.0.0.1:8080 --to 192.168.1.5:80 " END
#define TUNNEL "open tunnel --relay myvps --remote 8080 --to localhost:3000 " END
#define ID "00000001-1234-4abc-8def-000000000000"

static void
add_rule (CtlBus *bus, guint n, const char *name)
{
  g_autoptr (PtlRule) rule = fake_rule (n, name);

  fake_worker_add_rule (bus->worker, rule);
}

static void
fail_with (CtlBus *bus, PtlError code, gboolean always)
{
  g_autoptr (GError) error = ptl_error_new (code, "Do this.", "That went wrong.");

  fake_worker_set_failure (bus->worker, error, always);
  fake_worker_set_opening (bus->worker, FAKE_FAILS);
}

/* Runs, wants it done, and gives its JSON. */
static JsonObject *
json_of (const char *line)
{
  g_autofree char *with_json = g_strconcat (line, " --json", NULL);
  g_autoptr (CtlResult) result = ctl_run_line (with_json);

  g_assert_cmpstr (result->err, ==, "");
  g_assert_cmpint (result->code, ==, 0);
  return ctl_parse (result->out);
}

static JsonObject *
first_of (JsonObject *object, const char *key)
{
  return json_array_get_object_element (json_object_get_array_member (object, key), 0);
}

static guint
length_of (JsonObject *object, const char *key)
{
  return json_array_get_length (json_object_get_array_member (object, key));
}

static GVariant *
request_of (CtlBus *bus)
{
  return g_variant_get_child_value (fake_worker_get_last (bus->worker, "OpenRule"), 0);
}

/* What each way of opening asks the worker for, as GVariant text. */
static const struct
{
  const char *line;
  const char *asks;
} requests[] = {
  { "open forward --listen 8080 --to '[fd00::5]:80' --allow 10.0.0.0/8 --allow ::1 " END,
    "{'Kind': 'forward', 'PublicEndpoint': '8080', 'Target': '[fd00::5]:80', 'Protocol': 'tcp',"
    " 'Audience': '10.0.0.0/8 ::1', 'Owner': 'ann', 'Purpose': 'game', 'Duration': '3600'}" },
  { FORWARD " --deny 10.0.0.5 --allow 10.0.0.0/8 --rate 10M --max-per-source 0 --also-to h:1 --backup-to g:2"
    " --proxy v1 --proxy-from 192.0.2.0/24 --idle-timeout 1h",
    "{'Kind': 'forward', 'PublicEndpoint': '127.0.0.1:8080', 'Target': '192.168.1.5:80', 'Protocol': 'tcp',"
    " 'Audience': '10.0.0.0/8 !10.0.0.5', 'Owner': 'ann', 'Purpose': 'game', 'Duration': '3600', 'Options': "
    "'IdleTimeout=3600 MaxPerSource=0 Proxy=v1 ProxyFrom=192.0.2.0/24 Rate=10000000 Targets=h:1,!g:2'}" },
  { "open mapping --port 25565 " END,
    "{'Kind': 'mapping', 'PublicEndpoint': ':25565', 'Target': ':25565', 'Protocol': 'tcp',"
    " 'Owner': 'ann', 'Purpose': 'game', 'Duration': '3600'}" },
  { "open mapping --port 7000-7003 --external 9000-9003 --protocol both --to 192.168.1.5 --direct"
    " --router gw --name x --override why --owner ann --purpose game --until 2999-01-01T00:00Z",
    NULL }, /* too far off: said by the arguments' check */
  { "open mapping --port 80 --to nas.lan:8080 --guarded --owner ann --purpose game --for 90m",
    "{'Kind': 'mapping', 'PublicEndpoint': ':80', 'Target': 'nas.lan:8080', 'Protocol': 'tcp',"
    " 'Way': 'guarded', 'Owner': 'ann', 'Purpose': 'game', 'Duration': '5400'}" },
  { "open mapping --port 80 --external any --router gw --name x --override why " END,
    "{'Kind': 'mapping', 'PublicEndpoint': ':0', 'Target': ':80', 'Protocol': 'tcp', 'Backend': "
    "'gw',"
    " 'Name': 'x', 'Override': 'why', 'Owner': 'ann', 'Purpose': 'game', 'Duration': '3600'}" },
  { TUNNEL,
    "{'Kind': 'tunnel', 'PublicEndpoint': ':8080', 'Target': 'localhost:3000', 'Protocol': 'tcp',"
    " 'Way': 'remote', 'Backend': 'vps', 'Owner': 'ann', 'Purpose': 'game', 'Duration': '3600'}" },
  { "open tunnel --relay ann@relay.example:22 --local 127.0.0.1:5432 --to db.internal:5432 " END,
    "{'Kind': 'tunnel', 'PublicEndpoint': '127.0.0.1:5432', 'Target': 'db.internal:5432',"
    " 'Protocol': 'tcp', 'Way': 'local', 'Backend': 'vps', 'Owner': 'ann', 'Purpose': 'game',"
    " 'Duration': '3600'}" },
};

static char *value_text (GVariant *value);

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* "MaxPerSource=0 Targets=h:1,!g:2", in the order of the alphabet. */
static char *
options_text (GVariant *options)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *text = value_text (value);

      g_strdelimit (text, " ", ',');
      g_ptr_array_add (texts, g_strconcat (key, "=", text, NULL));
    }
  g_ptr_array_sort (texts, compare_text);
  g_ptr_array_add (texts, NULL);
  return g_strjoinv (" ", (char **) texts->pdata);
}

static char *
value_text (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return options_text (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return g_strdup_printf ("%" G_GUINT64_FORMAT, g_variant_get_uint64 (value));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **strv = g_variant_get_strv (value, NULL);

      return g_strjoinv (" ", (char **) strv);
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return g_strdup_printf ("%" G_GINT64_FORMAT, g_variant_get_int64 (value));
  return g_variant_dup_string (value, NULL);
}

static void
assert_asked (GVariant *request, const char *asks)
{
  g_autoptr (GVariant) expected
      = g_variant_parse (G_VARIANT_TYPE ("a{ss}"), asks, NULL, NULL, NULL);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_assert_cmpuint (g_variant_n_children (request), ==, g_variant_n_children (expected));
  g_variant_iter_init (&iter, request);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *text = value_text (value);
      const char *wanted = NULL;

      g_assert_true (g_variant_lookup (expected, key, "&s", &wanted));
      g_assert_cmpstr (text, ==, wanted);
    }
}

static void
test_requests (CtlBus *bus, gconstpointer data)
{
  fake_worker_add_relay (bus->worker, "vps", "myvps", "");
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (CtlResult) result = ctl_run_line (requests[i].line);
      g_autoptr (GVariant) request = NULL;

      if (requests[i].asks == NULL)
        {
          g_assert_cmpint (result->code, ==, 2);
          continue;
        }
      g_assert_cmpstr (result->err, ==, "");
      g_assert_cmpint (result->code, ==, 0);
      request = request_of (bus);
      assert_asked (request, requests[i].asks);
    }
}

static void
test_open (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) object = json_of (FORWARD);
  g_autoptr (CtlResult) text = ctl_run_line (FORWARD);

  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "open");
  g_assert_cmpint (text->code, ==, 0);
  g_assert_nonnull (strstr (text->out, "Public      127.0.0.1:8080 tcp\n"));
  g_assert_nonnull (strstr (text->out, "State       open\n"));
}

static const struct
{
  PtlError error;
  int exit;
} exits[] = {
  { PTL_ERROR_FAILED, 1 },           { PTL_ERROR_PORT_TAKEN, 1 },
  { PTL_ERROR_STORE_FULL, 1 },       { PTL_ERROR_INVALID, 2 },
  { PTL_ERROR_POLICY, 3 },           { PTL_ERROR_WORKER, 4 },
  { PTL_ERROR_NOT_FOUND, 5 },        { PTL_ERROR_ROUTER_NONE, 6 },
  { PTL_ERROR_ROUTER_CONFLICT, 6 },  { PTL_ERROR_RELAY_REFUSED, 6 },
  { PTL_ERROR_HOST_KEY_CHANGED, 6 },
};

static const char *
expected_sentence (PtlError error)
{
  /* A worker that is lost while it is asked may have opened all the same, whatever the bus says of it. */
  if (error == PTL_ERROR_WORKER)
    return "portolanctl: The background worker of Portolan ended while the rule was being opened. "
           "Look at the list of rules: it may be open all the same.\n";
  if (error == PTL_ERROR_POLICY)
    return "portolanctl: That went wrong. Do this. To open it all the same, say why: --override REASON.\n";
  return "portolanctl: That went wrong. Do this.\n";
}

static void
test_exit_codes (CtlBus *bus, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (exits); i++)
    {
      g_autoptr (CtlResult) refused = NULL;
      g_autoptr (CtlResult) failed = NULL;

      fail_with (bus, exits[i].error, TRUE);
      refused = ctl_run_line (FORWARD);
      g_assert_cmpint (refused->code, ==, exits[i].exit);
      g_assert_cmpstr (refused->err, ==, expected_sentence (exits[i].error));
      g_assert_cmpstr (refused->out, ==, "");
      fail_with (bus, exits[i].error, FALSE);
      failed = ctl_run_line (FORWARD " --json");
      g_assert_cmpint (failed->code, ==, exits[i].exit);
      g_assert_nonnull (
          strstr (failed->err, "\"message\":\"That went wrong.\",\"advice\":\"Do this."));
    }
}

/* No worker, and no bus at all. */
static void
test_unreachable (CtlBus *bus, gconstpointer data)
{
  static const char *const lines[]
      = { FORWARD, "list", "show " ID, "status", "monitor", "log", "close --all" };

  g_clear_pointer (&bus->worker, fake_worker_free);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (CtlResult) result = ctl_run_line (lines[i]);

      g_assert_cmpint (result->code, ==, 4);
      g_assert_true (g_str_has_prefix (result->err, "portolanctl: "));
    }
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  {
    g_autoptr (CtlResult) result = ctl_run_line ("list");

    g_assert_cmpint (result->code, ==, 4);
  }
}

static void
on_rule_waits (CtlBus *bus, GSubprocess *process)
{
  while (fake_worker_count (bus->worker, "OpenRule") == 0)
    g_main_context_iteration (NULL, TRUE);
  /* Its answer and what follows are on their way to the program. */
  g_subprocess_send_signal (process, SIGINT);
}

static void
test_interrupt_closes_again (CtlBus *bus, gconstpointer data)
{
  g_auto (GStrv) args = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (CtlResult) result = NULL;

  fake_worker_set_opening (bus->worker, FAKE_STAYS);
  g_assert_true (g_shell_parse_argv (FORWARD, NULL, &args, NULL));
  process = ctl_spawn ((const char *const *) args);
  on_rule_waits (bus, process);
  result = ctl_finish (process);
  g_assert_cmpint (result->code, ==, 1);
  g_assert_cmpuint (fake_worker_count (bus->worker, "CloseRules"), ==, 1);
  g_assert_nonnull (strstr (result->err, "was closed again"));
}

static void
test_list (CtlBus *bus, gconstpointer data)
{
  g_autoptr (CtlResult) nothing = ctl_run_line ("list");
  g_autoptr (CtlResult) text = NULL;
  g_autoptr (CtlResult) ids = NULL;
  g_autoptr (JsonObject) all = NULL;
  g_autoptr (JsonObject) found = NULL;
  g_autoptr (JsonObject) none = NULL;

  g_assert_cmpstr (nothing->out, ==, "Nothing is open.\n");
  add_rule (bus, 1, "first");
  add_rule (bus, 2, "second \x1b[31m");
  text = ctl_run_line ("list");
  g_assert_true (g_str_has_prefix (text->out, "ID        STATE  NAME"));
  g_assert_nonnull (strstr (text->out, "\n00000001  open   first"));
  g_assert_null (strchr (text->out, '\x1b'));
  ids = ctl_run_line ("list --ids");
  g_assert_cmpstr (ids->out, ==, ID "\n00000002-1234-4abc-8def-000000000000\n");
  all = json_of ("list");
  g_assert_cmpuint (length_of (all, "rules"), ==, 2);
  found = json_of ("list --search 'ANN fir'");
  g_assert_cmpuint (length_of (found, "rules"), ==, 1);
  none = json_of ("list --state degraded --state closing,opening");
  g_assert_cmpuint (length_of (none, "rules"), ==, 0);
}

static void
test_history (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) all = NULL;
  g_autoptr (JsonObject) some = NULL;
  g_autoptr (JsonObject) found = NULL;
  g_autoptr (CtlResult) text = NULL;

  fake_worker_add_closed (bus->worker, 2500);
  all = json_of ("list --history");
  g_assert_cmpuint (length_of (all, "rules"), ==, 2500);
  some = json_of ("list --history --limit 1200");
  g_assert_cmpuint (length_of (some, "rules"), ==, 1200);
  g_assert_cmpstr (json_object_get_string_member (first_of (some, "rules"), "close_reason"), ==,
                   "expired");
  found = json_of ("list --history --search 'closed 77'");
  g_assert_cmpuint (length_of (found, "rules"), ==, 11);
  text = ctl_run_line ("list --history --limit 1");
  g_assert_nonnull (strstr (text->out, "expired  closed 0"));
}

static void
test_show (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (CtlResult) text = NULL;
  g_autoptr (CtlResult) missing = NULL;

  add_rule (bus, 1, "first");
  object = json_of ("show 0000");
  g_assert_cmpstr (json_object_get_string_member (object, "id"), ==, ID);
  text = ctl_run_line ("show 0000");
  g_assert_nonnull (strstr (text->out, "Purpose     a test\n"));
  g_assert_nonnull (strstr (text->out, "Traffic     "));
  missing = ctl_run_line ("show ffff");
  g_assert_cmpint (missing->code, ==, 5);
}

static void
test_extend_and_edit (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) extended = NULL;
  g_autoptr (JsonObject) edited = NULL;
  g_autoptr (GVariant) changes = NULL;
  gint64 until, by;

  add_rule (bus, 1, "first");
  add_rule (bus, 2, "second");
  extended = json_of ("extend 00000001 00000002 --for 90m");
  g_assert_cmpuint (length_of (extended, "rules"), ==, 2);
  g_variant_get (fake_worker_get_last (bus->worker, "ExtendRules"), "(^asxx)", NULL, &until, &by);
  g_assert_cmpint (until, ==, 0);
  g_assert_cmpint (by, ==, 5400);
  json_object_unref (json_of ("extend 00000001 --until 2035-01-01T00:00:00Z"));
  g_variant_get (fake_worker_get_last (bus->worker, "ExtendRules"), "(^asxx)", NULL, &until, &by);
  g_assert_cmpint (until, ==, 2051222400);
  g_assert_cmpint (by, ==, 0);

  edited
      = json_of ("edit 00000001 --name new --anyone --to 10.0.0.1:1 --public :99 --protocol udp");
  g_assert_cmpstr (json_object_get_string_member (edited, "id"), ==, ID);
  changes = g_variant_get_child_value (fake_worker_get_last (bus->worker, "EditRule"), 1);
  assert_asked (changes,
                "{'Name': 'new', 'Audience': '', 'Target': '10.0.0.1:1', 'PublicEndpoint': ':99',"
                " 'Protocol': 'udp'}");
}

/* What nothing is said of stays: of the audience too. */
static void
test_edit_lists (CtlBus *bus, gconstpointer data)
{
  static const struct
  {
    const char *line;
    const char *asks;
  } edits[] = {
    { "edit 00000001 --deny 10.0.0.6", "{'Audience': '!10.0.0.6 10.0.0.0/8'}" },
    { "edit 00000001 --deny-none", "{'Audience': '10.0.0.0/8'}" },
    { "edit 00000001 --allow 192.0.2.1", "{'Audience': '192.0.2.1 !10.0.0.5/32'}" },
    { "edit 00000001 --anyone", "{'Audience': '!10.0.0.5/32'}" },
    { "edit 00000001 --anyone --deny-none", "{'Audience': ''}" },
    { "edit 00000001 --rate 0", "{'Options': 'Rate=0'}" },
    { "edit 00000001 --router r2", "{'Backend': 'r2'}" },
    { "edit 00000001 --router default", "{'Backend': ''}" },
    { "edit 00000001 --only-target --proxy-from-none", "{'Options': 'ProxyFrom= Targets='}" },
    { "edit 00000001 --also-to h:1 --name x", "{'Name': 'x', 'Options': 'Targets=h:1'}" },
  };
  const char *const networks[] = { "10.0.0.0/8", "!10.0.0.5", NULL };
  g_autoptr (PtlRule) rule = fake_rule (1, "first");

  ptl_audience_unref (rule->audience);
  rule->audience = ptl_audience_new (networks, NULL);
  fake_worker_add_rule (bus->worker, rule);
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_autoptr (GVariant) changes = NULL;

      json_object_unref (json_of (edits[i].line));
      changes = g_variant_get_child_value (fake_worker_get_last (bus->worker, "EditRule"), 1);
      assert_asked (changes, edits[i].asks);
    }
}

static void
test_show_options (CtlBus *bus, gconstpointer data)
{
  const char *const networks[] = { "!10.0.0.5", NULL };
  g_autoptr (PtlRule) rule = fake_rule (1, "first");
  g_autoptr (CtlResult) text = NULL;

  ptl_audience_unref (rule->audience);
  rule->audience = ptl_audience_new (networks, NULL);
  rule->options->values[PTL_OPTION_MAX_PER_SOURCE] = 3;
  fake_worker_add_rule (bus->worker, rule);
  text = ctl_run_line ("show 00000001");
  g_assert_nonnull (strstr (text->out, "For         anyone but 10.0.0.5/32\n"));
  g_assert_nonnull (strstr (text->out, "Option      Connections of one source: 3\n"));
}

static void
test_close (CtlBus *bus, gconstpointer data)
{
  g_autoptr (CtlResult) wrong = NULL;
  g_autoptr (CtlResult) nothing = NULL;
  g_autoptr (JsonObject) one = NULL;
  g_autoptr (JsonObject) all = NULL;

  for (guint i = 1; i < 5; i++)
    add_rule (bus, i, "to close");
  wrong = ctl_run_line ("close 00000001 ffff");
  g_assert_cmpint (wrong->code, ==, 5);
  g_assert_cmpuint (fake_worker_count (bus->worker, "CloseRules"), ==, 0);
  one = json_of ("close 00000001");
  g_assert_cmpstr (json_object_get_string_member (first_of (one, "rules"), "state"), ==, "closed");
  all = json_of ("close --all");
  g_assert_cmpuint (length_of (all, "rules"), ==, 3);
  nothing = ctl_run_line ("close --all");
  g_assert_cmpint (nothing->code, ==, 0);
  g_assert_cmpstr (nothing->out, ==, "Nothing is open.\n");
}

/* Where routers are not looked for is said, in both ways. */
static void
test_interfaces (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) routers = json_of ("routers");
  g_autoptr (CtlResult) text = ctl_run_line ("routers");
  JsonObject *tunnel;

  g_assert_cmpuint (length_of (routers, "interfaces"), ==, 3);
  tunnel = json_array_get_object_element (json_object_get_array_member (routers, "interfaces"), 1);
  g_assert_cmpstr (json_object_get_string_member (tunnel, "name"), ==, "tun0");
  g_assert_cmpstr (json_object_get_string_member (tunnel, "why_not_used"), ==, "vpn");
  g_assert_nonnull (strstr (text->out, "tun0 (VPN), docker0 (containers or virtual machines)"));
  g_assert_null (strstr (text->out, "eth0"));
}

static void
test_add_router (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) added
      = json_of ("routers add 192.168.77.1 --url http://192.168.77.1:5000/d.xml --interface eth0");
  g_autoptr (GVariant) request = NULL;
  g_autoptr (JsonObject) removed = NULL;
  g_autoptr (CtlResult) text = NULL;
  const char *url;

  g_assert_cmpstr (json_object_get_string_member (added, "id"), ==, "gw2");
  g_assert_false (json_object_get_boolean_member (added, "named"));
  request = g_variant_get_child_value (fake_worker_get_last (bus->worker, "AddRouter"), 0);
  g_assert_true (g_variant_lookup (request, "Url", "&s", &url));
  g_assert_cmpstr (url, ==, "http://192.168.77.1:5000/d.xml");
  text = ctl_run_line ("routers add 192.168.77.1");
  g_assert_cmpint (text->code, ==, 0);
  g_assert_nonnull (strstr (text->out, "192.168.77.1 was added: gw2"));
  removed = json_of ("routers remove gw2");
  g_assert_cmpstr (json_object_get_string_member (removed, "removed"), ==, "gw2");
}

static void
test_routers_and_entries (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) routers = NULL;
  g_autoptr (JsonObject) entries = NULL;
  g_autoptr (JsonObject) foreign = NULL;
  g_autoptr (CtlResult) text = NULL;
  g_autoptr (CtlResult) table = NULL;

  fake_worker_add_router (bus->worker, "gw", "FRITZ!Box \x1b[1m");
  routers = json_of ("routers");
  g_assert_cmpuint (fake_worker_count (bus->worker, "SearchRouters"), ==, 0);
  g_assert_cmpstr (
      json_object_get_string_member (first_of (routers, "routers"), "external_address"), ==,
      "5.6.7.8");
  text = ctl_run_line ("routers --search");
  g_assert_cmpuint (fake_worker_count (bus->worker, "SearchRouters"), ==, 1);
  g_assert_nonnull (strstr (text->out, "pcp upnp"));
  g_assert_null (strchr (text->out, '\x1b'));
  /* A worker that is still looking is waited for. */
  fake_worker_set_network (bus->worker, "searching", "");
  json_object_unref (json_of ("routers"));
  g_assert_cmpuint (fake_worker_count (bus->worker, "SearchRouters"), ==, 2);

  entries = json_of ("entries");
  g_assert_cmpuint (length_of (entries, "entries"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (first_of (entries, "entries"), "external_port"), ==,
                   25565);
  foreign = json_of ("entries --foreign");
  g_assert_cmpuint (length_of (foreign, "entries"), ==, 1);
  g_assert_true (json_object_get_boolean_member (first_of (foreign, "entries"), "foreign"));
  g_assert_true (json_object_get_null_member (first_of (foreign, "entries"), "rule_id"));
  table = ctl_run_line ("entries");
  g_assert_null (strchr (table->out, '\x1b'));
  g_assert_nonnull (strstr (table->out, "permanent"));
}

static void
test_log (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) all = NULL;
  g_autoptr (JsonObject) one = NULL;
  g_autoptr (JsonObject) few = NULL;
  g_autoptr (JsonObject) verified = NULL;
  g_autoptr (CtlResult) text = NULL;

  add_rule (bus, 1, "first");
  for (guint i = 0; i < 5; i++)
    fake_worker_log (bus->worker, "open", i % 2 == 0 ? ID : "");
  all = json_of ("log");
  g_assert_cmpuint (length_of (all, "events"), ==, 5);
  g_assert_cmpint (json_object_get_int_member (first_of (all, "events"), "seq"), ==, 5);
  one = json_of ("log --rule 00000001");
  g_assert_cmpuint (length_of (one, "events"), ==, 3);
  few = json_of ("log --limit 2");
  g_assert_cmpuint (length_of (few, "events"), ==, 2);
  verified = json_of ("log --verify");
  g_assert_true (json_object_get_boolean_member (verified, "verified"));
  text = ctl_run_line ("log --verify");
  g_assert_cmpstr (text->out, ==, "The log is whole: 5 events.\n");
}

static gboolean
log_one (gpointer data)
{
  CtlBus *bus = data;

  fake_worker_log (bus->worker, "renew", "");
  return G_SOURCE_CONTINUE;
}

static void
test_monitor (CtlBus *bus, gconstpointer data)
{
  guint source = g_timeout_add (20, log_one, bus);
  g_autoptr (CtlResult) result = ctl_run_line ("monitor --count 3 --json");
  g_auto (GStrv) lines = g_strsplit (result->out, "\n", -1);

  g_source_remove (source);
  g_assert_cmpint (result->code, ==, 0);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (JsonObject) event = ctl_parse (lines[i]);

      g_assert_cmpstr (json_object_get_string_member (event, "what"), ==, "renew");
    }
}

static void
test_monitor_is_interrupted (CtlBus *bus, gconstpointer data)
{
  const char *const args[] = { "monitor", NULL };
  g_autoptr (GSubprocess) process = ctl_spawn (args);
  g_autoptr (CtlResult) result = NULL;

  /* Once it listens it shows an event, and is asked to end. */
  while (fake_worker_count (bus->worker, "ListEvents") == 0)
    g_main_context_iteration (NULL, TRUE);
  {
    guint source = g_timeout_add (20, log_one, bus);
    GInputStream *out = g_subprocess_get_stdout_pipe (process);

    while (!g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (out)))
      g_main_context_iteration (NULL, TRUE);
    g_source_remove (source);
  }
  g_subprocess_send_signal (process, SIGINT);
  result = ctl_finish (process);
  g_assert_cmpint (result->code, ==, 0);
  g_assert_nonnull (strstr (result->out, "renew"));
}

static void
test_status (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (CtlResult) text = NULL;

  add_rule (bus, 1, "first");
  object = json_of ("status");
  g_assert_cmpint (json_object_get_int_member (object, "open"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (object, "debts"), ==, 0);
  g_assert_cmpstr (json_object_get_string_member (object, "started"), ==, "2025-06-15T15:06:40Z");
  g_assert_cmpstr (json_object_get_string_member (object, "network_state"), ==, "ok");
  text = ctl_run_line ("status");
  g_assert_nonnull (strstr (text->out, "Rules       1 open, 0 degraded, 0 in the history\n"));
}

/* --- relays --- */

static void
test_relay_unknown (CtlBus *bus, gconstpointer data)
{
  g_autoptr (CtlResult) result = ctl_run_line (TUNNEL);

  g_assert_cmpint (result->code, ==, 5);
  g_assert_cmpuint (fake_worker_count (bus->worker, "OpenRule"), ==, 0);
}

static void
test_relay_added (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) object
    = json_of ("open tunnel --relay ann@vps.example:2222 --remote any --to localhost:3000 " END);
  g_autoptr (GVariant) relay
      = g_variant_get_child_value (fake_worker_get_last (bus->worker, "AddRelay"), 0);
  guint port;

  g_assert_nonnull (object);
  g_assert_true (g_variant_lookup (relay, "Port", "u", &port));
  g_assert_cmpuint (port, ==, 2222);
}

static void
test_host_key (CtlBus *bus, gconstpointer data)
{
  g_autoptr (CtlResult) unknown = NULL;
  g_autoptr (CtlResult) other = NULL;
  g_autoptr (CtlResult) trusted = NULL;
  const char *fingerprint;

  fake_worker_add_relay (bus->worker, "vps", "myvps", "ED25519 SHA256:right");
  fail_with (bus, PTL_ERROR_HOST_KEY_UNKNOWN, FALSE);
  unknown = ctl_run_line (TUNNEL);
  g_assert_cmpint (unknown->code, ==, 6);
  g_assert_nonnull (strstr (unknown->err, "--trust-host-key SHA256:right"));
  other = ctl_run_line (TUNNEL " --trust-host-key SHA256:wrong");
  g_assert_cmpint (other->code, ==, 6);
  g_assert_nonnull (strstr (other->err, "shows another key"));
  g_assert_cmpuint (fake_worker_count (bus->worker, "TrustHostKey"), ==, 0);

  trusted = ctl_run_line (TUNNEL " --trust-host-key SHA256:right");
  g_assert_cmpuint (fake_worker_count (bus->worker, "TrustHostKey"), ==, 1);
  g_variant_get (fake_worker_get_last (bus->worker, "TrustHostKey"), "(&s&s)", NULL, &fingerprint);
  g_assert_cmpstr (fingerprint, ==, "ED25519 SHA256:right");
  /* It was opened again, and this worker refuses every time. */
  g_assert_cmpuint (fake_worker_count (bus->worker, "OpenRule"), ==, 4);
  g_assert_cmpint (trusted->code, ==, 6);
}

/* --- games --- */

static void
test_game (CtlBus *bus, gconstpointer data)
{
  g_autoptr (JsonObject) object = json_of ("open game 'minecraft: java edition' " END);
  g_autoptr (GVariant) request = request_of (bus);
  g_autoptr (CtlResult) unknown = ctl_run_line ("open game 'No such game at all' " END);
  const char *preset;

  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "open");
  g_assert_true (g_variant_lookup (request, "Preset", "&s", &preset));
  g_assert_cmpstr (preset, ==, "Minecraft: Java Edition");
  g_assert_cmpint (unknown->code, !=, 0);
}

/* --- output --- */

static int
run_with_stdout (const char *redirect, const char *line, char **err)
{
  g_autofree char *command = g_strdup_printf ("exec %s %s %s", PORTOLANCTL, line, redirect);
  const char *const argv[] = { "/bin/sh", "-c", command, NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL);
  g_autoptr (CtlResult) result = ctl_finish (process);

  *err = g_steal_pointer (&result->err);
  return result->code;
}

static void
test_output_fails (CtlBus *bus, gconstpointer data)
{
  static const char *const redirects[] = { ">/dev/full", ">&-" };
  static const char *const lines[]
      = { "list", "list --json", "status", "--help", "show 0000", "log" };

  add_rule (bus, 1, "first");
  for (guint i = 0; i < G_N_ELEMENTS (redirects); i++)
    for (guint j = 0; j < G_N_ELEMENTS (lines); j++)
      {
        g_autofree char *err = NULL;

        g_assert_cmpint (run_with_stdout (redirects[i], lines[j], &err), ==, 1);
        g_assert_nonnull (strstr (err, "could not be written"));
        g_assert_true (strchr (err, '\n') == err + strlen (err) - 1);
      }
}

static void
test_no_streams (CtlBus *bus, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_assert_cmpint (run_with_stdout (">&- 2>&- <&-", "list", &first), ==, 1);
  g_assert_cmpint (run_with_stdout (">/dev/null <&-", "list", &second), ==, 0);
}

#define ADD(name, function) \
  g_test_add ("/ctl-verbs/" name, CtlBus, NULL, ctl_bus_set_up, function, ctl_bus_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("requests", test_requests);
  ADD ("open", test_open);
  ADD ("exit-codes", test_exit_codes);
  ADD ("unreachable", test_unreachable);
  ADD ("interrupt", test_interrupt_closes_again);
  ADD ("list", test_list);
  ADD ("history", test_history);
  ADD ("show", test_show);
  ADD ("extend-and-edit", test_extend_and_edit);
  ADD ("edit-lists", test_edit_lists);
  ADD ("show-options", test_show_options);
  ADD ("close", test_close);
  ADD ("interfaces", test_interfaces);
  ADD ("add-router", test_add_router);
  ADD ("routers-and-entries", test_routers_and_entries);
  ADD ("log", test_log);
  ADD ("monitor", test_monitor);
  ADD ("monitor-interrupted", test_monitor_is_interrupted);
  ADD ("status", test_status);
  ADD ("relay-unknown", test_relay_unknown);
  ADD ("relay-added", test_relay_added);
  ADD ("host-key", test_host_key);
  ADD ("game", test_game);
  ADD ("output-fails", test_output_fails);
  ADD ("no-streams", test_no_streams);
  return g_test_run ();
}
