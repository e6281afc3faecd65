/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-check-words.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-format.h"

const char *
ptl_check_get_text (GVariant *dict, const char *key)
{
  const char *text = "";

  if (dict)
    g_variant_lookup (dict, key, "&s", &text);
  return text;
}

GVariant *
ptl_check_dup_result (GVariant *state)
{
  return g_variant_lookup_value (state, "Result", G_VARIANT_TYPE_VARDICT);
}

gboolean
ptl_check_has_way_out (GVariant *result, const char *way)
{
  g_autofree const char **ways = NULL;

  return g_variant_lookup (result, "WaysOut", "^a&s", &ways) && g_strv_contains (ways, way);
}

char **
ptl_check_dup_evidence (GVariant *result)
{
  char **lines = NULL;

  if (!g_variant_lookup (result, "Evidence", "^as", &lines))
    lines = g_new0 (char *, 1);
  return lines;
}

/* --- the way out --- */

typedef struct
{
  const char *name;
  PtlHopState state;
  const char *words;
} State;

static const State states[] = {
  { "ok", PTL_HOP_OK, NC_ ("hop", "OK") },
  { "busy", PTL_HOP_BUSY, NC_ ("hop", "Being asked") },
  { "trouble", PTL_HOP_TROUBLE, NC_ ("hop", "Trouble") },
  { "off", PTL_HOP_OFF, NC_ ("hop", "Cut off") },
  { "unknown", PTL_HOP_UNKNOWN, NC_ ("hop", "Not known") },
};

static const char *
icon_of (const char *kind)
{
  static const char *const icons[][2] = {
    { "computer", "computer-symbolic" },        { "vpn", "network-vpn-symbolic" },
    { "router", "ptl-router-symbolic" },        { "upstream-router", "ptl-router-symbolic" },
    { "provider", "network-server-symbolic" },  { "internet", "ptl-internet-symbolic" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_str_equal (kind, icons[i][0]))
      return icons[i][1];
  return "dialog-question-symbolic";
}

static PtlHop *
make_hop (GVariant *station)
{
  const char *name = ptl_check_get_text (station, "State");
  const State *state = &states[G_N_ELEMENTS (states) - 1];
  PtlHop *hop = g_new0 (PtlHop, 1);

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (name, states[i].name))
      state = &states[i];
  hop->icon = icon_of (ptl_check_get_text (station, "Kind"));
  hop->title = g_strdup (ptl_check_get_text (station, "Name"));
  hop->address = g_strdup (ptl_check_get_text (station, "Address"));
  hop->reason = g_strdup (ptl_check_get_text (station, "Reason"));
  hop->state = state->state;
  hop->words = g_dpgettext2 (GETTEXT_PACKAGE, "hop", state->words);
  return hop;
}

GPtrArray *
ptl_check_dup_hops (GVariant *state)
{
  GPtrArray *hops = g_ptr_array_new_with_free_func (ptl_hop_free);
  g_autoptr (GVariant) path = g_variant_lookup_value (state, "Path", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; path && i < g_variant_n_children (path); i++)
    {
      g_autoptr (GVariant) station = g_variant_get_child_value (path, i);

      g_ptr_array_add (hops, make_hop (station));
    }
  return hops;
}

/* --- facts --- */

static char *
dup_spoken (GVariant *gateway)
{
  g_autoptr (GVariantIter) iter = NULL;
  GString *text = g_string_new (NULL);
  const char *name, *version;

  g_variant_lookup (gateway, "Protocols", "a(ss)", &iter);
  while (iter && g_variant_iter_next (iter, "(&s&s)", &name, &version))
    g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", ptl_format_system (name), version);
  return g_string_free (text, FALSE);
}

static void
add_gateway (GPtrArray *facts, GVariant *result)
{
  g_autoptr (GVariant) gateway = g_variant_lookup_value (result, "Gateway", G_VARIANT_TYPE_VARDICT);
  gint64 uptime = -1;

  if (!gateway || !*ptl_check_get_text (gateway, "Address"))
    return;
  ptl_facts_add (facts, _("Model of the Router"), g_strdup (ptl_check_get_text (gateway, "Model")));
  ptl_facts_add (facts, _("Takes Mappings By"), dup_spoken (gateway));
  if (g_variant_lookup (gateway, "Uptime", "x", &uptime) && uptime > 0)
    ptl_facts_add (facts, _("Connected For"), ptl_format_duration_long (uptime));
  ptl_facts_add (facts, _("The Router’s Own Public Address"), g_strdup (ptl_check_get_text (result, "WanAddress")));
}

static char *
dup_hairpin (GVariant *result)
{
  const char *hairpin = ptl_check_get_text (result, "Hairpin");
  const char *reason = ptl_check_get_text (result, "HairpinReason");

  if (g_str_equal (hairpin, "works"))
    return g_strdup (_("Works"));
  if (g_str_equal (hairpin, "fails"))
    return g_strdup (_("Does not work"));
  return *reason ? g_strconcat (_("Not tested"), ". ", reason, NULL) : g_strdup (_("Not tested"));
}

GPtrArray *
ptl_check_dup_facts (GVariant *result)
{
  GPtrArray *facts = ptl_facts_new ();
  gint64 checked = 0;

  add_gateway (facts, result);
  ptl_facts_add (facts, _("Public IPv4 Address"), g_strdup (ptl_check_get_text (result, "PublicIpv4")));
  ptl_facts_add (facts, _("Public IPv6 Address"), g_strdup (ptl_check_get_text (result, "PublicIpv6")));
  ptl_facts_add (facts, _("Public Address From Inside"), dup_hairpin (result));
  if (g_variant_lookup (result, "Checked", "x", &checked) && checked > 0)
    ptl_facts_add (facts, _("Checked"), ptl_format_time (checked, g_get_real_time () / G_USEC_PER_SEC));
  return facts;
}

/* --- the verdict --- */

const char *
ptl_check_verdict_icon (PtlVerdict verdict)
{
  switch (verdict)
    {
    case PTL_VERDICT_PUBLIC:
      return "object-select-symbolic";
    case PTL_VERDICT_UNKNOWN:
      return "dialog-question-symbolic";
    case PTL_VERDICT_SYMMETRIC_NAT:
      return "dialog-information-symbolic";
    default:
      return "dialog-warning-symbolic";
    }
}

const char *
ptl_check_verdict_style (PtlVerdict verdict)
{
  switch (verdict)
    {
    case PTL_VERDICT_PUBLIC:
      return "success";
    case PTL_VERDICT_UNKNOWN:
      return "dim-label";
    case PTL_VERDICT_SYMMETRIC_NAT:
      return "accent";
    default:
      return "warning";
    }
}

const char *
ptl_check_step_words (const char *step)
{
  static const char *const words[][2] = {
    { "asking", N_("Asking the router and the internet…") },
    { "router", N_("Asking the router…") },
    { "outside", N_("Asking servers on the internet…") },
    { "hairpin", N_("Testing the public address from inside…") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (step, words[i][0]))
      return _(words[i][1]);
  return "";
}
