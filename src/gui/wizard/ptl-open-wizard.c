/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-open-wizard.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/ptl-answering.h"
#include "core/ptl-error.h"
#include "ptl-failure-page.h"
#include "ptl-opener.h"
#include "ptl-plan-page.h"
#include "ptl-progress-page.h"
#include "ptl-result-page.h"

typedef struct
{
  PtlClient *client;
  PtlTermsPage *terms_page;
  PtlPlanPage *plan_page;
  PtlProgressPage *progress_page;
  PtlResultPage *result_page;
  PtlFailurePage *failure_page;
  char *name;
  char *relay;
  char *override;
  GString *answering; /* at the targets of the plans, a line each */
  gint64 asked_at;    /* Unix seconds: the plans are from then on. To look takes a moment */
  GPtrArray *drafts; /* of PtlDraft */
  GPtrArray *plans;  /* of PtlRule: as CheckRule sees the drafts */
  GCancellable *check_cancellable;
  GCancellable *open_cancellable; /* while opening */
  gboolean router_refused;        /* the last check failed for want of a router */
  gboolean gone;
} PtlOpenWizardPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PtlOpenWizard, ptl_open_wizard, PTL_TYPE_WIZARD_WINDOW)

static PtlOpenWizardPrivate *
get_private (PtlOpenWizard *self)
{
  return ptl_open_wizard_get_instance_private (self);
}

PtlClient *
ptl_open_wizard_get_client (PtlOpenWizard *self)
{
  return get_private (self)->client;
}

PtlTermsPage *
ptl_open_wizard_get_terms (PtlOpenWizard *self)
{
  return get_private (self)->terms_page;
}

void
ptl_open_wizard_set_subject (PtlOpenWizard *self, const char *name, const char *relay)
{
  PtlOpenWizardPrivate *priv = get_private (self);

  g_free (priv->name);
  g_free (priv->relay);
  priv->name = g_strdup (name);
  priv->relay = g_strdup (relay);
}

void
ptl_open_wizard_needs_router (PtlOpenWizard *self)
{
  PtlOpenWizardPrivate *priv = get_private (self);

  ptl_plan_page_watch_network (priv->plan_page, priv->client);
}

const char *
ptl_open_wizard_get_local_address (PtlOpenWizard *self)
{
  GListModel *routers = ptl_client_get_routers (get_private (self)->client);

  for (guint i = 0; i < g_list_model_get_n_items (routers); i++)
    {
      g_autoptr (PtlRouterItem) router = g_list_model_get_item (routers, i);
      const char *address = ptl_router_item_get (router, "LocalAddress");

      if (address != NULL && *address != '\0')
        return address;
    }
  return "";
}

/* --- the plan --- */

static void check_next (PtlOpenWizard *self);

static gboolean
is_router_error (const GError *error)
{
  switch (ptl_error_code_of (error))
    {
    case PTL_ERROR_ROUTER_NONE:
    case PTL_ERROR_ROUTER_SILENT:
    case PTL_ERROR_ROUTER_REFUSED:
    case PTL_ERROR_ROUTER_CONFLICT:
    case PTL_ERROR_ROUTER_FULL:
    case PTL_ERROR_ROUTER_OFFLINE:
    case PTL_ERROR_ROUTER_LIED:
      return TRUE;
    default:
      return FALSE;
    }
}

/* A way through a server helps where it is the router that is in the way, and ssh carries the
 * protocol. */
static gboolean
server_would_help (PtlOpenWizard *self, const GError *error)
{
  PtlOpenWizardPrivate *priv = get_private (self);

  if (!is_router_error (error))
    return FALSE;
  for (guint i = 0; i < priv->drafts->len; i++)
    {
      const PtlDraft *draft = priv->drafts->pdata[i];

      if (draft->kind == PTL_KIND_MAPPING && (draft->protocol & PTL_PROTOCOL_TCP) != 0)
        return TRUE;
    }
  return FALSE;
}

static void
show_plan (PtlOpenWizard *self)
{
  PtlOpenWizardPrivate *priv = get_private (self);
  const PtlRule *first = priv->plans->pdata[0];
  PtlHarm harm = ptl_terms_page_get_harm (priv->terms_page);
  gboolean asks = ptl_terms_page_asks_strangers (priv->terms_page);
  gboolean anyone = ptl_terms_page_is_anyone (priv->terms_page);
  g_autofree char *sentence = ptl_words_plan (priv->plans, priv->name, priv->relay, priv->asked_at);
  g_autofree char *stranger = NULL;

  if (asks)
    stranger = ptl_words_stranger (harm, anyone, ptl_terms_page_get_risky (priv->terms_page));
  ptl_plan_page_set_answering (priv->plan_page, priv->answering->len > 0 ? priv->answering->str : NULL);
  ptl_plan_page_show_plan (priv->plan_page, sentence, ptl_words_ending (priv->plans), stranger,
                           ptl_words_better_way (harm, anyone, first->kind));
}

static void
take_answering (PtlOpenWizard *self, GVariant *answer)
{
  PtlOpenWizardPrivate *priv = get_private (self);
  g_autoptr (GVariant) plan = g_variant_get_child_value (answer, 0);
  g_autofree char *lines = ptl_answering_describe_plan (plan);

  if (lines != NULL && strstr (priv->answering->str, lines) == NULL)
    g_string_append_printf (priv->answering, "%s%s", priv->answering->len > 0 ? "\n" : "", lines);
}

static PtlRule *
plan_from_answer (GVariant *answer, const PtlDraft *draft, GError **error)
{
  g_autoptr (GVariant) plan = g_variant_get_child_value (answer, 0);
  PtlRule *rule = ptl_rule_from_variant (plan, error);

  if (rule != NULL && rule->expires == 0 && rule->review == 0)
    rule->expires = ptl_term_get_end (&draft->term, g_get_real_time () / G_USEC_PER_SEC);
  return rule;
}

static void
show_refusal (PtlOpenWizard *self, const GError *error)
{
  PtlOpenWizardPrivate *priv = get_private (self);
  gboolean may_override
      = g_error_matches (error, PTL_ERROR, PTL_ERROR_POLICY) && priv->override == NULL;

  g_clear_pointer (&priv->override, g_free);
  priv->router_refused = is_router_error (error);
  ptl_plan_page_show_refusal (priv->plan_page, error, may_override,
                              server_would_help (self, error));
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlOpenWizard) self = data;
  PtlOpenWizardPrivate *priv = get_private (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  PtlRule *plan;

  if (priv->gone || ptl_error_code_of (error) == PTL_ERROR_CANCELLED)
    return;
  plan = answer != NULL ? plan_from_answer (answer, priv->drafts->pdata[priv->plans->len], &error)
                        : NULL;
  if (plan == NULL)
    {
      show_refusal (self, error);
      return;
    }
  g_ptr_array_add (priv->plans, plan);
  take_answering (self, answer);
  check_next (self);
}

static void
check_next (PtlOpenWizard *self)
{
  PtlOpenWizardPrivate *priv = get_private (self);
  GVariant *request;

  if (priv->plans->len == priv->drafts->len)
    {
      show_plan (self);
      return;
    }
  if (priv->plans->len == 0)
    priv->asked_at = g_get_real_time () / G_USEC_PER_SEC;
  request = ptl_draft_to_request (priv->drafts->pdata[priv->plans->len]);
  ptl_client_call_async (priv->client, "CheckRule", g_variant_new ("(@a{sv})", request),
                         priv->check_cancellable, checked_cb, g_object_ref (self));
}

static void
prepare (PtlOpenWizard *self)
{
  PtlOpenWizardPrivate *priv = get_private (self);

  g_cancellable_cancel (priv->check_cancellable);
  g_clear_object (&priv->check_cancellable);
  priv->check_cancellable = g_cancellable_new ();
  g_clear_pointer (&priv->drafts, g_ptr_array_unref);
  priv->drafts = PTL_OPEN_WIZARD_GET_CLASS (self)->build (self);
  g_ptr_array_set_size (priv->plans, 0);
  g_string_truncate (priv->answering, 0);
  for (guint i = 0; i < priv->drafts->len; i++)
    {
      PtlDraft *draft = priv->drafts->pdata[i];

      g_free (draft->override);
      draft->override = g_strdup (priv->override);
    }
  ptl_plan_page_show_checking (priv->plan_page);
  ptl_wizard_window_show_page (PTL_WIZARD_WINDOW (self), PTL_WIZARD_PAGE (priv->plan_page));
}

/* Asks the worker what each draft would come to, and shows the plan. */
static void
review (PtlOpenWizard *self)
{
  prepare (self);
  check_next (self);
}

static void
searched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlOpenWizard) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  /* What the search came to, the check will say. */
  if (!get_private (self)->gone && ptl_error_code_of (error) != PTL_ERROR_CANCELLED)
    check_next (self);
}

/* The person may have changed something at the router meanwhile. */
static void
review_anew (PtlOpenWizard *self)
{
  PtlOpenWizardPrivate *priv = get_private (self);
  g_autofree char *reason = ptl_plan_page_dup_override (priv->plan_page);

  g_free (priv->override);
  priv->override = *reason != '\0' ? g_steal_pointer (&reason) : NULL;
  prepare (self);
  if (priv->router_refused)
    ptl_client_call_async (priv->client, "SearchRouters", NULL, priv->check_cancellable,
                           searched_cb, g_object_ref (self));
  else
    check_next (self);
}

/* --- opening --- */

static gboolean
is_every_address (const char *host)
{
  return g_strcmp0 (host, "0.0.0.0") == 0 || g_strcmp0 (host, "::") == 0;
}

/* An address that means "all of this computer's" is no use to anyone: the one in the network is. */
static GPtrArray *
rules_to_show (PtlOpenWizard *self, GPtrArray *rules)
{
  const char *local = ptl_open_wizard_get_local_address (self);
  GPtrArray *shown = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);

  for (guint i = 0; i < rules->len; i++)
    {
      PtlRule *rule = ptl_rule_copy (rules->pdata[i]);
      PtlEndpoint *endpoint = rule->public_endpoint;

      if (rule->kind == PTL_KIND_FORWARD && *local != '\0' && is_every_address (endpoint->host))
        {
          g_free (endpoint->host);
          endpoint->host = g_strdup (local);
        }
      g_ptr_array_add (shown, rule);
    }
  return shown;
}

static void
show_result (PtlOpenWizard *self, GPtrArray *rules)
{
  PtlOpenWizardPrivate *priv = get_private (self);
  PtlOpenWizardClass *klass = PTL_OPEN_WIZARD_GET_CLASS (self);
  g_autoptr (GPtrArray) shown = rules_to_show (self, rules);
  g_autofree char *join = klass->dup_join != NULL ? klass->dup_join (self, shown->pdata[0]) : NULL;

  ptl_result_page_show (priv->result_page, shown, join);
  ptl_result_page_follow (priv->result_page,
                          ptl_client_get_rule (priv->client, ((const PtlRule *) shown->pdata[0])->id));
  ptl_wizard_window_show_last (PTL_WIZARD_WINDOW (self), PTL_WIZARD_PAGE (priv->result_page), NULL);
}

void
ptl_open_wizard_show_failure (PtlOpenWizard *self, const GError *error, const char *leftover)
{
  PtlOpenWizardPrivate *priv = get_private (self);
  PtlWizardWindow *window = PTL_WIZARD_WINDOW (self);

  ptl_failure_page_show (priv->failure_page, error, leftover, server_would_help (self, error));
  /* The way back leads to the answers, not to the progress. */
  ptl_wizard_window_show_after (window, PTL_WIZARD_PAGE (priv->failure_page),
                                PTL_WIZARD_PAGE (priv->plan_page));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlOpenWizard) self = data;
  PtlOpenWizardPrivate *priv = get_private (self);
  PtlOpenWizardClass *klass = PTL_OPEN_WIZARD_GET_CLASS (self);
  PtlOpener *opener = PTL_OPENER (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules = ptl_opener_run_finish (opener, result, &error);

  g_clear_object (&priv->open_cancellable);
  if (priv->gone)
    return;
  if (rules != NULL)
    show_result (self, rules);
  else if (ptl_error_code_of (error) == PTL_ERROR_CANCELLED
           && ptl_opener_get_leftover (opener) == NULL)
    gtk_window_destroy (GTK_WINDOW (self));
  else if (klass->failed == NULL || !klass->failed (self, error))
    ptl_open_wizard_show_failure (self, error, ptl_opener_get_leftover (opener));
}

static GPtrArray *
build_requests (PtlOpenWizard *self)
{
  PtlOpenWizardPrivate *priv = get_private (self);
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  for (guint i = 0; i < priv->drafts->len; i++)
    g_ptr_array_add (requests, g_variant_ref_sink (ptl_draft_to_request (priv->drafts->pdata[i])));
  return requests;
}

void
ptl_open_wizard_open (PtlOpenWizard *self)
{
  PtlOpenWizardPrivate *priv = get_private (self);
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (PtlOpener) opener = NULL;

  g_return_if_fail (PTL_IS_OPEN_WIZARD (self));
  g_return_if_fail (priv->open_cancellable == NULL);
  requests = build_requests (self);
  opener = ptl_opener_new (priv->client, requests);
  priv->open_cancellable = g_cancellable_new ();
  ptl_progress_page_set_plans (priv->progress_page, priv->plans);
  ptl_wizard_window_show_last (PTL_WIZARD_WINDOW (self), PTL_WIZARD_PAGE (priv->progress_page),
                               _ ("_Cancel"));
  g_signal_connect_object (opener, "progress", G_CALLBACK (ptl_progress_page_set_step),
                           priv->progress_page, G_CONNECT_SWAPPED);
  ptl_opener_run_async (opener, priv->open_cancellable, opened_cb, g_object_ref (self));
}

/* --- the window --- */

static void
go_on (PtlWizardWindow *window, PtlWizardPage *page)
{
  PtlOpenWizard *self = PTL_OPEN_WIZARD (window);
  PtlOpenWizardPrivate *priv = get_private (self);

  if (page == PTL_WIZARD_PAGE (priv->terms_page))
    {
      g_clear_pointer (&priv->override, g_free);
      review (self);
    }
  else if (page == PTL_WIZARD_PAGE (priv->plan_page) && !ptl_plan_page_has_plan (priv->plan_page))
    review_anew (self);
  else if (page == PTL_WIZARD_PAGE (priv->plan_page)
           || page == PTL_WIZARD_PAGE (priv->failure_page))
    ptl_open_wizard_open (self);
  else
    gtk_window_destroy (GTK_WINDOW (self));
}

/* What is being opened is closed again first; a second Cancel does not wait for that. */
static gboolean
cancel (PtlWizardWindow *window)
{
  PtlOpenWizardPrivate *priv = get_private (PTL_OPEN_WIZARD (window));

  if (priv->open_cancellable == NULL || g_cancellable_is_cancelled (priv->open_cancellable))
    return FALSE;
  ptl_progress_page_set_closing (priv->progress_page);
  g_cancellable_cancel (priv->open_cancellable);
  return TRUE;
}

static void
use_server_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlOpenWizardClass *klass = PTL_OPEN_WIZARD_GET_CLASS (widget);

  if (klass->use_server != NULL)
    klass->use_server (PTL_OPEN_WIZARD (widget));
}

static void
ptl_open_wizard_dispose (GObject *object)
{
  PtlOpenWizardPrivate *priv = get_private (PTL_OPEN_WIZARD (object));

  priv->gone = TRUE;
  g_cancellable_cancel (priv->check_cancellable);
  if (priv->open_cancellable != NULL)
    g_cancellable_cancel (priv->open_cancellable);
  G_OBJECT_CLASS (ptl_open_wizard_parent_class)->dispose (object);
}

static void
ptl_open_wizard_finalize (GObject *object)
{
  PtlOpenWizardPrivate *priv = get_private (PTL_OPEN_WIZARD (object));

  g_clear_object (&priv->client);
  g_clear_object (&priv->check_cancellable);
  g_clear_object (&priv->open_cancellable);
  g_clear_pointer (&priv->drafts, g_ptr_array_unref);
  g_clear_pointer (&priv->plans, g_ptr_array_unref);
  g_free (priv->name);
  g_free (priv->relay);
  g_free (priv->override);
  g_string_free (priv->answering, TRUE);
  G_OBJECT_CLASS (ptl_open_wizard_parent_class)->finalize (object);
}

static void
ptl_open_wizard_class_init (PtlOpenWizardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_open_wizard_dispose;
  G_OBJECT_CLASS (klass)->finalize = ptl_open_wizard_finalize;
  PTL_WIZARD_WINDOW_CLASS (klass)->go_on = go_on;
  PTL_WIZARD_WINDOW_CLASS (klass)->cancel = cancel;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "wizard.use-server", NULL,
                                   use_server_action);
}

static void
ptl_open_wizard_init (PtlOpenWizard *self)
{
  PtlOpenWizardPrivate *priv = get_private (self);

  priv->plans = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);
  priv->answering = g_string_new (NULL);
  priv->drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_draft_free);
  priv->terms_page = ptl_terms_page_new ();
  priv->plan_page = ptl_plan_page_new ();
  priv->progress_page = ptl_progress_page_new ();
  priv->result_page = ptl_result_page_new ();
  priv->failure_page = ptl_failure_page_new ();
}

void
ptl_open_wizard_set_up (PtlOpenWizard *self, PtlClient *client)
{
  PtlOpenWizardPrivate *priv = get_private (self);
  PtlWizardWindow *window = PTL_WIZARD_WINDOW (self);

  g_return_if_fail (PTL_IS_CLIENT (client));
  priv->client = g_object_ref (client);
  ptl_firewall_group_set_client (ptl_terms_page_get_firewall (priv->terms_page), client);
  ptl_wizard_window_add (window, PTL_WIZARD_PAGE (priv->terms_page));
  ptl_wizard_window_add (window, PTL_WIZARD_PAGE (priv->plan_page));
  ptl_wizard_window_add (window, PTL_WIZARD_PAGE (priv->progress_page));
  ptl_wizard_window_add (window, PTL_WIZARD_PAGE (priv->result_page));
  ptl_wizard_window_add (window, PTL_WIZARD_PAGE (priv->failure_page));
}
