/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ptl-udp-proof.h"

#define FACTOR 3
#define MOMENT PTL_UDP_PROOF_MOMENT_US
#define BEGAN G_USEC_PER_SEC

/* Nobody has more than the factor while nothing is proved, not a byte. */
static void
test_budget (void)
{
  PtlUdpProof proof = { 0 };

  g_assert_false (ptl_udp_proof_may_reply (&proof, 1, FACTOR, BEGAN));
  g_assert_false (ptl_udp_proof_asked (&proof, 100, BEGAN));
  g_assert_true (ptl_udp_proof_may_reply (&proof, 299, FACTOR, BEGAN));
  g_assert_false (ptl_udp_proof_may_reply (&proof, 2, FACTOR, BEGAN));
  g_assert_true (ptl_udp_proof_may_reply (&proof, 1, FACTOR, BEGAN));
  g_assert_false (ptl_udp_proof_may_reply (&proof, 1, FACTOR, BEGAN));
  g_assert_true (ptl_udp_proof_may_reply (&proof, 0, FACTOR, BEGAN));
  g_assert_cmpuint (proof.replied, ==, 300);
}

/* A burst is one moment, however many requests and replies are in it. */
static void
test_burst (void)
{
  PtlUdpProof proof = { 0 };

  for (guint i = 0; i < 1000; i++)
    {
      g_assert_false (ptl_udp_proof_asked (&proof, 10, BEGAN + i * MOMENT / 1000));
      ptl_udp_proof_may_reply (&proof, 25, FACTOR, BEGAN + i * MOMENT / 1000);
    }
  g_assert_cmpuint (proof.turns, <=, 1);
  g_assert_cmpuint (proof.replied, <=, proof.asked * FACTOR);
}

/* Requests alone are no talk. */
static void
test_no_replies (void)
{
  PtlUdpProof proof = { 0 };

  for (guint i = 0; i < 1000; i++)
    g_assert_false (ptl_udp_proof_asked (&proof, 10, BEGAN + i * MOMENT));
}

static gint64
prove (PtlUdpProof *proof, gint64 now_us)
{
  for (guint i = 0; i < PTL_UDP_PROOF_TURNS; i++)
    {
      g_assert_false (ptl_udp_proof_asked (proof, 10, now_us));
      g_assert_true (ptl_udp_proof_may_reply (proof, 10, FACTOR, now_us));
      now_us += MOMENT;
    }
  g_assert_true (ptl_udp_proof_asked (proof, 10, now_us));
  return now_us;
}

/* Enough turns at moments of their own; then there is no bound, until it has been silent for long.
 */
static void
test_proved (void)
{
  PtlUdpProof proof = { 0 };
  gint64 now_us = prove (&proof, BEGAN), last_us;

  g_assert_true (ptl_udp_proof_may_reply (&proof, 1000000, FACTOR, now_us));
  last_us = now_us + 5 * 60 * G_USEC_PER_SEC;
  g_assert_true (ptl_udp_proof_asked (&proof, 1, last_us));
  now_us = last_us + 10 * 60 * G_USEC_PER_SEC;
  g_assert_true (ptl_udp_proof_holds (&proof, now_us));
  g_assert_true (ptl_udp_proof_may_reply (&proof, 1000000, FACTOR, now_us));
  now_us = last_us + PTL_UDP_PROOF_HOLDS_US;
  g_assert_false (ptl_udp_proof_holds (&proof, now_us));
  g_assert_false (ptl_udp_proof_may_reply (&proof, 1, FACTOR, now_us));
  /* What was sent meanwhile does not count against it. */
  g_assert_false (ptl_udp_proof_asked (&proof, 10, now_us));
  g_assert_true (ptl_udp_proof_may_reply (&proof, 30, FACTOR, now_us));
  g_assert_false (ptl_udp_proof_may_reply (&proof, 1, FACTOR, now_us));
}

/* A host that says that nobody listens there is not taken for someone who talks. */
static void
test_denied (void)
{
  PtlUdpProof proof = { 0 };
  gint64 now_us = BEGAN;

  for (guint i = 0; i < 100; i++)
    {
      g_assert_false (ptl_udp_proof_asked (&proof, 10, now_us));
      g_assert_true (ptl_udp_proof_may_reply (&proof, 10, FACTOR, now_us));
      ptl_udp_proof_denied (&proof, now_us + 1000);
      now_us += MOMENT;
    }
  /* It may be someone else who has the address later. */
  now_us = prove (&proof, now_us + PTL_UDP_PROOF_DENIED_US);
  ptl_udp_proof_denied (&proof, now_us);
  g_assert_true (ptl_udp_proof_holds (&proof, now_us));
}

static void
test_loopback (void)
{
  const PtlAddress near[]
      = { { 4, { 127, 0, 0, 1 } }, { 4, { 127, 9, 9, 9 } }, { 6, { [15] = 1 } } };
  const PtlAddress far[]
      = { { 4, { 126, 0, 0, 1 } }, { 4, { 192, 168, 1, 2 } }, { 6, { [15] = 2 } }, { 6, { 127 } } };

  for (guint i = 0; i < G_N_ELEMENTS (near); i++)
    g_assert_true (ptl_udp_proof_needs_none (&near[i]));
  for (guint i = 0; i < G_N_ELEMENTS (far); i++)
    g_assert_false (ptl_udp_proof_needs_none (&far[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/udp-proof/budget", test_budget);
  g_test_add_func ("/engine/udp-proof/burst", test_burst);
  g_test_add_func ("/engine/udp-proof/no-replies", test_no_replies);
  g_test_add_func ("/engine/udp-proof/proved", test_proved);
  g_test_add_func ("/engine/udp-proof/denied", test_denied);
  g_test_add_func ("/engine/udp-proof/loopback", test_loopback);
  return g_test_run ();
}
