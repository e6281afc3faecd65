/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/ptl-error.h"
#include "tunnel/ptl-known-hosts.h"
#include "tunnel/ptl-tunnel.h"

/* Made by ssh-keygen, with the fingerprints that ssh-keygen -l shows. */
#define KEY_A "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHOe3c2j5iGpb6sAAmjgundN+ef2uTw3JiLQ9GiQeAe9"
#define PRINT_A "ED25519 SHA256:Q664izQ1B0yBNXjK1pyExdVcMTeMJn1ynywzX4WT/zY"
#define KEY_B "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static PtlRelay *
make_relay (const char *host, guint16 port)
{
  PtlRelay *relay = ptl_relay_new ();

  g_free (relay->host);
  relay->host = g_strdup (host);
  relay->port = port;
  return relay;
}

static void
test_name (void)
{
  static const struct
  {
    const char *host;
    guint16 port;
    const char *name;
  } cases[] = {
    { "vps.example.org", 22, "vps.example.org" },
    { "VPS.Example.org", 22, "vps.example.org" },
    { "vps.example.org", 2222, "[vps.example.org]:2222" },
    { "::1", 22, "::1" },
    { "2001:DB8::1", 2222, "[2001:db8::1]:2222" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlRelay) relay = make_relay (cases[i].host, cases[i].port);
      g_autofree char *name = ptl_known_hosts_dup_name (relay);

      g_assert_cmpstr (name, ==, cases[i].name);
    }
}

static void
test_fingerprint (void)
{
  g_autoptr (PtlRelay) relay = make_relay ("127.0.0.1", 22022);
  g_autofree char *type = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *print
      = ptl_known_hosts_fingerprint (relay, "[127.0.0.1]:22022 " KEY_A, &type, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (print, ==, PRINT_A);
  g_assert_cmpstr (type, ==, "ssh-ed25519");
}

static void
test_hostile_lines (void)
{
  static const char *const lines[] = {
    "",
    " ",
    KEY_A,
    "127.0.0.1 " KEY_A,
    "[127.0.0.1]:22 " KEY_A,
    "[127.0.0.2]:22022 " KEY_A,
    "* " KEY_A,
    "[127.0.0.1]:22022,* " KEY_A,
    "@cert-authority [127.0.0.1]:22022 " KEY_A,
    "[127.0.0.1]:22022 " KEY_A " comment",
    "[127.0.0.1]:22022 " KEY_A "\n* " KEY_A,
    "[127.0.0.1]:22022 " KEY_A "\n",
    "[127.0.0.1]:22022  " KEY_A,
    "[127.0.0.1]:22022 ssh-ed25519",
    "[127.0.0.1]:22022 ssh-ed25519 ",
    "[127.0.0.1]:22022 ssh-ed25519 AAAA",
    "[127.0.0.1]:22022 ssh-ed25519 !!!!",
    "[127.0.0.1]:22022 ssh-rsa "
    "AAAAC3NzaC1lZDI1NTE5AAAAIHOe3c2j5iGpb6sAAmjgundN+ef2uTw3JiLQ9GiQeAe9",
    "[127.0.0.1]:22022 ssh-foo AAAAB3NzaC1mb28=",
    "[127.0.0.1]:22022 ssh-ed25519 "
    "AAAAC3NzaC1lZDI1NTE5AAAAIHOe3c2j5iGpb6sA\tAmjgundN+ef2uTw3JiLQ9GiQeAe9",
  };
  g_autoptr (PtlRelay) relay = make_relay ("127.0.0.1", 22022);
  g_autofree char *dir = g_dir_make_tmp ("ptl-hosts-XXXXXX", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ptl_tunnel_trust_key (dir, relay, lines[i], &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
  g_assert_false (ptl_known_hosts_contains (dir, relay));
  g_assert_cmpint (g_rmdir (dir), ==, 0); /* nothing was written */
}

static void
assert_file (const char *dir, const char *wanted)
{
  g_autofree char *path = ptl_known_hosts_dup_path (dir);
  g_autofree char *text = NULL;
  GStatBuf info;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, wanted);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

static void
test_trust_and_forget (void)
{
  g_autofree char *tmp = g_dir_make_tmp ("ptl-hosts-XXXXXX", NULL);
  g_autofree char *dir = g_build_filename (tmp, "ssh", NULL);
  g_autofree char *path = ptl_known_hosts_dup_path (dir);
  g_autoptr (PtlRelay) one = make_relay ("one", 22);
  g_autoptr (PtlRelay) two = make_relay ("one", 2222);
  GStatBuf info;

  g_assert_true (ptl_tunnel_forget_key (dir, one, NULL));
  g_assert_true (ptl_tunnel_trust_key (dir, one, "one " KEY_A, NULL));
  g_assert_cmpint (g_stat (dir, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  g_assert_true (ptl_tunnel_trust_key (dir, two, "[one]:2222 " KEY_A, NULL));
  assert_file (dir, "one " KEY_A "\n[one]:2222 " KEY_A "\n");
  g_assert_true (ptl_tunnel_trust_key (dir, one, "one " KEY_B, NULL));
  assert_file (dir, "[one]:2222 " KEY_A "\none " KEY_B "\n");
  g_assert_true (ptl_tunnel_forget_key (dir, two, NULL));
  assert_file (dir, "one " KEY_B "\n");
  g_assert_true (ptl_known_hosts_contains (dir, one));
  g_assert_false (ptl_known_hosts_contains (dir, two));
  g_unlink (path);
  g_rmdir (dir);
  g_rmdir (tmp);
}

static void
test_not_writable (void)
{
  g_autofree char *dir = g_dir_make_tmp ("ptl-hosts-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "file", NULL);
  g_autofree char *below = g_build_filename (file, "ssh", NULL);
  g_autoptr (PtlRelay) relay = make_relay ("one", 22);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", -1, NULL));
  g_assert_false (ptl_tunnel_trust_key (below, relay, "one " KEY_A, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_FAILED);
  g_unlink (file);
  g_rmdir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/known-hosts/name", test_name);
  g_test_add_func ("/known-hosts/fingerprint", test_fingerprint);
  g_test_add_func ("/known-hosts/hostile-lines", test_hostile_lines);
  g_test_add_func ("/known-hosts/trust-and-forget", test_trust_and_forget);
  g_test_add_func ("/known-hosts/not-writable", test_not_writable);
  return g_test_run ();
}
