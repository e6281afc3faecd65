/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-client-private.h"

#include "api/ptl-api.h"

static PtlItemList *
list_of (PtlClient *self, const char *interface)
{
  if (g_str_equal (interface, PTL_API_RULE_INTERFACE))
    return self->rules;
  if (g_str_equal (interface, PTL_API_ROUTER_INTERFACE))
    return self->routers;
  if (g_str_equal (interface, PTL_API_RELAY_INTERFACE))
    return self->relays;
  if (g_str_equal (interface, PTL_API_NAME_INTERFACE))
    return self->names;
  return NULL;
}

/* NULL for a rule that cannot be read: it is left out rather than shown wrong. */
static GObject *
make_item (PtlClient *self, PtlItemList *list, GVariant *properties)
{
  g_autoptr (GError) error = NULL;
  PtlRule *rule;

  if (list == self->routers)
    return G_OBJECT (ptl_router_item_new (properties));
  if (list == self->relays)
    return G_OBJECT (ptl_relay_item_new (properties));
  if (list == self->names)
    return G_OBJECT (ptl_name_item_new (properties));
  rule = ptl_rule_from_variant (properties, &error);
  if (rule != NULL)
    return G_OBJECT (ptl_rule_item_new (rule));
  g_message ("A rule of the worker could not be read: %s", error->message);
  return NULL;
}

static void
apply_item (PtlClient *self, PtlItemList *list, gpointer item, GVariant *changed)
{
  g_autoptr (GError) error = NULL;

  if (list == self->routers)
    ptl_router_item_apply (item, changed);
  else if (list == self->relays)
    ptl_relay_item_apply (item, changed);
  else if (list == self->names)
    ptl_name_item_apply (item, changed);
  else if (!ptl_rule_item_apply (item, changed, &error))
    g_message ("A change of a rule could not be read: %s", error->message);
}

static void
put (PtlClient *self, PtlItemList *list, const char *path, GVariant *properties)
{
  gpointer item = ptl_item_list_lookup (list, path);
  g_autoptr (GObject) made = NULL;

  if (item != NULL)
    {
      apply_item (self, list, item, properties);
      return;
    }
  made = make_item (self, list, properties);
  if (made != NULL)
    ptl_item_list_add (list, path, made);
}

static void
put_object (PtlClient *self, const char *path, GVariant *interfaces)
{
  GVariantIter iter;
  const char *interface;
  GVariant *properties;

  g_variant_iter_init (&iter, interfaces);
  while (g_variant_iter_loop (&iter, "{&s@a{sv}}", &interface, &properties))
    {
      PtlItemList *list = list_of (self, interface);

      if (list != NULL)
        put (self, list, path, properties);
    }
}

static void
flush (PtlClient *self)
{
  ptl_item_list_flush (self->rules);
  ptl_item_list_flush (self->routers);
  ptl_item_list_flush (self->relays);
  ptl_item_list_flush (self->names);
}

static void
tell_waits (PtlClient *self, const char *path)
{
  PtlRuleItem *item = ptl_item_list_lookup (self->rules, path);

  if (item != NULL)
    ptl_client_waits_seen (self, ptl_rule_item_get_rule (item));
}

void
ptl_client_models_sync (PtlClient *self, GVariant *objects)
{
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantIter iter;
  const char *path;
  GVariant *interfaces;

  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_next (&iter, "{&o@a{sa{sv}}}", &path, NULL))
    g_hash_table_add (paths, (gpointer) path);
  ptl_item_list_retain (self->rules, paths);
  ptl_item_list_retain (self->routers, paths);
  ptl_item_list_retain (self->relays, paths);
  ptl_item_list_retain (self->names, paths);

  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_loop (&iter, "{&o@a{sa{sv}}}", &path, &interfaces))
    put_object (self, path, interfaces);
  flush (self);
}

void
ptl_client_models_added (PtlClient *self, const char *path, GVariant *interfaces)
{
  put_object (self, path, interfaces);
  flush (self);
  tell_waits (self, path);
}

void
ptl_client_models_removed (PtlClient *self, const char *path, const char *const *interfaces)
{
  for (guint i = 0; interfaces[i] != NULL; i++)
    {
      PtlItemList *list = list_of (self, interfaces[i]);
      g_autoptr (GObject) item = NULL;

      if (list == NULL || ptl_item_list_lookup (list, path) == NULL)
        continue;
      item = g_object_ref (ptl_item_list_lookup (list, path));
      ptl_item_list_remove (list, path);
      if (list == self->rules)
        ptl_client_waits_gone (self, ptl_rule_item_get_rule (PTL_RULE_ITEM (item))->id);
    }
}

void
ptl_client_models_changed (PtlClient *self,
                           const char *path,
                           const char *interface,
                           GVariant *changed)
{
  PtlItemList *list = list_of (self, interface);
  gpointer item = list != NULL ? ptl_item_list_lookup (list, path) : NULL;

  if (item == NULL)
    return;
  apply_item (self, list, item, changed);
  if (list == self->rules)
    tell_waits (self, path);
}
