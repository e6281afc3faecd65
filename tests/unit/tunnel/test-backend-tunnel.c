/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backend-tunnel-fixture.h"

#include <string.h>

static void
test_remote (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  const PtlLease *lease;
  PtlTraffic traffic;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", port);
  lease = open_well (f, FALSE);
  g_assert_cmpstr (lease->system, ==, "ssh");
  g_assert_cmpstr (lease->holder, ==, f->relay->id);
  g_assert_cmpstr (lease->endpoint->host, ==, "127.0.0.1");
  g_assert_cmpuint (lease->endpoint->first, ==, port);
  g_assert_cmpuint (lease->inner->first, ==, f->echo_port);
  g_assert_cmpint (lease->granted, >, 0);
  tunnel_assert_echo (port);
  WAIT_FOR (ptl_backend_get_traffic (f->backend, f->rule->id, &traffic)
            && traffic.connections_ever == 1 && traffic.connections_now == 0);
  g_assert_cmpint (ABS (traffic.last_used - ptl_clock_get_wall (f->clock)), <=, 30);
  close_rule (f);
  tunnel_assert_refused (port);
  assert_told (f, "ready ");
  g_assert_false (ptl_backend_get_traffic (f->backend, f->rule->id, &traffic));
  close_rule (f); /* one that is not open is closed already */
}

/* Every address of the relay: people outside use its name. */
static void
test_every_address (Fixture *f, gconstpointer data)
{
  const PtlLease *lease;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, NULL, 0);
  lease = open_well (f, FALSE);
  g_assert_cmpstr (lease->endpoint->host, ==, f->relay->host);
  g_assert_cmpstr (lease->key, ==, "*");
  tunnel_assert_echo (lease->endpoint->first);
}

static void
test_local (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  const PtlLease *lease;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_LOCAL, "127.0.0.1", port);
  lease = open_well (f, FALSE);
  g_assert_cmpuint (lease->endpoint->first, ==, port);
  tunnel_assert_echo (port);
  close_rule (f);
  tunnel_assert_refused (port);
}

static void
test_local_port_taken (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_LOCAL, "127.0.0.1", f->echo_port);
  g_assert_false (open_rule (f, FALSE, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  /* It is this program that has it, and the message says so. */
  g_assert_nonnull (strstr (error->message, "in use by"));
  g_assert_null (strstr (error->message, "another program"));
}

static void
test_restore_same_port (Fixture *f, gconstpointer data)
{
  guint16 port;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  port = open_well (f, FALSE)->endpoint->first;
  g_assert_cmpuint (port, !=, 0);
  keep_leases (f);
  close_rule (f);
  g_assert_cmpuint (open_well (f, TRUE)->endpoint->first, ==, port);
  tunnel_assert_echo (port);
}

static void
test_restore_port_gone (Fixture *f, gconstpointer data)
{
  guint16 port;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  open_well (f, FALSE);
  keep_leases (f);
  close_rule (f);
  /* Somebody else has it now, and any other will do. */
  ((PtlLease *)f->rule->leases->pdata[0])->endpoint->first = f->sshd->port;
  port = open_well (f, TRUE)->endpoint->first;
  g_assert_cmpuint (port, !=, f->sshd->port);
  tunnel_assert_echo (port);
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) prepared = NULL;
  g_autoptr (GError) error = NULL;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  prepared = ptl_backend_prepare (f->backend, f->rule, NULL);
  ptl_backend_open_async (f->backend, f->rule, prepared, cancellable, tunnel_on_done, &result);
  g_cancellable_cancel (cancellable);
  WAIT_FOR (result != NULL);
  g_assert_null (ptl_backend_open_finish (f->backend, result, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
  close_rule (f);
  open_well (f, FALSE);
}

/* Closed while it opens, without a word before. */
static void
test_closed_while_opening (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) prepared = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = tunnel_sshd_find_port ();

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", port);
  prepared = ptl_backend_prepare (f->backend, f->rule, NULL);
  ptl_backend_open_async (f->backend, f->rule, prepared, NULL, tunnel_on_done, &result);
  close_rule (f);
  WAIT_FOR (result != NULL);
  g_assert_null (ptl_backend_open_finish (f->backend, result, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
  tunnel_assert_refused (port);
}

static void
test_prepare (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (f->sshd == NULL)
    return;
  f->rule = make_rule (f, PTL_WAY_REMOTE, NULL, 8080);
  f->rule->public_endpoint->protocol = PTL_PROTOCOL_UDP;
  g_assert_null (ptl_backend_prepare (f->backend, f->rule, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_clear_error (&error);
  ptl_rule_free (f->rule);
  f->rule = make_rule (f, PTL_WAY_LOCAL, "127.0.0.1", 0);
  g_assert_null (ptl_backend_prepare (f->backend, f->rule, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_clear_error (&error);
  ptl_backend_tunnel_remove_relay (PTL_BACKEND_TUNNEL (f->backend), f->relay->id);
  g_assert_null (ptl_backend_prepare (f->backend, f->rule, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  open_badly (f, TRUE, PTL_ERROR_NOT_FOUND);
}

static void
test_edit (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlRule) after = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = tunnel_sshd_find_port ();

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", port);
  open_well (f, FALSE);
  after = ptl_rule_copy (f->rule);
  g_free (after->purpose);
  after->purpose = g_strdup ("another purpose");
  g_assert_true (ptl_backend_edit (f->backend, f->rule, after, &error));
  g_assert_no_error (error);
  after->target->first = after->target->last = 9;
  g_assert_false (ptl_backend_edit (f->backend, f->rule, after, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED);
  tunnel_assert_echo (port);
}

static void
test_take_back (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (PtlLease) lease = ptl_lease_new ("ssh", "");

  if (f->sshd == NULL)
    return;
  ptl_backend_take_back_async (f->backend, "id", lease, tunnel_on_done, &result);
  WAIT_FOR (result != NULL);
  g_assert_true (ptl_backend_take_back_finish (f->backend, result, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/backend-tunnel/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("remote", test_remote);
  ADD ("every-address", test_every_address);
  ADD ("local", test_local);
  ADD ("local-port-taken", test_local_port_taken);
  ADD ("restore-same-port", test_restore_same_port);
  ADD ("restore-port-gone", test_restore_port_gone);
  ADD ("cancelled", test_cancelled);
  ADD ("closed-while-opening", test_closed_while_opening);
  ADD ("prepare", test_prepare);
  ADD ("edit", test_edit);
  ADD ("take-back", test_take_back);
  return g_test_run ();
}
