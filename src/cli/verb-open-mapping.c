/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-ctl-limits.h"
#include "ptl-ctl-open.h"
#include "ptl-ctl-request.h"

static const PtlCtlOption options[] = {
  { "port", PTL_CTL_VALUE, "PORT", N_("The port, or a range like 8000-8010") },
  { "external", PTL_CTL_VALUE, "PORT", N_("The port outside, or “any”; otherwise the same") },
  { "protocol", PTL_CTL_VALUE, "PROTOCOL", N_("tcp, udp or both; otherwise tcp") },
  { "to", PTL_CTL_VALUE, "HOST[:PORT]", N_("The target; otherwise this computer") },
  { "router", PTL_CTL_VALUE, "ID", N_("Which router; otherwise the default one") },
  { "guarded", PTL_CTL_FLAG, NULL,
    N_("Through this computer: limits, counters and a real cut at the end") },
  { "direct", PTL_CTL_FLAG, NULL, N_("From the router straight to the target") },
  PTL_CTL_FAMILY_OPTION,
  { "allow", PTL_CTL_REPEAT, "CIDR", N_("Only this network or address; otherwise anyone") },
  PTL_CTL_OPEN_OPTIONS,
  PTL_CTL_OPTIONS_END,
};

static gboolean
parse_target (PtlCtl *self, PtlProtocol protocol, PtlEndpoint **target, GError **error)
{
  g_autoptr (GError) wrong = NULL;

  *target = ptl_ctl_parse_endpoint (self, "to", protocol, &wrong);
  if (wrong != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&wrong));
      return FALSE;
    }
  if (*target == NULL)
    *target = ptl_endpoint_new (protocol, NULL, 0, 0);
  return TRUE;
}

static gboolean
same_ports (const PtlEndpoint *a, const PtlEndpoint *b)
{
  return a->first == b->first && a->last == b->last;
}

/* --port is the port on both sides, but where --external or --to name another for theirs. */
static gboolean
combine_ports (PtlCtl *self,
               const PtlEndpoint *port,
               const PtlEndpoint *external,
               PtlEndpoint *target,
               GError **error)
{
  if (target->path != NULL)
    return TRUE;
  if (target->first == 0)
    {
      target->first = port->first;
      target->last = port->last;
    }
  else if (!same_ports (target, port) && !same_ports (external, port))
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _("Leave the port out of --to, or name the same one."), "%s",
                     _("--port is neither the port of --external nor that of --to."));
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_ports (PtlCtl *self, PtlEndpoint *port, PtlEndpoint *external, GError **error)
{
  if (!ptl_ctl_has (self, "port"))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Add --port PORT."), "%s",
                     _("The port is missing."));
      return FALSE;
    }
  if (!ptl_ctl_parse_ports (self, "port", FALSE, &port->first, &port->last, error))
    return FALSE;
  external->first = port->first;
  external->last = port->last;
  return ptl_ctl_parse_ports (self, "external", TRUE, &external->first, &external->last, error);
}

static gboolean
check_ports (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error)
{
  PtlProtocol protocol;
  g_autoptr (PtlEndpoint) port = NULL;
  g_autoptr (PtlEndpoint) external = NULL;
  g_autoptr (PtlEndpoint) target = NULL;
  g_autofree char *target_text = NULL;
  g_autofree char *external_text = NULL;

  if (!ptl_ctl_request_protocol (self, &protocol, error))
    return FALSE;
  port = ptl_endpoint_new (protocol, NULL, 0, 0);
  external = ptl_endpoint_new (protocol, NULL, 0, 0);
  if (!parse_ports (self, port, external, error) || !parse_target (self, protocol, &target, error)
      || !combine_ports (self, port, external, target, error))
    return FALSE;

  target_text = ptl_endpoint_to_string (target);
  external_text = ptl_endpoint_to_string (external);
  ptl_ctl_request_set (request, "Protocol", ptl_protocol_to_string (protocol));
  ptl_ctl_request_set (request, "Target", target_text);
  ptl_ctl_request_set (request, "PublicEndpoint", external_text);
  g_clear_pointer (&rule->target, ptl_endpoint_free);
  rule->target = g_steal_pointer (&target);
  g_clear_pointer (&rule->public_endpoint, ptl_endpoint_free);
  rule->public_endpoint = g_steal_pointer (&external);
  return TRUE;
}

static gboolean
check (PtlCtl *self, GError **error)
{
  g_autoptr (GVariantDict) request = ptl_ctl_request_new (self, PTL_KIND_MAPPING, error);

  if (request == NULL || !check_ports (self, request, self->rule, error)
      || !ptl_ctl_request_way (self, request, self->rule, error)
      || !ptl_ctl_request_family (self, request, self->rule, error)
      || !ptl_ctl_request_audience (self, request, self->rule, error)
      || !ptl_ctl_limits_take (self, request, self->rule, error))
    return FALSE;
  ptl_ctl_request_set (request, "Backend", ptl_ctl_get (self, "router"));
  return ptl_ctl_request_finish (self, request, self->rule, error);
}

const PtlCtlVerb ptl_ctl_verb_open_mapping = {
  .name = "open mapping",
  .summary = N_("Open a port in the router"),
  .details = N_("A mapping to this computer is guarded: strangers meet Portolan first, and are "
                 "cut off at the\n"
                 "end. One to another host is direct."),
  .options = options,
  .limits = PTL_CTL_LIMITS,
  .check = check,
  .run = ptl_ctl_run_open,
};
