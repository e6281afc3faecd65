/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-restorer.h"

#include "worker/ptl-alarm.h"

/* At the same time: what asks a router or a relay, and what this computer does alone. The latter is done at once, and
 * what is done at once is written to the store at once. */
#define IN_FLIGHT_MAX 32
#define LOCAL_IN_FLIGHT_MAX 256
/* After so long whoever asks for something meanwhile has their turn. */
#define TURN_US (20 * 1000)
#define FIRST_PAUSE_S 2
#define LAST_PAUSE_S 300

typedef struct
{
  char *id;
  guint pause_s;
  gint64 next_boot_us;
  gboolean busy;
  gboolean local;
} Entry;

struct _PtlRestorer
{
  GObject parent;

  PtlClock *clock;
  PtlInventory *inventory;
  PtlChanges *changes;
  GHashTable *entries; /* id -> Entry */
  GQueue ready;        /* of ids that are due and wait for their turn */
  guint n_busy, n_local_busy;
  guint run_id;
  PtlAlarm *alarm;
};

G_DEFINE_FINAL_TYPE (PtlRestorer, ptl_restorer, G_TYPE_OBJECT)

static void run_soon (PtlRestorer *self);

static void
entry_free (Entry *entry)
{
  g_free (entry->id);
  g_free (entry);
}

/* ---- Waiting ---- */

static void
collect_due (gpointer data)
{
  PtlRestorer *self = data;
  gint64 now = ptl_clock_get_boot_us (self->clock), next = G_MAXINT64;
  GHashTableIter iter;
  Entry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    {
      if (entry->busy || entry->next_boot_us == G_MAXINT64)
        continue;
      if (entry->next_boot_us > now)
        {
          next = MIN (next, entry->next_boot_us);
          continue;
        }
      entry->next_boot_us = G_MAXINT64;
      g_queue_push_tail (&self->ready, g_strdup (entry->id));
    }
  if (next != G_MAXINT64)
    ptl_alarm_set_boot (self->alarm, next, collect_due, self);
  else
    ptl_alarm_clear (self->alarm);
  run_soon (self);
}

/* ---- Running ---- */

static gboolean
is_local (PtlRestorer *self, const char *id)
{
  const PtlRule *rule = ptl_inventory_get (self->inventory, id);

  return rule != NULL && rule->kind == PTL_KIND_FORWARD;
}

static void
set_busy (PtlRestorer *self, Entry *entry, gboolean busy)
{
  guint *count = entry->local ? &self->n_local_busy : &self->n_busy;

  if (entry->busy == busy)
    return;
  entry->busy = busy;
  *count += busy ? 1 : -1;
}

static gboolean
has_room (PtlRestorer *self)
{
  const Entry *next = NULL;

  if (!g_queue_is_empty (&self->ready))
    next = g_hash_table_lookup (self->entries, g_queue_peek_head (&self->ready));
  if (next != NULL && next->local)
    return self->n_local_busy < LOCAL_IN_FLIGHT_MAX;
  return self->n_busy < IN_FLIGHT_MAX;
}

static void
start (PtlRestorer *self, const char *id)
{
  Entry *entry = g_hash_table_lookup (self->entries, id);

  if (entry == NULL || entry->busy)
    return;
  set_busy (self, entry, TRUE);
  ptl_changes_restore (self->changes, id);
  if (ptl_changes_is_busy (self->changes, id))
    return;
  /* It is not to be restored any more. */
  set_busy (self, entry, FALSE);
  g_hash_table_remove (self->entries, id);
}

static void
start_some (PtlRestorer *self)
{
  gint64 end_us = ptl_clock_get_boot_us (self->clock) + TURN_US;

  while (!g_queue_is_empty (&self->ready) && has_room (self) && ptl_clock_get_boot_us (self->clock) < end_us)
    {
      g_autofree char *id = g_queue_pop_head (&self->ready);

      start (self, id);
    }
}

static gboolean
run (gpointer data)
{
  PtlRestorer *self = data;
  g_autoptr (GError) error = NULL;

  self->run_id = 0;
  /* What cannot be logged is not applied: it is tried again once the store is well. */
  if (!g_queue_is_empty (&self->ready) && !ptl_changes_may_write (self->changes, &error))
    return G_SOURCE_REMOVE;
  start_some (self);
  if (has_room (self))
    run_soon (self);
  return G_SOURCE_REMOVE;
}

static void
run_soon (PtlRestorer *self)
{
  if (self->run_id == 0 && !g_queue_is_empty (&self->ready))
    self->run_id = g_idle_add_full (G_PRIORITY_DEFAULT, run, self, NULL);
}

static Entry *
finish (PtlRestorer *self, const char *id)
{
  Entry *entry = g_hash_table_lookup (self->entries, id);

  if (entry == NULL)
    return NULL;
  set_busy (self, entry, FALSE);
  run_soon (self);
  return entry;
}

static void
on_changed (PtlRestorer *self, const PtlRule *rule)
{
  if (rule->state == PTL_RULE_STATE_DEGRADED || finish (self, rule->id) == NULL)
    return;
  g_hash_table_remove (self->entries, rule->id);
}

static void
on_removed (PtlRestorer *self, const PtlRule *rule)
{
  if (finish (self, rule->id) != NULL)
    g_hash_table_remove (self->entries, rule->id);
}

static void
on_failed (PtlRestorer *self, const char *id)
{
  Entry *entry = finish (self, id);

  if (entry == NULL)
    {
      ptl_restorer_add (self, id);
      return;
    }
  entry->pause_s = CLAMP (entry->pause_s * 2, FIRST_PAUSE_S, LAST_PAUSE_S);
  entry->next_boot_us =
      ptl_clock_get_boot_us (self->clock) + (gint64) entry->pause_s * G_USEC_PER_SEC;
  collect_due (self);
}

/* ---- The face ---- */

void
ptl_restorer_add (PtlRestorer *self, const char *id)
{
  Entry *entry;

  if (g_hash_table_contains (self->entries, id))
    return;
  entry = g_new0 (Entry, 1);
  entry->id = g_strdup (id);
  entry->local = is_local (self, id);
  entry->next_boot_us = G_MAXINT64;
  g_hash_table_insert (self->entries, entry->id, entry);
  g_queue_push_tail (&self->ready, g_strdup (id));
  run_soon (self);
}

void
ptl_restorer_kick (PtlRestorer *self)
{
  gint64 now = ptl_clock_get_boot_us (self->clock);
  GHashTableIter iter;
  Entry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    {
      entry->pause_s = 0;
      if (entry->next_boot_us != G_MAXINT64)
        entry->next_boot_us = now;
    }
  collect_due (self);
}

static void
ptl_restorer_dispose (GObject *object)
{
  PtlRestorer *self = PTL_RESTORER (object);

  g_clear_handle_id (&self->run_id, g_source_remove);
  g_clear_object (&self->alarm);
  if (self->clock != NULL)
    g_signal_handlers_disconnect_by_data (self->clock, self);
  if (self->inventory != NULL)
    g_signal_handlers_disconnect_by_data (self->inventory, self);
  if (self->changes != NULL)
    g_signal_handlers_disconnect_by_data (self->changes, self);
  g_clear_pointer (&self->entries, g_hash_table_unref);
  g_queue_clear_full (&self->ready, g_free);
  g_clear_object (&self->inventory);
  g_clear_object (&self->changes);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_restorer_parent_class)->dispose (object);
}

static void
ptl_restorer_class_init (PtlRestorerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_restorer_dispose;
}

static void
ptl_restorer_init (PtlRestorer *self)
{
  g_queue_init (&self->ready);
  self->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
}

PtlRestorer *
ptl_restorer_new (PtlClock *clock, PtlInventory *inventory, PtlChanges *changes)
{
  PtlRestorer *self = g_object_new (PTL_TYPE_RESTORER, NULL);

  self->clock = g_object_ref (clock);
  self->inventory = g_object_ref (inventory);
  self->changes = g_object_ref (changes);
  self->alarm = ptl_alarm_new (clock);
  g_signal_connect_swapped (clock, "changed", G_CALLBACK (collect_due), self);
  g_signal_connect_swapped (inventory, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (inventory, "removed", G_CALLBACK (on_removed), self);
  g_signal_connect_swapped (changes, "restore-failed", G_CALLBACK (on_failed), self);
  return self;
}
