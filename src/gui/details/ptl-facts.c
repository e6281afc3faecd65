/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-facts.h"

#include <glib/gi18n-lib.h>

#include "gui/fields/ptl-option-words.h"
#include "gui/ptl-format.h"

static void
fact_free (gpointer data)
{
  PtlFact *fact = data;

  g_free (fact->value);
  g_free (fact);
}

GPtrArray *
ptl_facts_new (void)
{
  return g_ptr_array_new_with_free_func (fact_free);
}

PtlFact *
ptl_facts_add (GPtrArray *facts, const char *title, char *value)
{
  PtlFact *fact;

  if (!value || *value == '\0')
    {
      g_free (value);
      return NULL;
    }
  fact = g_new0 (PtlFact, 1);
  fact->title = title;
  fact->value = value;
  g_ptr_array_add (facts, fact);
  return fact;
}

static void
add_copied (GPtrArray *facts, const char *title, char *value, const char *action)
{
  PtlFact *fact = ptl_facts_add (facts, title, value);

  if (fact)
    fact->action = action;
}

static const char *
way_words (PtlWay way)
{
  switch (way)
    {
    case PTL_WAY_GUARDED:
      return _("Guarded: through this computer, which checks who connects and cuts connections at the end");
    case PTL_WAY_DIRECT:
      return _("Direct: from the router to the target, which sees the true addresses");
    case PTL_WAY_REMOTE:
      return _("The relay listens and leads here");
    case PTL_WAY_LOCAL:
      return _("This computer listens and leads to the relay’s side");
    case PTL_WAY_AUTO:
      break;
    }
  return NULL;
}

static const char *
family_words (PtlFamily family)
{
  switch (family)
    {
    case PTL_FAMILY_IPV4:
      return _("IPv4 alone");
    case PTL_FAMILY_IPV6:
      return _("IPv6 alone");
    case PTL_FAMILY_BOTH:
      return _("IPv4 and IPv6, or not at all");
    case PTL_FAMILY_AUTO:
      break;
    }
  return NULL;
}

static void
add_pinhole (GPtrArray *facts, const PtlRule *rule)
{
  g_autoptr (PtlEndpoint) endpoint = ptl_leases_dup_pinhole_endpoint (rule->leases);

  if (endpoint && ptl_leases_have_ipv4 (rule->leases))
    add_copied (facts, _("By IPv6"), ptl_format_endpoint (endpoint), "inventory.copy-endpoint6");
}

static char *
describe_lease (const PtlLease *lease, gint64 now)
{
  g_autofree char *endpoint = ptl_format_endpoint (lease->endpoint);
  g_autofree char *renew = NULL;

  if (lease->renew <= now)
    return g_strdup_printf ("%s %s", ptl_format_system (lease->system), endpoint);
  renew = ptl_format_duration (lease->renew - now);
  /* Translators: a lease: the system that granted it, the endpoint, and a length of time, as in
   * "UPnP 203.0.113.5:25565, renewed in 25 min" */
  return g_strdup_printf (_("%s %s, renewed in %s"), ptl_format_system (lease->system), endpoint, renew);
}

static char *
describe_leases (const PtlRule *rule, gint64 now)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; rule->leases && i < rule->leases->len; i++)
    {
      g_autofree char *line = describe_lease (rule->leases->pdata[i], now);

      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_time (gint64 time, gint64 now)
{
  return ptl_format_capitalize (ptl_format_time (time, now));
}

static void
add_times (GPtrArray *facts, const PtlRule *rule, gint64 now)
{
  ptl_facts_add (facts, _("Created"), describe_time (rule->created, now));
  if (rule->closed != 0)
    ptl_facts_add (facts, rule->state == PTL_RULE_STATE_FAILED ? _("Failed") : _("Closed"), describe_time (rule->closed, now));
  else if (rule->expires != 0)
    ptl_facts_add (facts, _("Expires"), describe_time (rule->expires, now));
  else
    ptl_facts_add (facts, _("Review"), describe_time (rule->review, now));
}

static void
add_traffic (GPtrArray *facts, const PtlRule *rule, gint64 now)
{
  ptl_facts_add (facts, _("Traffic"), ptl_format_capitalize (ptl_format_traffic (rule)));
  ptl_facts_add (facts, _("Connections"), ptl_format_connections (rule));
  if (rule->traffic.refused > 0)
    ptl_facts_add (facts, _("Turned Away"), g_strdup_printf ("%" G_GUINT64_FORMAT, rule->traffic.refused));
  ptl_facts_add (facts, _("Last Used"), describe_time (rule->traffic.last_used, now));
}

GPtrArray *
ptl_facts_describe (const PtlRule *rule, gint64 now)
{
  GPtrArray *facts = ptl_facts_new ();

  add_copied (facts, _("Public Name"), ptl_rule_dup_named_endpoint (rule), "inventory.copy-name");
  add_copied (facts, _("Public Endpoint"), ptl_format_endpoint (rule->public_endpoint), "inventory.copy-endpoint");
  add_pinhole (facts, rule);
  ptl_facts_add (facts, _("Protocol"), g_strdup (ptl_format_protocol (ptl_rule_get_protocol (rule))));
  add_copied (facts, _("Target"), ptl_format_endpoint (rule->target), "inventory.copy-target");
  ptl_facts_add (facts, _("Owner"), g_strdup (rule->owner));
  ptl_facts_add (facts, _("Purpose"), g_strdup (rule->purpose));
  ptl_facts_add (facts, _("Audience"), ptl_format_audience (rule));
  ptl_facts_add (facts, _("Way"), g_strdup (way_words (rule->way)));
  ptl_facts_add (facts, _("Internet Protocol"), g_strdup (family_words (rule->family)));
  ptl_facts_add (facts, _("Limits and More"), ptl_format_capitalize (ptl_options_describe (rule->options)));
  ptl_facts_add (facts, _("Policy Overridden"), g_strdup (rule->override));
  add_times (facts, rule, now);
  if (ptl_rule_is_living (rule))
    ptl_facts_add (facts, _("Leases"), describe_leases (rule, now));
  add_traffic (facts, rule, now);
  return facts;
}
