/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>

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

static void
open_rule (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  PtlRule *rule = read_request (self, arguments, &error);
  g_autofree char *id = NULL;

  if (rule != NULL)
    id = ptl_changes_open (self->parts.changes, rule, who, &error);
  if (id == NULL)
    ptl_service_fail (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", id));
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

static void
check_rule (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  g_autoptr (PtlRule) rule = read_request (self, arguments, &error);
  g_autoptr (GVariant) fields = NULL;
  g_autofree char *router = NULL;
  g_autofree char *sentence = NULL;
  GVariantDict plan;

  if (rule == NULL || !ptl_changes_may_write (self->parts.changes, &error) ||
      !ptl_changes_check (self->parts.changes, rule, &error) || !check_router (self, rule, &error))
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
  g_dbus_method_invocation_return_value (invocation,
                                         g_variant_new ("(@a{sv})", g_variant_dict_end (&plan)));
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
edit_rule (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
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
  g_autofree char *new_id = NULL;
  const char *prefix;

  g_variant_get_child (arguments, 0, "&s", &prefix);
  id = ptl_service_resolve (self, prefix, &error);
  if (id != NULL)
    new_id = ptl_changes_reopen (self->parts.changes, id, who, &error);
  if (new_id == NULL)
    ptl_service_fail (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", new_id));
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
