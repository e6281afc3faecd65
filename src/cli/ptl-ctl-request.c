/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-request.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-time.h"
#include "core/ptl-validate.h"

static gboolean
fail (GError **error, const char *advice, const char *what)
{
  ptl_error_set (error, PTL_ERROR_INVALID, advice, "%s", what);
  return FALSE;
}

gboolean
ptl_ctl_prefix_error (GError **error, const char *option)
{
  if (error != NULL && *error != NULL)
    g_prefix_error (error, "--%s: ", option);
  return FALSE;
}

static gint64
now_seconds (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* --- times --- */

static gboolean
parse_until (PtlCtl *self, gint64 *expires, GError **error)
{
  const char *text = ptl_ctl_get (self, "until");

  if (text == NULL)
    return TRUE;
  if (!ptl_time_parse (text, expires, error))
    return ptl_ctl_prefix_error (error, "until");
  if (*expires > now_seconds ())
    return TRUE;
  return fail (error, _("Choose a later time."), _("--until: that time has already passed."));
}

static gboolean
parse_for (PtlCtl *self, gint64 *duration, GError **error)
{
  const char *text = ptl_ctl_get (self, "for");

  return text == NULL || ptl_duration_parse (text, duration, error)
         || ptl_ctl_prefix_error (error, "for");
}

/* A length of time from now, or a date. */
static gboolean
parse_review (PtlCtl *self, gint64 *review, GError **error)
{
  const char *text = ptl_ctl_get (self, "review");
  gint64 duration;

  if (strchr (text, 'T') != NULL)
    return ptl_time_parse (text, review, error) || ptl_ctl_prefix_error (error, "review");
  if (!ptl_duration_parse (text, &duration, error))
    return ptl_ctl_prefix_error (error, "review");
  *review = now_seconds () + duration;
  return TRUE;
}

static gboolean
check_which (PtlCtl *self, gboolean required, GError **error)
{
  guint n
      = ptl_ctl_has (self, "for") + ptl_ctl_has (self, "until") + ptl_ctl_has (self, "permanent");

  if (n > 1)
    return fail (
        error, _("Give one of them."),
        _("More than one end was given: --for, --until and --permanent exclude each other."));
  if (ptl_ctl_has (self, "permanent") && !ptl_ctl_has (self, "review"))
    return fail (error, _("Add --review 30d."), _("A permanent rule needs a review date."));
  if (ptl_ctl_has (self, "review") && !ptl_ctl_has (self, "permanent"))
    return fail (error, _("Add --permanent, or leave --review out."),
                 _("A review date is for permanent rules."));
  if (n == 0 && required)
    return fail (error,
                 _("Add --for 3h, --until 2026-12-24T18:00, or --permanent --review 30d."),
                 _("It is not said for how long."));
  return TRUE;
}

gboolean
ptl_ctl_parse_times (PtlCtl *self,
                     gboolean required,
                     gint64 *expires,
                     gint64 *duration,
                     gint64 *review,
                     GError **error)
{
  *expires = *duration = *review = 0;
  if (!check_which (self, required, error) || !parse_for (self, duration, error)
      || !parse_until (self, expires, error))
    return FALSE;
  return !ptl_ctl_has (self, "review") || parse_review (self, review, error);
}

/* --- endpoints --- */

PtlEndpoint *
ptl_ctl_parse_endpoint (PtlCtl *self, const char *option, PtlProtocol protocol, GError **error)
{
  const char *text = ptl_ctl_get (self, option);
  PtlEndpoint *endpoint;

  if (text == NULL)
    return NULL;
  endpoint = ptl_endpoint_parse (text, protocol, error);
  if (endpoint == NULL)
    ptl_ctl_prefix_error (error, option);
  return endpoint;
}

gboolean
ptl_ctl_parse_ports (PtlCtl *self,
                     const char *option,
                     gboolean any,
                     guint16 *first,
                     guint16 *last,
                     GError **error)
{
  const char *text = ptl_ctl_get (self, option);

  if (text == NULL)
    return TRUE;
  if (any && g_str_equal (text, "any"))
    {
      *first = *last = 0;
      return TRUE;
    }
  return ptl_port_range_parse (text, any, first, last, error)
         || ptl_ctl_prefix_error (error, option);
}

/* --- the request --- */

void
ptl_ctl_request_set (GVariantDict *request, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_dict_insert (request, key, "s", text);
}

static void
set_text (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text != NULL ? text : "");
}

static gboolean
take_texts (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error)
{
  const char *owner = ptl_ctl_get (self, "owner");

  /* In a script the login name says nothing: there the owner is asked for. */
  if (owner == NULL && self->at_terminal)
    owner = g_get_user_name ();
  if (owner == NULL)
    return fail (error, _("Add --owner NAME."), _("The owner is missing."));
  if (!ptl_ctl_has (self, "purpose"))
    return fail (error, _("Add --purpose TEXT."), _("The purpose is missing."));
  set_text (&rule->owner, owner);
  set_text (&rule->purpose, ptl_ctl_get (self, "purpose"));
  set_text (&rule->name, ptl_ctl_get (self, "name"));
  set_text (&rule->override, ptl_ctl_get (self, "override"));
  ptl_ctl_request_set (request, "Owner", owner);
  ptl_ctl_request_set (request, "Purpose", rule->purpose);
  ptl_ctl_request_set (request, "Name", ptl_ctl_get (self, "name"));
  ptl_ctl_request_set (request, "Override", ptl_ctl_get (self, "override"));
  if (ptl_ctl_has (self, "name")
      && !ptl_validate_text (_("The name"), rule->name, PTL_NAME_MAX_CHARS, TRUE, error))
    return FALSE;
  return TRUE;
}

/* A length of time is sent as such, so that it counts from when the worker takes the request. */
static gboolean
take_times (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error)
{
  gint64 duration;

  if (!ptl_ctl_parse_times (self, TRUE, &rule->expires, &duration, &rule->review, error))
    return FALSE;
  if (duration != 0)
    g_variant_dict_insert (request, "Duration", "x", duration);
  else if (rule->expires != 0)
    g_variant_dict_insert (request, "Expires", "x", rule->expires);
  else
    g_variant_dict_insert (request, "Review", "x", rule->review);
  if (duration != 0)
    rule->expires = now_seconds () + duration;
  return TRUE;
}

gboolean
ptl_ctl_request_firewall (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error)
{
  const char *wish = ptl_ctl_get (self, "firewall");

  if (wish == NULL)
    return TRUE;
  if (!ptl_firewall_wish_from_string (wish, &rule->firewall, error))
    return ptl_ctl_prefix_error (error, "firewall");
  ptl_ctl_request_set (request, "Firewall", wish);
  return TRUE;
}

GVariantDict *
ptl_ctl_request_new (PtlCtl *self, PtlKind kind, GError **error)
{
  g_autoptr (GVariantDict) request = g_variant_dict_new (NULL);
  g_autoptr (PtlRule) rule = ptl_rule_new (kind);

  ptl_ctl_request_set (request, "Kind", ptl_kind_to_string (kind));
  if (!take_texts (self, request, rule, error) || !take_times (self, request, rule, error)
      || !ptl_ctl_request_firewall (self, request, rule, error))
    return NULL;
  g_clear_pointer (&self->rule, ptl_rule_free);
  self->rule = g_steal_pointer (&rule);
  return g_steal_pointer (&request);
}

gboolean
ptl_ctl_request_protocol (PtlCtl *self, PtlProtocol *protocol, GError **error)
{
  const char *text = ptl_ctl_get (self, "protocol");

  *protocol = PTL_PROTOCOL_TCP;
  return text == NULL || ptl_protocol_from_string (text, protocol, error)
         || ptl_ctl_prefix_error (error, "protocol");
}

gboolean
ptl_ctl_says_audience (PtlCtl *self)
{
  return ptl_ctl_has (self, "allow") || ptl_ctl_has (self, "deny") || ptl_ctl_has (self, "anyone")
         || ptl_ctl_has (self, "deny-none");
}

static gboolean
add_networks (PtlCtl *self,
              const char *option,
              const char *before,
              GStrvBuilder *networks,
              GError **error)
{
  guint n;
  const char *const *values = ptl_ctl_get_all (self, option, &n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strconcat (before, values[i], NULL);

      if (!ptl_network_parse (values[i], &(PtlNetwork) { 0 }, error))
        return ptl_ctl_prefix_error (error, option);
      g_strv_builder_add (networks, text);
    }
  return TRUE;
}

/* Those of @audience that nothing was said of. */
static void
keep_networks (PtlCtl *self, const PtlAudience *audience, GStrvBuilder *networks)
{
  gboolean keeps_allowed = !ptl_ctl_has (self, "allow") && !ptl_ctl_has (self, "anyone");
  gboolean keeps_denied = !ptl_ctl_has (self, "deny") && !ptl_ctl_has (self, "deny-none");
  g_auto (GStrv) before = ptl_audience_to_strv (audience);

  for (char **text = before; *text != NULL; text++)
    if (**text == '!' ? keeps_denied : keeps_allowed)
      g_strv_builder_add (networks, *text);
}

gboolean
ptl_ctl_request_audience (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) networks = NULL;
  PtlAudience *audience;

  if (!ptl_ctl_says_audience (self))
    return TRUE;
  if (!add_networks (self, "allow", "", builder, error)
      || !add_networks (self, "deny", "!", builder, error))
    return FALSE;
  keep_networks (self, rule->audience, builder);
  networks = g_strv_builder_end (builder);
  audience = ptl_audience_new ((const char *const *) networks, error);
  if (audience == NULL)
    return FALSE;
  ptl_audience_unref (rule->audience);
  rule->audience = audience;
  g_variant_dict_insert (request, "Audience", "^as", networks);
  return TRUE;
}

gboolean
ptl_ctl_request_way (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error)
{
  gboolean guarded = ptl_ctl_has (self, "guarded");
  gboolean direct = ptl_ctl_has (self, "direct");

  if (guarded && direct)
    return fail (error, _("Give one of them."), _("--guarded and --direct exclude each other."));
  if (guarded || direct)
    {
      rule->way = guarded ? PTL_WAY_GUARDED : PTL_WAY_DIRECT;
      ptl_ctl_request_set (request, "Way", ptl_way_to_string (rule->way));
    }
  return TRUE;
}

gboolean
ptl_ctl_request_family (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error)
{
  const char *family = ptl_ctl_get (self, "family");

  if (family == NULL)
    return TRUE;
  if (!ptl_family_from_string (family, &rule->family, error))
    return ptl_ctl_prefix_error (error, "family");
  ptl_ctl_request_set (request, "Family", family);
  return TRUE;
}

gboolean
ptl_ctl_request_finish (PtlCtl *self, GVariantDict *request, PtlRule *rule, GError **error)
{
  ptl_rule_settle (rule);
  if (!ptl_rule_validate (rule, now_seconds (), error))
    return FALSE;
  g_clear_pointer (&self->request, g_variant_unref);
  self->request = g_variant_ref_sink (g_variant_dict_end (request));
  return TRUE;
}
