/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-network.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"
#include "core/ptl-time.h"
#include "core/ptl-verdict.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-table.h"
#include "ptl-ctl-text.h"

static const char *
get_text (GVariant *dict, const char *key)
{
  const char *text = "";

  if (dict != NULL)
    g_variant_lookup (dict, key, "&s", &text);
  return text;
}

static GVariant *
get_dict (GVariant *dict, const char *key)
{
  return g_variant_lookup_value (dict, key, G_VARIANT_TYPE_VARDICT);
}

static GVariant *
get_dicts (GVariant *dict, const char *key)
{
  GVariant *found = g_variant_lookup_value (dict, key, G_VARIANT_TYPE ("aa{sv}"));

  return found != NULL ? found : g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
}

gboolean
ptl_ctl_network_is_reachable (GVariant *result)
{
  return strcmp (get_text (result, "Reachable"), "yes") == 0;
}

/* --- JSON --- */

static void
add_texts (JsonBuilder *builder, const char *member, GVariant *dict, const char *key)
{
  g_autofree const char **texts = NULL;

  g_variant_lookup (dict, key, "^a&s", &texts);
  ptl_json_add_texts (builder, member, texts);
}

/* "yes" and "works", "no" and "fails"; anything else is null. */
static void
add_answer (JsonBuilder *builder, const char *member, const char *word)
{
  json_builder_set_member_name (builder, member);
  if (strcmp (word, "yes") == 0 || strcmp (word, "works") == 0)
    json_builder_add_boolean_value (builder, TRUE);
  else if (strcmp (word, "no") == 0 || strcmp (word, "fails") == 0)
    json_builder_add_boolean_value (builder, FALSE);
  else
    json_builder_add_null_value (builder);
}

static void
add_protocols (JsonBuilder *builder, GVariant *gateway)
{
  g_autoptr (GVariantIter) iter = NULL;
  const char *name, *version;

  json_builder_set_member_name (builder, "protocols");
  json_builder_begin_array (builder);
  g_variant_lookup (gateway, "Protocols", "a(ss)", &iter);
  while (iter != NULL && g_variant_iter_next (iter, "(&s&s)", &name, &version))
    {
      json_builder_begin_object (builder);
      ptl_json_add_text (builder, "name", name);
      ptl_json_add_text (builder, "version", version);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_gateway (JsonBuilder *builder, GVariant *result)
{
  g_autoptr (GVariant) gateway = get_dict (result, "Gateway");
  gint64 uptime = -1;

  json_builder_set_member_name (builder, "gateway");
  if (gateway == NULL || *get_text (gateway, "Address") == '\0')
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "id", get_text (gateway, "Id"));
  ptl_json_add_text (builder, "address", get_text (gateway, "Address"));
  ptl_json_add_text (builder, "interface", get_text (gateway, "Interface"));
  ptl_json_add_text_or_null (builder, "local_address", get_text (gateway, "LocalAddress"));
  ptl_json_add_text_or_null (builder, "name", get_text (gateway, "Name"));
  ptl_json_add_text_or_null (builder, "model", get_text (gateway, "Model"));
  g_variant_lookup (gateway, "Uptime", "x", &uptime);
  json_builder_set_member_name (builder, "uptime_seconds");
  if (uptime >= 0)
    json_builder_add_int_value (builder, uptime);
  else
    json_builder_add_null_value (builder);
  add_protocols (builder, gateway);
  json_builder_end_object (builder);
}

static void
add_witness (JsonBuilder *builder, GVariant *witness)
{
  guint port = 0;

  g_variant_lookup (witness, "Port", "u", &port);
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "kind", get_text (witness, "Kind"));
  ptl_json_add_text (builder, "server", get_text (witness, "Server"));
  ptl_json_add_text_or_null (builder, "address", get_text (witness, "Address"));
  json_builder_set_member_name (builder, "port");
  if (port != 0)
    json_builder_add_int_value (builder, port);
  else
    json_builder_add_null_value (builder);
  ptl_json_add_text_or_null (builder, "error", get_text (witness, "Error"));
  json_builder_end_object (builder);
}

static void
add_public (JsonBuilder *builder, const char *member, GVariant *result, const char *address, guint family)
{
  g_autoptr (GVariant) witnesses = get_dicts (result, "Witnesses");
  GVariantIter iter;
  GVariant *inner;

  json_builder_set_member_name (builder, member);
  json_builder_begin_object (builder);
  ptl_json_add_text_or_null (builder, "address", get_text (result, address));
  json_builder_set_member_name (builder, "witnesses");
  json_builder_begin_array (builder);
  g_variant_iter_init (&iter, witnesses);
  while ((inner = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (GVariant) witness = inner;
      guint own = 0;

      if (g_variant_lookup (witness, "Family", "u", &own) && own == family)
        add_witness (builder, witness);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_hops (JsonBuilder *builder, GVariant *result)
{
  static const char *const members[][2] = {
    { "kind", "Kind" }, { "name", "Name" }, { "address", "Address" }, { "state", "State" }, { "reason", "Reason" },
  };
  g_autoptr (GVariant) path = get_dicts (result, "Path");
  GVariantIter iter;
  GVariant *inner;

  json_builder_set_member_name (builder, "hops");
  json_builder_begin_array (builder);
  g_variant_iter_init (&iter, path);
  while ((inner = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (GVariant) hop = inner;

      json_builder_begin_object (builder);
      for (guint i = 0; i < G_N_ELEMENTS (members); i++)
        ptl_json_add_text_or_null (builder, members[i][0], get_text (hop, members[i][1]));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_computer (JsonBuilder *builder, GVariant *result)
{
  json_builder_set_member_name (builder, "computer");
  json_builder_begin_object (builder);
  ptl_json_add_text_or_null (builder, "interface", get_text (result, "Interface"));
  ptl_json_add_text_or_null (builder, "address", get_text (result, "LocalAddress"));
  ptl_json_add_text_or_null (builder, "ipv6", get_text (result, "LocalIpv6"));
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "wan");
  json_builder_begin_object (builder);
  ptl_json_add_text_or_null (builder, "address", get_text (result, "WanAddress"));
  ptl_json_add_text (builder, "state", get_text (result, "WanState"));
  json_builder_end_object (builder);
}

void
ptl_ctl_json_network (JsonBuilder *builder, GVariant *result)
{
  gint64 checked = 0;

  g_variant_lookup (result, "Checked", "x", &checked);
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "verdict", get_text (result, "Verdict"));
  add_answer (builder, "reachable", get_text (result, "Reachable"));
  add_texts (builder, "evidence", result, "Evidence");
  ptl_json_add_text (builder, "advice", get_text (result, "Advice"));
  add_texts (builder, "ways_out", result, "WaysOut");
  add_computer (builder, result);
  add_gateway (builder, result);
  json_builder_set_member_name (builder, "public");
  json_builder_begin_object (builder);
  add_public (builder, "ipv4", result, "PublicIpv4", 4);
  add_public (builder, "ipv6", result, "PublicIpv6", 6);
  json_builder_end_object (builder);
  add_answer (builder, "hairpin", get_text (result, "Hairpin"));
  ptl_json_add_text_or_null (builder, "hairpin_reason", get_text (result, "HairpinReason"));
  add_hops (builder, result);
  ptl_json_add_text_or_null (builder, "consent", get_text (result, "Consent"));
  ptl_json_add_time (builder, "checked_at", checked);
  json_builder_end_object (builder);
}

/* --- text --- */

static const char *
state_word (const char *state)
{
  static const struct
  {
    const char *name, *word;
  } words[] = {
    { "ok", N_("OK") }, { "trouble", N_("trouble") }, { "off", N_("cut off") }, { "unknown", N_("not known") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].name, state) == 0)
      return _(words[i].word);
  return "";
}

static void
print_hops (PtlCtl *self, GVariant *result)
{
  g_autoptr (GVariant) path = get_dicts (result, "Path");
  g_autofree char *text = NULL;
  g_autoptr (PtlCtlTable) table = ptl_ctl_table_new ((const char *[]) {
    _("WAY OUT"), _("STATE"), _("ADDRESS"), _("REASON"), NULL,
  });
  GVariantIter iter;
  GVariant *inner;

  g_variant_iter_init (&iter, path);
  while ((inner = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (GVariant) hop = inner;

      ptl_ctl_table_add (table, (const char *[]) {
        get_text (hop, "Name"),
        state_word (get_text (hop, "State")),
        get_text (hop, "Address"),
        get_text (hop, "Reason"),
      });
    }
  text = ptl_ctl_table_to_string (table, ptl_ctl_table_get_terminal_width ());
  ptl_ctl_print (self, "\n%s\n", text);
}

static void
print_gateway (PtlCtl *self, GVariant *result)
{
  g_autoptr (GVariant) gateway = get_dict (result, "Gateway");
  g_autofree char *address = NULL;
  g_autofree char *up = NULL;
  gint64 uptime = -1;

  if (gateway == NULL || *get_text (gateway, "Address") == '\0')
    return;
  address = g_strdup_printf ("%s (%s)", get_text (gateway, "Address"), get_text (gateway, "Interface"));
  ptl_ctl_print_field (self, _("Router"), get_text (gateway, "Name"));
  ptl_ctl_print_field (self, _("Model"), get_text (gateway, "Model"));
  ptl_ctl_print_field (self, _("Address"), address);
  if (g_variant_lookup (gateway, "Uptime", "x", &uptime) && uptime > 0)
    up = ptl_duration_to_string (uptime);
  ptl_ctl_print_field (self, _("Up for"), up != NULL ? up : "");
  ptl_ctl_print_field (self, _("WAN"), get_text (result, "WanAddress"));
}

static const char *
hairpin_word (const char *hairpin)
{
  if (strcmp (hairpin, "works") == 0)
    return _("works");
  return strcmp (hairpin, "fails") == 0 ? _("does not work") : _("not tested");
}

static void
print_hairpin (PtlCtl *self, GVariant *result)
{
  const char *word = hairpin_word (get_text (result, "Hairpin"));
  const char *reason = get_text (result, "HairpinReason");
  g_autofree char *text = *reason != '\0' ? g_strdup_printf ("%s: %s", word, reason) : g_strdup (word);

  ptl_ctl_print_field (self, _("Hairpin"), text);
}

void
ptl_ctl_print_network (PtlCtl *self, GVariant *result)
{
  g_autofree const char **evidence = NULL;

  ptl_ctl_print (self, "%s\n", ptl_verdict_to_title (ptl_verdict_from_string (get_text (result, "Verdict"))));
  ptl_ctl_print (self, "%s\n", get_text (result, "Advice"));
  print_hops (self, result);
  print_gateway (self, result);
  ptl_ctl_print_field (self, _("Public IPv4"), get_text (result, "PublicIpv4"));
  ptl_ctl_print_field (self, _("Public IPv6"), get_text (result, "PublicIpv6"));
  print_hairpin (self, result);
  ptl_ctl_print (self, "\n%s\n", _("Because:"));
  g_variant_lookup (result, "Evidence", "^a&s", &evidence);
  for (guint i = 0; evidence != NULL && evidence[i] != NULL; i++)
    {
      g_autofree char *line = ptl_text_make_safe (evidence[i], -1, 0);

      ptl_ctl_print (self, "- %s\n", line);
    }
}
