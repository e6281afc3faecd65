/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-host-firewall-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"

#define PATIENCE_S 3

/* A back end for debts alone. */
G_DEFINE_FINAL_TYPE_WITH_CODE (PtlHostFirewall,
                               ptl_host_firewall,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PTL_TYPE_BACKEND, ptl_host_firewall_iface_init))

static guint presence_signal;

static void forget_all (PtlHostFirewall *self, const char *but_for);

/* ---- Entries ---- */

static PtlFirewallEntry *
entry_new (const char *rule_id)
{
  PtlFirewallEntry *self = g_new0 (PtlFirewallEntry, 1);

  g_atomic_ref_count_init (&self->refs);
  self->rule_id = g_strdup (rule_id);
  self->due_boot_us = G_MAXINT64;
  self->arrivals = g_ptr_array_new ();
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_opening_record_free);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

PtlFirewallEntry *
ptl_firewall_entry_ref (PtlFirewallEntry *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_firewall_entry_unref (PtlFirewallEntry *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->rule_id);
  g_ptr_array_unref (self->arrivals);
  g_clear_pointer (&self->audience, ptl_audience_unref);
  g_ptr_array_unref (self->records);
  g_ptr_array_unref (self->waiting);
  g_clear_error (&self->problem);
  g_free (self->command);
  g_free (self);
}

static PtlFirewallEntry *
ensure_entry (PtlHostFirewall *self, const char *rule_id)
{
  PtlFirewallEntry *entry = g_hash_table_lookup (self->entries, rule_id);

  if (entry == NULL)
    {
      entry = entry_new (rule_id);
      g_hash_table_insert (self->entries, entry->rule_id, entry);
    }
  return entry;
}

/* What @rule wants now. FALSE: it wanted the same before. */
static gboolean
take_wants (PtlFirewallEntry *entry, GPtrArray *arrivals, const PtlRule *rule)
{
  gboolean same = ptl_arrivals_equal (entry->arrivals, arrivals) && entry->audience != NULL &&
                  ptl_audience_equal (entry->audience, rule->audience) && entry->expires == rule->expires;

  if (same)
    return FALSE;
  g_ptr_array_unref (entry->arrivals);
  entry->arrivals = g_ptr_array_ref (arrivals);
  g_clear_pointer (&entry->audience, ptl_audience_unref);
  entry->audience = ptl_audience_ref (rule->audience);
  entry->expires = rule->expires;
  return TRUE;
}

static gboolean
is_up (const PtlRule *rule)
{
  return rule->state == PTL_RULE_STATE_OPEN || rule->state == PTL_RULE_STATE_DEGRADED;
}

/* Those that it wants opened; none where it closes, or wishes the firewall to be left alone. */
static GPtrArray *
list_wanted (PtlHostFirewall *self, const PtlRule *rule)
{
  if (rule != NULL && is_up (rule) && rule->firewall == PTL_FIREWALL_WISH_AUTO &&
      !ptl_rule_is_expired (rule, ptl_clock_get_wall (self->clock)))
    return ptl_rule_list_arrivals (rule);
  return g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_arrival_free);
}

/* A change that a person made lets their word count again over somebody's who closed the port. */
static void
note_change (PtlFirewallEntry *entry, gboolean by_person)
{
  entry->dirty = TRUE;
  if (!by_person)
    return;
  entry->may_ask = TRUE;
  entry->yielded = FALSE;
}

static void
on_rule (PtlHostFirewall *self, const PtlRule *rule)
{
  PtlFirewallEntry *entry = g_hash_table_lookup (self->entries, rule->id);
  g_autoptr (GPtrArray) wanted = NULL;
  gboolean by_person;

  /* ptl_host_firewall_settle_async() has what it is to become. */
  if (rule->state == PTL_RULE_STATE_OPENING)
    return;
  wanted = list_wanted (self, rule);
  if (entry == NULL && wanted->len == 0)
    return;
  entry = ensure_entry (self, rule->id);
  by_person = entry->audience != NULL && wanted->len > 0 &&
              (entry->arrivals->len == 0 || entry->expires != rule->expires ||
               !ptl_audience_equal (entry->audience, rule->audience));
  if (!take_wants (entry, wanted, rule))
    return;
  note_change (entry, by_person);
  ptl_host_firewall_kick (self);
}

static void
on_removed (PtlHostFirewall *self, const PtlRule *rule)
{
  PtlFirewallEntry *entry = g_hash_table_lookup (self->entries, rule->id);

  if (entry == NULL)
    return;
  g_ptr_array_unref (entry->arrivals);
  entry->arrivals = g_ptr_array_new ();
  entry->dirty = TRUE;
  ptl_host_firewall_kick (self);
}

const PtlOpeningRecord *
ptl_host_firewall_find_other (PtlHostFirewall *self, const PtlOpeningRecord *record)
{
  const PtlOpeningRecord *found = NULL;
  GHashTableIter iter;
  PtlFirewallEntry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    for (guint i = 0; i < entry->records->len; i++)
      {
        const PtlOpeningRecord *other = entry->records->pdata[i];

        if (other->at != 0 && !g_str_equal (other->rule_id, record->rule_id) &&
            ptl_firewall_opening_equal (other->opening, record->opening) &&
            (found == NULL || other->ends > found->ends))
          found = other;
      }
  return found;
}

/* ---- Passes ---- */

static GPtrArray *
take_dirty (PtlHostFirewall *self)
{
  GPtrArray *dirty = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_firewall_entry_unref);
  GHashTableIter iter;
  PtlFirewallEntry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    if (entry->dirty)
      {
        entry->dirty = FALSE;
        entry->asking = entry->may_ask;
        entry->may_ask = FALSE;
        entry->retry_boot_us = 0;
        g_ptr_array_add (dirty, ptl_firewall_entry_ref (entry));
      }
  return dirty;
}

/* What comes in one turn of the main loop (a thousand rules restored) is one pass. */
static gboolean
on_kick (gpointer data)
{
  PtlHostFirewall *self = data;
  g_autoptr (GPtrArray) dirty = NULL;

  self->kick_id = 0;
  if (self->pass != NULL || !self->known)
    return G_SOURCE_REMOVE;
  dirty = take_dirty (self);
  if (dirty->len > 0)
    ptl_firewall_pass_start (self, g_steal_pointer (&dirty));
  else
    ptl_host_firewall_schedule (self);
  return G_SOURCE_REMOVE;
}

void
ptl_host_firewall_kick (PtlHostFirewall *self)
{
  if (self->kick_id == 0)
    self->kick_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_kick, self, NULL);
}

/* Half of a permanent rule's time, or the end that firewalld keeps where the rule lasts longer. What is over by @now was
 * due in the pass that has ended. */
static gint64
due_of (const PtlFirewallEntry *entry, gint64 now)
{
  gint64 due = entry->retry_boot_us != 0 ? entry->retry_boot_us : G_MAXINT64;

  for (guint i = 0; i < entry->records->len; i++)
    {
      const PtlOpeningRecord *record = entry->records->pdata[i];
      gint64 early = entry->expires == 0 ? (gint64) PTL_OPENING_PERMANENT_S / 2 * G_USEC_PER_SEC : -G_USEC_PER_SEC;

      if (record->ends_boot_us - early > now)
        due = MIN (due, record->ends_boot_us - early);
    }
  return due;
}

void
ptl_host_firewall_pass_ended (PtlHostFirewall *self, GPtrArray *entries)
{
  gint64 now = ptl_clock_get_boot_us (self->clock);

  self->pass = NULL;
  for (guint i = 0; i < entries->len; i++)
    {
      PtlFirewallEntry *entry = entries->pdata[i];
      g_autoptr (GPtrArray) waiting = g_steal_pointer (&entry->waiting);

      entry->waiting = g_ptr_array_new_with_free_func (g_object_unref);
      entry->due_boot_us = due_of (entry, now);
      for (guint j = 0; j < waiting->len; j++)
        g_task_return_boolean (waiting->pdata[j], TRUE);
      if (!entry->dirty && entry->arrivals->len == 0 && entry->records->len == 0)
        g_hash_table_remove (self->entries, entry->rule_id);
    }
  if (self->forgetting)
    forget_all (self, NULL);
  ptl_host_firewall_kick (self);
}

static void
wake (gpointer data)
{
  PtlHostFirewall *self = data;
  gint64 now = ptl_clock_get_boot_us (self->clock);
  GHashTableIter iter;
  PtlFirewallEntry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    if (entry->due_boot_us <= now)
      entry->dirty = TRUE;
  ptl_host_firewall_kick (self);
}

void
ptl_host_firewall_schedule (PtlHostFirewall *self)
{
  gint64 next = G_MAXINT64;
  GHashTableIter iter;
  PtlFirewallEntry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    next = MIN (next, entry->due_boot_us);
  if (next == G_MAXINT64)
    ptl_alarm_clear (self->alarm);
  else
    ptl_alarm_set_boot (self->alarm, next, wake, self);
}

/* ---- What firewalld tells ---- */

static void
all_dirty (PtlHostFirewall *self)
{
  GHashTableIter iter;
  PtlFirewallEntry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    entry->dirty = TRUE;
  ptl_host_firewall_kick (self);
}

/* What an entry held is gone with the firewalld that held it, but for what that of the instance @but_for holds; NULL: what
 * it has been told since it forgot. */
static void
forget (PtlHostFirewall *self, PtlFirewallEntry *entry, const char *but_for)
{
  for (guint i = entry->records->len; i > 0; i--)
    {
      const PtlOpeningRecord *record = entry->records->pdata[i - 1];

      if (but_for != NULL ? g_str_equal (record->instance, but_for) : record->epoch == self->epoch)
        continue;
      if (ptl_store_delete_opening (self->store, record, NULL))
        g_ptr_array_remove_index (entry->records, i - 1);
    }
  entry->yielded = FALSE;
}

static void
forget_all (PtlHostFirewall *self, const char *but_for)
{
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  PtlFirewallEntry *entry;
  gboolean any = FALSE;

  /* A pass has the records in its hands. */
  self->forgetting = self->pass != NULL;
  if (self->forgetting)
    return;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    any = any || entry->records->len > 0;
  if (any && ptl_store_begin (self->store, &error))
    {
      g_hash_table_iter_init (&iter, self->entries);
      while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
        forget (self, entry, but_for);
      ptl_store_commit (self->store, &error);
    }
  if (error != NULL)
    g_message ("What firewalld forgot could not be struck out: %s", error->message);
  all_dirty (self);
}

static void
set_known (PtlHostFirewall *self)
{
  g_clear_handle_id (&self->patience_id, g_source_remove);
  self->known = TRUE;
  g_signal_emit (self, presence_signal, 0);
}

static void
on_started (PtlHostFirewall *self)
{
  set_known (self);
  forget_all (self, ptl_firewalld_get_instance (self->firewalld));
  ptl_debts_kick (self->debts);
}

static void
on_reloaded (PtlHostFirewall *self)
{
  self->epoch++;
  forget_all (self, NULL);
}

static void
on_gone (PtlHostFirewall *self)
{
  self->epoch++;
  set_known (self);
  forget_all (self, NULL);
  ptl_debts_kick (self->debts);
}

static gboolean
on_patience (gpointer data)
{
  PtlHostFirewall *self = data;

  self->patience_id = 0;
  self->known = TRUE;
  ptl_host_firewall_kick (self);
  return G_SOURCE_REMOVE;
}

/* ---- The face ---- */

static void
load (PtlHostFirewall *self)
{
  g_autoptr (GPtrArray) records = ptl_store_list_openings (self->store, NULL);
  gint64 wall = ptl_clock_get_wall (self->clock);
  gint64 boot = ptl_clock_get_boot_us (self->clock);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      PtlOpeningRecord *record = g_steal_pointer (&records->pdata[i]);
      PtlFirewallEntry *entry = ensure_entry (self, record->rule_id);

      record->ends_boot_us = boot + (record->ends - wall) * G_USEC_PER_SEC;
      g_ptr_array_add (entry->records, record);
      entry->dirty = TRUE;
    }
  if (records != NULL)
    g_ptr_array_set_free_func (records, NULL);
}

void
ptl_host_firewall_start (PtlHostFirewall *self)
{
  g_autoptr (GPtrArray) rules = ptl_inventory_list (self->inventory);

  load (self);
  for (guint i = 0; i < rules->len; i++)
    on_rule (self, rules->pdata[i]);
  self->patience_id = g_timeout_add_seconds (PATIENCE_S, on_patience, self);
  ptl_firewalld_watch (self->firewalld);
}

void
ptl_host_firewall_settle_async (PtlHostFirewall *self,
                                const PtlRule *rule,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (PtlRule) open = ptl_rule_copy (rule);
  g_autoptr (GPtrArray) wanted = NULL;
  PtlFirewallEntry *entry;

  open->state = PTL_RULE_STATE_OPEN;
  wanted = list_wanted (self, open);
  if (wanted->len == 0 || (self->known && !ptl_host_firewall_is_there (self)))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  entry = ensure_entry (self, rule->id);
  take_wants (entry, wanted, open);
  note_change (entry, TRUE);
  g_ptr_array_add (entry->waiting, g_steal_pointer (&task));
  ptl_host_firewall_kick (self);
}

void
ptl_host_firewall_settle_finish (PtlHostFirewall *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

GError *
ptl_host_firewall_dup_caveat (PtlHostFirewall *self, const char *rule_id)
{
  const PtlFirewallEntry *entry = g_hash_table_lookup (self->entries, rule_id);

  return entry != NULL && entry->problem != NULL ? g_error_copy (entry->problem) : NULL;
}

const char *
ptl_host_firewall_get_command (PtlHostFirewall *self, const char *rule_id)
{
  const PtlFirewallEntry *entry = g_hash_table_lookup (self->entries, rule_id);

  return entry != NULL ? entry->command : NULL;
}

const GPtrArray *
ptl_host_firewall_get_records (PtlHostFirewall *self, const char *rule_id)
{
  const PtlFirewallEntry *entry = g_hash_table_lookup (self->entries, rule_id);

  return entry != NULL && entry->records->len > 0 ? entry->records : NULL;
}

gboolean
ptl_host_firewall_is_there (PtlHostFirewall *self)
{
  return *ptl_firewalld_get_instance (self->firewalld) != '\0';
}

/* ---- Life ---- */

static void
ptl_host_firewall_dispose (GObject *object)
{
  PtlHostFirewall *self = PTL_HOST_FIREWALL (object);

  g_clear_handle_id (&self->patience_id, g_source_remove);
  g_clear_handle_id (&self->kick_id, g_source_remove);
  if (self->firewalld != NULL)
    g_signal_handlers_disconnect_by_data (self->firewalld, self);
  if (self->inventory != NULL)
    g_signal_handlers_disconnect_by_data (self->inventory, self);
  g_clear_object (&self->alarm);
  g_clear_pointer (&self->entries, g_hash_table_unref);
  g_clear_object (&self->firewalld);
  g_clear_object (&self->debts);
  g_clear_object (&self->inventory);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_host_firewall_parent_class)->dispose (object);
}

static void
ptl_host_firewall_class_init (PtlHostFirewallClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_host_firewall_dispose;
  presence_signal = g_signal_new ("presence-changed", PTL_TYPE_HOST_FIREWALL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
}

static void
ptl_host_firewall_init (PtlHostFirewall *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) ptl_firewall_entry_unref);
}

PtlHostFirewall *
ptl_host_firewall_new (PtlClock *clock, PtlStore *store, PtlInventory *inventory, PtlDebts *debts, PtlFirewalld *firewalld)
{
  PtlHostFirewall *self = g_object_new (PTL_TYPE_HOST_FIREWALL, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->inventory = g_object_ref (inventory);
  self->debts = g_object_ref (debts);
  self->firewalld = g_object_ref (firewalld);
  self->alarm = ptl_alarm_new (clock);
  g_signal_connect_swapped (inventory, "added", G_CALLBACK (on_rule), self);
  g_signal_connect_swapped (inventory, "changed", G_CALLBACK (on_rule), self);
  g_signal_connect_swapped (inventory, "removed", G_CALLBACK (on_removed), self);
  g_signal_connect_swapped (firewalld, "started", G_CALLBACK (on_started), self);
  g_signal_connect_swapped (firewalld, "reloaded", G_CALLBACK (on_reloaded), self);
  g_signal_connect_swapped (firewalld, "changed", G_CALLBACK (all_dirty), self);
  g_signal_connect_swapped (firewalld, "gone", G_CALLBACK (on_gone), self);
  return self;
}
