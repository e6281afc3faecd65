/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "core/ptl-error.h"
#include "tunnel/ptl-ssh-config.h"

static PtlRelay *
make_relay (const char *host, const char *user, const char *key_file)
{
  PtlRelay *relay = ptl_relay_new ();

  g_free (relay->host);
  g_free (relay->user);
  g_free (relay->key_file);
  relay->host = g_strdup (host);
  relay->user = g_strdup (user);
  relay->key_file = g_strdup (key_file);
  relay->port = 2222;
  return relay;
}

static void
test_quote (void)
{
  static const struct
  {
    const char *in;
    const char *out; /* NULL = refused */
  } cases[] = {
    { "/a/b", "\"/a/b\"" },
    { "/a b/#c", "\"/a b/#c\"" },
    { "/a'b", "\"/a'b\"" },
    { "/100%", "\"/100%%\"" },
    { "/%d/%%", "\"/%%d/%%%%\"" },
    { "/$HOME", "\"/$HOME\"" },
    { "/\xc3\xa4", "\"/\xc3\xa4\"" },
    { "/${HOME}", NULL },
    { "/a\"b", NULL },
    { "/a\\", NULL },
    { "/a\nb", NULL },
    { "/a\rb", NULL },
    { "/a\tb", NULL },
    { "/a\x7f", NULL },
    { "/\xc3", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *out = ptl_ssh_config_quote (cases[i].in, &error);

      g_assert_cmpstr (out, ==, cases[i].out);
      if (out == NULL)
        g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

/* What ssh itself makes of the file (ssh -G), which is what counts. */
static char *
ask_ssh (const PtlRelay *relay, const char *known_hosts)
{
  g_autofree char *dir = g_dir_make_tmp ("ptl-config-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "config", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = ptl_ssh_config_to_text (relay, known_hosts, &error);
  char *argv[]
      = { (char *)"ssh", (char *)"-G", (char *)"-F", path, (char *)"--", relay->host, NULL };
  g_autofree char *err = NULL;
  char *out = NULL;
  int status;

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("ssh -G: %s", err);
  g_unlink (path);
  g_rmdir (dir);
  return out;
}

static void
assert_line (const char *text, const char *line)
{
  g_autofree char *framed = g_strdup_printf ("\n%s\n", text);
  g_autofree char *wanted = g_strdup_printf ("\n%s\n", line);

  if (strstr (framed, wanted) == NULL)
    g_error ("\"%s\" is missing in: %s", line, text);
}

static void
test_as_ssh_reads_it (void)
{
  static const char *const lines[] = {
    "host vps.example.org",
    "port 2222",
    "user ann",
    "batchmode yes",
    "stricthostkeychecking true",
    "exitonforwardfailure yes",
    "serveraliveinterval 15",
    "serveralivecountmax 3",
    "controlmaster false",
    "permitlocalcommand no",
    "passwordauthentication no",
    "kbdinteractiveauthentication no",
    "clearallforwardings no",
    "forwardagent no",
    "forwardx11 no",
    "gatewayports no",
    "tunnel false",
    "updatehostkeys false",
    "checkhostip no",
    "canonicalizehostname false",
    "globalknownhostsfile none",
    "identitiesonly yes",
    "connecttimeout 15",
    "loglevel DEBUG",
    "userknownhostsfile /tmp/a dir/known_hosts",
    "identityfile /tmp/my keys/id #1",
  };
  g_autoptr (PtlRelay) relay = make_relay ("vps.example.org", "ann", "/tmp/my keys/id #1");
  g_autofree char *program = g_find_program_in_path ("ssh");
  g_autofree char *out = NULL;

  if (program == NULL)
    {
      g_test_skip ("there is no OpenSSH client on this machine");
      return;
    }
  out = ask_ssh (relay, "/tmp/a dir/known_hosts");
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    assert_line (out, lines[i]);
  g_assert_null (strstr (out, "proxycommand"));
  g_assert_null (strstr (out, "proxyjump"));
  g_assert_null (strstr (out, "\nlocalcommand "));
  g_assert_null (strstr (out, "remoteforward"));
}

static void
test_agent (void)
{
  g_autoptr (PtlRelay) relay = make_relay ("vps.example.org", "ann", "");
  g_autofree char *text = ptl_ssh_config_to_text (relay, "/tmp/known_hosts", NULL);

  g_assert_null (strstr (text, "IdentityFile"));
  g_assert_null (strstr (text, "IdentitiesOnly"));
}

static void
test_hostile_relay (void)
{
  static const struct
  {
    const char *host;
    const char *user;
    const char *key_file;
  } cases[] = {
    { "-oProxyCommand=id", "ann", "" },
    { "vps", "ann\nProxyCommand id", "" },
    { "vps", "-ann", "" },
    { "vps", "", "" },
    { "vps\nProxyCommand id", "ann", "" },
    { "vps", "ann", "/tmp/id\nProxyCommand id" },
    { "vps", "ann", "/tmp/id\" \"/etc/shadow" },
    { "vps", "ann", "/tmp/${SSH_AUTH_SOCK}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlRelay) relay = make_relay (cases[i].host, cases[i].user, cases[i].key_file);
      g_autoptr (GError) error = NULL;

      g_assert_null (ptl_ssh_config_to_text (relay, "/tmp/known_hosts", &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

typedef struct
{
  gboolean remote;
  const char *listen;
  const char *target;
  const char *forwards; /* what stands between -T and --; NULL = refused */
} ForwardCase;

static const ForwardCase forwards[] = {
  { TRUE, ":8080", "localhost:3000", "-R *:8080:localhost:3000" },
  { TRUE, "127.0.0.1:8080", "192.168.1.5:80", "-R 127.0.0.1:8080:192.168.1.5:80" },
  { TRUE, "127.0.0.1", "127.0.0.1:80", "-R 127.0.0.1:0:127.0.0.1:80" },
  { TRUE, "[::]:8080", "[fd00::1]:80", "-R [::]:8080:[fd00::1]:80" },
  { TRUE, ":8080", "unix:/run/a b.sock", "-R *:8080:/run/a b.sock" },
  { TRUE, ":8080", "unix:/run/100%.sock", "-R *:8080:/run/100%%.sock" },
  { TRUE, ":8000-8001", "localhost:3000-3001",
    "-R *:8000:localhost:3000 -R *:8001:localhost:3001" },
  { FALSE, "127.0.0.1:5432", "db.internal:5432", "-L 127.0.0.1:5432:db.internal:5432" },
  { FALSE, ":5432", "db.internal:5432", "-L 127.0.0.1:5432:db.internal:5432" },
  { FALSE, "[::1]:5432", "[2001:db8::1]:5432", "-L [::1]:5432:[2001:db8::1]:5432" },
  { FALSE, "127.0.0.1", "db.internal:5432", NULL },
  { TRUE, ":8080", "localhost", NULL },
  { TRUE, ":8080", "unix:/run/a:b", NULL },
  { TRUE, ":8080", "unix:/run/${HOME}", NULL },
  { TRUE, ":8000-8001", "localhost:3000", NULL },
  { TRUE, ":8000-8001", "localhost:3000-3002", NULL },
  { TRUE, ":8000-8001", "unix:/run/a.sock", NULL },
  { TRUE, ":1001-1101", "localhost:1001-1101", NULL },
};

static void
check_argv (const ForwardCase *test, char **argv)
{
  g_autofree char *line = g_strjoinv (" ", argv);
  g_autofree char *wanted = g_strdup_printf (
      "/usr/bin/ssh -F /tmp/a b.conf -N -T %s -- vps.example.org", test->forwards);

  g_assert_cmpstr (line, ==, wanted);
}

static void
test_argv (void)
{
  g_autoptr (PtlRelay) relay = make_relay ("vps.example.org", "ann", "");

  for (gsize i = 0; i < G_N_ELEMENTS (forwards); i++)
    {
      const ForwardCase *test = &forwards[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlEndpoint) listen = ptl_endpoint_parse (test->listen, PTL_PROTOCOL_TCP, &error);
      g_autoptr (PtlEndpoint) target = ptl_endpoint_parse (test->target, PTL_PROTOCOL_TCP, &error);
      g_auto (GStrv) argv = NULL;

      g_assert_no_error (error);
      argv = ptl_ssh_config_to_argv ("/usr/bin/ssh", "/tmp/a b.conf", relay, test->remote, listen,
                                     target, &error);
      if (test->forwards == NULL)
        g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      else
        g_assert_no_error (error);
      g_assert_true ((argv != NULL) == (test->forwards != NULL));
      if (argv != NULL)
        check_argv (test, argv);
    }
}

static void
test_hostile_argv (void)
{
  static const char *const hosts[]
      = { "-R", "a b", "a:b/c", "*", "[::1]", "fe80::1%eth0", "a@b", "", "x\ny" };
  g_autoptr (PtlRelay) relay = make_relay ("vps.example.org", "ann", "");

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (PtlEndpoint) plain = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 80, 80);
      g_autoptr (PtlEndpoint) hostile = ptl_endpoint_new (PTL_PROTOCOL_TCP, hosts[i], 80, 80);

      for (guint side = 0; side < 2; side++)
        {
          g_autoptr (GError) error = NULL;

          g_assert_null (ptl_ssh_config_to_argv ("/usr/bin/ssh", "/c", relay, TRUE,
                                                 side ? hostile : plain, side ? plain : hostile,
                                                 &error));
          g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
        }
    }
}

static void
test_udp (void)
{
  g_autoptr (PtlRelay) relay = make_relay ("vps.example.org", "ann", "");
  g_autoptr (PtlEndpoint) udp = ptl_endpoint_new (PTL_PROTOCOL_UDP, "127.0.0.1", 80, 80);
  g_autoptr (PtlEndpoint) both = ptl_endpoint_new (PTL_PROTOCOL_BOTH, "127.0.0.1", 80, 80);
  g_autoptr (GError) error = NULL;

  g_assert_null (ptl_ssh_config_to_argv ("/usr/bin/ssh", "/c", relay, TRUE, udp, udp, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (ptl_ssh_config_to_argv ("/usr/bin/ssh", "/c", relay, FALSE, both, both, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
}

static void
test_environment (void)
{
  g_auto (GStrv) environment = NULL;

  g_setenv ("SSH_ASKPASS", "/bin/false", TRUE);
  g_setenv ("SSH_AUTH_SOCK", "/tmp/agent", TRUE);
  environment = ptl_ssh_config_dup_environment ();
  g_assert_null (g_environ_getenv (environment, "SSH_ASKPASS"));
  g_assert_cmpstr (g_environ_getenv (environment, "SSH_ASKPASS_REQUIRE"), ==, "never");
  g_assert_cmpstr (g_environ_getenv (environment, "LC_ALL"), ==, "C");
  g_assert_cmpstr (g_environ_getenv (environment, "SSH_AUTH_SOCK"), ==, "/tmp/agent");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh-config/quote", test_quote);
  g_test_add_func ("/ssh-config/as-ssh-reads-it", test_as_ssh_reads_it);
  g_test_add_func ("/ssh-config/agent", test_agent);
  g_test_add_func ("/ssh-config/hostile-relay", test_hostile_relay);
  g_test_add_func ("/ssh-config/argv", test_argv);
  g_test_add_func ("/ssh-config/hostile-argv", test_hostile_argv);
  g_test_add_func ("/ssh-config/udp", test_udp);
  g_test_add_func ("/ssh-config/environment", test_environment);
  return g_test_run ();
}
