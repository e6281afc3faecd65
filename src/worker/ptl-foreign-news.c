/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-foreign-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"

#define DAY (24 * 3600)
/* An entry that comes back within a month is not new. */
#define REMEMBER_DAYS 30
#define RECORDS_MOST 4096
#define SETTING "entries-seen "
#define SETTING_KEY "foreign-notices"

/* ---- What a reading brought ---- */

typedef struct
{
  GPtrArray *fresh;   /* of PtlRouterEntry, in the table */
  GPtrArray *changed; /* of PtlEntryRecord, to be written */
} News;

static gboolean
is_old (const PtlEntryRecord *record, gint64 now)
{
  return !record->ignored && now - record->last_seen > REMEMBER_DAYS * DAY;
}

static void
note_seen (PtlEntryRecord *record, const PtlRouterEntry *entry, gint64 now, News *news)
{
  g_autofree char *text =
      ptl_text_make_safe (entry->description != NULL ? entry->description : "", -1, 120);
  gboolean same = strcmp (record->description, text) == 0;

  /* To the day: not each minute is worth a write. */
  if (same && now - record->last_seen < DAY)
    return;
  record->last_seen = now;
  if (!same)
    {
      g_free (record->description);
      record->description = g_steal_pointer (&text);
    }
  g_ptr_array_add (news->changed, record);
}

/* What Portolan itself asks for while it checks the network is gone again at once, and nobody's news. */
static gboolean
is_own (PtlRouter *router, const PtlRouterEntry *entry)
{
  return g_strcmp0 (entry->address, ptl_router_get_local_address (router)) == 0 && entry->description != NULL &&
         g_str_has_prefix (entry->description, "portolan ");
}

static void
note_entry (PtlForeign *self, PtlRouter *router, const char *key, PtlRouterEntry *entry, News *news)
{
  gint64 now = ptl_clock_get_wall (self->clock);
  PtlEntryRecord *record = ptl_foreign_get_record (self, key, entry);

  if (*ptl_foreign_owner_of (self, router, entry) != '\0' || is_own (router, entry))
    return;
  if (record != NULL && !is_old (record, now))
    {
      note_seen (record, entry, now, news);
      return;
    }
  /* A router that makes them up by the thousand does not fill the store. */
  if (g_hash_table_size (self->records) >= RECORDS_MOST)
    return;
  g_ptr_array_add (news->changed, ptl_foreign_put_record (self, key, entry));
  g_ptr_array_add (news->fresh, entry);
}

/* ---- The store ---- */

static gboolean
drop_old (PtlForeign *self, GError **error)
{
  gint64 now = ptl_clock_get_wall (self->clock);
  GHashTableIter iter;
  PtlEntryRecord *record;

  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &record))
    {
      if (!is_old (record, now))
        continue;
      if (!ptl_store_delete_entry (self->store, record, error))
        return FALSE;
      g_hash_table_iter_remove (&iter);
    }
  return TRUE;
}

static gboolean
write_events (PtlForeign *self, const News *news, PtlForeignNews how, GError **error)
{
  g_autofree char *count = NULL;

  if (how == PTL_FOREIGN_NEWS_FLOOD)
    {
      count = g_strdup_printf ("%u", self->alarm.count);
      return ptl_store_add_event (self->store, "worker", "entries-flood", "", "ok", count, error);
    }
  for (guint i = 0; how == PTL_FOREIGN_NEWS_EACH && i < news->fresh->len; i++)
    {
      g_autofree char *text = ptl_foreign_describe (news->fresh->pdata[i]);

      if (!ptl_store_add_event (self->store, "worker", "entry-new", "", "ok", text, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_news (PtlForeign *self, const char *key, const News *news, PtlForeignNews how, GError **error)
{
  g_autofree char *setting = g_strconcat (SETTING, key, NULL);

  if (!ptl_store_begin (self->store, error) || !ptl_store_put_setting (self->store, setting, "1", error))
    return FALSE;
  for (guint i = 0; i < news->changed->len; i++)
    if (!ptl_store_put_entry (self->store, news->changed->pdata[i], error))
      return FALSE;
  return drop_old (self, error) && write_events (self, news, how, error) && ptl_store_commit (self->store, error);
}

static gboolean
is_known (PtlForeign *self, const char *key)
{
  g_autofree char *setting = g_strconcat (SETTING, key, NULL);
  g_autofree char *value = NULL;

  if (g_hash_table_contains (self->known, key))
    return TRUE;
  value = ptl_store_dup_setting (self->store, setting);
  return *value != '\0';
}

/* ---- Telling ---- */

static char *
host_words (PtlForeign *self, PtlRouter *router, const PtlRouterEntry *entry)
{
  const PtlEntryHost *host = ptl_entry_hosts_get (self->hosts, entry->address);
  g_autofree char *address = ptl_text_make_safe (entry->address, -1, 45);

  if (g_strcmp0 (entry->address, ptl_router_get_local_address (router)) == 0)
    return g_strdup (_("this computer"));
  if (host != NULL && *host->name != '\0')
    return g_strdup_printf ("%s (%s)", host->name, address);
  if (host != NULL && *host->vendor != '\0')
    return g_strdup_printf ("%s (%s)", address, host->vendor);
  return g_steal_pointer (&address);
}

static void
tell_one (PtlForeign *self, PtlRouter *router, const char *key, const PtlRouterEntry *entry)
{
  const char *const actions[] = { "ignore", _("Ignore"), NULL };
  g_autofree char *id = ptl_foreign_dup_entry_id (entry);
  g_autofree char *tag = g_strconcat ("foreign ", key, " ", id, NULL);
  g_autofree char *where = host_words (self, router, entry);
  g_autofree char *text = ptl_text_make_safe (entry->description != NULL ? entry->description : "", -1, 80);
  /* Translators: %u is a port, %s "TCP" or "UDP" */
  g_autofree char *summary = g_strdup_printf (_("The router lets strangers in at port %u (%s)"), entry->external_port,
                                              entry->protocol == PTL_PROTOCOL_UDP ? "UDP" : "TCP");
  /* Translators: the first %s is a computer, %u a port of it */
  g_autofree char *body = g_strdup_printf (_("Another program opened it. It leads to %s, port %u."), where, entry->port);
  g_autofree char *all = *text != '\0' ? g_strdup_printf ("%s “%s”", body, text) : g_strdup (body);

  ptl_notifier_send (self->notifier, tag, summary, all, actions);
}

static void
tell_flood (PtlForeign *self, guint count)
{
  /* Translators: %u is a number of ports that other programs opened in the router */
  g_autofree char *summary = g_strdup_printf (ngettext ("%u new port is open in the router",
                                                        "%u new ports are open in the router", count),
                                              count);

  ptl_notifier_send (self->notifier, "foreign-flood", summary,
                     _("A program or device opens many at once. Look at the foreign entries; where you know of nothing "
                       "that does this, switch off UPnP in the router."),
                     NULL);
}

typedef struct
{
  PtlForeign *self;
  PtlRouter *router;
  char *key;
  GPtrArray *entries; /* of PtlRouterEntry: to be told of */
  GPtrArray *waiting; /* of GTask */
} Look;

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  Look *look = data;
  g_autoptr (PtlForeign) self = look->self;
  g_autoptr (PtlRouter) router = look->router;
  g_autoptr (GPtrArray) entries = look->entries;
  g_autoptr (GPtrArray) waiting = look->waiting;
  g_autofree char *key = look->key;
  PtlForeignTable *table = self->tables != NULL ? ptl_foreign_get_table (self, router) : NULL;

  g_free (look);
  ptl_entry_hosts_look_finish (PTL_ENTRY_HOSTS (source), result);
  if (table != NULL && table->waiting == waiting)
    g_clear_pointer (&table->waiting, g_ptr_array_unref);
  for (guint i = 0; i < entries->len && self->notifier != NULL; i++)
    tell_one (self, router, key, entries->pdata[i]);
  for (guint i = 0; i < waiting->len; i++)
    ptl_foreign_return_list (self, router, g_object_ref (waiting->pdata[i]));
}

/* Whose the entries are is looked for with each reading, so that those whose computer has gone are known; @fresh is told
 * of once that is known. */
static void
look_and_tell (PtlForeign *self, PtlRouter *router, PtlForeignTable *table, GPtrArray *fresh)
{
  Look *look = g_new (Look, 1);

  look->self = g_object_ref (self);
  look->router = g_object_ref (router);
  look->key = g_strdup (table->key);
  look->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_router_entry_free);
  look->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  table->waiting = g_ptr_array_ref (look->waiting);
  for (guint i = 0; fresh != NULL && i < fresh->len; i++)
    g_ptr_array_add (look->entries, ptl_foreign_copy_entry (fresh->pdata[i]));
  ptl_entry_hosts_look_async (self->hosts, table->entries, ptl_router_get_local_address (router), on_looked, look);
}

void
ptl_foreign_take_news (PtlForeign *self, PtlRouter *router, PtlForeignTable *table)
{
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();
  g_autoptr (GPtrArray) changed = g_ptr_array_new ();
  News news = { fresh, changed };
  g_autoptr (GError) error = NULL;
  PtlForeignNews how = PTL_FOREIGN_NEWS_NONE;
  gboolean known;
  gboolean wanted;

  ptl_foreign_load (self);
  known = is_known (self, table->key);
  for (guint i = 0; i < table->entries->len; i++)
    note_entry (self, router, table->key, table->entries->pdata[i], &news);
  if (known)
    how = ptl_foreign_alarm_weigh (&self->alarm, fresh->len, ptl_clock_get_boot_us (self->clock));
  if ((!known || changed->len > 0) && !write_news (self, table->key, &news, how, &error))
    g_message ("What the router holds could not be remembered: %s", error->message);
  g_hash_table_add (self->known, g_strdup (table->key));
  wanted = how != PTL_FOREIGN_NEWS_NONE && self->notifier != NULL && ptl_notifier_is_wanted (SETTING_KEY);
  if (wanted && how == PTL_FOREIGN_NEWS_FLOOD)
    tell_flood (self, self->alarm.count);
  look_and_tell (self, router, table, wanted && how == PTL_FOREIGN_NEWS_EACH ? fresh : NULL);
}
