/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-ctl-limits.h"
#include "ptl-ctl-open.h"
#include "ptl-ctl-request.h"

static const PtlCtlOption options[] = {
  { "listen", PTL_CTL_VALUE, "[ADDRESS:]PORT",
    N_("Where to listen; 127.0.0.1 without an address, port 0 = any") },
  { "to", PTL_CTL_VALUE, "HOST:PORT", N_("The target, or unix:/path of a socket") },
  { "protocol", PTL_CTL_VALUE, "PROTOCOL", N_("tcp, udp or both; otherwise tcp") },
  { "allow", PTL_CTL_REPEAT, "CIDR", N_("Only this network or address; otherwise anyone") },
  PTL_CTL_OPEN_OPTIONS,
  PTL_CTL_OPTIONS_END,
};

static gboolean
take_endpoint (PtlCtl *self,
               const char *option,
               PtlProtocol protocol,
               PtlEndpoint **endpoint,
               GVariantDict *request,
               const char *key,
               GError **error)
{
  PtlEndpoint *parsed;

  if (!ptl_ctl_has (self, option))
    {
      g_autofree char *advice
        /* Translators: the first %s is the name of an option, the second an example for it */
        = g_strdup_printf (_("Add --%s %s."), option,
                           g_str_equal (option, "to") ? "192.168.1.5:80" : "127.0.0.1:8080");

      ptl_error_set (error, PTL_ERROR_INVALID, advice,
                     /* Translators: %s is the name of an option */
                     _("--%s is missing."), option);
      return FALSE;
    }
  parsed = ptl_ctl_parse_endpoint (self, option, protocol, error);
  if (parsed == NULL)
    return FALSE;
  g_clear_pointer (endpoint, ptl_endpoint_free);
  *endpoint = parsed;
  ptl_ctl_request_set (request, key, ptl_ctl_get (self, option));
  return TRUE;
}

static gboolean
check (PtlCtl *self, GError **error)
{
  g_autoptr (GVariantDict) request = ptl_ctl_request_new (self, PTL_KIND_FORWARD, error);
  PtlProtocol protocol;

  if (request == NULL || !ptl_ctl_request_protocol (self, &protocol, error)
      || !take_endpoint (self, "listen", protocol, &self->rule->public_endpoint, request,
                         "PublicEndpoint", error)
      || !take_endpoint (self, "to", protocol, &self->rule->target, request, "Target", error)
      || !ptl_ctl_request_audience (self, request, self->rule, error)
      || !ptl_ctl_limits_take (self, request, self->rule, error))
    return FALSE;
  ptl_ctl_request_set (request, "Protocol", ptl_protocol_to_string (protocol));
  return ptl_ctl_request_finish (self, request, self->rule, error);
}

const PtlCtlVerb ptl_ctl_verb_open_forward = {
  .name = "open forward",
  .summary = N_("Forward a port of this computer to another place"),
  .options = options,
  .limits = PTL_CTL_LIMITS,
  .check = check,
  .run = ptl_ctl_run_open,
};
