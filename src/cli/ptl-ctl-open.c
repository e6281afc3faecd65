/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-open.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "client/ptl-answering.h"
#include "client/ptl-json-add.h"
#include "core/ptl-identity.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-text.h"

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* The first interrupt takes the opening back, a second one ends the program as ever. */
static gboolean
on_interrupt (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_CONTINUE;
}

/* What the worker has found out at the target while it opened the rule. */
static GVariant *
ask_target (PtlCtl *self, const PtlRule *rule)
{
  gboolean udp = ptl_rule_get_protocol (rule) == PTL_PROTOCOL_UDP;
  g_autoptr (PtlEndpoint) first = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autofree char *text = NULL;

  if (rule->target == NULL || rule->target->path != NULL || rule->target->first == 0)
    return NULL;
  first = ptl_endpoint_new (udp ? PTL_PROTOCOL_UDP : PTL_PROTOCOL_TCP,
                            rule->target->host != NULL ? rule->target->host : "127.0.0.1", rule->target->first,
                            rule->target->first);
  text = ptl_endpoint_to_string (first);
  answer = ptl_ctl_call (self, "IdentifyTarget", g_variant_new ("(ssb)", text, ptl_protocol_to_string (first->protocol), TRUE), NULL);
  return answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
}

/* Every refusal by policy gives way to a reason, which is logged. */
static void
offer_override (GError **error)
{
  g_autofree char *what = ptl_error_dup_what (*error);
  g_autofree char *advice = ptl_error_dup_advice (*error);
  /* Translators: REASON as in the help of --override */
  const char *offer = _ ("To open it all the same, say why: --override REASON.");
  g_autofree char *both = *advice != '\0' ? g_strconcat (advice, " ", offer, NULL) : g_strdup (offer);

  g_clear_error (error);
  ptl_error_set (error, PTL_ERROR_POLICY, both, "%s", what);
}

PtlRule *
ptl_ctl_open (PtlCtl *self, GVariant *request, GError **error)
{
  gboolean overridden = g_variant_lookup (request, "Override", "&s", NULL);
  PtlRule *rule;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  guint interrupt = g_unix_signal_add (SIGINT, on_interrupt, cancellable);
  guint terminate = g_unix_signal_add (SIGTERM, on_interrupt, cancellable);

  ptl_client_open_async (self->client, request, cancellable, on_opened, &result);
  while (result == NULL)
    {
      g_main_context_iteration (NULL, TRUE);
      if (g_cancellable_is_cancelled (cancellable) && interrupt != 0)
        {
          g_source_remove (interrupt);
          g_source_remove (terminate);
          interrupt = terminate = 0;
        }
    }
  if (interrupt != 0)
    {
      g_source_remove (interrupt);
      g_source_remove (terminate);
    }
  rule = ptl_client_open_finish (self->client, result, error);
  if (rule == NULL && !overridden && error != NULL && g_error_matches (*error, PTL_ERROR, PTL_ERROR_POLICY))
    offer_override (error);
  return rule;
}

void
ptl_ctl_print_one (PtlCtl *self, const PtlRule *rule, gboolean all)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json)
    {
      ptl_ctl_print_rule (self, rule, all);
      return;
    }
  builder = json_builder_new ();
  ptl_ctl_json_rule (builder, rule);
  ptl_ctl_print_json (self, builder, FALSE);
}

static void
add_answering (JsonBuilder *builder, GVariant *answering)
{
  g_autoptr (PtlIdentity) identity = answering != NULL ? ptl_identity_from_variant (answering, NULL) : NULL;
  const char *state = "";

  json_builder_set_member_name (builder, "answering");
  if (answering != NULL)
    g_variant_lookup (answering, "State", "&s", &state);
  /* Nobody was asked, or it could not be. */
  if (identity == NULL || *state == '\0' || g_str_equal (state, "failed"))
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "state", state);
  ptl_json_add_text_or_null (builder, "service", identity->service);
  ptl_json_add_text_or_null (builder, "product", identity->product);
  ptl_json_add_text_or_null (builder, "version", identity->version);
  ptl_json_add_text (builder, "auth", ptl_auth_to_string (identity->auth));
  json_builder_end_object (builder);
}

static void
add_opened (PtlCtl *self, JsonBuilder *builder, const PtlRule *rule)
{
  g_autoptr (GVariant) answering = ask_target (self, rule);

  json_builder_begin_object (builder);
  ptl_ctl_json_rule_members (builder, rule);
  add_answering (builder, answering);
  json_builder_end_object (builder);
}

static void
print_opened_text (PtlCtl *self, const PtlRule *rule)
{
  g_autoptr (GVariant) answering = ask_target (self, rule);
  g_autofree char *words = answering != NULL ? ptl_answering_describe (answering) : NULL;

  ptl_ctl_print_rule (self, rule, FALSE);
  if (words != NULL)
    ptl_ctl_print_field (self, _("At target"), words);
}

void
ptl_ctl_print_opened (PtlCtl *self, const PtlRule *rule)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json)
    {
      print_opened_text (self, rule);
      return;
    }
  builder = json_builder_new ();
  add_opened (self, builder, rule);
  ptl_ctl_print_json (self, builder, FALSE);
}

void
ptl_ctl_print_all_opened (PtlCtl *self, GPtrArray *rules)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json)
    {
      for (guint i = 0; i < rules->len; i++)
        {
          ptl_ctl_print (self, i > 0 ? "\n" : "");
          print_opened_text (self, rules->pdata[i]);
        }
      return;
    }
  builder = ptl_ctl_json_begin_list ("rules");
  for (guint i = 0; i < rules->len; i++)
    add_opened (self, builder, rules->pdata[i]);
  ptl_ctl_json_end_list (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

gboolean
ptl_ctl_print_changed (PtlCtl *self, const char *id, GError **error)
{
  g_autoptr (PtlRule) rule = ptl_ctl_find_rule (self, id, error);

  if (rule == NULL)
    return FALSE;
  ptl_ctl_print_one (self, rule, FALSE);
  return TRUE;
}

gboolean
ptl_ctl_run_open (PtlCtl *self, GError **error)
{
  g_autoptr (PtlRule) rule = ptl_ctl_open (self, self->request, error);

  if (rule == NULL)
    return FALSE;
  ptl_ctl_print_opened (self, rule);
  return TRUE;
}
