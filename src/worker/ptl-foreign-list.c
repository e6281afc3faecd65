/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-foreign-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "worker/ptl-routers.h"

#define SHOWN_CHARS 120

/* ---- One entry ---- */

static void
insert_safe (GVariantDict *dict, const char *key, const char *text)
{
  g_autofree char *safe = ptl_text_make_safe (text != NULL ? text : "", -1, SHOWN_CHARS);

  g_variant_dict_insert (dict, key, "s", safe);
}

static void
insert_host (PtlForeign *self, GVariantDict *dict, const PtlRouterEntry *entry)
{
  const PtlEntryHost *host = ptl_entry_hosts_get (self->hosts, entry->address != NULL ? entry->address : "");

  g_variant_dict_insert (dict, "Host", "s", host != NULL ? host->name : "");
  g_variant_dict_insert (dict, "Mac", "s", host != NULL ? host->mac : "");
  g_variant_dict_insert (dict, "Vendor", "s", host != NULL ? host->vendor : "");
}

/* What makes an entry one that should be looked at: nobody is there whom it leads to. */
static void
insert_review (PtlForeign *self, GVariantDict *dict, PtlRouter *router, const PtlRouterEntry *entry)
{
  const char *local = ptl_router_get_local_address (router);
  gboolean is_local = g_strcmp0 (entry->address, local) == 0;
  const PtlEntryHost *host = ptl_entry_hosts_get (self->hosts, entry->address != NULL ? entry->address : "");
  const char *review = "";
  const char *process = "";

  if (is_local && !ptl_entry_hosts_is_listened (self->hosts, entry->protocol, entry->port, local, &process))
    review = "no-listener";
  else if (!is_local && host != NULL && host->gone)
    review = "host-gone";
  g_variant_dict_insert (dict, "Local", "b", is_local);
  insert_safe (dict, "Process", process);
  g_variant_dict_insert (dict, "Review", "s", review);
}

static GVariant *
entry_to_variant (PtlForeign *self, PtlRouter *router, const char *key, const PtlRouterEntry *entry)
{
  const PtlEntryRecord *record = ptl_foreign_get_record (self, key, entry);
  const char *owner = ptl_foreign_owner_of (self, router, entry);
  g_autofree char *id = ptl_foreign_dup_entry_id (entry);
  gboolean foreign = *owner == '\0';
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Id", "s", id);
  g_variant_dict_insert (&dict, "Protocol", "s", ptl_protocol_to_string (entry->protocol));
  g_variant_dict_insert (&dict, "ExternalPort", "u", (guint32) entry->external_port);
  insert_safe (&dict, "Address", entry->address);
  g_variant_dict_insert (&dict, "Port", "u", (guint32) entry->port);
  insert_safe (&dict, "Description", entry->description);
  insert_safe (&dict, "Remote", entry->remote);
  g_variant_dict_insert (&dict, "Lifetime", "x", entry->lifetime);
  g_variant_dict_insert (&dict, "Enabled", "b", entry->enabled);
  g_variant_dict_insert (&dict, "RuleId", "s", owner);
  g_variant_dict_insert (&dict, "Router", "s", ptl_router_get_id (router));
  g_variant_dict_insert (&dict, "FirstSeen", "x", foreign && record != NULL ? record->first_seen : 0);
  g_variant_dict_insert (&dict, "Ignored", "b", foreign && record != NULL && record->ignored);
  insert_host (self, &dict, entry);
  insert_review (self, &dict, router, entry);
  return g_variant_dict_end (&dict);
}

static GVariant *
table_to_variant (PtlForeign *self, PtlRouter *router, const PtlForeignTable *table)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; table != NULL && i < table->entries->len; i++)
    g_variant_builder_add_value (&builder, entry_to_variant (self, router, table->key, table->entries->pdata[i]));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* ---- The list ---- */

void
ptl_foreign_return_list (PtlForeign *self, PtlRouter *router, GTask *task)
{
  if (self->tables == NULL)
    g_task_return_new_error (task, PTL_ERROR, PTL_ERROR_CANCELLED, "%s", _("The worker is ending."));
  else
    g_task_return_pointer (task, table_to_variant (self, router, ptl_foreign_get_table (self, router)),
                           (GDestroyNotify) g_variant_unref);
  g_object_unref (task);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  PtlForeign *self = g_task_get_source_object (task);
  PtlRouter *router = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) entries = ptl_keeper_look_finish (PTL_KEEPER (source), result, &error);
  PtlForeignTable *table = self->tables != NULL ? ptl_foreign_get_table (self, router) : NULL;

  if (entries == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
  else if (table != NULL && table->waiting != NULL)
    g_ptr_array_add (table->waiting, task);
  else
    ptl_foreign_return_list (self, router, task);
}

void
ptl_foreign_list_async (PtlForeign *self, const char *id, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  PtlRouter *router = ptl_routers_find (self->discovery, id, &error);

  g_task_set_source_tag (task, ptl_foreign_list_async);
  if (router == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_task_set_task_data (task, g_object_ref (router), g_object_unref);
  ptl_keeper_look_async (self->keeper, router, on_listed, task);
}

GVariant *
ptl_foreign_list_finish (PtlForeign *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
