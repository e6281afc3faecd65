/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ctl-run.h"

#define END "--owner ann --purpose game --for 1h"
#define MAPPING "open mapping --port 25565 "
#define FORWARD "open forward --listen 127.0.0.1:8080 --to 192.168.1.5:80 "
#define TUNNEL "open tunnel --relay ann@vps.example --remote 8080 --to localhost:3000 "
#define ID "00000001-1234-4abc-8def-000000000000"

/* What is typed, and a part of the sentence that answers it. */
static const struct
{
  const char *line;
  const char *says;
} wrong[] = {
  { "", "It is not said what to do." },
  { "opne mapping", "There is no verb “opne”." },
  { "'list '", "There is no verb “list ”." },
  { "'open mapping' --port 1", "There is no verb" },
  { "--owner ann list", "stands before the verb" },
  { "open", "It is not said what to open." },
  { "open --json", "It is not said what to open." },
  { "open door", "“door” is nothing to open." },
  { "check", "It is not said what to check." },
  { "check exposure --severity worst", "--severity cannot be “worst”." },
  { "check exposure --vantage moon", "--vantage cannot be “moon”." },
  { "check weather", "“weather” is nothing to check." },

  { "open mapping " END, "The port is missing." },
  { MAPPING "--purpose game --for 1h", "The owner is missing." },
  { MAPPING "--owner ann --for 1h", "The purpose is missing." },
  { MAPPING "--owner '' --purpose game --for 1h", "The owner is missing." },
  { MAPPING "--owner ann --purpose '  ' --for 1h", "The purpose is missing." },
  { MAPPING "--owner \"a\nb\" --purpose game --for 1h", "cannot be shown" },
  { MAPPING "--owner ann --purpose game", "It is not said for how long." },
  { MAPPING END " --until 2999-01-01T00:00", "exclude each other" },
  { MAPPING END " --permanent --review 30d", "exclude each other" },
  { MAPPING END " --review 30d", "A review date is for permanent rules." },
  { MAPPING "--owner ann --purpose game --permanent", "A permanent rule needs a review date." },
  { MAPPING "--owner ann --purpose game --permanent --review soon",
    "--review: “soon” is not a length of time." },
  { MAPPING "--owner ann --purpose game --permanent --review 5y", "--review:" },
  { MAPPING "--owner ann --purpose game --permanent --review 2000-01-01T00:00",
    "has already passed" },
  { MAPPING "--owner ann --purpose game --permanent --review 400d", "366 days" },
  { MAPPING "--owner ann --purpose game --for 90", "--for: “90” has no unit." },
  { MAPPING "--owner ann --purpose game --for ''", "--for:" },
  { MAPPING "--owner ann --purpose game --for 0s", "more than nothing" },
  { MAPPING "--owner ann --purpose game --for -1h", "--for: “-1h” is not a length of time." },
  { MAPPING "--owner ann --purpose game --for 9999w", "too long" },
  { MAPPING "--owner ann --purpose game --for 500d", "366 days" },
  { MAPPING "--owner ann --purpose game --until tomorrow",
    "--until: “tomorrow” is not a date and time." },
  { MAPPING "--owner ann --purpose game --until 2001-01-01T00:00", "already passed" },
  { MAPPING "--owner ann --purpose game --until 2999-02-30T00:00", "There is no such time" },
  { MAPPING END " --name ''", "The name is missing." },
  { MAPPING END " --owner bob", "--owner is given twice." },
  { MAPPING END " --owner", "--owner needs a value." },
  { MAPPING "--owner --purpose game --for 1h", "--owner needs a value." },
  { MAPPING END " --guarded=yes", "--guarded takes no value." },
  { MAPPING END " --guarded --direct", "--guarded and --direct exclude each other." },
  { MAPPING END " --color red", "“open mapping” has no option --color." },
  { MAPPING END " -p 5", "“-p” is not an option." },
  { MAPPING END " extra", "“extra” is too much" },
  { MAPPING END " -- extra", "“extra” is too much" },
  { MAPPING END " --protocol sctp", "--protocol: “sctp” is not a protocol." },
  { MAPPING END " --allow 10.0.0.0/33", "--allow:" },
  { MAPPING END " --allow friends", "--allow: “friends” is not an address or network." },
  { MAPPING END " --allow 10.0.0.1/8", "the network is 10.0.0.0/8" },
  { MAPPING END " --to 1.2.3.4:99999", "--to: “99999” is not a port." },
  { MAPPING END " --to a_b%c", "--to:" },
  { MAPPING END " --external 70000", "--external:" },
  { MAPPING END " --external 25565-25570", "ports" },
  { MAPPING END " --external 1 --to 192.168.1.5:2", "--port is neither" },
  { "open mapping --port 0 " END, "--port: Port 0 cannot be used here." },
  { "open mapping --port 65536 " END, "--port: “65536” is not a port." },
  { "open mapping --port 80-70 " END, "runs backwards" },
  { "open mapping --port 1-2000 " END, "at most 1000 are allowed" },
  { "open mapping --port http " END, "--port: “http” is not a port." },
  { "open mapping --port ' 80' " END, "is not a port" },
  { "open mapping --port +80 " END, "is not a port" },
  { MAPPING END " --direct", "A router cannot reach 127.0.0.1" },

  { "open forward --to 192.168.1.5:80 " END, "--listen is missing." },
  { "open forward --listen 127.0.0.1:8080 " END, "--to is missing." },
  { FORWARD END " --relay x", "has no option --relay" },
  { "open forward --listen nowhere.example:80 --to 192.168.1.5:80 " END, "not possible to listen" },
  { "open forward --listen 127.0.0.1:80 --to 127.0.0.1:80 " END, "lead to itself" },
  { "open forward --listen 127.0.0.1:80 --to unix:relative " END, "must begin with" },
  { "open forward --listen 127.0.0.1:80 --to /run/x.sock --protocol udp " END, "cannot take UDP" },
  { "open forward --listen ::1:80 --to 192.168.1.5:80 " END, "needs brackets" },
  { "open forward --listen '[::1' --to 192.168.1.5:80 " END, "closing bracket" },

  { FORWARD END " --rate fast", "--rate: “fast” does not do for “rate”." },
  { FORWARD END " --rate 10Mb", "--rate:" },
  { FORWARD END " --rate 2T", "--rate: “2T” does not do for “rate”." },
  { FORWARD END " --rate=-1", "--rate:" },
  { FORWARD END " --max-connections 1000001", "--max-connections:" },
  { FORWARD END " --max-connections 5 --max-connections 6", "--max-connections is given twice." },
  { FORWARD END " --max-connections 5 --max-per-source 6", "One source may have more connections" },
  { FORWARD END " --new-per-second 1 --new-per-source 2", "more new connections per second" },
  { FORWARD END " --rate 1k --rate-per-connection 1M", "more bytes per second than all together" },
  { FORWARD END " --connect-timeout 0", "--connect-timeout:" },
  { FORWARD END " --ban-for 31d", "--ban-for:" },
  { FORWARD END " --idle-timeout soon", "--idle-timeout: “soon”" },
  { FORWARD END " --balance random", "--balance: “random” does not do for “balance”." },
  { FORWARD END " --proxy v3", "--proxy: “v3” does not do for “proxy”." },
  { FORWARD END " --proxy v2 --protocol udp", "PROXY protocol is for TCP" },
  { FORWARD END " --proxy-from nobody", "--proxy-from: “nobody” is not an address or network." },
  { FORWARD END " --proxy-from !10.0.0.0/8", "--proxy-from:" },
  { FORWARD END " --deny 10.0.0.1/8", "--deny:" },
  { FORWARD END " --deny !10.0.0.0/8", "--deny:" },
  { FORWARD END " --allow 10.0.0.0/8 --deny 10.0.0.0/8", "allowed and denied at once" },
  { FORWARD END " --also-to 192.168.1.6:99999", "--also-to: “99999” is not a port." },
  { FORWARD END " --also-to 192.168.1.6:80-81", "equally many ports" },
  { FORWARD END " --also-to 192.168.1.5:80", "One target is given twice." },
  { FORWARD END " --backup-to h:1 --backup-to h:1", "One target is given twice." },
  { FORWARD END " --deny-none", "has no option --deny-none" },
  { FORWARD END " --health-interval 10s --protocol udp", "over TCP only" },
  { MAPPING END " --rate 1M --direct --to 192.168.1.5", "do not work with a direct mapping" },
  { MAPPING END " --deny 10.0.0.0/8 --direct --to 192.168.1.5", "not a list" },
  { TUNNEL END " --rate 1M", "has no option --rate" },

  { "open tunnel --remote 8080 --to localhost:3000 " END, "The relay is missing." },
  { "open tunnel --relay vps --to localhost:3000 " END, "It is not said where to listen." },
  { "open tunnel --relay vps --remote 8080 " END, "--to is missing." },
  { TUNNEL END " --local 127.0.0.1:80", "--remote and --local exclude each other." },
  { TUNNEL END " --key /nonexistent/key", "--key: the file “/nonexistent/key” cannot be read." },
  { TUNNEL END " --trust-host-key yes", "not the fingerprint of a key" },
  { TUNNEL END " --allow 10.0.0.0/8", "has no option --allow" },
  { "open tunnel --relay vps --key /dev/null --remote 8080 --to localhost:3000 " END,
    "not known yet" },
  { "open tunnel --relay ann@-oProxyCommand=x --remote 8080 --to localhost:3000 " END, "--relay:" },
  { "open tunnel --relay -l@vps --remote 8080 --to localhost:3000 " END, "--relay:" },
  { "open tunnel --relay ann@vps:99999 --remote 8080 --to localhost:3000 " END, "--relay:" },
  { "open tunnel --relay ann@vps:22-23 --remote 8080 --to localhost:3000 " END, "not a range" },
  { "open tunnel --relay ann@ --remote 8080 --to localhost:3000 " END, "--relay:" },
  { "open tunnel --relay @vps --remote 8080 --to localhost:3000 " END, "--relay:" },
  { "open tunnel --relay '' --remote 8080 --to localhost:3000 " END, "The relay is missing." },

  { "open game " END, "“open game” needs NAME." },
  { "open game Minecraft Java " END, "“Java” is one too many" },
  { "open game 'Minecraft: Java Edition' " END " --to 192.168.1.5:80", "--to takes no port here" },
  { "open game 'Minecraft: Java Edition' --purpose x --for 1h", "The owner is missing." },

  { "list extra", "“extra” is too much" },
  { "list --state sideways", "--state:" },
  { "list --state open,", "--state:" },
  { "list --limit 0", "--limit cannot be “0”." },
  { "list --limit -5", "--limit cannot be “-5”." },
  { "list --limit 1e3", "--limit cannot be “1e3”." },
  { "list --ids --json", "--ids and --json exclude each other." },
  { "show", "“show” needs ID." },
  { "show xyz!", "“xyz!” is not the id of a rule." },
  { "show abc", "is not the id of a rule" },
  { "show ''", "An argument is empty." },
  { "show abcd abce", "one too many" },
  { "extend", "“extend” needs ID...." },
  { "extend " ID, "It is not said by how much." },
  { "extend " ID " --for 1h --until 2999-01-01T00:00", "exclude each other" },
  { "extend " ID " --for later", "--for:" },
  { "extend " ID " nonsense --for 1h", "“nonsense” is not the id of a rule." },
  { "edit " ID, "It is not said what to change." },
  { "edit --name x", "“edit” needs ID." },
  { "edit " ID " --name ''", "The name is missing." },
  { "edit " ID " --purpose \"\t\"", "The purpose" },
  { "edit " ID " --allow 10.0.0.0/8 --anyone", "exclude each other" },
  { "edit " ID " --to :99999", "--to:" },
  { "edit " ID " --permanent", "needs a review date" },
  { "edit " ID " --until 2001-01-01T00:00", "already passed" },
  { "edit " ID " --deny 10.0.0.0/8 --deny-none", "--deny and --deny-none exclude each other." },
  { "edit " ID " --also-to h:1 --only-target", "--also-to and --only-target exclude each other." },
  { "edit " ID " --backup-to h:1 --only-target", "exclude each other" },
  { "edit " ID " --proxy-from 10.0.0.0/8 --proxy-from-none", "exclude each other" },
  { "edit " ID " --rate nothing", "--rate:" },
  { "edit " ID " --max-connections 1 --max-per-source 2", "One source may have more connections" },
  { "block " ID, "“block” needs ID CIDR." },
  { "block " ID " everyone", "“everyone” is not an address or network." },
  { "block " ID " 10.0.0.1/8", "the network is 10.0.0.0/8" },
  { "block me 10.0.0.1", "“me” is not the id of a rule." },
  { "unblock " ID " 10.0.0.1 10.0.0.2", "one too many" },
  { "show " ID " --since 2h", "--since is for the history." },
  { "show " ID " --history --since yesterday", "--since: “yesterday” is not a length of time." },
  { "metrics 9464", "“9464” is too much" },
  { "metrics --port 0", "--port cannot be “0”." },
  { "metrics --port 65536", "--port cannot be “65536”." },
  { "metrics --port 9464 --off", "--port and --off exclude each other." },
  { "close", "It is not said what to close." },
  { "close --all " ID, "--all and ids exclude each other." },
  { "close " ID " no-such-thing", "“no-such-thing” is not the id of a rule." },
  { "routers --foreign", "has no option --foreign" },
  { "routers find", "is nothing to routers" },
  { "routers add", "needs ADDRESS" },
  { "routers remove", "needs ROUTER" },
  { "entries gw", "is nothing to entries" },
  { "log --verify --limit 3", "--verify always checks the whole log." },
  { "log --limit none", "--limit cannot be “none”." },
  { "log --rule !!", "not the id of a rule" },
  { "monitor --count 0", "--count cannot be “0”." },
  { "status now", "“now” is too much" },
};

/* What is wrong, then what to do, on one line. */
static gboolean
is_one_sentence (const char *err)
{
  const char *newline = strchr (err, '\n');

  return g_str_has_prefix (err, "portolanctl: ") && newline != NULL && newline[1] == '\0'
         && strstr (err, ". ") != NULL
         && (g_str_has_suffix (err, ".\n") || g_str_has_suffix (err, "…\n"));
}

static void
test_wrong (CtlBus *bus, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *line = g_strconcat ("'' ", wrong[i].line, NULL);
      g_auto (GStrv) args = NULL;
      g_autoptr (CtlResult) result = NULL;

      /* g_shell_parse_argv() refuses an empty line. */
      g_assert_true (g_shell_parse_argv (line, NULL, &args, NULL));
      result = ctl_run ((const char *const *) args + 1);
      if (result->code == 2 && *result->out == '\0' && strstr (result->err, wrong[i].says) != NULL
          && (strstr (wrong[i].line, "--json") != NULL || is_one_sentence (result->err)))
        continue;
      g_test_message ("portolanctl %s gave %d: %s%s", wrong[i].line, result->code, result->out,
                      result->err);
      g_test_fail ();
    }
  g_assert_cmpuint (fake_worker_get_n_calls (bus->worker), ==, 0);
}

static void
test_wrong_in_json (CtlBus *bus, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i += 7)
    {
      g_autofree char *line = g_strconcat ("--json ", wrong[i].line, NULL);
      g_autoptr (CtlResult) result = ctl_run_line (line);
      g_autoptr (JsonObject) object = ctl_parse (result->err);
      JsonObject *error = json_object_get_object_member (object, "error");

      g_assert_cmpint (result->code, ==, 2);
      g_assert_cmpstr (result->out, ==, "");
      g_assert_nonnull (strstr (json_object_get_string_member (error, "message"), wrong[i].says));
      g_assert_cmpstr (json_object_get_string_member (error, "advice"), !=, "");
      g_assert_nonnull (json_object_get_string_member (error, "code"));
    }
  g_assert_cmpuint (fake_worker_get_n_calls (bus->worker), ==, 0);
}

static void
test_invalid_utf8 (CtlBus *bus, gconstpointer data)
{
  const char *const args[] = { "show", "\xff\xfe", NULL };
  g_autoptr (CtlResult) result = ctl_run (args);

  g_assert_cmpint (result->code, ==, 2);
  g_assert_cmpstr (
      result->err, ==,
      "portolanctl: Word 2 of the command line is not valid text (UTF-8). Type it anew.\n");
}

static void
test_escapes_are_not_echoed (CtlBus *bus, gconstpointer data)
{
  const char *const args[] = { "show", "\x1b[31mred\xe2\x80\xae", NULL };
  g_autoptr (CtlResult) result = ctl_run (args);

  g_assert_cmpint (result->code, ==, 2);
  g_assert_null (strchr (result->err, '\x1b'));
  g_assert_null (strstr (result->err, "\xe2\x80\xae"));
}

static void
test_help (CtlBus *bus, gconstpointer data)
{
  static const char *const lines[] = {
    "--help",
    "help",
    "-h",
    "open --help",
    "check --help",
    "open mapping --help",
    "open forward --help",
    "open tunnel --help",
    "open game --help",
    "list --help",
    "show --help",
    "extend --help",
    "edit --help",
    "block --help",
    "unblock --help",
    "close --help",
    "routers --help",
    "routers add --help",
    "routers remove --help",
    "entries --help",
    "check network --help",
    "check exposure --help",
    "log --help",
    "metrics --help",
    "monitor --help",
    "status --help",
    "list -h",
    "--version",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (CtlResult) result = ctl_run_line (lines[i]);

      g_assert_cmpint (result->code, ==, 0);
      g_assert_cmpstr (result->err, ==, "");
      g_assert_true (strstr (result->out, "Usage:") != NULL || g_str_equal (lines[i], "--version"));
    }
  g_assert_cmpuint (fake_worker_get_n_calls (bus->worker), ==, 0);
}

#define ADD(name, function) \
  g_test_add ("/ctl-arguments/" name, CtlBus, NULL, ctl_bus_set_up, function, ctl_bus_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("wrong", test_wrong);
  ADD ("wrong-in-json", test_wrong_in_json);
  ADD ("invalid-utf8", test_invalid_utf8);
  ADD ("escapes", test_escapes_are_not_echoed);
  ADD ("help", test_help);
  return g_test_run ();
}
