/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-ctl-open.h"
#include "ptl-ctl-relay.h"
#include "ptl-ctl-request.h"

static const PtlCtlOption options[] = {
  { "relay", PTL_CTL_VALUE, "RELAY", N_("Its name, or USER@HOST[:PORT] of a new one") },
  { "key", PTL_CTL_VALUE, "FILE",
    N_("The private key for a new relay; otherwise ssh's own choice") },
  { "remote", PTL_CTL_VALUE, "[ADDRESS:]PORT",
    N_("Listen on the relay; port 0 or “any” = any free one") },
  { "local", PTL_CTL_VALUE, "[ADDRESS:]PORT",
    N_("Listen on this computer, and come out at the relay") },
  { "to", PTL_CTL_VALUE, "HOST:PORT", N_("The target, as seen from the other end") },
  { "trust-host-key", PTL_CTL_VALUE, "FINGERPRINT",
    N_("Accept this key of a new relay: SHA256:...") },
  PTL_CTL_OPEN_OPTIONS,
  PTL_CTL_OPTIONS_END,
};

static gboolean
fail (GError **error, const char *advice, const char *what)
{
  ptl_error_set (error, PTL_ERROR_INVALID, advice, "%s", what);
  return FALSE;
}

static PtlEndpoint *
parse_listen (PtlCtl *self, const char *option, GError **error)
{
  if (g_str_equal (option, "remote") && g_strcmp0 (ptl_ctl_get (self, option), "any") == 0)
    return ptl_endpoint_new (PTL_PROTOCOL_TCP, NULL, 0, 0);
  return ptl_ctl_parse_endpoint (self, option, PTL_PROTOCOL_TCP, error);
}

static gboolean
take_listen (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error)
{
  gboolean remote = ptl_ctl_has (self, "remote");
  g_autofree char *text = NULL;
  PtlEndpoint *listen;

  if (remote && ptl_ctl_has (self, "local"))
    return fail (error, _("Give one of them."), _("--remote and --local exclude each other."));
  if (!remote && !ptl_ctl_has (self, "local"))
    return fail (error,
                 _("Add --remote PORT to listen on the relay, or --local PORT to listen here."),
                 _("It is not said where to listen."));
  listen = parse_listen (self, remote ? "remote" : "local", error);
  if (listen == NULL)
    return FALSE;
  g_clear_pointer (&rule->public_endpoint, ptl_endpoint_free);
  rule->public_endpoint = listen;
  rule->way = remote ? PTL_WAY_REMOTE : PTL_WAY_LOCAL;
  text = ptl_endpoint_to_string (listen);
  ptl_ctl_request_set (request, "PublicEndpoint", text);
  ptl_ctl_request_set (request, "Way", ptl_way_to_string (rule->way));
  return TRUE;
}

static gboolean
take_target (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error)
{
  PtlEndpoint *target;

  if (!ptl_ctl_has (self, "to"))
    return fail (error, _("Add --to localhost:3000."), _("--to is missing."));
  target = ptl_ctl_parse_endpoint (self, "to", PTL_PROTOCOL_TCP, error);
  if (target == NULL)
    return FALSE;
  g_clear_pointer (&rule->target, ptl_endpoint_free);
  rule->target = target;
  ptl_ctl_request_set (request, "Target", ptl_ctl_get (self, "to"));
  return TRUE;
}

static gboolean
check_trust (PtlCtl *self, GError **error)
{
  const char *given = ptl_ctl_get (self, "trust-host-key");

  if (given == NULL || strstr (given, "SHA256:") != NULL)
    return TRUE;
  return fail (error, _("Write it as ssh shows it, like SHA256:Ab12…"),
               _("--trust-host-key: that is not the fingerprint of a key."));
}

static gboolean
check (PtlCtl *self, GError **error)
{
  g_autoptr (GVariantDict) request = ptl_ctl_request_new (self, PTL_KIND_TUNNEL, error);
  g_autoptr (PtlCtlRelay) relay = NULL;

  if (request == NULL)
    return FALSE;
  relay = ptl_ctl_relay_parse (self, error);
  if (relay == NULL || !take_listen (self, request, self->rule, error)
      || !take_target (self, request, self->rule, error) || !check_trust (self, error))
    return FALSE;
  g_free (self->rule->backend);
  self->rule->backend = g_strdup (relay->name);
  ptl_ctl_request_set (request, "Protocol", "tcp");
  return ptl_ctl_request_finish (self, request, self->rule, error);
}

static GVariant *
with_backend (GVariant *request, const char *id)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (request);

  g_variant_dict_insert (&dict, "Backend", "s", id);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* A new host key is asked about once; then the tunnel is opened again. */
static PtlRule *
open_and_ask (PtlCtl *self, GVariant *request, const char *id, GError **error)
{
  g_autoptr (GError) first = NULL;
  g_autoptr (GError) untrusted = NULL;
  PtlRule *rule = ptl_ctl_open (self, request, &first);

  if (rule != NULL)
    return rule;
  if (g_error_matches (first, PTL_ERROR, PTL_ERROR_HOST_KEY_UNKNOWN))
    {
      if (ptl_ctl_relay_trust (self, id, &untrusted))
        return ptl_ctl_open (self, request, error);
      if (untrusted != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&untrusted));
          return NULL;
        }
    }
  g_propagate_error (error, g_steal_pointer (&first));
  return NULL;
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (PtlCtlRelay) relay = ptl_ctl_relay_parse (self, error);
  g_autofree char *id = NULL;
  g_autoptr (GVariant) request = NULL;
  g_autoptr (PtlRule) rule = NULL;

  if (relay == NULL || !ptl_ctl_connect (self, error))
    return FALSE;
  id = ptl_ctl_relay_find_or_add (self, relay, error);
  if (id == NULL)
    return FALSE;
  request = with_backend (self->request, id);
  rule = open_and_ask (self, request, id, error);
  if (rule == NULL)
    return FALSE;
  ptl_ctl_print_opened (self, rule);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_open_tunnel = {
  .name = "open tunnel",
  .summary = N_("Open a tunnel through your own server, by ssh"),
  .details = N_("With --remote the relay listens and the target is reached from this computer; "
                 "with --local this\n"
                 "computer listens and the target is reached from the relay. The host key of a new "
                 "relay is asked\n"
                 "about, or given by --trust-host-key."),
  .options = options,
  .check = check,
  .run = run,
};
