/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-policy.h"
#include "worker/ptl-request.h"
#include "worker/ptl-routers.h"
#include "worker/ptl-sentence.h"

/* A tunnel's relay may be given by name; rules hold the id. */
static gboolean
settle_relay (PtlService *self, PtlRule *rule, GError **error)
{
  const PtlRelayView *view;

  if (rule->kind != PTL_KIND_TUNNEL || *rule->backend == '\0')
    return TRUE;
  view = ptl_relays_find (self->parts.relays, rule->backend, error);
  if (view == NULL)
    return FALSE;
  g_free (rule->backend);
  rule->backend = g_strdup (view->relay->id);
  return TRUE;
}

static PtlRule *
read_request (PtlService *self, GVariant *arguments, GError **error)
{
  g_autoptr (GVariant) request = g_variant_get_child_value (arguments, 0);
  g_autoptr (PtlRule) rule =
      ptl_request_to_rule (request, ptl_clock_get_wall (self->parts.clock), error);

  if (rule == NULL || !settle_relay (self, rule, error))
    return NULL;
  return g_steal_pointer (&rule);
}

/* @rule: (transfer full) (nullable), and then @error (transfer full) says why. */
typedef void (*WithRuleFunc) (PtlService *self, GDBusMethodInvocation *invocation, PtlRule *rule, GError *error, const char *who);

typedef struct
{
  PtlService *self;
  GDBusMethodInvocation *invocation;
  WithRuleFunc func;
  char *who;
} Adoption;

static void
on_adopted (GObject *source, GAsyncResult *result, gpointer data)
{
  Adoption *adoption = data;
  g_autoptr (PtlService) self = adoption->self;
  g_autofree char *who = adoption->who;
  GDBusMethodInvocation *invocation = adoption->invocation;
  WithRuleFunc func = adoption->func;
  GError *error = NULL;
  PtlRule *rule = ptl_foreign_adopt_finish (PTL_FOREIGN (source), result, &error);

  g_free (adoption);
  if (self->parts.inventory != NULL)
    {
      func (self, invocation, rule, error, who);
      return;
    }
  g_clear_error (&error);
  g_clear_pointer (&rule, ptl_rule_free);
  ptl_service_fail (invocation, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The worker is ending.")));
}

/* Of a request that adopts an entry in the router that one says most, which may have to be asked first. */
static void
with_rule (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who, WithRuleFunc func)
{
  g_autoptr (GVariant) request = g_variant_get_child_value (arguments, 0);
  g_autoptr (GVariant) adopt = g_variant_lookup_value (request, "Adopt", G_VARIANT_TYPE_STRING);
  GError *error = NULL;
  Adoption *adoption;
  PtlRule *rule;

  if (adopt == NULL)
    {
      rule = read_request (self, arguments, &error);
      func (self, invocation, rule, error, who);
      return;
    }
  adoption = g_new (Adoption, 1);
  adoption->self = g_object_ref (self);
  adoption->invocation = invocation;
  adoption->func = func;
  adoption->who = g_strdup (who);
  ptl_foreign_adopt_async (self->parts.foreign, request, on_adopted, adoption);
}

/* @identified: (nullable): what answers at its targets. */
static void
open_now (PtlService *self,
          GDBusMethodInvocation *invocation,
          PtlRule *rule,
          GPtrArray *identified,
          const char *who)
{
  GError *error = NULL;
  g_autofree char *id = ptl_changes_open (self->parts.changes, rule, who, &error);

  if (id == NULL)
    {
      ptl_service_fail (invocation, error);
      return;
    }
  if (ptl_afterlook_is_due (identified))
    ptl_afterlook_begin (self->parts.afterlook, ptl_inventory_get (self->parts.inventory, id));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", id));
}

static void
open_identified (PtlService *self,
                 GDBusMethodInvocation *invocation,
                 PtlRule *rule,
                 GPtrArray *identified,
                 const char *who)
{
  GError *error = NULL;

  if (ptl_afterlook_check (rule, identified, &error))
    {
      open_now (self, invocation, rule, identified, who);
      return;
    }
  ptl_rule_free (rule);
  ptl_service_fail (invocation, error);
}

static gboolean
wants_a_look (const PtlRule *rule)
{
  return *rule->override == '\0' && ptl_policy_is_before_strangers (rule);
}

/* What would let strangers in to something is looked at first; what is refused anyway is refused at once. */
static void
open_with (PtlService *self, GDBusMethodInvocation *invocation, PtlRule *rule, GError *error, const char *who)
{
  if (rule != NULL && !ptl_changes_check (self->parts.changes, rule, &error))
    g_clear_pointer (&rule, ptl_rule_free);
  if (rule == NULL)
    ptl_service_fail (invocation, error);
  else if (wants_a_look (rule))
    ptl_service_identify_rule (self, invocation, rule, PTL_IDENTIFIER_OPEN, who, open_identified);
  else
    open_now (self, invocation, rule, NULL, who);
}

static void
open_rule (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  with_rule (self, invocation, arguments, who, open_with);
}

static char *
router_of (PtlService *self, const PtlRule *rule)
{
  PtlRouter *router = ptl_routers_find (self->parts.discovery, rule->backend, NULL);

  return router != NULL ? g_strdup (ptl_router_get_name (router)) : NULL;
}

static gboolean
check_router (PtlService *self, const PtlRule *rule, GError **error)
{
  return rule->kind != PTL_KIND_MAPPING ||
         ptl_routers_find (self->parts.discovery, rule->backend, error) != NULL;
}

static GVariant *
answering_to_variant (GPtrArray *identified)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; identified != NULL && i < identified->len; i++)
    g_variant_builder_add_value (&builder, ptl_service_identified_to_variant (identified->pdata[i]));
  return g_variant_builder_end (&builder);
}

static void
check_identified (PtlService *self,
                  GDBusMethodInvocation *invocation,
                  PtlRule *owned,
                  GPtrArray *identified,
                  const char *who)
{
  g_autoptr (PtlRule) rule = owned;
  g_autoptr (GVariant) fields = NULL;
  g_autofree char *router = NULL;
  g_autofree char *sentence = NULL;
  GError *error = NULL;
  GVariantDict plan;

  if (!ptl_afterlook_check (rule, identified, &error))
    {
      ptl_service_fail (invocation, error);
      return;
    }
  router = rule->kind == PTL_KIND_MAPPING ? router_of (self, rule) : NULL;
  sentence = ptl_sentence_for_rule (rule, router);
  fields = g_variant_ref_sink (ptl_rule_to_variant (rule));
  g_variant_dict_init (&plan, fields);
  g_variant_dict_insert (&plan, "Sentence", "s", sentence);
  g_variant_dict_insert (&plan, "Id", "s", "");
  g_variant_dict_insert_value (&plan, "Answering", answering_to_variant (identified));
  g_dbus_method_invocation_return_value (invocation,
                                         g_variant_new ("(@a{sv})", g_variant_dict_end (&plan)));
}

static void
check_with (PtlService *self, GDBusMethodInvocation *invocation, PtlRule *owned, GError *error, const char *who)
{
  g_autoptr (PtlRule) rule = owned;

  if (rule == NULL || !ptl_changes_may_write (self->parts.changes, &error) ||
      !ptl_changes_check (self->parts.changes, rule, &error) || !check_router (self, rule, &error))
    {
      ptl_service_fail (invocation, error);
      return;
    }
  ptl_service_identify_rule (self, invocation, g_steal_pointer (&rule), PTL_IDENTIFIER_LOOK, who, check_identified);
}

static void
check_rule (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  with_rule (self, invocation, arguments, who, check_with);
}

/* Whole ids for prefixes: all of them or none. */
static char **
resolve_all (PtlService *self, GVariant *arguments, GError **error)
{
  g_autofree const char **given = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_variant_get_child (arguments, 0, "^a&s", &given);
  if (!ptl_request_check_ids (given, error))
    return NULL;
  for (guint i = 0; given[i] != NULL; i++)
    {
      g_autofree char *id = ptl_service_resolve (self, given[i], error);

      if (id == NULL)
        return NULL;
      g_strv_builder_add (builder, id);
    }
  return g_strv_builder_end (builder);
}

/* @error: (transfer full) (nullable) */
static void
answer_empty (GDBusMethodInvocation *invocation, GError *error)
{
  if (error == NULL)
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    ptl_service_fail (invocation, error);
}

static gboolean
read_reason (const char *text, PtlCloseReason *reason, GError **error)
{
  if (!ptl_close_reason_from_string (text, reason, error))
    return FALSE;
  if (*reason == PTL_CLOSE_REASON_REVOKED || *reason == PTL_CLOSE_REASON_SUPERSEDED)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _("Say revoked or superseded."),
                 _("Only the clock closes a rule as expired."));
  return FALSE;
}

static void
close_rules (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  PtlCloseReason reason = PTL_CLOSE_REASON_REVOKED;
  g_auto (GStrv) ids = NULL;
  const char *text;

  g_variant_get_child (arguments, 1, "&s", &text);
  if (read_reason (text, &reason, &error))
    ids = resolve_all (self, arguments, &error);
  if (ids != NULL)
    ptl_changes_close (self->parts.changes, (const char *const *) ids, reason, who, &error);
  answer_empty (invocation, error);
}

static void
extend_rules (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  g_auto (GStrv) ids = resolve_all (self, arguments, &error);
  gint64 until, by;

  g_variant_get_child (arguments, 1, "x", &until);
  g_variant_get_child (arguments, 2, "x", &by);
  if (ids != NULL)
    ptl_changes_extend (self->parts.changes, (const char *const *) ids, until, by, who, &error);
  answer_empty (invocation, error);
}

static void
on_edited (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  ptl_changes_edit_finish (PTL_CHANGES (source), result, &error);
  answer_empty (data, error);
}

static void
edit_now (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  g_autoptr (GVariant) changes = g_variant_get_child_value (arguments, 1);
  const PtlRule *before = ptl_service_find_living (self, arguments, &error);
  PtlRule *after = before != NULL ? ptl_request_apply_changes (before, changes, &error) : NULL;

  if (after == NULL)
    ptl_service_fail (invocation, error);
  else
    ptl_changes_edit_async (self->parts.changes, after, who, on_edited, invocation);
}

/* It may have been changed meanwhile: what is asked for is applied to what it is now. */
static void
edit_identified (PtlService *self,
                 GDBusMethodInvocation *invocation,
                 PtlRule *rule,
                 GPtrArray *identified,
                 const char *who)
{
  g_autoptr (PtlRule) after = rule;
  GError *error = NULL;

  if (!ptl_afterlook_check (after, identified, &error))
    {
      ptl_service_fail (invocation, error);
      return;
    }
  edit_now (self, invocation, g_dbus_method_invocation_get_parameters (invocation), who);
  if (ptl_afterlook_is_due (identified))
    ptl_afterlook_begin (self->parts.afterlook, after);
}

/* Whether strangers reach more by @after than by @before, or something else. */
static gboolean
lets_in_more (const PtlRule *before, const PtlRule *after)
{
  return !ptl_policy_is_before_strangers (before) || after->options->targets->len > 0
         || after->target == NULL || before->target == NULL
         || !ptl_endpoint_equal (before->target, after->target);
}

static void
edit_rule (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  g_autoptr (GVariant) changes = g_variant_get_child_value (arguments, 1);
  const PtlRule *before = ptl_service_find_living (self, arguments, NULL);
  g_autoptr (PtlRule) after = before != NULL ? ptl_request_apply_changes (before, changes, NULL) : NULL;

  if (after != NULL && wants_a_look (after) && lets_in_more (before, after))
    ptl_service_identify_rule (self, invocation, g_steal_pointer (&after), PTL_IDENTIFIER_OPEN, who,
                               edit_identified);
  else
    edit_now (self, invocation, arguments, who);
}

static void
block_or_unblock (PtlService *self,
                  GDBusMethodInvocation *invocation,
                  GVariant *arguments,
                  gboolean block,
                  const char *who)
{
  GError *error = NULL;
  const PtlRule *rule = ptl_service_find_living (self, arguments, &error);
  const char *network;

  g_variant_get_child (arguments, 1, "&s", &network);
  if (rule == NULL)
    ptl_service_fail (invocation, error);
  else
    ptl_changes_block_async (self->parts.changes, rule->id, network, block, who, on_edited, invocation);
}

static void
block_source (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  block_or_unblock (self, invocation, arguments, TRUE, who);
}

static void
unblock_source (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  block_or_unblock (self, invocation, arguments, FALSE, who);
}

static void
reopen_rule (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  g_autofree char *id = NULL;
  PtlRule *rule = NULL;
  const char *prefix;

  g_variant_get_child (arguments, 0, "&s", &prefix);
  id = ptl_service_resolve (self, prefix, &error);
  if (id != NULL)
    rule = ptl_changes_dup_anew (self->parts.changes, id, &error);
  open_with (self, invocation, rule, error, who);
}

static void
add_relay (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  g_autoptr (GVariant) request = g_variant_get_child_value (arguments, 0);
  PtlRelay *relay = ptl_request_to_relay (request, &error);
  g_autofree char *id = NULL;

  if (relay != NULL && ptl_changes_may_write (self->parts.changes, &error))
    id = ptl_relays_add (self->parts.relays, g_steal_pointer (&relay), who, &error);
  g_clear_pointer (&relay, ptl_relay_free);
  if (id == NULL)
    ptl_service_fail (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", id));
}

static void
remove_relay (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  const char *relay;

  g_variant_get (arguments, "(&s)", &relay);
  if (ptl_changes_may_write (self->parts.changes, &error))
    ptl_relays_remove (self->parts.relays, relay, who, &error);
  answer_empty (invocation, error);
}

static void
trust_host_key (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  const char *relay, *fingerprint;

  g_variant_get (arguments, "(&s&s)", &relay, &fingerprint);
  if (ptl_changes_may_write (self->parts.changes, &error))
    ptl_relays_trust (self->parts.relays, relay, fingerprint, who, &error);
  answer_empty (invocation, error);
}

const PtlServiceMethod ptl_service_change_methods[] = {
  { "handle-open-rule", open_rule, TRUE },
  { "handle-check-rule", check_rule, FALSE },
  { "handle-close-rules", close_rules, TRUE },
  { "handle-extend-rules", extend_rules, TRUE },
  { "handle-edit-rule", edit_rule, TRUE },
  { "handle-block-source", block_source, TRUE },
  { "handle-unblock-source", unblock_source, TRUE },
  { "handle-reopen-rule", reopen_rule, TRUE },
  { "handle-add-relay", add_relay, TRUE },
  { "handle-remove-relay", remove_relay, TRUE },
  { "handle-trust-host-key", trust_host_key, TRUE },
  { NULL, NULL, FALSE },
};
