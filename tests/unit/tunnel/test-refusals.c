/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include "core/ptl-error.h"
#include "tunnel/ptl-known-hosts.h"
#include "tunnel/ptl-refusals.h"
#include "tunnel/ptl-tunnel.h"

#define KEY_LINE                                                                                   \
  "vps ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define HOUR (3600 * (gint64)G_USEC_PER_SEC)

typedef struct
{
  char *dir;
  PtlClock *clock;
  PtlRelay *relay;
  PtlRule *rule;
  PtlRefusals *refusals;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("ptl-refusals-XXXXXX", NULL);
  f->clock = ptl_clock_new ();
  f->relay = ptl_relay_new ();
  g_free (f->relay->host);
  f->relay->host = g_strdup ("vps");
  g_free (f->relay->id);
  f->relay->id = g_strdup ("relay");
  f->rule = ptl_rule_new (PTL_KIND_TUNNEL);
  g_free (f->rule->id);
  f->rule->id = g_strdup ("rule");
  g_free (f->rule->backend);
  f->rule->backend = g_strdup ("relay");
  ptl_endpoint_free (f->rule->target);
  f->rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 80, 80);
  f->refusals = ptl_refusals_new (f->clock, f->dir);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *path = ptl_known_hosts_dup_path (f->dir);

  ptl_refusals_free (f->refusals);
  ptl_rule_free (f->rule);
  ptl_relay_free (f->relay);
  g_object_unref (f->clock);
  g_unlink (path);
  g_rmdir (f->dir);
  g_free (f->dir);
}

static void
refuse (Fixture *f, PtlError code)
{
  g_autoptr (GError) error = ptl_error_new (code, NULL, "No.");

  ptl_refusals_add (f->refusals, f->rule, error);
}

static gboolean
holds (Fixture *f, PtlError code)
{
  g_autoptr (GError) error = ptl_refusals_recall (f->refusals, f->rule, f->relay);

  if (error != NULL)
    g_assert_error (error, PTL_ERROR, (int)code);
  return error != NULL;
}

static void
test_login (Fixture *f, gconstpointer data)
{
  g_assert_false (holds (f, PTL_ERROR_RELAY_REFUSED));
  refuse (f, PTL_ERROR_RELAY_REFUSED);
  g_assert_true (holds (f, PTL_ERROR_RELAY_REFUSED));
  ptl_clock_turn (f->clock, 100 * HOUR, HOUR - G_USEC_PER_SEC);
  g_assert_true (holds (f, PTL_ERROR_RELAY_REFUSED));
  ptl_clock_turn (f->clock, 0, 2 * G_USEC_PER_SEC);
  g_assert_false (holds (f, PTL_ERROR_RELAY_REFUSED));
}

static void
test_unknown_key (Fixture *f, gconstpointer data)
{
  refuse (f, PTL_ERROR_HOST_KEY_UNKNOWN);
  ptl_clock_turn (f->clock, 0, 100 * HOUR);
  g_assert_true (holds (f, PTL_ERROR_HOST_KEY_UNKNOWN));
  g_assert_true (ptl_tunnel_trust_key (f->dir, f->relay, KEY_LINE, NULL));
  g_assert_false (holds (f, PTL_ERROR_HOST_KEY_UNKNOWN));
}

static void
test_changed_key (Fixture *f, gconstpointer data)
{
  g_assert_true (ptl_tunnel_trust_key (f->dir, f->relay, KEY_LINE, NULL));
  refuse (f, PTL_ERROR_HOST_KEY_CHANGED);
  ptl_clock_turn (f->clock, 0, 100 * HOUR);
  g_assert_true (holds (f, PTL_ERROR_HOST_KEY_CHANGED));
  g_assert_true (ptl_tunnel_forget_key (f->dir, f->relay, NULL));
  g_assert_false (holds (f, PTL_ERROR_HOST_KEY_CHANGED));
}

static void
test_other_request (Fixture *f, gconstpointer data)
{
  refuse (f, PTL_ERROR_RELAY_REFUSED);
  f->rule->target->first = f->rule->target->last = 81;
  g_assert_false (holds (f, PTL_ERROR_RELAY_REFUSED));
}

static void
test_removed (Fixture *f, gconstpointer data)
{
  refuse (f, PTL_ERROR_RELAY_REFUSED);
  ptl_refusals_remove_relay (f->refusals, "another relay");
  g_assert_true (holds (f, PTL_ERROR_RELAY_REFUSED));
  ptl_refusals_remove_relay (f->refusals, "relay");
  g_assert_false (holds (f, PTL_ERROR_RELAY_REFUSED));
  refuse (f, PTL_ERROR_RELAY_REFUSED);
  ptl_refusals_remove (f->refusals, "rule");
  g_assert_false (holds (f, PTL_ERROR_RELAY_REFUSED));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/refusals/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("login", test_login);
  ADD ("unknown-key", test_unknown_key);
  ADD ("changed-key", test_changed_key);
  ADD ("other-request", test_other_request);
  ADD ("removed", test_removed);
  return g_test_run ();
}
