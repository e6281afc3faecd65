/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"
#include "worker/ptl-arrivals.h"

/* Whether this computer's firewall lets in those that a rule is for. */

typedef struct
{
  PtlService *service;
  GDBusMethodInvocation *invocation;
  char *rule_id;
  PtlAudience *audience;
  GPtrArray *arrivals; /* of PtlArrival */
  guint next;
  PtlFirewallView *view; /* what is known by now */
} Asked;

static void
asked_free (Asked *asked)
{
  g_free (asked->rule_id);
  ptl_audience_unref (asked->audience);
  g_ptr_array_unref (asked->arrivals);
  g_clear_pointer (&asked->view, ptl_firewall_view_free);
  g_free (asked);
}

static GVariant *
openings_to_variant (const GPtrArray *records)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      const PtlOpeningRecord *record = records->pdata[i];
      g_autofree char *zone = ptl_text_make_safe (record->opening->zone, -1, 120);
      g_autofree char *ports = ptl_firewall_opening_dup_ports (record->opening);
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "Zone", "s", zone);
      g_variant_dict_insert (&dict, "Protocol", "s", ptl_protocol_to_string (record->opening->protocol));
      g_variant_dict_insert (&dict, "Ports", "s", ports);
      g_variant_dict_insert (&dict, "Source", "s", record->opening->source);
      g_variant_dict_insert (&dict, "Until", "x", record->ends);
      g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
    }
  return g_variant_builder_end (&builder);
}

/* For how many networks it is too many to be told to firewalld one by one. */
static gboolean
lets_all_in (PtlService *self, const char *rule_id, const GPtrArray *records)
{
  const PtlRule *rule = ptl_inventory_get (self->parts.inventory, rule_id);

  return rule != NULL && *((const PtlOpeningRecord *) records->pdata[0])->opening->source == '\0' &&
         ptl_audience_get_n_networks (rule->audience) > PTL_FIREWALLD_NETWORKS_MAX;
}

/* What we opened it lets in, and what we could not open is said with the reason. */
static void
show_ours (GVariantDict *dict, const Asked *asked, const PtlFirewallView *view)
{
  PtlService *self = asked->service;
  const GPtrArray *records = ptl_host_firewall_get_records (self->parts.host_firewall, asked->rule_id);
  const char *command = ptl_host_firewall_get_command (self->parts.host_firewall, asked->rule_id);
  g_autoptr (GError) problem = ptl_host_firewall_dup_caveat (self->parts.host_firewall, asked->rule_id);
  g_autofree char *what = problem != NULL ? ptl_error_dup_what (problem) : NULL;

  g_variant_dict_insert_value (dict, "Openings", openings_to_variant (records));
  if (problem != NULL && (view->verdict == PTL_FIREWALL_BLOCKED || view->verdict == PTL_FIREWALL_SOME))
    {
      g_variant_dict_insert (dict, "Message", "s", what);
      if (command != NULL)
        g_variant_dict_insert (dict, "Command", "s", command);
    }
  if (problem != NULL || records == NULL)
    return;
  g_variant_dict_insert (dict, "Verdict", "s", ptl_firewall_verdict_to_string (PTL_FIREWALL_OPEN));
  g_variant_dict_insert (dict, "Message", "s", _("Portolan has opened this computer's firewall (firewalld) for it."));
  g_variant_dict_insert (dict, "Advice", "s",
                         lets_all_in (self, asked->rule_id, records)
                             ? _("The list of who may connect is too long for the firewall: it lets in anyone, and Portolan "
                                 "turns away all others.")
                             : "");
  g_variant_dict_insert (dict, "Command", "s", "");
}

static GVariant *
view_to_variant (const Asked *asked, const PtlFirewallView *view)
{
  g_autofree char *ports = ptl_firewall_view_dup_ports (view);
  g_autofree char *message = ptl_firewall_view_dup_message (view);
  g_autofree char *advice = ptl_firewall_view_dup_advice (view);
  g_autofree char *command = ptl_firewall_view_dup_command (view);
  g_autofree char *zone = ptl_text_make_safe (view->zone, -1, 120);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Kind", "s", ptl_firewall_kind_to_string (view->kind));
  g_variant_dict_insert (&dict, "Verdict", "s", ptl_firewall_verdict_to_string (view->verdict));
  g_variant_dict_insert (&dict, "Protocol", "s", ptl_protocol_to_string (view->protocol));
  g_variant_dict_insert (&dict, "Ports", "s", ports);
  g_variant_dict_insert (&dict, "Zone", "s", zone);
  g_variant_dict_insert (&dict, "Container", "s", view->container);
  g_variant_dict_insert (&dict, "Message", "s", message);
  g_variant_dict_insert (&dict, "Advice", "s", advice);
  g_variant_dict_insert (&dict, "Command", "s", command);
  show_ours (&dict, asked, view);
  return g_variant_dict_end (&dict);
}

static void look_at_next (Asked *asked);

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlFirewallView) view = ptl_firewall_look_finish (PTL_FIREWALL (source), result);
  Asked *asked = data;

  if (asked->view == NULL)
    asked->view = g_steal_pointer (&view);
  else
    ptl_firewall_view_join (asked->view, view);
  look_at_next (asked);
}

/* The first way by each family counts; ufw and nftables give one answer for all. */
static gboolean
is_wanted (const Asked *asked, const PtlArrival *arrival)
{
  gboolean ipv6 = arrival->where->host != NULL && strchr (arrival->where->host, ':') != NULL;

  if (asked->view == NULL)
    return TRUE;
  return asked->view->kind == PTL_FIREWALL_FIREWALLD && !(ipv6 ? asked->view->ipv6.asked : asked->view->ipv4.asked);
}

static void
look_at_next (Asked *asked)
{
  while (asked->next < asked->arrivals->len)
    {
      const PtlArrival *arrival = asked->arrivals->pdata[asked->next++];

      if (!is_wanted (asked, arrival))
        continue;
      ptl_firewall_look_async (asked->service->parts.firewall, arrival->where, asked->audience, arrival->interface, on_looked,
                               asked);
      return;
    }
  g_dbus_method_invocation_return_value (asked->invocation, g_variant_new ("(@a{sv})", view_to_variant (asked, asked->view)));
  asked_free (asked);
}

static void
get_firewall (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  const PtlRule *rule = ptl_service_find_living (self, arguments, &error);
  g_autoptr (GPtrArray) arrivals = NULL;
  Asked *asked;

  if (rule == NULL)
    {
      ptl_service_fail (invocation, error);
      return;
    }
  arrivals = ptl_rule_list_arrivals (rule);
  if (arrivals->len == 0)
    {
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@a{sv})", g_variant_new ("a{sv}", NULL)));
      return;
    }
  asked = g_new0 (Asked, 1);
  asked->service = self;
  asked->invocation = invocation;
  asked->rule_id = g_strdup (rule->id);
  asked->audience = ptl_audience_ref (rule->audience);
  asked->arrivals = g_steal_pointer (&arrivals);
  look_at_next (asked);
}

const PtlServiceMethod ptl_service_firewall_methods[] = {
  { "handle-get-firewall", get_firewall, FALSE },
  { NULL, NULL, FALSE },
};
