/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-check-variant.h"

#include "router/check/ptl-network-path.h"

static GVariant *
gateway_to_variant (const PtlCheckFacts *facts)
{
  GVariantDict dict;
  GVariantBuilder spoken;

  g_variant_builder_init (&spoken, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < facts->spoken->len; i++)
    {
      const PtlSpoken *one = facts->spoken->pdata[i];

      g_variant_builder_add (&spoken, "(ss)", one->name, one->version);
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Id", "s", facts->router_id);
  g_variant_dict_insert (&dict, "Address", "s", facts->router_address);
  g_variant_dict_insert (&dict, "Interface", "s", facts->router_interface);
  g_variant_dict_insert (&dict, "LocalAddress", "s", facts->router_local);
  g_variant_dict_insert (&dict, "Name", "s", facts->router_name);
  g_variant_dict_insert (&dict, "Model", "s", facts->router_model);
  g_variant_dict_insert (&dict, "Uptime", "x", facts->uptime);
  g_variant_dict_insert_value (&dict, "Protocols", g_variant_builder_end (&spoken));
  return g_variant_dict_end (&dict);
}

static GVariant *
witnesses_to_variant (const PtlCheckFacts *facts)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < facts->witnesses->len; i++)
    {
      const PtlWitness *witness = facts->witnesses->pdata[i];
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "Kind", "s", ptl_witness_kind_to_string (witness->kind));
      g_variant_dict_insert (&dict, "Server", "s", witness->server);
      g_variant_dict_insert (&dict, "Family", "u", (guint32) witness->family);
      g_variant_dict_insert (&dict, "Address", "s", witness->address != NULL ? witness->address : "");
      g_variant_dict_insert (&dict, "Port", "u", (guint32) witness->port);
      g_variant_dict_insert (&dict, "Error", "s", witness->error != NULL ? witness->error : "");
      g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
ways_to_variant (guint ways)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  for (guint way = 1; way <= PTL_WAY_OUT_LAST; way <<= 1)
    if ((ways & way) != 0)
      g_variant_builder_add (&builder, "s", ptl_way_out_to_string ((PtlWayOut) way));
  return g_variant_builder_end (&builder);
}

static void
add_outside (GVariantDict *dict, const PtlCheckFacts *facts)
{
  PtlOutside outside;

  ptl_check_facts_look_outside (facts, &outside);
  g_variant_dict_insert (dict, "Asked", "b", facts->asked);
  g_variant_dict_insert (dict, "PublicIpv4", "s", outside.ipv4);
  g_variant_dict_insert (dict, "PublicIpv6", "s", outside.ipv6);
  g_variant_dict_insert_value (dict, "Witnesses", witnesses_to_variant (facts));
  g_variant_dict_insert (dict, "Hairpin", "s", ptl_hairpin_to_string (facts->hairpin));
  g_variant_dict_insert (dict, "HairpinReason", "s", facts->hairpin_reason);
}

GVariant *
ptl_check_to_variant (const PtlCheckFacts *facts,
                      const PtlJudgement *judgement,
                      const char *consent,
                      gint64 checked)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Verdict", "s", ptl_verdict_to_string (judgement->verdict));
  g_variant_dict_insert (&dict, "Reachable", "s", ptl_reach_to_string (judgement->reach));
  g_variant_dict_insert (&dict, "Evidence", "^as", judgement->evidence);
  g_variant_dict_insert (&dict, "Advice", "s", judgement->advice);
  g_variant_dict_insert_value (&dict, "WaysOut", ways_to_variant (judgement->ways_out));
  g_variant_dict_insert_value (&dict, "Gateway", gateway_to_variant (facts));
  g_variant_dict_insert (&dict, "WanAddress", "s", facts->wan_address);
  g_variant_dict_insert (&dict, "WanState", "s", ptl_wan_state_to_string (facts->wan_state));
  g_variant_dict_insert (&dict, "Interface", "s", facts->way_interface);
  g_variant_dict_insert (&dict, "LocalAddress", "s", facts->way_address);
  g_variant_dict_insert (&dict, "LocalIpv6", "s", facts->local_ipv6);
  g_variant_dict_insert (&dict, "Consent", "s", consent);
  add_outside (&dict, facts);
  g_variant_dict_insert_value (&dict, "Path", ptl_network_path_to_variant (facts, judgement, ""));
  g_variant_dict_insert (&dict, "Checked", "x", checked);
  return g_variant_dict_end (&dict);
}

static GVariant *
station_to_variant (const PtlStation *station)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Kind", "s", station->kind);
  g_variant_dict_insert (&dict, "State", "s", station->state);
  g_variant_dict_insert (&dict, "Name", "s", station->name);
  g_variant_dict_insert (&dict, "Address", "s", station->address);
  g_variant_dict_insert (&dict, "Reason", "s", station->reason);
  return g_variant_dict_end (&dict);
}

GVariant *
ptl_network_path_to_variant (const PtlCheckFacts *facts, const PtlJudgement *judgement, const char *step)
{
  g_autoptr (GPtrArray) path = ptl_network_path (facts, judgement, step);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < path->len; i++)
    g_variant_builder_add_value (&builder, station_to_variant (path->pdata[i]));
  return g_variant_builder_end (&builder);
}
