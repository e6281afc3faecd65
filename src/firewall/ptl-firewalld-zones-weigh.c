/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "ptl-firewalld-zones-private.h"

/* Who gets in, in words. */

#define SHOWN_MAX 6

static PtlAddressSet *
find_wanted (const PtlAudience *audience, guint8 family)
{
  guint n = ptl_audience_get_n_networks (audience);
  g_autofree PtlNetwork *networks = g_new0 (PtlNetwork, MAX (n, 1));

  if (n == 0)
    return ptl_address_set_new_all (family);
  for (guint i = 0; i < n; i++)
    networks[i] = *ptl_audience_get_network (audience, i);
  return ptl_address_set_new (family, networks, n);
}

/* "192.168.1.0/24", "anyone but 192.168.1.0/24"; "" = nobody. (transfer full) */
static char *
describe (const PtlAddressSet *set)
{
  g_autoptr (PtlAddressSet) others = ptl_address_set_invert (set);
  g_auto (GStrv) in = ptl_address_set_dup_networks (set, SHOWN_MAX);
  g_auto (GStrv) out = ptl_address_set_dup_networks (others, SHOWN_MAX);
  guint n_in = in != NULL ? g_strv_length (in) : G_MAXUINT, n_out = out != NULL ? g_strv_length (out) : G_MAXUINT;
  g_autofree char *list = NULL;

  if (in == NULL && out == NULL)
    return g_strdup (_("some networks"));
  list = g_strjoinv (", ", n_in <= n_out ? in : out);
  if (n_in <= n_out)
    return g_steal_pointer (&list);
  /* Translators: %s is a list of networks */
  return g_strdup_printf (_("anyone but %s"), list);
}

static void
weigh_family (const PtlFirewalldZones *self, const PtlEndpoint *where, const PtlAudience *audience, guint8 family, PtlFirewallView *view)
{
  g_autoptr (PtlAddressSet) wanted = find_wanted (audience, family);
  g_autoptr (PtlAddressSet) in = NULL;
  g_autoptr (PtlAddressSet) out = NULL;
  g_autoptr (PtlAddressSet) both = NULL;
  PtlFirewallSide *side = family == 6 ? &view->ipv6 : &view->ipv4;

  /* Nobody whom it is for comes that way. */
  if (ptl_address_set_is_empty (wanted))
    return;
  in = ptl_firewalld_zones_find (self, where, family);
  out = ptl_address_set_subtract (wanted, in);
  both = ptl_address_set_intersect (wanted, in);
  side->asked = TRUE;
  side->first = where->first;
  side->last = where->last;
  side->verdict = ptl_address_set_is_empty (out)    ? PTL_FIREWALL_OPEN
                  : ptl_address_set_is_empty (both) ? PTL_FIREWALL_BLOCKED
                                                    : PTL_FIREWALL_SOME;
  g_free (side->who);
  side->who = side->verdict == PTL_FIREWALL_OPEN ? g_strdup ("") : describe (in);
}

/* What an administrator would run. */
static char *
describe_commands (const GPtrArray *openings)
{
  g_autoptr (GString) commands = g_string_new (NULL);

  for (guint i = 0; i < openings->len; i++)
    {
      g_autofree char *command = ptl_firewall_opening_dup_command (openings->pdata[i]);

      g_string_append_printf (commands, "%s%s", i > 0 ? " && " : "", command);
    }
  return g_string_free (g_steal_pointer (&commands), FALSE);
}

void
ptl_firewalld_zones_weigh (const PtlFirewalldZones *self, const PtlEndpoint *where, const PtlAudience *audience, PtlFirewallView *view)
{
  g_autoptr (GPtrArray) openings = ptl_firewalld_zones_plan (self, where, audience, NULL);
  guint8 families[3];

  ptl_firewalld_list_families (where->host, families);
  for (guint i = 0; families[i] != 0; i++)
    weigh_family (self, where, audience, families[i], view);
  view->kind = PTL_FIREWALL_FIREWALLD;
  view->verdict = PTL_FIREWALL_OPEN;
  ptl_firewall_view_settle (view);
  g_free (view->zone);
  view->zone = g_strdup (openings->len > 0 ? ((const PtlFirewallOpening *) openings->pdata[0])->zone
                                           : ptl_firewalld_zones_get_name (self));
  g_free (view->command);
  view->command = view->verdict != PTL_FIREWALL_OPEN ? describe_commands (openings) : g_strdup ("");
  view->shut = view->verdict != PTL_FIREWALL_OPEN && openings->len == 0;
}
