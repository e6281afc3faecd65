/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-firewalld-zones-private.h"

/* What has to be opened. */

typedef struct
{
  const PtlFirewalldZones *zones;
  const PtlFirewalldBound *bound;
  const PtlEndpoint *where;
  const GPtrArray *own;
  const char *source;  /* "" = anyone */
  GPtrArray *openings;
} Plan;

static gboolean
holds (const GPtrArray *openings, const PtlFirewallOpening *opening)
{
  for (guint i = 0; i < openings->len; i++)
    if (ptl_firewall_opening_equal (openings->pdata[i], opening))
      return TRUE;
  return FALSE;
}

static void
add_opening (Plan *plan, PtlProtocol protocol, guint first, guint last)
{
  PtlFirewallOpening *opening = ptl_firewall_opening_new (ptl_firewalld_zone_get_name (plan->bound->zone), protocol,
                                                          (guint16) first, (guint16) last, plan->source);

  if (holds (plan->openings, opening))
    ptl_firewall_opening_free (opening);
  else
    g_ptr_array_add (plan->openings, opening);
}

/* Whether some of @wanted do not get in, and would with an opening. What a rule or policy that is asked before shuts stays
 * shut. */
static gboolean
is_gap (const Plan *plan, PtlProtocol protocol, guint16 port, guint8 family, const PtlAddressSet *wanted)
{
  PtlFirewalldAsk asked = { .protocol = protocol, .port = port, .family = family, .own = plan->own, .sets = plan->zones->sets };
  g_autoptr (PtlAddressSet) now = NULL;
  g_autoptr (PtlAddressSet) then = NULL;
  g_autoptr (PtlAddressSet) more = NULL;

  asked.address = ptl_firewalld_find_address (plan->where->host);
  now = ptl_firewalld_zones_weigh_bound (plan->zones, plan->bound, &asked, wanted);
  asked.opened = TRUE;
  then = ptl_firewalld_zones_weigh_bound (plan->zones, plan->bound, &asked, wanted);
  more = ptl_address_set_subtract (then, now);
  return !ptl_address_set_is_empty (more);
}

static gboolean
is_gap_by_any (const Plan *plan, PtlProtocol protocol, guint16 port, PtlAddressSet *const wanted[2])
{
  return (wanted[0] != NULL && is_gap (plan, protocol, port, 4, wanted[0])) ||
         (wanted[1] != NULL && is_gap (plan, protocol, port, 6, wanted[1]));
}

/* The ranges in between that are not let in yet: what somebody else has open stays theirs. */
static void
add_gaps (Plan *plan, PtlProtocol protocol, PtlAddressSet *const wanted[2])
{
  const PtlEndpoint *where = plan->where;
  g_autoptr (GArray) runs = ptl_firewalld_zones_list_runs (plan->zones, plan->bound, where, plan->own);
  guint first = 0;

  for (guint i = 0; i < runs->len; i++)
    {
      guint port = g_array_index (runs, guint, i);
      gboolean gap = is_gap_by_any (plan, protocol, (guint16) port, wanted);

      if (gap && first == 0)
        first = port;
      else if (!gap && first != 0)
        {
          add_opening (plan, protocol, first, port - 1);
          first = 0;
        }
    }
  if (first != 0)
    add_opening (plan, protocol, first, where->last);
}

/* @network: NULL = anyone. @mine: by family; whoever of them the plan's zone is for. */
static void
add_for (Plan *plan, const PtlNetwork *network, PtlAddressSet *const mine[2])
{
  static const guint8 families[] = { 4, 6 };
  PtlAddressSet *wanted[2] = { NULL, NULL };
  g_autofree char *source = network != NULL ? ptl_network_to_string (network) : g_strdup ("");

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (PtlAddressSet) those = network != NULL ? ptl_address_set_new (families[i], network, 1)
                                                        : ptl_address_set_new_all (families[i]);

      if (mine[i] != NULL)
        wanted[i] = ptl_address_set_intersect (mine[i], those);
    }
  plan->source = source;
  if ((plan->where->protocol & PTL_PROTOCOL_TCP) != 0)
    add_gaps (plan, PTL_PROTOCOL_TCP, wanted);
  if ((plan->where->protocol & PTL_PROTOCOL_UDP) != 0)
    add_gaps (plan, PTL_PROTOCOL_UDP, wanted);
  g_clear_pointer (&wanted[0], ptl_address_set_free);
  g_clear_pointer (&wanted[1], ptl_address_set_free);
}

/* Who is put into a zone that drops all is not meant by "anyone". */
static gboolean
is_left_out (const PtlFirewalldBound *bound)
{
  return bound->sources != NULL && ptl_firewalld_zone_is_shut (bound->zone);
}

static void
add_bound (Plan *plan, const PtlAudience *audience, PtlAddressSet *const mine[2])
{
  guint n = ptl_audience_get_n_networks (audience);

  if (n == 0 || n > PTL_FIREWALLD_NETWORKS_MAX)
    {
      if (!is_left_out (plan->bound))
        add_for (plan, NULL, mine);
      return;
    }
  for (guint i = 0; i < n; i++)
    add_for (plan, ptl_audience_get_network (audience, i), mine);
}

GPtrArray *
ptl_firewalld_zones_plan (const PtlFirewalldZones *self, const PtlEndpoint *where, const PtlAudience *audience, const GPtrArray *own)
{
  Plan plan = { .zones = self, .where = where, .own = own };
  PtlAddressSet *rest[2] = { NULL, NULL };
  guint8 families[3];

  plan.openings = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_firewall_opening_free);
  ptl_firewalld_list_families (where->host, families);
  for (guint i = 0; families[i] != 0; i++)
    rest[families[i] == 6] = ptl_address_set_new_all (families[i]);
  for (guint i = 0; i < self->bound->len; i++)
    {
      PtlAddressSet *mine[2] = { NULL, NULL };

      plan.bound = self->bound->pdata[i];
      for (guint j = 0; families[j] != 0; j++)
        mine[families[j] == 6] = ptl_firewalld_zones_take_mine (self, plan.bound, families[j], &rest[families[j] == 6]);
      add_bound (&plan, audience, mine);
      g_clear_pointer (&mine[0], ptl_address_set_free);
      g_clear_pointer (&mine[1], ptl_address_set_free);
    }
  g_clear_pointer (&rest[0], ptl_address_set_free);
  g_clear_pointer (&rest[1], ptl_address_set_free);
  return plan.openings;
}
