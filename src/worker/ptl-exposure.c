/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-exposure.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "exposure/vantage/ptl-vantage.h"
#include "worker/ptl-exposure-ask.h"
#include "worker/ptl-exposure-news.h"
#include "worker/ptl-exposure-owner.h"
#include "worker/ptl-exposure-reports.h"
#include "worker/ptl-exposure-schedule.h"
#include "worker/ptl-exposure-settings.h"
#include "worker/ptl-waiters.h"

/* Who waits for one that nobody asked for. */
#define SCHEDULE "schedule"

struct _PtlExposure
{
  GObject parent;

  PtlExposureParts parts; /* all held */
  PtlNotifier *notifier;
  PtlExposureReports *reports;
  PtlExposureSettings settings;
  PtlExposureSchedule *schedule;
  guint n_changes;        /* of what a report says, without another check */
  PtlExposureAsk *ask;    /* of the check that runs, or ran last */
  PtlSweepOwner owner;    /* of the address that it is about */
  char *saved;            /* where its sweep was stopped, NULL = it was not */
  gboolean fresh;         /* it is for something else than the one before */
  char *who;              /* who asked for it first */
  GCancellable *running;
  gboolean again;         /* one is wanted once the running one, which was stopped, has ended */
  const char *phase;      /* "" = no check runs */
  guint done, total;
  GPtrArray *waiting;     /* of GTask, each with its waiter's name as data */
  GVariant *state;        /* as it was told last */
};

G_DEFINE_FINAL_TYPE (PtlExposure, ptl_exposure, G_TYPE_OBJECT)

static guint changed_signal;

/* ---- What is told ---- */

static GVariant *
make_state (PtlExposure *self)
{
  const PtlReport *last = ptl_exposure_reports_get_last (self->reports);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "State", "s", self->running != NULL ? "running" : "idle");
  g_variant_dict_insert (&dict, "Phase", "s", self->phase);
  g_variant_dict_insert (&dict, "Done", "t", (guint64) self->done);
  g_variant_dict_insert (&dict, "Total", "t", (guint64) self->total);
  g_variant_dict_insert (&dict, "LastReport", "s", last != NULL ? last->id : "");
  g_variant_dict_insert (&dict, "LastFinished", "x", last != NULL ? last->finished : (gint64) 0);
  g_variant_dict_insert (&dict, "Changes", "u", (guint32) self->n_changes);
  g_variant_dict_insert (&dict, "NextCheck", "x", ptl_exposure_schedule_get_next (self->schedule));
  ptl_exposure_settings_fill (&self->settings, &dict);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
tell (PtlExposure *self)
{
  g_autoptr (GVariant) state = make_state (self);

  if (self->state != NULL && g_variant_equal (state, self->state))
    return;
  g_clear_pointer (&self->state, g_variant_unref);
  self->state = g_steal_pointer (&state);
  g_signal_emit (self, changed_signal, 0);
}

GVariant *
ptl_exposure_dup_state (PtlExposure *self)
{
  return g_variant_ref (self->state);
}

/* ---- A check ---- */

static void
plan (PtlExposure *self)
{
  const PtlReport *last = ptl_exposure_reports_get_last (self->reports);

  ptl_exposure_schedule_plan (self->schedule, &self->settings, last != NULL ? last->finished : 0);
}

/* @error: NULL where there is a report. */
static void
answer_all (PtlExposure *self, const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = ptl_waiters_new ();
  for (guint i = 0; i < waiting->len; i++)
    {
      if (error != NULL)
        g_task_return_error (waiting->pdata[i], g_error_copy (error));
      else
        g_task_return_pointer (waiting->pdata[i], g_strdup (ptl_exposure_reports_get_last (self->reports)->id), g_free);
    }
}

static void begin (PtlExposure *self);

static void
on_run (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlExposure) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlReport) report = ptl_exposure_run_finish (result, &error);

  g_clear_object (&self->running);
  self->phase = "";
  self->done = self->total = 0;
  if (self->parts.store == NULL)
    return;
  if (self->again)
    {
      begin (self);
      return;
    }
  if (report != NULL)
    {
      ptl_exposure_reports_take (self->reports, g_steal_pointer (&report), self->who);
      plan (self);
    }
  tell (self);
  answer_all (self, error);
}

static void
on_progress (const char *phase, guint done, guint total, gpointer data)
{
  PtlExposure *self = data;

  self->phase = phase;
  self->done = done;
  self->total = total;
  if (self->parts.store != NULL)
    tell (self);
}

static void
begin (PtlExposure *self)
{
  if (self->fresh)
    g_clear_pointer (&self->saved, g_free);
  self->fresh = self->again = FALSE;
  self->running = g_cancellable_new ();
  ptl_exposure_run_async (&self->parts, self->ask, self->owner, &self->saved, on_progress, self, self->running, on_run, g_object_ref (self));
}

static gboolean
may_wait (PtlExposure *self, const PtlExposureAsk *ask, GError **error)
{
  if (self->running == NULL || (self->waiting->len == 0 && !self->again) || ptl_exposure_ask_equal (ask, self->ask))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_BUSY, _("Wait until it has ended, or stop it."),
                 _("Another check of the exposure is running."));
  return FALSE;
}

/* Nothing leaves this machine for others but with the person's consent. */
static gboolean
may_ask (PtlExposure *self, const PtlExposureAsk *ask, GError **error)
{
  for (guint i = 0; i < PTL_N_VANTAGES; i++)
    if ((ask->vantages & ~self->settings.granted & (1u << i)) != 0 && ptl_vantage_needs_consent ((PtlVantageKind) i))
      {
        const char *name = ptl_vantage_to_string ((PtlVantageKind) i);

        ptl_error_set (error, PTL_ERROR_PERMISSION,
                       _("It is told your public address. Agree to that once, by “--consent” or in the window."),
                       /* Translators: %s is internetdb or the like */
                       _("Without your consent “%s” is not asked."), name);
        return FALSE;
      }
  return TRUE;
}

/* What a sweep for the same found so far is gone on with. */
static void
take_ask (PtlExposure *self, PtlExposureAsk *ask, PtlSweepOwner owner)
{
  self->fresh = self->ask == NULL || !ptl_exposure_ask_equal (self->ask, ask);
  ptl_exposure_ask_free (self->ask);
  self->ask = ask;
  self->owner = owner;
}

void
ptl_exposure_check_async (PtlExposure *self,
                          GVariant *options,
                          const char *waiter,
                          const char *who,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  gboolean stopped = self->running != NULL && g_cancellable_is_cancelled (self->running);
  GError *error = NULL;
  g_autoptr (PtlExposureAsk) ask = ptl_exposure_ask_read (options, self->parts.relays, &error);
  PtlSweepOwner owner;

  g_task_set_source_tag (task, ptl_exposure_check_async);
  g_task_set_task_data (task, g_strdup (waiter), g_free);
  if (ask == NULL || !may_ask (self, ask, &error) || !may_wait (self, ask, &error) ||
      !ptl_exposure_owner_check (&self->parts, ask, who, &owner, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  if (self->running != NULL && !stopped)
    return;
  memcpy (ask->servers, self->settings.servers, sizeof ask->servers);
  take_ask (self, g_steal_pointer (&ask), owner);
  g_free (self->who);
  self->who = g_strdup (who);
  /* One that was stopped may still be on its way to its end. */
  if (stopped)
    self->again = TRUE;
  else
    begin (self);
}

char *
ptl_exposure_check_finish (PtlExposure *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ptl_exposure_leave (PtlExposure *self, const char *waiter)
{
  g_autoptr (PtlExposure) keep = g_object_ref (self);

  ptl_waiters_leave (self->waiting, waiter);
  if (self->waiting->len > 0)
    return;
  self->again = FALSE;
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
}

/* ---- By itself ---- */

static void
on_scheduled (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlExposure *self = PTL_EXPOSURE (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = ptl_exposure_check_finish (self, result, &error);

  if (self->parts.store == NULL)
    return;
  if (id != NULL)
    ptl_exposure_tell_news (self->notifier, ptl_exposure_reports_get_last (self->reports));
  else
    {
      g_message ("The exposure could not be checked: %s", error->message);
      ptl_exposure_schedule_try_again (self->schedule);
      tell (self);
    }
}

/* From here, from those records that the person agreed to, and from a relay where that is agreed to and there is one. */
static GVariant *
make_scheduled_options (PtlExposure *self)
{
  g_autoptr (GPtrArray) relays = ptl_relays_list (self->parts.relays);
  guint vantages = 1u << PTL_VANTAGE_MACHINE | 1u << PTL_VANTAGE_LAN | self->settings.granted;
  GVariantBuilder names;
  GVariantDict options;

  if (relays->len != 1)
    vantages &= ~(1u << PTL_VANTAGE_RELAY);
  g_variant_builder_init (&names, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < PTL_N_VANTAGES; i++)
    if ((vantages & (1u << i)) != 0)
      g_variant_builder_add (&names, "s", ptl_vantage_to_string ((PtlVantageKind) i));
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert_value (&options, "Vantages", g_variant_builder_end (&names));
  return g_variant_ref_sink (g_variant_dict_end (&options));
}

static void
on_due (PtlExposure *self)
{
  g_autoptr (GVariant) options = make_scheduled_options (self);

  ptl_exposure_check_async (self, options, SCHEDULE, SCHEDULE, on_scheduled, NULL);
}

static void
on_action (PtlExposure *self, const char *tag, const char *key)
{
  if (strcmp (tag, PTL_EXPOSURE_NEWS) == 0 && strcmp (key, PTL_EXPOSURE_SHOW) == 0)
    ptl_notifier_open_window (self->notifier, "show-exposure");
}

gboolean
ptl_exposure_is_needed (PtlExposure *self)
{
  return self->running != NULL || self->settings.schedule != PTL_SCHEDULE_OFF || self->settings.on_network_change;
}

gboolean
ptl_exposure_set (PtlExposure *self, GVariant *changes, const char *who, GError **error)
{
  if (!ptl_exposure_settings_apply (&self->settings, self->parts.store, changes, who, error))
    return FALSE;
  plan (self);
  tell (self);
  return TRUE;
}

/* ---- Reports ---- */

PtlReport *
ptl_exposure_get_report (PtlExposure *self, const char *id, GError **error)
{
  return ptl_exposure_reports_get (self->reports, id, error);
}

GPtrArray *
ptl_exposure_list_reports (PtlExposure *self, GError **error)
{
  return ptl_exposure_reports_list (self->reports, error);
}

GPtrArray *
ptl_exposure_compare_reports (PtlExposure *self, const char *from, const char *to, GError **error)
{
  return ptl_exposure_reports_compare (self->reports, from, to, error);
}

gboolean
ptl_exposure_accept (PtlExposure *self,
                     const char *key,
                     gint64 until,
                     const char *reason,
                     const char *who,
                     GError **error)
{
  if (!ptl_exposure_reports_accept (self->reports, key, until, reason, who, error))
    return FALSE;
  self->n_changes++;
  tell (self);
  return TRUE;
}

/* ---- Life ---- */

static void
ptl_exposure_dispose (GObject *object)
{
  PtlExposure *self = PTL_EXPOSURE (object);

  g_autoptr (GError) ending = ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The worker is ending."));

  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  g_clear_object (&self->schedule);
  answer_all (self, ending);
  g_clear_object (&self->notifier);
  g_clear_object (&self->parts.clock);
  g_clear_object (&self->parts.store);
  g_clear_object (&self->parts.inventory);
  g_clear_object (&self->parts.discovery);
  g_clear_object (&self->parts.relays);
  g_clear_object (&self->parts.foreign);
  g_clear_object (&self->parts.firewall);
  g_clear_object (&self->parts.addresses);
  G_OBJECT_CLASS (ptl_exposure_parent_class)->dispose (object);
}

static void
ptl_exposure_finalize (GObject *object)
{
  PtlExposure *self = PTL_EXPOSURE (object);

  g_clear_object (&self->running);
  ptl_exposure_reports_free (self->reports);
  ptl_exposure_ask_free (self->ask);
  g_free (self->saved);
  g_clear_pointer (&self->state, g_variant_unref);
  g_ptr_array_unref (self->waiting);
  g_free (self->who);
  G_OBJECT_CLASS (ptl_exposure_parent_class)->finalize (object);
}

static void
ptl_exposure_class_init (PtlExposureClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_exposure_dispose;
  G_OBJECT_CLASS (klass)->finalize = ptl_exposure_finalize;
  changed_signal =
      g_signal_new ("changed", PTL_TYPE_EXPOSURE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_exposure_init (PtlExposure *self)
{
  self->phase = "";
  self->waiting = ptl_waiters_new ();
}

PtlExposure *
ptl_exposure_new (const PtlExposureParts *parts, PtlNotifier *notifier)
{
  PtlExposure *self = g_object_new (PTL_TYPE_EXPOSURE, NULL);

  self->parts = *parts;
  g_object_ref (parts->clock);
  g_object_ref (parts->store);
  g_object_ref (parts->inventory);
  g_object_ref (parts->discovery);
  g_object_ref (parts->relays);
  g_object_ref (parts->foreign);
  g_object_ref (parts->firewall);
  g_object_ref (parts->addresses);
  g_set_object (&self->notifier, notifier);
  if (notifier != NULL)
    g_signal_connect_object (notifier, "action", G_CALLBACK (on_action), self, G_CONNECT_SWAPPED);
  self->reports = ptl_exposure_reports_new (parts->clock, parts->store);
  ptl_exposure_settings_load (&self->settings, parts->store);
  self->schedule = ptl_exposure_schedule_new (parts->clock, parts->discovery);
  g_signal_connect_object (self->schedule, "due", G_CALLBACK (on_due), self, G_CONNECT_SWAPPED);
  plan (self);
  tell (self);
  return self;
}
