/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-policy.h"

/* What answers at a target, before it is put before others. */

typedef struct
{
  PtlService *self;
  GDBusMethodInvocation *invocation;
  PtlRule *rule;
  char *who;
  PtlServiceIdentifiedFunc func;
} Call;

static void
on_rule_identified (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  g_autoptr (PtlService) self = call->self;
  g_autoptr (GPtrArray) identified
      = ptl_identifier_ask_rule_finish (PTL_IDENTIFIER (source), result, NULL);
  g_autofree char *who = call->who;

  if (self->parts.inventory != NULL)
    call->func (self, call->invocation, call->rule, identified, who);
  else
    {
      ptl_rule_free (call->rule);
      ptl_service_fail (call->invocation,
                        ptl_error_new (PTL_ERROR_CANCELLED, NULL, _ ("The worker is ending.")));
    }
  g_free (call);
}

void
ptl_service_identify_rule (PtlService *self,
                           GDBusMethodInvocation *invocation,
                           PtlRule *rule,
                           PtlIdentifierHaste haste,
                           const char *who,
                           PtlServiceIdentifiedFunc func)
{
  Call *call = g_new0 (Call, 1);

  call->self = g_object_ref (self);
  call->invocation = invocation;
  call->rule = rule;
  call->who = g_strdup (who);
  call->func = func;
  ptl_identifier_ask_rule_async (self->parts.identifier, rule, haste, NULL, on_rule_identified,
                                 call);
}

/* What policy would say, were strangers let in to it. */
static void
add_refusal (GVariantDict *dict, const PtlIdentified *identified)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (GError) error = NULL;
  g_autofree char *what = NULL;
  g_autofree char *advice = NULL;

  if (identified->identity == NULL
      || ptl_policy_check_identity (rule, identified->where, identified->identity, &error))
    return;
  what = ptl_error_dup_what (error);
  advice = ptl_error_dup_advice (error);
  g_variant_dict_insert (dict, "Refusal", "s", what);
  g_variant_dict_insert (dict, "BetterWay", "s", advice);
}

GVariant *
ptl_service_identified_to_variant (const PtlIdentified *identified)
{
  g_autoptr (GVariant) identity
      = identified->identity != NULL
            ? g_variant_ref_sink (ptl_identity_to_variant (identified->identity))
            : NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, identity);
  g_variant_dict_insert (&dict, "Where", "s", identified->where);
  g_variant_dict_insert (&dict, "State", "s", ptl_seen_to_string (identified->state));
  g_variant_dict_insert (&dict, "Unfinished", "b", identified->unfinished);
  add_refusal (&dict, identified);
  return g_variant_dict_end (&dict);
}

static void
on_identified (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlIdentified) identified
      = ptl_identifier_ask_finish (PTL_IDENTIFIER (source), result, &error);

  if (identified != NULL)
    g_dbus_method_invocation_return_value (
        data, g_variant_new ("(@a{sv})", ptl_service_identified_to_variant (identified)));
  else
    ptl_service_fail (data, g_steal_pointer (&error));
}

static void
tell_known (PtlService *self, GDBusMethodInvocation *invocation, const PtlEndpoint *target)
{
  g_autoptr (PtlIdentified) known = ptl_identifier_dup_known (self->parts.identifier, target);
  g_autofree char *where = ptl_endpoint_to_string (target);
  PtlIdentified nothing = { .where = where, .state = PTL_SEEN_FAILED };

  g_dbus_method_invocation_return_value (
      invocation,
      g_variant_new ("(@a{sv})",
                     ptl_service_identified_to_variant (known != NULL ? known : &nothing)));
}

static void
identify_target (PtlService *self,
                 GDBusMethodInvocation *invocation,
                 GVariant *arguments,
                 const char *who)
{
  g_autoptr (PtlEndpoint) target = NULL;
  PtlProtocol protocol;
  GError *error = NULL;
  const char *text, *name;
  gboolean known;

  g_variant_get (arguments, "(&s&sb)", &text, &name, &known);
  if (ptl_protocol_from_string (name, &protocol, &error))
    target = ptl_endpoint_parse (text, protocol, &error);
  if (target == NULL)
    ptl_service_fail (invocation, error);
  else if (known)
    tell_known (self, invocation, target);
  else
    ptl_identifier_ask_async (self->parts.identifier, target, PTL_IDENTIFIER_LOOK, NULL,
                              on_identified, invocation);
}

const PtlServiceMethod ptl_service_identify_methods[] = {
  { "handle-identify-target", identify_target, FALSE },
  { NULL, NULL, FALSE },
};
