/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel/ptl-tunnel-lease.h"

static const struct
{
  const char *relay;
  PtlWay way;
  const char *host; /* as asked, or as a closed rule shows it */
  const char *key;  /* of the lease that was held; NULL = none */
  const char *bind;
  const char *shown;
} cases[] = {
  { "vps.example.org", PTL_WAY_REMOTE, NULL, NULL, "*", "vps.example.org" },
  { "vps.example.org", PTL_WAY_REMOTE, "", NULL, "*", "vps.example.org" },
  { "vps.example.org", PTL_WAY_REMOTE, "vps.example.org", NULL, "*", "vps.example.org" },
  { "vps.example.org", PTL_WAY_REMOTE, "0.0.0.0", NULL, "0.0.0.0", "vps.example.org" },
  { "vps.example.org", PTL_WAY_REMOTE, "::", NULL, "::", "vps.example.org" },
  { "vps.example.org", PTL_WAY_REMOTE, "127.0.0.1", NULL, "127.0.0.1", "127.0.0.1" },
  { "vps.example.org", PTL_WAY_REMOTE, "203.0.113.5", NULL, "203.0.113.5", "203.0.113.5" },
  { "203.0.113.5", PTL_WAY_REMOTE, "203.0.113.5", "*", "*", "203.0.113.5" },
  { "127.0.0.1", PTL_WAY_REMOTE, "127.0.0.1", NULL, "127.0.0.1", "127.0.0.1" },
  { "127.0.0.1", PTL_WAY_REMOTE, "127.0.0.1", "*", "*", "127.0.0.1" },
  { "vps.example.org", PTL_WAY_LOCAL, NULL, NULL, "127.0.0.1", "127.0.0.1" },
  { "vps.example.org", PTL_WAY_LOCAL, "0.0.0.0", NULL, "0.0.0.0", "0.0.0.0" },
  { "vps.example.org", PTL_WAY_LOCAL, "::1", "::1", "::1", "::1" },
};

static void
test_bind (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlRelay) relay = ptl_relay_new ();
      g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_TUNNEL);
      g_autoptr (GPtrArray) leases = NULL;
      g_autofree char *bind = NULL;
      const PtlLease *lease;

      g_free (relay->host);
      relay->host = g_strdup (cases[i].relay);
      rule->way = cases[i].way;
      ptl_endpoint_free (rule->public_endpoint);
      rule->public_endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, cases[i].host, 8080, 8080);
      if (cases[i].key != NULL)
        {
          g_autoptr (GPtrArray) held = ptl_tunnel_lease_list (rule, relay, cases[i].key, 8081);

          g_ptr_array_add (rule->leases, ptl_lease_copy (held->pdata[0]));
        }
      bind = ptl_tunnel_lease_dup_bind (rule, relay);
      g_assert_cmpstr (bind, ==, cases[i].bind);
      g_assert_cmpuint (ptl_tunnel_lease_get_port (rule), ==, cases[i].key != NULL ? 8081 : 8080);
      leases = ptl_tunnel_lease_list (rule, relay, bind, 8080);
      lease = leases->pdata[0];
      g_assert_cmpstr (lease->endpoint->host, ==, cases[i].shown);
      g_assert_cmpstr (lease->key, ==, bind);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel-lease/bind", test_bind);
  return g_test_run ();
}
