/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-check.h"

#include <glib/gi18n-lib.h>

#include "router/check/ptl-check-gather.h"
#include "worker/ptl-check-kept.h"
#include "worker/ptl-check-run.h"
#include "worker/ptl-check-variant.h"
#include "worker/ptl-waiters.h"

struct _PtlCheck
{
  GObject parent;

  PtlClock *clock;
  PtlStore *store;
  PtlDebts *debts;
  PtlDiscovery *discovery;
  PtlNetlink *netlink;
  PtlCheckSettings *settings;
  PtlCheckFacts *live;  /* as it is by now */
  PtlCheckFacts *last;  /* of the last check; NULL */
  GVariant *result;     /* of it; NULL */
  gboolean restored;    /* it was made before this worker began, and the network has not been seen since */
  const char *step;     /* "" = no check runs */
  char *who;            /* who asked for it first */
  GCancellable *running;
  gboolean again;       /* one is wanted once the running one, which was stopped, has ended */
  gboolean hairpin;
  GPtrArray *waiting;   /* of GTask, each with its waiter's name as data */
  GVariant *state;      /* as it was told last */
  guint look_id;
};

G_DEFINE_FINAL_TYPE (PtlCheck, ptl_check, G_TYPE_OBJECT)

static guint changed_signal;

/* --- what is told --- */

/* A worker that has just begun has not found the router yet. */
static gboolean
is_unseen (PtlCheck *self)
{
  return self->restored && g_str_equal (self->last->way_interface, self->live->way_interface) &&
         g_str_equal (self->last->way_address, self->live->way_address) &&
         (*self->live->router_address == '\0' || self->live->searching);
}

static gboolean
is_stale (PtlCheck *self)
{
  return self->last != NULL && !ptl_check_facts_same_network (self->last, self->live) && !is_unseen (self);
}

static GVariant *
make_state (PtlCheck *self)
{
  g_autoptr (PtlJudgement) judgement = ptl_judge (self->live);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Step", "s", self->step);
  g_variant_dict_insert (&dict, "Verdict", "s", ptl_verdict_to_string (judgement->verdict));
  g_variant_dict_insert_value (&dict, "Path", ptl_network_path_to_variant (self->live, judgement, self->step));
  g_variant_dict_insert (&dict, "Stale", "b", is_stale (self));
  if (self->result != NULL)
    g_variant_dict_insert_value (&dict, "Result", self->result);
  ptl_check_settings_fill (self->settings, &dict);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
tell (PtlCheck *self)
{
  g_autoptr (GVariant) state = make_state (self);

  if (self->state != NULL && g_variant_equal (state, self->state))
    return;
  g_clear_pointer (&self->state, g_variant_unref);
  self->state = g_steal_pointer (&state);
  g_signal_emit (self, changed_signal, 0);
}

GVariant *
ptl_check_dup_state (PtlCheck *self)
{
  return g_variant_ref (self->state);
}

/* --- the network as it is --- */

static void
look (PtlCheck *self)
{
  PtlCheckFacts *live = ptl_check_gather (self->discovery, self->netlink);

  if (self->last != NULL && ptl_check_facts_same_network (self->last, live))
    {
      ptl_check_facts_take_outside (live, self->last);
      self->restored = FALSE;
    }
  g_clear_pointer (&self->live, ptl_check_facts_free);
  self->live = live;
  tell (self);
}

static gboolean
on_look (gpointer data)
{
  PtlCheck *self = data;

  self->look_id = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

/* Changes come in bursts. */
static void
look_soon (PtlCheck *self)
{
  if (self->look_id == 0)
    self->look_id = g_idle_add (on_look, self);
}

static void
follow_routers (PtlCheck *self)
{
  GListModel *model = G_LIST_MODEL (self->discovery);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (PtlRouter) router = g_list_model_get_item (model, i);

      g_signal_handlers_disconnect_by_func (router, look_soon, self);
      g_signal_connect_object (router, "notify", G_CALLBACK (look_soon), self, G_CONNECT_SWAPPED);
    }
  look_soon (self);
}

/* --- a check --- */

static void
write_end (PtlCheck *self, const PtlJudgement *judgement)
{
  g_autoptr (GError) error = NULL;

  if (ptl_store_get_state (self->store) != PTL_STORE_STATE_OK)
    return;
  if (!ptl_store_begin (self->store, &error) ||
      !ptl_store_add_event (self->store, self->who, "check", "", "ok", ptl_verdict_to_string (judgement->verdict),
                            &error) ||
      !ptl_check_keep (self->store, self->result, self->last, &error) || !ptl_store_commit (self->store, &error))
    g_message ("That the network was checked could not be logged: %s", error->message);
}

static void
take_facts (PtlCheck *self, PtlCheckFacts *facts)
{
  g_autoptr (PtlJudgement) judgement = ptl_judge (facts);

  g_clear_pointer (&self->last, ptl_check_facts_free);
  self->last = facts;
  self->restored = FALSE;
  g_clear_pointer (&self->result, g_variant_unref);
  self->result = g_variant_ref_sink (
      ptl_check_to_variant (facts, judgement, self->settings->consent, ptl_clock_get_wall (self->clock)));
  write_end (self, judgement);
}

/* @error: NULL where there is a result. */
static void
answer_all (PtlCheck *self, const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = ptl_waiters_new ();
  for (guint i = 0; i < waiting->len; i++)
    {
      if (error != NULL)
        g_task_return_error (waiting->pdata[i], g_error_copy (error));
      else
        g_task_return_pointer (waiting->pdata[i], g_variant_ref (self->result), (GDestroyNotify) g_variant_unref);
    }
}

static void begin (PtlCheck *self);

static void
on_run (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlCheck) self = data;
  g_autoptr (GError) error = NULL;
  PtlCheckFacts *facts = ptl_check_run_finish (result, &error);

  g_clear_object (&self->running);
  self->step = "";
  if (self->discovery == NULL)
    {
      g_clear_pointer (&facts, ptl_check_facts_free);
      return;
    }
  if (self->again)
    {
      g_clear_pointer (&facts, ptl_check_facts_free);
      begin (self);
      return;
    }
  if (facts != NULL)
    take_facts (self, facts);
  look (self);
  answer_all (self, error);
}

static void
on_step (const char *step, gpointer data)
{
  PtlCheck *self = data;

  self->step = step;
  if (self->discovery != NULL)
    tell (self);
}

static void
begin (PtlCheck *self)
{
  PtlCheckRunParts parts = { .clock = self->clock,
                             .store = self->store,
                             .debts = self->debts,
                             .discovery = self->discovery,
                             .netlink = self->netlink,
                             .settings = self->settings,
                             .hairpin = self->hairpin,
                             .who = self->who };

  self->again = FALSE;
  self->running = g_cancellable_new ();
  ptl_check_run_async (&parts, on_step, self, self->running, on_run, g_object_ref (self));
}

void
ptl_check_run_for_async (PtlCheck *self,
                         const char *waiter,
                         gboolean hairpin,
                         const char *who,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  gboolean stopped = self->running != NULL && g_cancellable_is_cancelled (self->running);

  g_task_set_source_tag (task, ptl_check_run_for_async);
  g_task_set_task_data (task, g_strdup (waiter), g_free);
  g_ptr_array_add (self->waiting, task);
  if (self->running != NULL && !stopped)
    return;
  self->hairpin = hairpin;
  g_free (self->who);
  self->who = g_strdup (who);
  /* One that was stopped may still be taking its mapping back. */
  if (stopped)
    self->again = TRUE;
  else
    begin (self);
}

GVariant *
ptl_check_run_for_finish (PtlCheck *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ptl_check_leave (PtlCheck *self, const char *waiter)
{
  g_autoptr (PtlCheck) keep = g_object_ref (self);

  ptl_waiters_leave (self->waiting, waiter);
  if (self->waiting->len > 0)
    return;
  self->again = FALSE;
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
}

gboolean
ptl_check_set (PtlCheck *self, GVariant *changes, const char *who, GError **error)
{
  PtlCheckSettings *settings = ptl_check_settings_apply (self->settings, self->store, changes, who, error);

  if (settings == NULL)
    return FALSE;
  ptl_check_settings_free (self->settings);
  self->settings = settings;
  tell (self);
  return TRUE;
}

/* --- life --- */

static void
ptl_check_dispose (GObject *object)
{
  PtlCheck *self = PTL_CHECK (object);

  g_autoptr (GError) ending = ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The worker is ending."));

  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  answer_all (self, ending);
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->discovery);
  g_clear_object (&self->netlink);
  g_clear_object (&self->debts);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_check_parent_class)->dispose (object);
}

static void
ptl_check_finalize (GObject *object)
{
  PtlCheck *self = PTL_CHECK (object);

  g_clear_object (&self->running);
  g_clear_pointer (&self->settings, ptl_check_settings_free);
  g_clear_pointer (&self->live, ptl_check_facts_free);
  g_clear_pointer (&self->last, ptl_check_facts_free);
  g_clear_pointer (&self->result, g_variant_unref);
  g_clear_pointer (&self->state, g_variant_unref);
  g_ptr_array_unref (self->waiting);
  g_free (self->who);
  G_OBJECT_CLASS (ptl_check_parent_class)->finalize (object);
}

static void
ptl_check_class_init (PtlCheckClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_check_dispose;
  G_OBJECT_CLASS (klass)->finalize = ptl_check_finalize;
  changed_signal =
      g_signal_new ("changed", PTL_TYPE_CHECK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_check_init (PtlCheck *self)
{
  self->step = "";
  self->waiting = ptl_waiters_new ();
}

PtlCheck *
ptl_check_new (PtlClock *clock, PtlStore *store, PtlDebts *debts, PtlDiscovery *discovery)
{
  PtlCheck *self = g_object_new (PTL_TYPE_CHECK, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->debts = g_object_ref (debts);
  self->discovery = g_object_ref (discovery);
  self->netlink = ptl_netlink_new ();
  self->settings = ptl_check_settings_load (store);
  self->result = ptl_check_load_kept (store, &self->last);
  self->restored = self->last != NULL;
  g_signal_connect_object (discovery, "items-changed", G_CALLBACK (follow_routers), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->netlink, "changed", G_CALLBACK (look_soon), self, G_CONNECT_SWAPPED);
  follow_routers (self);
  look (self);
  return self;
}
