/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "firewall/ptl-firewall-view.h"

static void
assert_command (PtlFirewallKind kind, const char *zone, PtlProtocol protocol, guint16 last, const char *command)
{
  g_autoptr (PtlFirewallView) view = ptl_firewall_view_new (protocol, 8000, last);
  g_autofree char *found = NULL;
  g_autofree char *message = NULL;

  view->kind = kind;
  view->verdict = PTL_FIREWALL_BLOCKED;
  g_free (view->zone);
  view->zone = g_strdup (zone);
  found = ptl_firewall_view_dup_command (view);
  message = ptl_firewall_view_dup_message (view);
  g_assert_cmpstr (found, ==, command);
  g_assert_nonnull (strstr (message, "keeps"));
}

static void
test_commands (void)
{
  assert_command (PTL_FIREWALL_UFW, "", PTL_PROTOCOL_BOTH, 8010, "sudo ufw allow 8000:8010/tcp && sudo ufw allow 8000:8010/udp");
  assert_command (PTL_FIREWALL_NFTABLES, "inet filter input", PTL_PROTOCOL_UDP, 8000,
                  "sudo nft insert rule inet filter input udp dport 8000 accept");
}

/* What is let in, or led past, needs no command; what cannot be seen is not said to be shut. */
static void
test_quiet (void)
{
  g_autoptr (PtlFirewallView) view = ptl_firewall_view_new (PTL_PROTOCOL_TCP, 80, 80);
  g_autofree char *unknown = ptl_firewall_view_dup_command (view);
  g_autofree char *unseen = ptl_firewall_view_dup_message (view);
  g_autofree char *led = NULL;
  g_autofree char *past = NULL;

  g_assert_cmpstr (unknown, ==, "");
  g_assert_nonnull (strstr (unseen, "cannot be seen"));
  view->kind = PTL_FIREWALL_UFW;
  view->verdict = PTL_FIREWALL_BLOCKED;
  g_free (view->container);
  view->container = g_strdup ("Docker: web");
  led = ptl_firewall_view_dup_message (view);
  past = ptl_firewall_view_dup_command (view);
  g_assert_true (g_str_has_prefix (led, "Docker: web"));
  g_assert_cmpstr (past, ==, "");
}

/* @who: as in PtlFirewallSide. */
static void
set_side (PtlFirewallSide *side, PtlFirewallVerdict verdict, const char *who)
{
  side->asked = TRUE;
  side->first = side->last = 80;
  side->verdict = verdict;
  g_free (side->who);
  side->who = g_strdup (who);
}

/* Two ways by two families are one answer where they are alike, else two. */
static void
test_join (void)
{
  static const struct
  {
    PtlFirewallVerdict a;
    const char *a_who;
    PtlFirewallVerdict b;
    const char *b_who;
    PtlFirewallVerdict both;
    const char *message;
  } cases[] = {
    { PTL_FIREWALL_OPEN, "", PTL_FIREWALL_OPEN, "", PTL_FIREWALL_OPEN, "This computer's firewall (firewalld) lets TCP port 80 in." },
    { PTL_FIREWALL_BLOCKED, "", PTL_FIREWALL_BLOCKED, "", PTL_FIREWALL_BLOCKED,
      "This computer's firewall (firewalld) keeps TCP port 80 out." },
    { PTL_FIREWALL_SOME, "10.0.0.0/8", PTL_FIREWALL_BLOCKED, "", PTL_FIREWALL_SOME,
      "This computer's firewall (firewalld) lets TCP port 80 in only for 10.0.0.0/8." },
    { PTL_FIREWALL_SOME, "10.0.0.0/8", PTL_FIREWALL_SOME, "fd00::/8", PTL_FIREWALL_SOME,
      "This computer's firewall (firewalld) lets TCP port 80 in only for 10.0.0.0/8, fd00::/8." },
    { PTL_FIREWALL_OPEN, "", PTL_FIREWALL_BLOCKED, "", PTL_FIREWALL_SOME,
      "By IPv4: This computer's firewall (firewalld) lets TCP port 80 in. By IPv6: This computer's firewall (firewalld) keeps "
      "TCP port 80 out." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlFirewallView) view = ptl_firewall_view_new (PTL_PROTOCOL_TCP, 80, 80);
      g_autoptr (PtlFirewallView) other = ptl_firewall_view_new (PTL_PROTOCOL_TCP, 80, 80);
      g_autofree char *message = NULL;

      view->kind = other->kind = PTL_FIREWALL_FIREWALLD;
      set_side (&view->ipv4, cases[i].a, cases[i].a_who);
      set_side (&other->ipv6, cases[i].b, cases[i].b_who);
      ptl_firewall_view_join (view, other);
      message = ptl_firewall_view_dup_message (view);
      g_assert_cmpint (view->verdict, ==, cases[i].both);
      g_assert_cmpstr (message, ==, cases[i].message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/firewall-view/commands", test_commands);
  g_test_add_func ("/firewall-view/quiet", test_quiet);
  g_test_add_func ("/firewall-view/join", test_join);
  return g_test_run ();
}
