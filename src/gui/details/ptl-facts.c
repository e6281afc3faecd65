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

/* Takes @value; nothing to say is not said. */
static PtlFact *
add (GPtrArray *facts, const char *title, char *value)
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
  PtlFact *fact = add (facts, title, value);

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
  add (facts, _("Created"), describe_time (rule->created, now));
  if (rule->closed != 0)
    add (facts, rule->state == PTL_RULE_STATE_FAILED ? _("Failed") : _("Closed"), describe_time (rule->closed, now));
  else if (rule->expires != 0)
    add (facts, _("Expires"), describe_time (rule->expires, now));
  else
    add (facts, _("Review"), describe_time (rule->review, now));
}

static void
add_traffic (GPtrArray *facts, const PtlRule *rule, gint64 now)
{
  add (facts, _("Traffic"), ptl_format_capitalize (ptl_format_traffic (rule)));
  add (facts, _("Connections"), ptl_format_connections (rule));
  if (rule->traffic.refused > 0)
    add (facts, _("Turned Away"), g_strdup_printf ("%" G_GUINT64_FORMAT, rule->traffic.refused));
  add (facts, _("Last Used"), describe_time (rule->traffic.last_used, now));
}

GPtrArray *
ptl_facts_describe (const PtlRule *rule, gint64 now)
{
  GPtrArray *facts = g_ptr_array_new_with_free_func (fact_free);

  add_copied (facts, _("Public Endpoint"), ptl_format_endpoint (rule->public_endpoint), "inventory.copy-endpoint");
  add (facts, _("Protocol"), g_strdup (ptl_format_protocol (ptl_rule_get_protocol (rule))));
  add_copied (facts, _("Target"), ptl_format_endpoint (rule->target), "inventory.copy-target");
  add (facts, _("Owner"), g_strdup (rule->owner));
  add (facts, _("Purpose"), g_strdup (rule->purpose));
  add (facts, _("Audience"), ptl_format_audience (rule));
  add (facts, _("Way"), g_strdup (way_words (rule->way)));
  add (facts, _("Limits and More"), ptl_format_capitalize (ptl_options_describe (rule->options)));
  add (facts, _("Policy Overridden"), g_strdup (rule->override));
  add_times (facts, rule, now);
  if (ptl_rule_is_living (rule))
    add (facts, _("Leases"), describe_leases (rule, now));
  add_traffic (facts, rule, now);
  return facts;
}
