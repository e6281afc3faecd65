/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-foreign-private.h"

#include <string.h>

#include "core/ptl-text.h"
#include "router/ptl-arp.h"

#define TEXT_CHARS 120
/* Routers come and go with networks. */
#define TABLES_MOST 16

G_DEFINE_FINAL_TYPE (PtlForeign, ptl_foreign, G_TYPE_OBJECT)

/* ---- Entries ---- */

PtlRouterEntry *
ptl_foreign_copy_entry (const PtlRouterEntry *entry)
{
  PtlRouterEntry *copy = g_new (PtlRouterEntry, 1);

  *copy = *entry;
  copy->address = g_strdup (entry->address);
  copy->description = g_strdup (entry->description);
  copy->remote = g_strdup (entry->remote);
  return copy;
}

static gboolean
has_remote (const PtlRouterEntry *entry)
{
  return entry->remote != NULL && *entry->remote != '\0';
}

char *
ptl_foreign_dup_entry_id (const PtlRouterEntry *entry)
{
  g_autofree char *remote = has_remote (entry) ? ptl_text_make_safe (entry->remote, -1, TEXT_CHARS) : NULL;

  return g_strdup_printf ("%s/%u%s%s", ptl_protocol_to_string (entry->protocol), entry->external_port,
                          remote != NULL ? "/" : "", remote != NULL ? remote : "");
}

char *
ptl_foreign_describe (const PtlRouterEntry *entry)
{
  g_autofree char *address = ptl_text_make_safe (entry->address != NULL ? entry->address : "", -1, TEXT_CHARS);
  g_autofree char *text = ptl_text_make_safe (entry->description != NULL ? entry->description : "", -1, TEXT_CHARS);

  return g_strdup_printf (*text != '\0' ? "%s %u → %s:%u “%s”" : "%s %u → %s:%u", ptl_protocol_to_string (entry->protocol),
                          entry->external_port, address, entry->port, text);
}

/* ---- Whose ---- */

static gboolean
lease_is_entry (PtlForeign *self, const PtlLease *lease, PtlRouter *router, const PtlRouterEntry *entry)
{
  return *lease->holder != '\0' && ptl_discovery_get_router (self->discovery, lease->holder) == router &&
         lease->endpoint != NULL && (lease->endpoint->protocol & entry->protocol) != 0 &&
         lease->endpoint->first == entry->external_port &&
         (lease->inner == NULL || lease->inner->first == entry->port);
}

static gboolean
any_is_entry (PtlForeign *self, GPtrArray *leases, PtlRouter *router, const PtlRouterEntry *entry)
{
  for (guint i = 0; i < leases->len; i++)
    if (lease_is_entry (self, leases->pdata[i], router, entry))
      return TRUE;
  return FALSE;
}

const char *
ptl_foreign_owner_of (PtlForeign *self, PtlRouter *router, const PtlRouterEntry *entry)
{
  const char *holder = ptl_backend_router_find_holder (self->mappings, router, entry);
  g_autoptr (GPtrArray) rules = ptl_inventory_list (self->inventory);
  g_autoptr (GPtrArray) debts = ptl_debts_list (self->debts);

  if (holder != NULL)
    return holder;
  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];

      if (any_is_entry (self, rule->leases, router, entry))
        return rule->id;
    }
  for (guint i = 0; i < debts->len; i++)
    {
      const PtlDebt *debt = debts->pdata[i];

      if (lease_is_entry (self, debt->lease, router, entry))
        return debt->rule_id;
    }
  return "";
}

/* ---- What is remembered ---- */

char *
ptl_foreign_dup_router_key (PtlRouter *router)
{
  g_autofree char *table = ptl_arp_read ();
  guint8 mac[6];

  if (ptl_arp_find (table, ptl_router_get_address (router), mac) != PTL_ARP_THERE)
    return g_strdup (ptl_router_get_id (router));
  return g_strdup_printf ("r%02x%02x%02x%02x%02x%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static char *
record_key (const PtlEntryRecord *record)
{
  return g_strdup_printf ("%s %d %u %s %s %u", record->router, (int) record->protocol, record->external_port,
                          record->remote, record->address, record->port);
}

static PtlEntryRecord *
record_of (const char *key, const PtlRouterEntry *entry)
{
  PtlEntryRecord *record = g_new0 (PtlEntryRecord, 1);

  record->router = g_strdup (key);
  record->protocol = entry->protocol;
  record->external_port = entry->external_port;
  record->remote = ptl_text_make_safe (entry->remote != NULL ? entry->remote : "", -1, TEXT_CHARS);
  record->address = ptl_text_make_safe (entry->address != NULL ? entry->address : "", -1, TEXT_CHARS);
  record->port = entry->port;
  record->description = ptl_text_make_safe (entry->description != NULL ? entry->description : "", -1, TEXT_CHARS);
  return record;
}

PtlEntryRecord *
ptl_foreign_get_record (PtlForeign *self, const char *key, const PtlRouterEntry *entry)
{
  g_autoptr (PtlEntryRecord) wanted = record_of (key, entry);
  g_autofree char *text = record_key (wanted);

  return g_hash_table_lookup (self->records, text);
}

PtlEntryRecord *
ptl_foreign_put_record (PtlForeign *self, const char *key, const PtlRouterEntry *entry)
{
  PtlEntryRecord *record = record_of (key, entry);

  record->first_seen = record->last_seen = ptl_clock_get_wall (self->clock);
  g_hash_table_replace (self->records, record_key (record), record);
  return record;
}

void
ptl_foreign_load (PtlForeign *self)
{
  g_autoptr (GPtrArray) records = self->loaded ? NULL : ptl_store_list_entries (self->store, NULL);

  if (records == NULL)
    return;
  self->loaded = TRUE;
  for (guint i = 0; i < records->len; i++)
    {
      PtlEntryRecord *record = ptl_entry_record_copy (records->pdata[i]);

      g_hash_table_replace (self->records, record_key (record), record);
    }
}

/* ---- Tables ---- */

static void
table_free (gpointer data)
{
  PtlForeignTable *table = data;

  g_free (table->key);
  g_ptr_array_unref (table->entries);
  g_clear_pointer (&table->waiting, g_ptr_array_unref);
  g_free (table);
}

PtlForeignTable *
ptl_foreign_get_table (PtlForeign *self, PtlRouter *router)
{
  return g_hash_table_lookup (self->tables, router);
}

static void
on_listed (PtlForeign *self, PtlRouter *router, GPtrArray *entries, PtlKeeper *keeper)
{
  PtlForeignTable *table = g_new0 (PtlForeignTable, 1);

  table->key = ptl_foreign_dup_router_key (router);
  table->boot_us = ptl_clock_get_boot_us (self->clock);
  table->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_router_entry_free);
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (table->entries, ptl_foreign_copy_entry (entries->pdata[i]));
  if (g_hash_table_size (self->tables) >= TABLES_MOST)
    g_hash_table_remove_all (self->tables);
  g_hash_table_replace (self->tables, g_object_ref (router), table);
  ptl_foreign_take_news (self, router, table);
}

/* ---- Life ---- */

static void
on_action (PtlForeign *self, const char *tag, const char *action)
{
  g_auto (GStrv) parts = g_strsplit (tag, " ", 3);
  g_autofree char *who = g_strdup_printf ("user %s (notification)", g_get_user_name ());

  if (g_strv_length (parts) == 3 && g_str_equal (parts[0], "foreign") && g_str_equal (action, "ignore"))
    ptl_foreign_ignore_async (self, parts[1], parts[2], TRUE, who, NULL, NULL);
}

static void
ptl_foreign_dispose (GObject *object)
{
  PtlForeign *self = PTL_FOREIGN (object);

  if (self->keeper != NULL)
    g_signal_handlers_disconnect_by_data (self->keeper, self);
  if (self->notifier != NULL)
    g_signal_handlers_disconnect_by_data (self->notifier, self);
  ptl_foreign_free_removed (self);
  g_clear_pointer (&self->tables, g_hash_table_unref);
  g_clear_pointer (&self->records, g_hash_table_unref);
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_object (&self->hosts);
  g_clear_object (&self->keeper);
  g_clear_object (&self->notifier);
  g_clear_object (&self->mappings);
  g_clear_object (&self->discovery);
  g_clear_object (&self->debts);
  g_clear_object (&self->inventory);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_foreign_parent_class)->dispose (object);
}

static void
ptl_foreign_class_init (PtlForeignClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_foreign_dispose;
}

static void
ptl_foreign_init (PtlForeign *self)
{
  self->tables = g_hash_table_new_full (NULL, NULL, g_object_unref, table_free);
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) ptl_entry_record_free);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->removed);
}

PtlForeign *
ptl_foreign_new (PtlClock *clock,
                 PtlStore *store,
                 PtlInventory *inventory,
                 PtlDebts *debts,
                 PtlDiscovery *discovery,
                 PtlBackendRouter *mappings,
                 PtlNotifier *notifier)
{
  PtlForeign *self = g_object_new (PTL_TYPE_FOREIGN, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->inventory = g_object_ref (inventory);
  self->debts = g_object_ref (debts);
  self->discovery = g_object_ref (discovery);
  self->mappings = g_object_ref (mappings);
  self->keeper = g_object_ref (ptl_backend_router_get_keeper (mappings));
  self->hosts = ptl_entry_hosts_new (clock);
  g_set_object (&self->notifier, notifier);
  g_signal_connect_swapped (self->keeper, "listed", G_CALLBACK (on_listed), self);
  if (notifier != NULL)
    g_signal_connect_swapped (notifier, "action", G_CALLBACK (on_action), self);
  return self;
}
