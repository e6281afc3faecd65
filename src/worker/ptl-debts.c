/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-debts.h"

#include <glib/gi18n-lib.h>

#define FIRST_PAUSE_S 2
#define LAST_PAUSE_S (15 * 60)

/* One debt and when it is tried next. */
typedef struct
{
  PtlDebts *owner;
  PtlDebt *debt;
  gint64 next_boot_us;
  guint pause_s;
  gboolean busy;
} Entry;

struct _PtlDebts
{
  GObject parent;

  PtlClock *clock;
  PtlStore *store;
  PtlBackend *backends[3];
  PtlBackend *firewall;
  GPtrArray *entries; /* of Entry */
  PtlAlarm *alarm;
  gulong changed_id;
};

G_DEFINE_FINAL_TYPE (PtlDebts, ptl_debts, G_TYPE_OBJECT)

static guint changed_signal;
static guint paid_signal;

static void try_due (gpointer data);

static void
entry_free (Entry *entry)
{
  ptl_debt_free (entry->debt);
  g_free (entry);
}

PtlDebt *
ptl_debt_new_for (const char *rule_id, const PtlLease *lease, gint64 now, const GError *reason)
{
  PtlDebt *debt = ptl_debt_new (rule_id, lease);

  debt->since = now;
  /* A lease that was asked for and perhaps never granted has no end that we know. */
  if (lease->lifetime > 0 && lease->granted > 0)
    debt->ends = lease->granted + lease->lifetime;
  g_free (debt->message);
  debt->message = reason != NULL ? ptl_error_dup_what (reason) : g_strdup ("");
  return debt;
}

static PtlBackend *
backend_of (PtlDebts *self, const PtlLease *lease)
{
  if (g_str_equal (lease->system, "engine"))
    return self->backends[PTL_KIND_FORWARD];
  if (g_str_equal (lease->system, "ssh"))
    return self->backends[PTL_KIND_TUNNEL];
  if (g_str_equal (lease->system, "firewalld"))
    return self->firewall;
  return self->backends[PTL_KIND_MAPPING];
}

static gboolean
is_forgotten (PtlDebts *self, const PtlDebt *debt)
{
  return debt->ends != 0 && debt->ends <= ptl_clock_get_wall (self->clock);
}

static void
schedule (PtlDebts *self)
{
  gint64 next = G_MAXINT64;

  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = self->entries->pdata[i];

      if (!entry->busy)
        next = MIN (next, entry->next_boot_us);
    }
  if (next == G_MAXINT64)
    ptl_alarm_clear (self->alarm);
  else
    ptl_alarm_set_boot (self->alarm, next, try_due, self);
}

/* The debt is struck out in the log too. Where the store cannot be written, it stays and is struck out later:
 * taking back what is gone already is no fault. */
static gboolean
write_paid (PtlDebts *self, const PtlDebt *debt, const char *detail)
{
  g_autoptr (GError) error = NULL;

  if (ptl_store_begin (self->store, &error) &&
      ptl_store_delete_debt (self->store, debt->id, &error) &&
      ptl_store_add_event (self->store, "worker", "debt-paid", debt->rule_id, "ok", detail, &error) &&
      ptl_store_commit (self->store, &error))
    return TRUE;
  g_message ("A debt that is paid could not be struck out yet: %s", error->message);
  return FALSE;
}

static void
write_try (PtlDebts *self, const PtlDebt *debt)
{
  g_autoptr (GError) error = NULL;

  if (!ptl_store_begin (self->store, &error) ||
      !ptl_store_put_debt (self->store, debt, &error) || !ptl_store_commit (self->store, &error))
    g_message ("The tries of a debt could not be kept: %s", error->message);
}

static void
back_off (PtlDebts *self, Entry *entry)
{
  entry->pause_s = CLAMP (entry->pause_s * 2, FIRST_PAUSE_S, LAST_PAUSE_S);
  entry->next_boot_us =
      ptl_clock_get_boot_us (self->clock) + (gint64) entry->pause_s * G_USEC_PER_SEC;
}

static void
settle (PtlDebts *self, Entry *entry, const char *detail)
{
  g_autofree char *rule_id = g_strdup (entry->debt->rule_id);

  if (write_paid (self, entry->debt, detail))
    g_ptr_array_remove (self->entries, entry);
  else
    back_off (self, entry);
  schedule (self);
  g_signal_emit (self, changed_signal, 0);
  g_signal_emit (self, paid_signal, 0, rule_id);
}

static void
fail (PtlDebts *self, Entry *entry, const GError *error)
{
  entry->debt->tries++;
  g_free (entry->debt->message);
  entry->debt->message = ptl_error_dup_what (error);
  write_try (self, entry->debt);
  back_off (self, entry);
  schedule (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer data)
{
  Entry *entry = data;
  g_autoptr (PtlDebts) self = entry->owner;
  g_autoptr (GError) error = NULL;
  g_autofree char *where = ptl_endpoint_to_string (entry->debt->lease->endpoint);

  entry->busy = FALSE;
  if (ptl_backend_take_back_finish (PTL_BACKEND (source), result, &error))
    settle (self, entry, where);
  else
    fail (self, entry, error);
}

static void
try_entry (PtlDebts *self, Entry *entry)
{
  PtlBackend *backend = backend_of (self, entry->debt->lease);

  if (is_forgotten (self, entry->debt))
    {
      settle (self, entry,
              g_str_equal (entry->debt->lease->system, "firewalld")
                  ? _("firewalld closed it by itself: its time was over.")
                  : _("The router forgot it by itself: its time was over."));
      return;
    }
  if (backend == NULL)
    {
      back_off (self, entry);
      return;
    }
  entry->busy = TRUE;
  g_object_ref (self);
  ptl_backend_take_back_async (backend, entry->debt->rule_id, entry->debt->lease, on_taken_back,
                               entry);
}

static void
try_due (gpointer data)
{
  PtlDebts *self = data;
  gint64 now = ptl_clock_get_boot_us (self->clock);
  g_autoptr (GPtrArray) due = g_ptr_array_new ();

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];

      if (!entry->busy && (entry->next_boot_us <= now || is_forgotten (self, entry->debt)))
        g_ptr_array_add (due, entry);
    }
  for (guint i = 0; i < due->len; i++)
    try_entry (self, due->pdata[i]);
  schedule (self);
}

void
ptl_debts_adopt (PtlDebts *self, PtlDebt *debt, guint delay_s)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->owner = self;
  entry->debt = debt;
  entry->pause_s = delay_s;
  entry->next_boot_us = ptl_clock_get_boot_us (self->clock) + (gint64) delay_s * G_USEC_PER_SEC;
  g_ptr_array_add (self->entries, entry);
  schedule (self);
  g_signal_emit (self, changed_signal, 0);
}

void
ptl_debts_kick (PtlDebts *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];

      entry->pause_s = 0;
      entry->next_boot_us = ptl_clock_get_boot_us (self->clock);
    }
  schedule (self);
}

guint
ptl_debts_get_n_debts (PtlDebts *self)
{
  return self->entries->len;
}

GPtrArray *
ptl_debts_list (PtlDebts *self)
{
  GPtrArray *debts = g_ptr_array_new ();

  for (guint i = 0; i < self->entries->len; i++)
    g_ptr_array_add (debts, ((Entry *) self->entries->pdata[i])->debt);
  return debts;
}

void
ptl_debts_set_backend (PtlDebts *self, PtlKind kind, PtlBackend *backend)
{
  g_set_object (&self->backends[kind], backend);
}

void
ptl_debts_set_firewall (PtlDebts *self, PtlBackend *backend)
{
  g_set_object (&self->firewall, backend);
}

static void
ptl_debts_dispose (GObject *object)
{
  PtlDebts *self = PTL_DEBTS (object);

  g_clear_object (&self->alarm);
  if (self->clock != NULL)
    g_clear_signal_handler (&self->changed_id, self->clock);
  for (guint i = 0; i < G_N_ELEMENTS (self->backends); i++)
    g_clear_object (&self->backends[i]);
  g_clear_object (&self->firewall);
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_debts_parent_class)->dispose (object);
}

static void
ptl_debts_class_init (PtlDebtsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_debts_dispose;
  changed_signal = g_signal_new ("changed", PTL_TYPE_DEBTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  paid_signal = g_signal_new ("paid", PTL_TYPE_DEBTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ptl_debts_init (PtlDebts *self)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
}

PtlDebts *
ptl_debts_new (PtlClock *clock, PtlStore *store)
{
  PtlDebts *self = g_object_new (PTL_TYPE_DEBTS, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->alarm = ptl_alarm_new (clock);
  self->changed_id =
      g_signal_connect_swapped (clock, "changed", G_CALLBACK (try_due), self);
  return self;
}
