/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-check-kept.h"

#define LAST "check-last"
#define WITNESS_TYPE "(ususqbs)"
#define WITNESSES_MAX 64

static GVariant *
witnesses_to_variant (const GPtrArray *witnesses)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" WITNESS_TYPE));
  for (guint i = 0; i < witnesses->len; i++)
    {
      const PtlWitness *one = witnesses->pdata[i];

      g_variant_builder_add (&builder, WITNESS_TYPE, (guint32) one->kind, one->server, (guint32) one->family,
                             one->address != NULL ? one->address : "", one->port, one->unreachable,
                             one->error != NULL ? one->error : "");
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
facts_to_variant (const PtlCheckFacts *facts)
{
  GVariantBuilder upstream;
  GVariantDict dict;

  g_variant_builder_init (&upstream, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < facts->upstream->len; i++)
    g_variant_builder_add (&upstream, "s", facts->upstream->pdata[i]);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Connected", "b", facts->connected);
  g_variant_dict_insert (&dict, "Vpn", "b", facts->vpn);
  g_variant_dict_insert (&dict, "Interface", "s", facts->way_interface);
  g_variant_dict_insert (&dict, "Address", "s", facts->way_address);
  g_variant_dict_insert (&dict, "Router", "s", facts->router_address);
  g_variant_dict_insert (&dict, "RouterLocal", "s", facts->router_local);
  g_variant_dict_insert (&dict, "WanAddress", "s", facts->wan_address);
  g_variant_dict_insert (&dict, "WanState", "u", (guint32) facts->wan_state);
  g_variant_dict_insert (&dict, "Asked", "b", facts->asked);
  g_variant_dict_insert (&dict, "Holder", "u", (guint32) facts->holder);
  g_variant_dict_insert (&dict, "Hairpin", "u", (guint32) facts->hairpin);
  g_variant_dict_insert (&dict, "HairpinReason", "s", facts->hairpin_reason);
  g_variant_dict_insert_value (&dict, "Upstream", g_variant_builder_end (&upstream));
  g_variant_dict_insert_value (&dict, "Witnesses", witnesses_to_variant (facts->witnesses));
  return g_variant_dict_end (&dict);
}

gboolean
ptl_check_keep (PtlStore *store, GVariant *result, const PtlCheckFacts *facts, GError **error)
{
  g_autoptr (GVariant) whole = g_variant_ref_sink (g_variant_new ("(@a{sv}@a{sv})", result, facts_to_variant (facts)));
  g_autofree char *text = g_variant_print (whole, TRUE);

  return ptl_store_put_setting (store, LAST, text, error);
}

static void
take_witnesses (PtlCheckFacts *facts, GVariant *kept)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (kept, "Witnesses", G_VARIANT_TYPE ("a" WITNESS_TYPE));

  for (gsize i = 0; list != NULL && i < MIN (g_variant_n_children (list), WITNESSES_MAX); i++)
    {
      const char *server, *address, *why;
      guint32 kind, family;
      guint16 port;
      gboolean unreachable;
      PtlWitness *witness;

      g_variant_get_child (list, i, "(u&su&sqb&s)", &kind, &server, &family, &address, &port, &unreachable, &why);
      witness = ptl_witness_new (kind == PTL_WITNESS_HTTP ? PTL_WITNESS_HTTP : PTL_WITNESS_STUN, server, family == 6 ? 6 : 4);
      witness->address = *address != '\0' ? g_strdup (address) : NULL;
      witness->port = port;
      witness->unreachable = unreachable;
      witness->error = *why != '\0' ? g_strdup (why) : NULL;
      g_ptr_array_add (facts->witnesses, witness);
    }
}

static void
take_text (GVariant *kept, const char *key, char **field)
{
  const char *text = "";

  g_variant_lookup (kept, key, "&s", &text);
  ptl_check_facts_set (field, text);
}

/* What is not one of @n is the first. */
static guint
take_choice (GVariant *kept, const char *key, guint n)
{
  guint32 value = 0;

  g_variant_lookup (kept, key, "u", &value);
  return value < n ? value : 0;
}

static PtlCheckFacts *
facts_from_variant (GVariant *kept)
{
  PtlCheckFacts *facts = ptl_check_facts_new ();
  g_autofree const char **upstream = NULL;

  g_variant_lookup (kept, "Connected", "b", &facts->connected);
  g_variant_lookup (kept, "Vpn", "b", &facts->vpn);
  g_variant_lookup (kept, "Asked", "b", &facts->asked);
  take_text (kept, "Interface", &facts->way_interface);
  take_text (kept, "Address", &facts->way_address);
  take_text (kept, "Router", &facts->router_address);
  take_text (kept, "RouterLocal", &facts->router_local);
  take_text (kept, "WanAddress", &facts->wan_address);
  take_text (kept, "HairpinReason", &facts->hairpin_reason);
  facts->wan_state = (PtlWanState) take_choice (kept, "WanState", PTL_WAN_DISCONNECTED + 1);
  facts->holder = (PtlHolder) take_choice (kept, "Holder", PTL_HOLDER_BEYOND + 1);
  facts->hairpin = (PtlHairpin) take_choice (kept, "Hairpin", PTL_HAIRPIN_FAILS + 1);
  g_variant_lookup (kept, "Upstream", "^a&s", &upstream);
  for (guint i = 0; upstream != NULL && upstream[i] != NULL && i < WITNESSES_MAX; i++)
    g_ptr_array_add (facts->upstream, g_strdup (upstream[i]));
  take_witnesses (facts, kept);
  return facts;
}

GVariant *
ptl_check_load_kept (PtlStore *store, PtlCheckFacts **facts)
{
  g_autofree char *text = ptl_store_dup_setting (store, LAST);
  g_autoptr (GVariant) whole = NULL;
  g_autoptr (GVariant) kept = NULL;

  if (*text != '\0')
    whole = g_variant_parse (G_VARIANT_TYPE ("(a{sv}a{sv})"), text, NULL, NULL, NULL);
  if (whole == NULL)
    return NULL;
  kept = g_variant_get_child_value (whole, 1);
  *facts = facts_from_variant (kept);
  return g_variant_get_child_value (whole, 0);
}
