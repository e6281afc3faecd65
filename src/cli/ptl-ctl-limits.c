/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-limits.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-ctl-request.h"

static const char *const help[PTL_N_OPTIONS] = {
  [PTL_OPTION_MAX_CONNECTIONS] = N_ ("At most so many connections at a time; 0 = no limit"),
  [PTL_OPTION_MAX_PER_SOURCE] = N_ ("At most so many connections of one address; 0 = no limit"),
  [PTL_OPTION_NEW_PER_SECOND] = N_ ("At most so many new connections per second; 0 = no limit"),
  [PTL_OPTION_NEW_PER_SOURCE]
  = N_ ("At most so many new connections of one address per second; 0 = no limit"),
  [PTL_OPTION_RATE] = N_ ("At most so many bytes per second, like 10M, each way; 0 = no limit"),
  [PTL_OPTION_RATE_PER_CONNECTION]
  = N_ ("At most so many bytes per second of one connection, each way; 0 = no limit"),
  [PTL_OPTION_BAN_AFTER]
  = N_ ("Ban an address that was refused so often within a minute; 0 = never"),
  [PTL_OPTION_BAN_FOR] = N_ ("How long an address is banned; otherwise 10m"),
  [PTL_OPTION_CONNECT_TIMEOUT] = N_ ("How long the target may take to answer; otherwise 10s"),
  [PTL_OPTION_IDLE_TIMEOUT]
  = N_ ("Close a connection on which nothing moves for so long; otherwise 2h"),
  [PTL_OPTION_TOTAL_TIMEOUT] = N_ ("Close a connection after so long, however busy; 0 = never"),
  [PTL_OPTION_UDP_IDLE_TIMEOUT]
  = N_ ("Forget a UDP session on which nothing moves for so long; otherwise 2m"),
  [PTL_OPTION_UDP_SESSIONS]
  = N_ ("Keep so many UDP sessions, the oldest makes room; otherwise 1024"),
  [PTL_OPTION_UDP_REPLIES]
  = N_ ("Reply bytes for each byte of an address that has not proved itself; 0 = no bound"),
  [PTL_OPTION_BALANCE]
  = N_ ("How a target is chosen: round-robin, least-connections or source-hash"),
  [PTL_OPTION_HEALTH_INTERVAL] = N_ ("Check every target so often, like 10s; 0 = never"),
  [PTL_OPTION_HEALTH_TIMEOUT] = N_ ("How long a check may take; otherwise 3s"),
  [PTL_OPTION_HEALTH_RISE] = N_ ("So many good checks bring a target back; otherwise 2"),
  [PTL_OPTION_HEALTH_FALL] = N_ ("So many failures in a row take a target out; otherwise 3"),
  [PTL_OPTION_PROXY] = N_ ("Tell the target who connects, by the PROXY protocol: v1, v2 or none"),
};

static const PtlCtlOption lists[] = {
  { "deny", PTL_CTL_REPEAT, "CIDR", N_ ("Not this network or address; the narrowest one decides") },
  { "also-to", PTL_CTL_REPEAT, "HOST:PORT", N_ ("A further target; without a port that of the first") },
  { "backup-to", PTL_CTL_REPEAT, "HOST:PORT", N_ ("A target for when no other is left") },
  { "proxy-from", PTL_CTL_REPEAT, "CIDR",
    N_ ("Believe, and ask for, the PROXY header of this network") },
  PTL_CTL_OPTIONS_END,
};

static const PtlCtlOption takes_back[] = {
  { "deny-none", PTL_CTL_FLAG, NULL, N_ ("Deny no network any more") },
  { "only-target", PTL_CTL_FLAG, NULL, N_ ("Drop all further targets") },
  { "proxy-from-none", PTL_CTL_FLAG, NULL, N_ ("Ask nobody for a PROXY header any more") },
  PTL_CTL_OPTIONS_END,
};

/* What each list excludes. */
static const char *const pairs[][2] = {
  { "deny", "deny-none" },
  { "also-to", "only-target" },
  { "backup-to", "only-target" },
  { "proxy-from", "proxy-from-none" },
};

static const char *
placeholder (PtlOptionType type)
{
  switch (type)
    {
    case PTL_OPTION_TYPE_SECONDS:
      return "TIME";
    case PTL_OPTION_TYPE_BYTES:
      return "BYTES";
    case PTL_OPTION_TYPE_WORD:
      return "WORD";
    case PTL_OPTION_TYPE_COUNT:
    default:
      return "N";
    }
}

static char *
dup_name (PtlOption option)
{
  return g_strdelimit (g_strdup (ptl_option_get_spec (option)->name), "_", '-');
}

static void
append (GArray *options, const PtlCtlOption *more)
{
  for (; more->name != NULL; more++)
    g_array_append_vals (options, more, 1);
}

static PtlCtlOption *
make_options (gboolean editing)
{
  g_autoptr (GArray) options = g_array_new (TRUE, TRUE, sizeof (PtlCtlOption));

  append (options, lists);
  if (editing)
    append (options, takes_back);
  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    {
      PtlCtlOption option
          = { dup_name (i), PTL_CTL_VALUE, placeholder (ptl_option_get_spec (i)->type), help[i] };

      g_array_append_val (options, option);
    }
  return (PtlCtlOption *) (gpointer) g_array_free (g_steal_pointer (&options), FALSE);
}

const PtlCtlOption *
ptl_ctl_limits_get_options (gboolean editing)
{
  static PtlCtlOption *made[2];

  if (made[editing] == NULL)
    made[editing] = make_options (editing);
  return made[editing];
}

static gboolean
check_pairs (PtlCtl *self, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (ptl_ctl_has (self, pairs[i][0]) && ptl_ctl_has (self, pairs[i][1]))
      {
        ptl_error_set (error, PTL_ERROR_INVALID, _ ("Give one of them."),
                       /* Translators: the names of two options */
                       _ ("--%s and --%s exclude each other."), pairs[i][0], pairs[i][1]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
take_values (PtlCtl *self, GVariantDict *options, GError **error)
{
  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    {
      const PtlOptionSpec *spec = ptl_option_get_spec (i);
      g_autofree char *name = dup_name (i);
      const char *text = ptl_ctl_get (self, name);
      guint64 value;

      if (text == NULL)
        continue;
      if (!ptl_option_parse (i, text, &value, error))
        return ptl_ctl_prefix_error (error, name);
      if (spec->words != NULL)
        g_variant_dict_insert (options, spec->key, "s", spec->words[value]);
      else
        g_variant_dict_insert (options, spec->key, "t", value);
    }
  return TRUE;
}

static gboolean
add_targets (PtlCtl *self, const char *option, GStrvBuilder *targets, GError **error)
{
  const char *before = g_str_equal (option, "backup-to") ? "!" : "";
  guint n;
  const char *const *values = ptl_ctl_get_all (self, option, &n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PtlEndpoint) endpoint = ptl_endpoint_parse (values[i], PTL_PROTOCOL_TCP, error);
      g_autofree char *text = g_strconcat (before, values[i], NULL);

      if (endpoint == NULL)
        return ptl_ctl_prefix_error (error, option);
      g_strv_builder_add (targets, text);
    }
  return TRUE;
}

static gboolean
take_targets (PtlCtl *self, GVariantDict *options, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) targets = NULL;

  if (!add_targets (self, "also-to", builder, error)
      || !add_targets (self, "backup-to", builder, error))
    return FALSE;
  targets = g_strv_builder_end (builder);
  if (*targets != NULL || ptl_ctl_has (self, "only-target"))
    g_variant_dict_insert (options, "Targets", "^as", targets);
  return TRUE;
}

static gboolean
take_proxies (PtlCtl *self, GVariantDict *options, GError **error)
{
  guint n;
  const char *const *values = ptl_ctl_get_all (self, "proxy-from", &n);

  for (guint i = 0; i < n; i++)
    if (!ptl_network_parse (values[i], &(PtlNetwork){ 0 }, error))
      return ptl_ctl_prefix_error (error, "proxy-from");
  if (n > 0 || ptl_ctl_has (self, "proxy-from-none"))
    g_variant_dict_insert_value (options, "ProxyFrom", g_variant_new_strv (values, n));
  return TRUE;
}

gboolean
ptl_ctl_limits_take (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error)
{
  g_autoptr (GVariantDict) given = g_variant_dict_new (NULL);
  g_autoptr (GVariant) options = NULL;

  if (!check_pairs (self, error) || !take_values (self, given, error)
      || !take_targets (self, given, error) || !take_proxies (self, given, error))
    return FALSE;
  options = g_variant_ref_sink (g_variant_dict_end (given));
  if (g_variant_n_children (options) == 0)
    return TRUE;
  g_variant_dict_insert_value (request, "Options", options);
  return ptl_options_apply (rule->options, options, ptl_rule_get_protocol (rule), error);
}
