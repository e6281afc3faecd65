/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_unknown_key (Fixture *f, gconstpointer data)
{
  g_autofree char *fingerprint = NULL;
  g_autofree char *wanted = NULL;
  guint16 port = tunnel_sshd_find_port ();
  guint n;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  make_echo_tunnel (f, TRUE, port);
  start_badly (f, PTL_ERROR_HOST_KEY_UNKNOWN, PTL_TUNNEL_STATE_STOPPED);
  fingerprint = tunnel_sshd_dup_fingerprint (f->sshd);
  wanted = g_strdup_printf ("ED25519 %s", fingerprint);
  g_assert_cmpstr (f->fingerprint, ==, wanted);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, wanted));
  n = tunnel_sshd_count_connections (f->sshd);
  ptl_clock_turn (f->clock, 0, 3600 * SECOND);
  tunnel_run_pending ();
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, n);
  g_assert_true (ptl_tunnel_trust_key (f->state_dir, f->relay, f->key_line, NULL));
  start_well (f);
  tunnel_assert_echo (port);
}

/* The key that was accepted is the only one that will do, even if it was another one a moment
 * before. */
static void
test_switched_key (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_HOST_KEY_UNKNOWN, PTL_TUNNEL_STATE_STOPPED);
  tunnel_sshd_stop (f->sshd);
  tunnel_sshd_change_host_keys (f->sshd);
  tunnel_sshd_start (f->sshd, NULL);
  g_assert_true (ptl_tunnel_trust_key (f->state_dir, f->relay, f->key_line, NULL));
  start_badly (f, PTL_ERROR_HOST_KEY_CHANGED, PTL_TUNNEL_STATE_STOPPED);
}

static void
test_changed_key (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  tunnel_sshd_change_host_keys (f->sshd);
  tunnel_sshd_start (f->sshd, NULL);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_HOST_KEY_CHANGED, PTL_TUNNEL_STATE_STOPPED);
  ptl_clock_turn (f->clock, 0, 3600 * SECOND);
  tunnel_run_pending ();
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_STOPPED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 1);
  g_assert_null (f->key_line);
  /* A person forgets the old one. */
  g_assert_true (ptl_tunnel_forget_key (f->state_dir, f->relay, NULL));
  start_badly (f, PTL_ERROR_HOST_KEY_UNKNOWN, PTL_TUNNEL_STATE_STOPPED);
  g_assert_nonnull (f->key_line);
}

static void
test_changed_kind_of_key (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *public_path = NULL;
  g_autofree char *text = NULL;
  g_autofree char *out = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;

  if (f->sshd == NULL)
    return;
  path = g_build_filename (f->sshd->dir, "ecdsa", NULL);
  public_path = g_strconcat (path, ".pub", NULL);
  out = tunnel_sshd_run (
      (const char *const[]){ "ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", path, NULL });
  g_assert_true (g_file_get_contents (public_path, &text, NULL, NULL));
  words = g_strsplit (text, " ", 3);
  line = g_strdup_printf ("[127.0.0.1]:%u %s %s", f->relay->port, words[0], words[1]);
  g_assert_true (ptl_tunnel_trust_key (f->state_dir, f->relay, line, NULL));
  tunnel_sshd_start (f->sshd, NULL);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_HOST_KEY_CHANGED, PTL_TUNNEL_STATE_STOPPED);
  g_assert_null (f->key_line);
}

static void
use_key (Fixture *f, const char *name, const char *passphrase)
{
  g_autofree char *out = NULL;

  g_free (f->relay->key_file);
  f->relay->key_file = g_build_filename (f->sshd->dir, name, NULL);
  if (passphrase != NULL)
    out = tunnel_sshd_run ((const char *const[]){ "ssh-keygen", "-q", "-t", "ed25519", "-N",
                                                  passphrase, "-f", f->relay->key_file, NULL });
}

static void
test_login_refused (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  use_key (f, "stranger", "");
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_RELAY_REFUSED, PTL_TUNNEL_STATE_STOPPED);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, f->relay->user));
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 1);
  assert_stopped_for_good (f);
}

static void
test_key_file_missing (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  use_key (f, "missing", NULL);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_PERMISSION, PTL_TUNNEL_STATE_STOPPED);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, "is not there"));
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 0);
}

static void
test_key_file_locked (Fixture *f, gconstpointer data)
{
  g_autofree char *authorized = NULL;
  g_autofree char *public_path = NULL;
  g_autofree char *text = NULL;

  if (f->sshd == NULL)
    return;
  use_key (f, "locked", "secret");
  public_path = g_strconcat (f->relay->key_file, ".pub", NULL);
  authorized = g_build_filename (f->sshd->dir, "authorized_keys", NULL);
  g_assert_true (g_file_get_contents (public_path, &text, NULL, NULL));
  g_assert_true (g_file_set_contents (authorized, text, -1, NULL));
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_PERMISSION, PTL_TUNNEL_STATE_STOPPED);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, "passphrase"));
  assert_stopped_for_good (f);
}

static void
test_key_file_open_to_others (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  g_assert_cmpint (g_chmod (f->relay->key_file, 0644), ==, 0);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_PERMISSION, PTL_TUNNEL_STATE_STOPPED);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, "chmod 600"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func, data) g_test_add ("/tunnel/" name, Fixture, data, set_up, func, tear_down)
  ADD ("unknown-key", test_unknown_key, NULL);
  ADD ("switched-key", test_switched_key, NULL);
  ADD ("changed-key", test_changed_key, NULL);
  ADD ("changed-kind-of-key", test_changed_kind_of_key, NULL);
  ADD ("login-refused", test_login_refused, NULL);
  ADD ("key-file-missing", test_key_file_missing, NULL);
  ADD ("key-file-locked", test_key_file_locked, NULL);
  ADD ("key-file-open-to-others", test_key_file_open_to_others, NULL);
  return g_test_run ();
}
