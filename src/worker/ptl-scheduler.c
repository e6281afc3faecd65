/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-scheduler.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "worker/ptl-alarm.h"


#define EXTENSION_S 3600

/* Seconds before the end, the earliest first. */
static const gint64 notice_times[] = { 600, 60 };

/* What was said of a rule: of which end, and up to which of the notices. */
typedef struct
{
  gint64 expires;
  guint n_sent;
} Said;

struct _PtlScheduler
{
  GObject parent;

  PtlClock *clock;
  PtlInventory *inventory;
  PtlChanges *changes;
  PtlNotifier *notifier;
  PtlAlarm *alarm;
  gint64 next; /* Unix seconds; G_MAXINT64 = none */
  GHashTable *said; /* id -> Said */
};

G_DEFINE_FINAL_TYPE (PtlScheduler, ptl_scheduler, G_TYPE_OBJECT)

/* ---- Notices ---- */

static Said *
said_of (PtlScheduler *self, const PtlRule *rule)
{
  Said *said = g_hash_table_lookup (self->said, rule->id);

  if (said == NULL)
    {
      said = g_new0 (Said, 1);
      g_hash_table_insert (self->said, g_strdup (rule->id), said);
    }
  if (said->expires != rule->expires)
    {
      if (said->n_sent > 0 && self->notifier != NULL)
        ptl_notifier_withdraw (self->notifier, rule->id);
      said->expires = rule->expires;
      said->n_sent = 0;
    }
  return said;
}

static gboolean
is_up (const PtlRule *rule)
{
  return rule->state == PTL_RULE_STATE_OPEN || rule->state == PTL_RULE_STATE_DEGRADED;
}

/* A rule that is shorter than a notice has none: it was just opened. */
static gboolean
wants_notice (const PtlRule *rule, guint index)
{
  return rule->expires - rule->created > notice_times[index];
}

static gint64
next_notice (PtlScheduler *self, const PtlRule *rule)
{
  const Said *said;

  if (rule->expires == 0 || !is_up (rule))
    return G_MAXINT64;
  said = said_of (self, rule);
  for (guint i = said->n_sent; i < G_N_ELEMENTS (notice_times); i++)
    if (wants_notice (rule, i))
      return rule->expires - notice_times[i];
  return G_MAXINT64;
}

static void
send_notice (PtlScheduler *self, const PtlRule *rule, gint64 left)
{
  const char *const actions[] = { "extend", _("Extend by 1 hour"), NULL };
  guint minutes = (guint) ((left + 59) / 60);
  g_autofree char *summary = NULL;
  g_autofree char *body = NULL;

  if (self->notifier == NULL || !ptl_notifier_is_wanted ("notices"))
    return;
  /* Translators: the first is the name of a rule, the second a number of minutes */
  summary = g_strdup_printf (ngettext ("“%s” closes in %u minute", "“%s” closes in %u minutes", minutes),
                             rule->name, minutes);
  body = g_strdup_printf ("%s: %s", rule->owner, rule->purpose);
  ptl_notifier_send (self->notifier, rule->id, summary, body, actions);
}

static void
notice (PtlScheduler *self, const PtlRule *rule, gint64 now)
{
  Said *said = said_of (self, rule);
  gboolean due = FALSE;

  for (guint i = said->n_sent; i < G_N_ELEMENTS (notice_times); i++)
    {
      if (now < rule->expires - notice_times[i])
        break;
      due = due || wants_notice (rule, i);
      said->n_sent = i + 1;
    }
  /* After a suspend both may be due: then one notice tells what is left. */
  if (due)
    send_notice (self, rule, rule->expires - now);
}

static void
on_action (PtlScheduler *self, const char *tag, const char *key)
{
  const char *const ids[] = { tag, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *who = g_strdup_printf ("user %s (notification)", g_get_user_name ());

  if (g_str_equal (key, "extend") &&
      !ptl_changes_extend (self->changes, ids, 0, EXTENSION_S, who, &error))
    g_message ("A rule could not be extended from its notice: %s", error->message);
}

/* ---- The alarm ---- */

static void on_alarm (gpointer data);

static void
wake_at (PtlScheduler *self, gint64 time)
{
  if (time >= self->next)
    return;
  self->next = time;
  ptl_alarm_set_wall (self->alarm, time * G_USEC_PER_SEC, on_alarm, self);
}

static void
plan (PtlScheduler *self, const PtlRule *rule)
{
  if (rule->expires == 0 || rule->state == PTL_RULE_STATE_CLOSING)
    return;
  wake_at (self, rule->expires);
  wake_at (self, next_notice (self, rule));
}

static void
close_expired (PtlScheduler *self, gint64 now)
{
  g_autoptr (GPtrArray) rules = ptl_inventory_list (self->inventory);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];

      if (ptl_rule_is_expired (rule, now) && rule->state != PTL_RULE_STATE_CLOSING)
        g_ptr_array_add (ids, g_strdup (rule->id));
    }
  if (ids->len == 0)
    return;
  g_ptr_array_add (ids, NULL);
  ptl_changes_close (self->changes, (const char *const *) ids->pdata, PTL_CLOSE_REASON_EXPIRED,
                     "worker", NULL);
}

void
ptl_scheduler_run (PtlScheduler *self)
{
  gint64 now = ptl_clock_get_wall (self->clock);
  g_autoptr (GPtrArray) rules = NULL;

  close_expired (self, now);
  self->next = G_MAXINT64;
  ptl_alarm_clear (self->alarm);
  rules = ptl_inventory_list (self->inventory);
  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];

      if (rule->expires != 0 && is_up (rule))
        notice (self, rule, now);
      plan (self, rule);
    }
}

static void
on_alarm (gpointer data)
{
  ptl_scheduler_run (data);
}

static void
on_rule (PtlScheduler *self, const PtlRule *rule)
{
  plan (self, rule);
}

static void
on_removed (PtlScheduler *self, const PtlRule *rule)
{
  const Said *said = g_hash_table_lookup (self->said, rule->id);

  if (said != NULL && said->n_sent > 0 && self->notifier != NULL)
    ptl_notifier_withdraw (self->notifier, rule->id);
  g_hash_table_remove (self->said, rule->id);
}

/* ---- Life ---- */

static void
ptl_scheduler_dispose (GObject *object)
{
  PtlScheduler *self = PTL_SCHEDULER (object);

  g_clear_object (&self->alarm);
  if (self->clock != NULL)
    g_signal_handlers_disconnect_by_data (self->clock, self);
  if (self->inventory != NULL)
    g_signal_handlers_disconnect_by_data (self->inventory, self);
  if (self->notifier != NULL)
    g_signal_handlers_disconnect_by_data (self->notifier, self);
  g_clear_pointer (&self->said, g_hash_table_unref);
  g_clear_object (&self->notifier);
  g_clear_object (&self->changes);
  g_clear_object (&self->inventory);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_scheduler_parent_class)->dispose (object);
}

static void
ptl_scheduler_class_init (PtlSchedulerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_scheduler_dispose;
}

static void
ptl_scheduler_init (PtlScheduler *self)
{
  self->next = G_MAXINT64;
  self->said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

PtlScheduler *
ptl_scheduler_new (PtlClock *clock,
                   PtlInventory *inventory,
                   PtlChanges *changes,
                   PtlNotifier *notifier)
{
  PtlScheduler *self = g_object_new (PTL_TYPE_SCHEDULER, NULL);

  self->clock = g_object_ref (clock);
  self->inventory = g_object_ref (inventory);
  self->changes = g_object_ref (changes);
  g_set_object (&self->notifier, notifier);
  self->alarm = ptl_alarm_new (clock);
  g_signal_connect_swapped (clock, "changed", G_CALLBACK (ptl_scheduler_run), self);
  g_signal_connect_swapped (inventory, "added", G_CALLBACK (on_rule), self);
  g_signal_connect_swapped (inventory, "changed", G_CALLBACK (on_rule), self);
  g_signal_connect_swapped (inventory, "removed", G_CALLBACK (on_removed), self);
  if (notifier != NULL)
    g_signal_connect_swapped (notifier, "action", G_CALLBACK (on_action), self);
  return self;
}
