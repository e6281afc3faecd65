/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/sweep/ptl-sweep-target.h"

#include "core/ptl-error.h"

#define START (1000 * G_USEC_PER_SEC)

static PtlSweepTarget *
make (PtlProtocol protocol, const char *ports)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string ("192.0.2.1");
  const PtlSweepPace pace = { 0 };
  PtlSweepTarget *target = ptl_sweep_target_new (address, protocol, &pace);
  PtlPortSet set;

  g_assert_true (ptl_port_set_parse (ports, &set, NULL));
  ptl_sweep_target_add (target, &set);
  return target;
}

/* Each port once, the usual ones first, and no two neighbours in a row. */
static void
test_order (void)
{
  PtlSweepTarget *target = make (PTL_PROTOCOL_TCP, "1-65535");
  PtlPortSet seen = { 0 };
  guint n = 0, n_neighbours = 0;
  guint16 last = 0;

  ptl_sweep_target_start (target, START);
  g_assert_cmpuint (target->n_order, ==, 65535);
  for (; ptl_sweep_target_has_next (target); n++)
    {
      guint16 port = ptl_sweep_target_take_next (target);

      if (n == 0)
        g_assert_cmpuint (port, ==, 22);
      g_assert_cmpuint (port, >, 0);
      g_assert_false (ptl_port_set_has (&seen, port));
      ptl_port_set_add (&seen, port);
      n_neighbours += port == last + 1;
      last = port;
    }
  g_assert_cmpuint (n, ==, 65535);
  g_assert_cmpuint (n_neighbours, <, 100);
  ptl_sweep_target_free (target);
}

static void
test_small_sets (void)
{
  static const char *const sets[] = { "1", "22", "1,2", "1-3", "22,23", "65535", "7,11,13,17,19" };

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      PtlSweepTarget *target = make (PTL_PROTOCOL_TCP, sets[i]);
      PtlPortSet seen = { 0 };

      ptl_sweep_target_start (target, START);
      while (ptl_sweep_target_has_next (target))
        ptl_port_set_add (&seen, ptl_sweep_target_take_next (target));
      g_assert_cmpmem (&seen, sizeof seen, &target->wanted, sizeof seen);
      ptl_sweep_target_free (target);
    }
}

/* What is known from a sweep before is not asked for again. */
static void
test_known_is_left_out (void)
{
  PtlSweepTarget *target = make (PTL_PROTOCOL_TCP, "1-100");

  for (guint16 port = 1; port <= 98; port++)
    ptl_sweep_target_settle (target, port, PTL_SEEN_CLOSED);
  ptl_sweep_target_start (target, START);
  g_assert_cmpuint (target->n_order, ==, 2);
  g_assert_false (ptl_sweep_target_is_done (target));
  ptl_sweep_target_free (target);
}

static guint
ask_in_vain (PtlSweepTarget *target, guint16 port)
{
  guint n = 1;

  for (; !ptl_sweep_target_take_silence (target, port, START); n++)
    g_assert_cmpuint (ptl_sweep_target_take_next (target), ==, port);
  return n;
}

static void
test_silence (void)
{
  PtlSweepTarget *tcp = make (PTL_PROTOCOL_TCP, "80"), *udp = make (PTL_PROTOCOL_UDP, "80");

  ptl_sweep_target_start (tcp, START);
  g_assert_cmpuint (ask_in_vain (tcp, ptl_sweep_target_take_next (tcp)), ==, 2);
  g_assert_true (ptl_sweep_target_is_done (tcp));
  g_assert_cmpint (tcp->states[80], ==, PTL_SEEN_FILTERED);
  /* Nobody answered anything: there is no reason to doubt it. */
  g_assert_false (ptl_sweep_target_reconsider (tcp));
  ptl_sweep_target_start (udp, START);
  g_assert_cmpuint (ask_in_vain (udp, ptl_sweep_target_take_next (udp)), ==, 3);
  ptl_sweep_target_free (tcp);
  ptl_sweep_target_free (udp);
}

/* Where others answer, one that does not is asked once more in the end, and again while that helps.
 */
static void
test_patience (void)
{
  PtlSweepTarget *target = make (PTL_PROTOCOL_TCP, "80,81,82");

  ptl_sweep_target_start (target, START);
  while (ptl_sweep_target_has_next (target))
    ptl_sweep_target_take_next (target);
  ptl_sweep_target_settle (target, 80, PTL_SEEN_CLOSED);
  ptl_sweep_window_note_answer (&target->window, 0, 1000, START);
  ask_in_vain (target, 81);
  ask_in_vain (target, 82);
  g_assert_true (ptl_sweep_target_reconsider (target));
  g_assert_false (ptl_sweep_target_is_done (target));
  g_assert_cmpuint (ptl_sweep_target_take_next (target), ==, 81);
  g_assert_cmpuint (ptl_sweep_target_take_next (target), ==, 82);
  ptl_sweep_target_settle (target, 81, PTL_SEEN_OPEN);
  ptl_sweep_window_note_answer (&target->window, 4, 1000, START);
  g_assert_true (ptl_sweep_target_take_silence (target, 82, START));
  g_assert_true (ptl_sweep_target_reconsider (target));
  g_assert_cmpuint (ptl_sweep_target_take_next (target), ==, 82);
  g_assert_true (ptl_sweep_target_take_silence (target, 82, START));
  g_assert_false (ptl_sweep_target_reconsider (target));
  g_assert_true (ptl_sweep_target_is_done (target));
  ptl_sweep_target_free (target);
}

static void
test_give_up (void)
{
  PtlSweepTarget *target = make (PTL_PROTOCOL_TCP, "1-100");

  ptl_sweep_target_start (target, START);
  ptl_sweep_target_settle (target, 7, PTL_SEEN_OPEN);
  ptl_sweep_target_settle (target, 8, PTL_SEEN_CLOSED);
  ptl_sweep_target_settle (target, 9, PTL_SEEN_FILTERED);
  ptl_sweep_target_give_up (target, g_error_new_literal (PTL_ERROR, PTL_ERROR_TARGET, "No way."));
  g_assert_true (ptl_sweep_target_is_done (target));
  g_assert_false (ptl_sweep_target_has_next (target));
  g_assert_cmpint (target->states[7], ==, PTL_SEEN_OPEN);
  g_assert_cmpint (target->states[8], ==, PTL_SEEN_CLOSED);
  g_assert_cmpint (target->states[9], ==, PTL_SEEN_FAILED);
  g_assert_cmpint (target->states[100], ==, PTL_SEEN_FAILED);
  g_assert_error (target->error, PTL_ERROR, PTL_ERROR_TARGET);
  ptl_sweep_target_free (target);
}

static void
test_pace_is_bounded (void)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string ("192.0.2.1");
  static const struct
  {
    PtlSweepPace asked, given;
  } cases[] = {
    { { 0 }, { PTL_SWEEP_IN_FLIGHT_MAX, 0, 1000, FALSE } },
    { { 100000, 5, 60000, FALSE },
      { PTL_SWEEP_IN_FLIGHT_MAX, 5, PTL_SWEEP_TIMEOUT_MAX_MS, FALSE } },
    { { 10, 0, 50, FALSE }, { 10, 0, 50, FALSE } },
    { { .router = TRUE },
      { PTL_SWEEP_ROUTER_IN_FLIGHT_MAX, PTL_SWEEP_ROUTER_RATE_MAX, 1000, TRUE } },
    { { 9999, 9999, 0, TRUE },
      { PTL_SWEEP_ROUTER_IN_FLIGHT_MAX, PTL_SWEEP_ROUTER_RATE_MAX, 1000, TRUE } },
    { { 8, 20, 0, TRUE }, { 8, 20, 1000, TRUE } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PtlSweepTarget *target = ptl_sweep_target_new (address, PTL_PROTOCOL_TCP, &cases[i].asked);

      g_assert_cmpuint (target->pace.max_in_flight, ==, cases[i].given.max_in_flight);
      g_assert_cmpuint (target->pace.max_rate, ==, cases[i].given.max_rate);
      g_assert_cmpuint (target->pace.timeout_ms, ==, cases[i].given.timeout_ms);
      g_assert_true (target->pace.router == cases[i].given.router);
      ptl_sweep_target_free (target);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exposure/sweep-target/order", test_order);
  g_test_add_func ("/exposure/sweep-target/small-sets", test_small_sets);
  g_test_add_func ("/exposure/sweep-target/known-is-left-out", test_known_is_left_out);
  g_test_add_func ("/exposure/sweep-target/silence", test_silence);
  g_test_add_func ("/exposure/sweep-target/patience", test_patience);
  g_test_add_func ("/exposure/sweep-target/give-up", test_give_up);
  g_test_add_func ("/exposure/sweep-target/pace-is-bounded", test_pace_is_bounded);
  return g_test_run ();
}
