/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>

#include "ptl-api.h"

/* ---- Objects ---- */

static char *
path_of (const char *id)
{
  char *path = g_strconcat (PTL_API_NAMES_PATH "/", id, NULL);

  g_strdelimit (path + sizeof PTL_API_NAMES_PATH, "-", '_');
  return path;
}

static void
insert_course (PtlService *self, GVariantDict *dict, const PtlDynamicName *name)
{
  PtlNameCourse course = ptl_names_get_course (self->parts.names, name->id);

  g_variant_dict_insert (dict, "State", "s", course.state);
  g_variant_dict_insert (dict, "Message", "s", course.message);
  g_variant_dict_insert (dict, "Advice", "s", course.advice);
  g_variant_dict_insert (dict, "NextTry", "x", course.next_try);
  g_variant_dict_insert (dict, "PublishedIpv4", "s", name->published_ipv4);
  g_variant_dict_insert (dict, "PublishedIpv6", "s", name->published_ipv6);
  g_variant_dict_insert (dict, "LastUpdate", "x", name->last_update);
}

static GVariant *
name_to_variant (PtlService *self, const PtlDynamicName *name)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Id", "s", name->id);
  g_variant_dict_insert (&dict, "Hostname", "s", name->hostname);
  g_variant_dict_insert (&dict, "Provider", "s", name->provider);
  g_variant_dict_insert (&dict, "Server", "s", name->server);
  g_variant_dict_insert (&dict, "User", "s", name->user);
  g_variant_dict_insert (&dict, "Success", "s", name->success);
  g_variant_dict_insert (&dict, "Ipv4", "b", name->ipv4);
  g_variant_dict_insert (&dict, "Ipv6", "b", name->ipv6);
  g_variant_dict_insert (&dict, "RefreshDays", "u", (guint32) name->refresh_days);
  insert_course (self, &dict, name);
  return g_variant_dict_end (&dict);
}

/* Which name leads where may be another for every rule. */
static void
show_public_names (PtlService *self)
{
  g_autoptr (GPtrArray) rules = ptl_inventory_list (self->parts.inventory);

  for (guint i = 0; i < rules->len; i++)
    ptl_service_show_public_name (self, rules->pdata[i]);
}

/* Told before the answer to whoever asked for it. */
static void
show_name (PtlService *self, const char *id)
{
  const PtlDynamicName *name = ptl_names_find (self->parts.names, id, NULL);
  g_autofree char *path = path_of (id);

  if (name == NULL)
    return;
  ptl_objects_put (self->objects, path, ptl_bus_name1_interface_info (), name_to_variant (self, name));
  show_public_names (self);
}

static void
on_name_removed (PtlService *self, const char *id)
{
  g_autofree char *path = path_of (id);

  ptl_objects_remove (self->objects, path);
  show_public_names (self);
}

void
ptl_service_follow_names (PtlService *self)
{
  PtlNames *names = self->parts.names;
  g_autoptr (GPtrArray) list = ptl_names_list (names);

  g_signal_connect_object (names, "added", G_CALLBACK (show_name), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (names, "changed", G_CALLBACK (show_name), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (names, "removed", G_CALLBACK (on_name_removed), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < list->len; i++)
    show_name (self, ((const PtlDynamicName *) list->pdata[i])->id);
}

/* ---- Requests ---- */

/* An answer that comes later: whoever asked may be gone, and so may the service. */
static void
answer (GDBusMethodInvocation *invocation, GVariant *value, GError *error)
{
  if (error != NULL)
    ptl_service_fail (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, value);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  g_autofree char *id = ptl_names_add_finish (PTL_NAMES (source), result, &error);

  answer (data, id != NULL ? g_variant_new ("(s)", id) : NULL, error);
}

static void
add_name (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  g_autoptr (GVariant) request = g_variant_get_child_value (arguments, 0);
  GError *error = NULL;

  if (ptl_changes_may_write (self->parts.changes, &error))
    ptl_names_add_async (self->parts.names, request, who, on_added, invocation);
  else
    ptl_service_fail (invocation, error);
}

static void
on_edited (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  ptl_names_edit_finish (PTL_NAMES (source), result, &error);
  answer (data, NULL, error);
}

static void
edit_name (PtlService *self,
           GDBusMethodInvocation *invocation,
           GVariant *arguments,
           const char *who)
{
  g_autoptr (GVariant) changes = g_variant_get_child_value (arguments, 1);
  GError *error = NULL;
  const char *name;

  g_variant_get_child (arguments, 0, "&s", &name);
  if (ptl_changes_may_write (self->parts.changes, &error))
    ptl_names_edit_async (self->parts.names, name, changes, who, on_edited, invocation);
  else
    ptl_service_fail (invocation, error);
}

static void
remove_name (PtlService *self,
             GDBusMethodInvocation *invocation,
             GVariant *arguments,
             const char *who)
{
  GError *error = NULL;
  const char *name;

  g_variant_get (arguments, "(&s)", &name);
  if (ptl_changes_may_write (self->parts.changes, &error))
    ptl_names_remove (self->parts.names, name, who, &error);
  answer (invocation, NULL, error);
}

static void
on_updated (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  ptl_names_update_finish (PTL_NAMES (source), result, &error);
  answer (data, NULL, error);
}

static void
update_name (PtlService *self,
             GDBusMethodInvocation *invocation,
             GVariant *arguments,
             const char *who)
{
  GError *error = NULL;
  const char *name;

  g_variant_get (arguments, "(&s)", &name);
  if (ptl_changes_may_write (self->parts.changes, &error))
    ptl_names_update_async (self->parts.names, name, who, on_updated, invocation);
  else
    ptl_service_fail (invocation, error);
}

const PtlServiceMethod ptl_service_name_methods[] = {
  { "handle-add-name", add_name, TRUE },
  { "handle-edit-name", edit_name, TRUE },
  { "handle-remove-name", remove_name, TRUE },
  { "handle-update-name", update_name, TRUE },
  { NULL, NULL, FALSE },
};
