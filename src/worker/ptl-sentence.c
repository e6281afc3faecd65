/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-sentence.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-time.h"

/* Of a long list so many are named. */
#define NETWORKS_SAID 8

static const char *
protocol_words (const PtlRule *rule)
{
  switch (ptl_rule_get_protocol (rule))
    {
    case PTL_PROTOCOL_UDP:
      return "UDP";
    case PTL_PROTOCOL_BOTH:
      return "TCP and UDP";
    case PTL_PROTOCOL_TCP:
    case PTL_PROTOCOL_NONE:
    default:
      return "TCP";
    }
}

static char *
ports_words (const PtlEndpoint *endpoint)
{
  if (endpoint->first == 0)
    return g_strdup ("any free port");
  if (endpoint->first == endpoint->last)
    return g_strdup_printf ("port %u", endpoint->first);
  return g_strdup_printf ("ports %u to %u", endpoint->first, endpoint->last);
}

static char *
end_words (const PtlRule *rule)
{
  g_autofree char *time = ptl_time_to_rfc3339 (rule->expires != 0 ? rule->expires : rule->review);

  if (rule->expires != 0)
    return g_strdup_printf ("until %s", time);
  return g_strdup_printf ("until you close it, to be reviewed at %s", time);
}

static char *
network_words (const PtlAudience *audience, gboolean denied)
{
  g_autoptr (GString) words = g_string_new (NULL);
  guint n = denied ? ptl_audience_get_n_denied (audience) : ptl_audience_get_n_networks (audience);

  for (guint i = 0; i < MIN (n, NETWORKS_SAID); i++)
    {
      g_autofree char *network = ptl_network_to_string (denied ? ptl_audience_get_denied (audience, i)
                                                               : ptl_audience_get_network (audience, i));

      g_string_append_printf (words, "%s%s", i > 0 ? ", " : "", network);
    }
  if (n > NETWORKS_SAID)
    g_string_append_printf (words, " and %u more", n - NETWORKS_SAID);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* "anyone", "10.0.0.0/8 but not 10.0.0.5/32" */
static char *
audience_words (const PtlRule *rule)
{
  g_autofree char *allowed = network_words (rule->audience, FALSE);
  g_autofree char *denied = network_words (rule->audience, TRUE);

  return g_strconcat (*allowed != '\0' ? allowed : "anyone", *denied != '\0' ? " but not " : "",
                      denied, NULL);
}

/* What the engine keeps to beside that, as a sentence of its own. */
static char *
with_options (const PtlRule *rule, char *sentence)
{
  g_autofree char *before = sentence;
  g_auto (GStrv) words = ptl_options_to_words (rule->options, FALSE);
  g_autofree char *listed = g_strjoinv ("; ", words);

  return *listed == '\0' ? g_steal_pointer (&before) : g_strdup_printf ("%s %s.", before, listed);
}

static char *
mapping_sentence (const PtlRule *rule, const char *router, const char *target, const char *end)
{
  g_autofree char *ports = ports_words (rule->public_endpoint);
  g_autofree char *audience = audience_words (rule);
  const char *only = ptl_audience_get_n_networks (rule->audience) > 0 ? "only " : "";

  if (rule->way != PTL_WAY_DIRECT)
    return g_strdup_printf ("The router %s will let %s%s reach %s %s from the internet, through this "
                            "computer to %s, %s; then it is closed and connections are cut.",
                            router, only, audience, protocol_words (rule), ports, target, end);
  return g_strdup_printf ("The router %s will let %s%s reach %s %s from the internet, straight to %s, "
                          "%s. The router decides alone: connections that are open at the end may "
                          "go on, nothing is counted, and %s.",
                          router, only, audience, protocol_words (rule), ports, target, end,
                          ptl_audience_is_anyone (rule->audience)
                              ? "it lets in anyone"
                              : "an audience is kept only where the router can");
}

static char *
tunnel_sentence (const PtlRule *rule, const char *target, const char *end)
{
  g_autofree char *ports = ports_words (rule->public_endpoint);
  g_autofree char *listen = ptl_endpoint_to_string (rule->public_endpoint);

  if (rule->way == PTL_WAY_LOCAL)
    return g_strdup_printf ("Connections to %s on this computer will go through the relay to %s, %s.",
                            listen, target, end);
  return g_strdup_printf ("Connections to %s of the relay will be led to %s, %s.", ports, target, end);
}

char *
ptl_sentence_for_rule (const PtlRule *rule, const char *router)
{
  g_autofree char *target = ptl_endpoint_to_string (rule->target);
  g_autofree char *end = end_words (rule);
  g_autofree char *listen = ptl_endpoint_to_string (rule->public_endpoint);
  g_autofree char *audience = audience_words (rule);

  switch (rule->kind)
    {
    case PTL_KIND_MAPPING:
      return with_options (rule, mapping_sentence (rule, router != NULL ? router : "of this network",
                                                   target, end));
    case PTL_KIND_TUNNEL:
      return tunnel_sentence (rule, target, end);
    case PTL_KIND_FORWARD:
    default:
      return with_options (
          rule, g_strdup_printf ("Connections by %s to %s (%s) on this computer will be passed on to %s, "
                                 "%s; then it is closed and connections are cut.",
                                 audience, listen, protocol_words (rule), target, end));
    }
}

/* UPnP's RemoteHost holds one address, and is read back. NAT-PMP has no filter at all. PCP's FILTER holds any
 * network, but cannot be read back, and routers are known that grant it and let in anyone (miniupnpd 2.3.1). */
static gboolean
lease_keeps_audience (const PtlLease *lease, const PtlAudience *audience)
{
  const PtlNetwork *network;

  if (g_str_equal (lease->system, "engine"))
    return TRUE;
  if (!g_str_equal (lease->system, "upnp"))
    return FALSE;
  network = ptl_audience_get_network (audience, 0);
  return network->prefix == (network->family == 4 ? 32 : 128);
}

static GError *
caveat_of (const PtlLease *lease)
{
  const char *advice = _("Where that matters, close this rule and open it anew as guarded: "
                         "then this computer keeps the others out.");

  if (g_str_equal (lease->system, "pcp"))
    return ptl_error_new (PTL_ERROR_NOT_SUPPORTED, advice,
                          _("The router says that it keeps the audience, but that cannot be checked: "
                            "some routers let in anyone all the same."));
  return ptl_error_new (PTL_ERROR_NOT_SUPPORTED, advice,
                        _("This router lets in anyone: it cannot keep an audience by itself."));
}

GError *
ptl_sentence_dup_caveat (const PtlRule *rule)
{
  if (rule->kind != PTL_KIND_MAPPING || rule->way != PTL_WAY_DIRECT ||
      ptl_audience_is_anyone (rule->audience))
    return NULL;
  for (guint i = 0; i < rule->leases->len; i++)
    if (!lease_keeps_audience (rule->leases->pdata[i], rule->audience))
      return caveat_of (rule->leases->pdata[i]);
  return NULL;
}
