/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-foreign-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"
#include "core/ptl-validate.h"
#include "worker/ptl-request.h"
#include "worker/ptl-routers.h"

/* What a reading showed stands so long; then the router is asked again. */
#define FRESH_US (60 * G_USEC_PER_SEC)
#define REMOVED_MOST 32
#define RESTORE_WITHIN_US (3600 * G_GINT64_CONSTANT (1000000))

/* What was removed, and can be put back. */
typedef struct
{
  PtlRouterEntry *entry;
  char *key;      /* the router's */
  gint64 boot_us; /* when */
} Removed;

static void
removed_free (gpointer data)
{
  Removed *removed = data;

  ptl_router_entry_free (removed->entry);
  g_free (removed->key);
  g_free (removed);
}

void
ptl_foreign_free_removed (PtlForeign *self)
{
  g_queue_clear_full (&self->removed, removed_free);
}

/* ---- Finding one ---- */

typedef struct _Job Job;
typedef void (*FoundFunc) (GTask *task, Job *job);

struct _Job
{
  PtlRouter *router;
  char *id;
  char *who;
  GVariant *request;
  gboolean ignore;
  PtlRouterEntry *entry; /* once it is found */
  FoundFunc found;
};

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->router);
  g_free (job->id);
  g_free (job->who);
  g_clear_pointer (&job->request, g_variant_unref);
  g_clear_pointer (&job->entry, ptl_router_entry_free);
  g_free (job);
}

static const PtlRouterEntry *
find_entry (const PtlForeignTable *table, const char *id)
{
  for (guint i = 0; table != NULL && i < table->entries->len; i++)
    {
      g_autofree char *one = ptl_foreign_dup_entry_id (table->entries->pdata[i]);

      if (strcmp (one, id) == 0)
        return table->entries->pdata[i];
    }
  return NULL;
}

static GError *
not_found (const char *id)
{
  g_autofree char *shown = ptl_text_make_safe (id, -1, 60);

  return ptl_error_new (PTL_ERROR_NOT_FOUND, _("Look at the list again: it may be gone already."),
                        /* Translators: %s is something like tcp/25565 */
                        _("The router holds no entry %s."), shown);
}

static gboolean
take_found (PtlForeign *self, Job *job, GError **error)
{
  const PtlRouterEntry *entry = find_entry (ptl_foreign_get_table (self, job->router), job->id);

  if (entry == NULL)
    {
      g_propagate_error (error, not_found (job->id));
      return FALSE;
    }
  if (*ptl_foreign_owner_of (self, job->router, entry) != '\0')
    {
      ptl_error_set (error, PTL_ERROR_STATE, _("Edit or close that rule."),
                     _("This entry belongs to a rule of yours."));
      return FALSE;
    }
  job->entry = ptl_foreign_copy_entry (entry);
  return TRUE;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlForeign *self = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) entries = ptl_keeper_look_finish (PTL_KEEPER (source), result, &error);

  if (entries != NULL && self->tables != NULL && take_found (self, job, &error))
    job->found (g_steal_pointer (&task), job);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_new_error (task, PTL_ERROR, PTL_ERROR_CANCELLED, "%s", _("The worker is ending."));
}

static gboolean
is_fresh (PtlForeign *self, const Job *job)
{
  const PtlForeignTable *table = ptl_foreign_get_table (self, job->router);

  return table != NULL && ptl_clock_get_boot_us (self->clock) - table->boot_us < FRESH_US &&
         find_entry (table, job->id) != NULL;
}

/* Calls @found, which takes over the task, with the entry; or fails. */
static void
start (PtlForeign *self, GTask *task, const char *router, const char *id, const char *who, FoundFunc found, Job *job)
{
  GError *error = NULL;
  PtlRouter *object = ptl_routers_find (self->discovery, router, &error);

  job->id = g_strdup (id);
  job->who = g_strdup (who);
  job->found = found;
  g_task_set_task_data (task, job, job_free);
  if (object != NULL)
    job->router = g_object_ref (object);
  if (object == NULL || (is_fresh (self, job) && !take_found (self, job, &error)))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
  else if (job->entry != NULL)
    found (task, job);
  else
    ptl_keeper_look_async (self->keeper, object, on_looked, task);
}

/* ---- The log ---- */

static gboolean
log_event (PtlForeign *self, const Job *job, const char *what, const char *result, const char *reason, GError **error)
{
  g_autofree char *entry = ptl_foreign_describe (job->entry);
  g_autofree char *detail = reason != NULL ? g_strconcat (entry, ": ", reason, NULL) : g_strdup (entry);

  return ptl_store_begin (self->store, error) &&
         ptl_store_add_event (self->store, job->who, what, "", result, detail, error) &&
         ptl_store_commit (self->store, error);
}

static void
log_result (PtlForeign *self, const Job *job, const char *what, const GError *failure)
{
  g_autofree char *reason = failure != NULL ? ptl_error_dup_what (failure) : NULL;
  g_autoptr (GError) error = NULL;

  if (!log_event (self, job, what, failure == NULL ? "ok" : "failed", reason, &error))
    g_message ("What was done with an entry of the router could not be logged: %s", error->message);
}

static void
finish (GTask *task, const char *what, GError *failure)
{
  PtlForeign *self = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);

  log_result (self, job, what, failure);
  if (failure != NULL)
    g_task_return_error (task, failure);
  else
    g_task_return_boolean (task, TRUE);
}

/* ---- Remove ---- */

static PtlMapping *
mapping_of (const Job *job)
{
  const PtlRouterEntry *entry = job->entry;
  PtlMapping *mapping =
      ptl_mapping_new (entry->protocol, entry->port, entry->external_port, (guint32) MIN (entry->lifetime, G_MAXUINT32));

  if (g_strcmp0 (entry->address, ptl_router_get_local_address (job->router)) != 0)
    mapping->internal_address = g_strdup (entry->address);
  if (entry->remote != NULL && *entry->remote != '\0')
    mapping->remote = g_strdup (entry->remote);
  mapping->description = g_strdup (entry->description);
  mapping->pinned = TRUE;
  mapping->as_found = TRUE;
  return mapping;
}

/* What a router says to one who may not open a port is not what it means here. */
static GError *
cannot_remove (GError *cause)
{
  if (!g_error_matches (cause, PTL_ERROR, PTL_ERROR_ROUTER_REFUSED))
    return cause;
  g_error_free (cause);
  return ptl_error_new (PTL_ERROR_ROUTER_REFUSED,
                        _("Remove it in the router's own settings, or on the device that opened it."),
                        _("The router lets only the device that opened this entry remove it."));
}

static void
keep_removed (PtlForeign *self, const Job *job)
{
  Removed *removed = g_new0 (Removed, 1);

  removed->entry = ptl_foreign_copy_entry (job->entry);
  removed->key = ptl_foreign_dup_router_key (job->router);
  removed->boot_us = ptl_clock_get_boot_us (self->clock);
  g_queue_push_head (&self->removed, removed);
  if (g_queue_get_length (&self->removed) > REMOVED_MOST)
    removed_free (g_queue_pop_tail (&self->removed));
}

static gboolean
leads_the_same_way (const PtlRouterEntry *a, const PtlRouterEntry *b)
{
  return a != NULL && a->port == b->port && g_strcmp0 (a->address, b->address) == 0;
}

/* Some routers say done, and keep it. */
static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlForeign *self = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);
  g_autoptr (GPtrArray) entries = ptl_keeper_look_finish (PTL_KEEPER (source), result, NULL);
  GError *failure = NULL;

  if (entries != NULL && self->tables != NULL &&
      leads_the_same_way (find_entry (ptl_foreign_get_table (self, job->router), job->id), job->entry))
    failure = ptl_error_new (PTL_ERROR_ROUTER_LIED, _("Remove it in the router's own settings."),
                             _("The router says that it removed the entry, and still holds it."));
  else
    keep_removed (self, job);
  finish (task, "entry-remove", failure);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  PtlForeign *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (ptl_router_delete_finish (PTL_ROUTER (source), result, &error))
    {
      ptl_keeper_look_async (self->keeper, PTL_ROUTER (source), on_checked, task);
      return;
    }
  finish (task, "entry-remove", cannot_remove (error));
  g_object_unref (task);
}

static void
remove_found (GTask *task, Job *job)
{
  PtlForeign *self = g_task_get_source_object (task);
  g_autoptr (PtlMapping) mapping = mapping_of (job);
  GError *error = NULL;

  /* Nothing is done that could not be logged. */
  if (!log_event (self, job, "entry-remove", "begun", NULL, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  mapping->system = PTL_ROUTER_PROTOCOL_UPNP;
  mapping->granted_port = job->entry->external_port;
  ptl_router_delete_async (job->router, mapping, NULL, on_removed, task);
}

void
ptl_foreign_remove_async (PtlForeign *self,
                          const char *router,
                          const char *entry,
                          const char *who,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  start (self, task, router, entry, who, remove_found, g_new0 (Job, 1));
}

/* ---- Restore ---- */

static const Removed *
find_removed (PtlForeign *self, const Job *job)
{
  g_autofree char *key = ptl_foreign_dup_router_key (job->router);
  gint64 now = ptl_clock_get_boot_us (self->clock);

  for (GList *l = self->removed.head; l != NULL; l = l->next)
    {
      const Removed *removed = l->data;
      g_autofree char *id = ptl_foreign_dup_entry_id (removed->entry);

      if (strcmp (id, job->id) == 0 && strcmp (key, removed->key) == 0 && now - removed->boot_us < RESTORE_WITHIN_US)
        return removed;
    }
  return NULL;
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlForeign *self = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (PtlMapping) granted = ptl_router_add_finish (PTL_ROUTER (source), result, &error);
  const Removed *removed = granted != NULL ? find_removed (self, job) : NULL;

  if (removed != NULL)
    {
      g_queue_remove (&self->removed, removed);
      removed_free ((gpointer) removed);
    }
  finish (task, "entry-restore", error);
}

void
ptl_foreign_restore_async (PtlForeign *self,
                           const char *router,
                           const char *entry,
                           const char *who,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (PtlMapping) mapping = NULL;
  Job *job = g_new0 (Job, 1);
  GError *error = NULL;
  PtlRouter *object = ptl_routers_find (self->discovery, router, &error);
  const Removed *removed;

  g_task_set_task_data (task, job, job_free);
  job->id = g_strdup (entry);
  job->who = g_strdup (who);
  if (object == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  job->router = g_object_ref (object);
  removed = find_removed (self, job);
  if (removed == NULL)
    {
      g_task_return_error (task, ptl_error_new (PTL_ERROR_NOT_FOUND,
                                                _("What was removed can be put back for an hour, by the same worker."),
                                                _("No such entry was removed here of late.")));
      return;
    }
  job->entry = ptl_foreign_copy_entry (removed->entry);
  if (!log_event (self, job, "entry-restore", "begun", NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  mapping = mapping_of (job);
  ptl_router_add_async (object, mapping, NULL, on_restored, g_steal_pointer (&task));
}

/* ---- Ignore ---- */

static void
ignore_found (GTask *task, Job *job)
{
  g_autoptr (GTask) owned = task;
  PtlForeign *self = g_task_get_source_object (task);
  g_autofree char *key = ptl_foreign_dup_router_key (job->router);
  PtlEntryRecord *record = ptl_foreign_get_record (self, key, job->entry);
  g_autofree char *detail = ptl_foreign_describe (job->entry);
  gboolean before;
  GError *error = NULL;

  if (record == NULL)
    record = ptl_foreign_put_record (self, key, job->entry);
  before = record->ignored;
  record->ignored = job->ignore;
  if (ptl_store_begin (self->store, &error) && ptl_store_put_entry (self->store, record, &error) &&
      ptl_store_add_event (self->store, job->who, job->ignore ? "entry-ignore" : "entry-unignore", "", "ok", detail,
                           &error) &&
      ptl_store_commit (self->store, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  record->ignored = before;
  g_task_return_error (task, error);
}

void
ptl_foreign_ignore_async (PtlForeign *self,
                          const char *router,
                          const char *entry,
                          gboolean ignore,
                          const char *who,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->ignore = ignore;
  start (self, task, router, entry, who, ignore_found, job);
}

gboolean
ptl_foreign_change_finish (PtlForeign *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- Adopt ---- */

/* What the entry says, and the request may not. */
static const char *const told_by_entry[] = { "Kind", "Protocol", "PublicEndpoint", "Target", "Way", "Audience", NULL };

static void
insert_entry (GVariantDict *dict, const Job *job)
{
  const PtlRouterEntry *entry = job->entry;
  g_autofree char *target = g_strdup_printf ("%s:%u", entry->address, entry->port);
  g_autofree char *outside = g_strdup_printf (":%u", entry->external_port);
  g_autofree char *name = ptl_text_make_safe (entry->description != NULL ? entry->description : "", -1, PTL_NAME_MAX_CHARS);
  const char *given = "";

  g_variant_dict_remove (dict, "Adopt");
  g_variant_dict_insert (dict, "Kind", "s", "mapping");
  g_variant_dict_insert (dict, "Way", "s", "direct");
  g_variant_dict_insert (dict, "Protocol", "s", ptl_protocol_to_string (entry->protocol));
  g_variant_dict_insert (dict, "Target", "s", target);
  g_variant_dict_insert (dict, "PublicEndpoint", "s", outside);
  g_variant_dict_insert (dict, "Backend", "s", ptl_router_get_id (job->router));
  if (entry->remote != NULL && *entry->remote != '\0')
    g_variant_dict_insert_value (dict, "Audience", g_variant_new_strv ((const char *const *) &entry->remote, 1));
  if ((!g_variant_dict_lookup (dict, "Name", "&s", &given) || *given == '\0') && *name != '\0')
    g_variant_dict_insert (dict, "Name", "s", name);
  /* It is what is open already, and no pinhole besides, unless one is asked for. */
  if (!g_variant_dict_contains (dict, "Family"))
    g_variant_dict_insert (dict, "Family", "s", ptl_family_to_string (PTL_FAMILY_IPV4));
}

static gboolean
check_request (GVariant *request, GError **error)
{
  for (guint i = 0; told_by_entry[i] != NULL; i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (request, told_by_entry[i], NULL);

      if (value == NULL)
        continue;
      /* Translators: %s is the name of a field */
      ptl_error_set (error, PTL_ERROR_INVALID, _("Adopt it as it is, and edit the rule afterwards."),
                     _("“%s” cannot be chosen for an entry that is adopted."), told_by_entry[i]);
      return FALSE;
    }
  return TRUE;
}

/* As if the rule had held it before: then it is renewed where it is, and not made anew beside. */
static PtlLease *
lease_of (PtlForeign *self, const Job *job)
{
  g_autoptr (PtlMapping) mapping = mapping_of (job);
  PtlLease *lease;

  mapping->system = PTL_ROUTER_PROTOCOL_UPNP;
  mapping->granted_port = job->entry->external_port;
  mapping->granted_lifetime = mapping->lifetime;
  lease = ptl_lease_from_mapping (mapping, ptl_router_get_id (job->router), ptl_router_get_local_address (job->router));
  lease->granted = ptl_clock_get_wall (self->clock);
  return lease;
}

static void
adopt_found (GTask *task, Job *job)
{
  g_autoptr (GTask) owned = task;
  PtlForeign *self = g_task_get_source_object (task);
  GVariantDict dict;
  g_autoptr (GVariant) request = NULL;
  GError *error = NULL;
  PtlRule *rule;

  g_variant_dict_init (&dict, job->request);
  insert_entry (&dict, job);
  request = g_variant_ref_sink (g_variant_dict_end (&dict));
  rule = ptl_request_to_rule (request, ptl_clock_get_wall (self->clock), &error);
  if (rule == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_add (rule->leases, lease_of (self, job));
  g_task_return_pointer (task, rule, (GDestroyNotify) ptl_rule_free);
}

void
ptl_foreign_adopt_async (PtlForeign *self, GVariant *request, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  const char *entry = "", *router = "";
  GError *error = NULL;
  Job *job;

  if (!check_request (request, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_variant_lookup (request, "Adopt", "&s", &entry);
  g_variant_lookup (request, "Backend", "&s", &router);
  job = g_new0 (Job, 1);
  job->request = g_variant_ref (request);
  start (self, task, router, entry, "", adopt_found, job);
}

PtlRule *
ptl_foreign_adopt_finish (PtlForeign *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
