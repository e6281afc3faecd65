/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-validate.h"
#include "ptl-ctl-limits.h"
#include "ptl-ctl-open.h"
#include "ptl-ctl-request.h"

static const PtlCtlOption options[] = {
  { "name", PTL_CTL_VALUE, "TEXT", N_("What to call it") },
  { "owner", PTL_CTL_VALUE, "NAME", N_("Who answers for it") },
  { "purpose", PTL_CTL_VALUE, "TEXT", N_("What it is for") },
  { "allow", PTL_CTL_REPEAT, "CIDR",
    N_("Only these networks or addresses, in place of those so far") },
  { "anyone", PTL_CTL_FLAG, NULL, N_("Let anyone connect, but for denied networks") },
  { "for", PTL_CTL_VALUE, "TIME", N_("How long from now: 45m, 2h30m, 1d") },
  { "until", PTL_CTL_VALUE, "TIME", N_("Until when: 2026-12-24T18:00, local time") },
  { "permanent", PTL_CTL_FLAG, NULL, N_("No end; needs --review") },
  { "review", PTL_CTL_VALUE, "TIME", N_("When to look at it again: 30d, or a date and time") },
  { "to", PTL_CTL_VALUE, "HOST:PORT", N_("The target") },
  { "public", PTL_CTL_VALUE, "[ADDRESS:]PORT", N_("Where to listen, or the port outside") },
  { "external", PTL_CTL_VALUE, "PORT", N_("The port outside, or “any”") },
  { "protocol", PTL_CTL_VALUE, "PROTOCOL", N_("tcp, udp or both") },
  { "router", PTL_CTL_VALUE, "ID", N_("A mapping: the router it goes over to, or “default”") },
  { "guarded", PTL_CTL_FLAG, NULL, N_("A mapping: through this computer") },
  { "direct", PTL_CTL_FLAG, NULL, N_("A mapping: from the router straight to the target") },
  { "family", PTL_CTL_VALUE, "FAMILY", N_("A mapping: by ipv4, ipv6 or both, or “auto”") },
  { "firewall", PTL_CTL_VALUE, "auto|leave",
    N_("Open this computer's firewall for it while it is open, or leave that as it is") },
  PTL_CTL_OPTIONS_END,
};

static gboolean
take_text (PtlCtl *self,
           GVariantDict *changes,
           const char *option,
           const char *key,
           const char *what,
           gsize max_chars,
           GError **error)
{
  const char *text = ptl_ctl_get (self, option);

  if (text != NULL && !ptl_validate_text (what, text, max_chars, TRUE, error))
    return FALSE;
  ptl_ctl_request_set (changes, key, text);
  return TRUE;
}

static gboolean
take_times (PtlCtl *self, GVariantDict *changes, GError **error)
{
  gint64 expires, duration, review;

  if (!ptl_ctl_parse_times (self, FALSE, &expires, &duration, &review, error))
    return FALSE;
  if (duration != 0)
    expires = g_get_real_time () / G_USEC_PER_SEC + duration;
  if (expires != 0)
    g_variant_dict_insert (changes, "Expires", "x", expires);
  if (review != 0)
    g_variant_dict_insert (changes, "Review", "x", review);
  return TRUE;
}

static gboolean
take_audience (PtlCtl *self, GVariantDict *changes, PtlRule *rule, GError **error)
{
  if (!ptl_ctl_has (self, "anyone") || !ptl_ctl_has (self, "allow"))
    return ptl_ctl_request_audience (self, changes, rule, error);
  ptl_error_set (error, PTL_ERROR_INVALID, _("Give one of them."), "%s",
                 _("--allow and --anyone exclude each other."));
  return FALSE;
}

static gboolean
take_endpoint (
    PtlCtl *self, GVariantDict *changes, const char *option, const char *key, GError **error)
{
  g_autoptr (PtlEndpoint) endpoint = NULL;

  if (!ptl_ctl_has (self, option))
    return TRUE;
  endpoint = ptl_ctl_parse_endpoint (self, option, PTL_PROTOCOL_TCP, error);
  if (endpoint == NULL)
    return FALSE;
  ptl_ctl_request_set (changes, key, ptl_ctl_get (self, option));
  return TRUE;
}

static gboolean
take_external (PtlCtl *self, GVariantDict *changes, GError **error)
{
  g_autoptr (PtlEndpoint) external = NULL;
  g_autofree char *text = NULL;

  if (!ptl_ctl_has (self, "external"))
    return TRUE;
  if (ptl_ctl_has (self, "public"))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Give one of them."), "%s",
                     _("--external and --public exclude each other."));
      return FALSE;
    }
  external = ptl_endpoint_new (PTL_PROTOCOL_TCP, NULL, 0, 0);
  if (!ptl_ctl_parse_ports (self, "external", TRUE, &external->first, &external->last, error))
    return FALSE;
  text = ptl_endpoint_to_string (external);
  ptl_ctl_request_set (changes, "PublicEndpoint", text);
  return TRUE;
}

static gboolean
take_protocol (PtlCtl *self, GVariantDict *changes, PtlRule *rule, GError **error)
{
  if (!ptl_ctl_request_protocol (self, &rule->public_endpoint->protocol, error))
    return FALSE;
  ptl_ctl_request_set (changes, "Protocol", ptl_ctl_get (self, "protocol"));
  return TRUE;
}

static void
take_router (PtlCtl *self, GVariantDict *changes)
{
  const char *router = ptl_ctl_get (self, "router");

  ptl_ctl_request_set (changes, "Backend", g_strcmp0 (router, "default") == 0 ? "" : router);
}

static gboolean
take_all (PtlCtl *self, GVariantDict *changes, PtlRule *rule, GError **error)
{
  return take_text (self, changes, "name", "Name", _("The name"), PTL_NAME_MAX_CHARS, error)
         && take_text (self, changes, "owner", "Owner", _("The owner"), PTL_OWNER_MAX_CHARS, error)
         && take_text (self, changes, "purpose", "Purpose", _("The purpose"),
                       PTL_PURPOSE_MAX_CHARS, error)
         && take_times (self, changes, error) && take_audience (self, changes, rule, error)
         && take_endpoint (self, changes, "to", "Target", error)
         && take_endpoint (self, changes, "public", "PublicEndpoint", error)
         && take_external (self, changes, error)
         && take_protocol (self, changes, rule, error)
         && ptl_ctl_request_way (self, changes, rule, error)
         && ptl_ctl_request_family (self, changes, rule, error)
         && ptl_ctl_request_firewall (self, changes, rule, error)
         && ptl_ctl_limits_take (self, changes, rule, error)
         && ptl_options_check (rule->options, ptl_rule_get_protocol (rule), NULL, error);
}

static gboolean
check (PtlCtl *self, GError **error)
{
  g_autoptr (GVariantDict) changes = g_variant_dict_new (NULL);
  g_autoptr (PtlRule) scratch = ptl_rule_new (PTL_KIND_FORWARD);

  if (!ptl_ctl_check_ids (self, error) || !take_all (self, changes, scratch, error))
    return FALSE;
  take_router (self, changes);
  self->request = g_variant_ref_sink (g_variant_dict_end (changes));
  if (g_variant_n_children (self->request) > 0)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID,
                 _("Add one of --name, --owner, --purpose, --allow, --for, --to, --rate."), "%s",
                 _("It is not said what to change."));
  return FALSE;
}

/* An audience is edited as a whole: what nothing was said of is taken from the rule. */
static gboolean
complete_audience (PtlCtl *self, const char *id, GError **error)
{
  g_autoptr (PtlRule) rule = ptl_ctl_find_rule (self, id, error);
  g_autoptr (GVariantDict) changes = g_variant_dict_new (self->request);

  if (rule == NULL || !ptl_ctl_request_audience (self, changes, rule, error))
    return FALSE;
  g_variant_unref (self->request);
  self->request = g_variant_ref_sink (g_variant_dict_end (changes));
  return TRUE;
}

static gboolean
run (PtlCtl *self, GError **error)
{
  const char *id = ptl_ctl_get_argument (self, 0);
  g_autoptr (GVariant) answer = NULL;

  if (ptl_ctl_says_audience (self) && !complete_audience (self, id, error))
    return FALSE;
  answer = ptl_ctl_call (self, "EditRule", g_variant_new ("(s@a{sv})", id, self->request), error);
  return answer != NULL && ptl_ctl_print_changed (self, id, error);
}

const PtlCtlVerb ptl_ctl_verb_edit = {
  .name = "edit",
  .arguments = "ID",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_("Name a rule by its id; “portolanctl list” shows them."),
  .summary = N_("Change a rule; connections stay unless the change forbids them"),
  .options = options,
  .limits = PTL_CTL_LIMITS_EDITED,
  .check = check,
  .run = run,
};
