/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-objects.h"

#define MANAGER "org.freedesktop.DBus.ObjectManager"

struct _PtlObjects
{
  GObject parent;

  GDBusConnection *connection;
  char *path;
  guint manager_id;
  GHashTable *objects; /* path -> Object */
  gboolean started;
};

G_DEFINE_FINAL_TYPE (PtlObjects, ptl_objects, G_TYPE_OBJECT)

typedef struct
{
  GDBusConnection *connection;
  char *path;
  GDBusInterfaceInfo *interface;
  GVariant *properties;
  guint id;
} Object;

static void
object_free (Object *object)
{
  if (object->id != 0)
    g_dbus_connection_unregister_object (object->connection, object->id);
  g_object_unref (object->connection);
  g_variant_unref (object->properties);
  g_free (object->path);
  g_free (object);
}

/* ---- What is asked ---- */

static GVariant *
get_property (GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface,
              const char *name,
              GError **error,
              gpointer data)
{
  GVariant *value = g_variant_lookup_value (((const Object *) data)->properties, name, NULL);

  if (value == NULL)
    g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_PROPERTY, "%s is not known.", name);
  return value;
}

static GVariant *
interfaces_of (const Object *object)
{
  GVariant *entry = g_variant_new ("{s@a{sv}}", object->interface->name, object->properties);

  return g_variant_new_array (G_VARIANT_TYPE ("{sa{sv}}"), &entry, 1);
}

static void
add_object (gpointer path, gpointer object, gpointer builder)
{
  g_variant_builder_add (builder, "{o@a{sa{sv}}}", path, interfaces_of (object));
}

/* GetManagedObjects, the only method. */
static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
  PtlObjects *self = data;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  g_hash_table_foreach (self->objects, add_object, &builder);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a{oa{sa{sv}}})", &builder));
}

/* ---- What is told ---- */

static void
tell (PtlObjects *self, const char *path, const char *interface, const char *signal, GVariant *arguments)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);

  /* It fails on a connection that is closed, where nobody listens any more. */
  if (self->started)
    g_dbus_connection_emit_signal (self->connection, NULL, path, interface, signal, owned, NULL);
}

static void
tell_added (PtlObjects *self, const Object *object)
{
  if (self->started)
    tell (self, self->path, MANAGER, "InterfacesAdded",
          g_variant_new ("(o@a{sa{sv}})", object->path, interfaces_of (object)));
}

static void
tell_removed (PtlObjects *self, const Object *object)
{
  const char *interfaces[] = { object->interface->name, NULL };

  tell (self, self->path, MANAGER, "InterfacesRemoved", g_variant_new ("(o^as)", object->path, interfaces));
}

/* The @i-th of @before, as a rule: what makes them puts them in the same order each time. */
static gboolean
is_as_before (GVariant *before, gsize i, GVariant *entry)
{
  g_autoptr (GVariant) same = i < g_variant_n_children (before) ? g_variant_get_child_value (before, i) : NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) old = NULL;
  const char *name;

  if (same != NULL && g_variant_equal (same, entry))
    return TRUE;
  g_variant_get (entry, "{&sv}", &name, &value);
  old = g_variant_lookup_value (before, name, NULL);
  return old != NULL && g_variant_equal (old, value);
}

static void
tell_changed (PtlObjects *self, const Object *object, GVariant *before)
{
  gsize n = g_variant_n_children (object->properties);
  gboolean any = FALSE;
  GVariantBuilder changed;

  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (object->properties, i);

      if (is_as_before (before, i, entry))
        continue;
      g_variant_builder_add_value (&changed, entry);
      any = TRUE;
    }
  if (any)
    tell (self, object->path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
          g_variant_new ("(sa{sv}as)", object->interface->name, &changed, NULL));
  else
    g_variant_builder_clear (&changed);
}

/* ---- The objects ---- */

/* One block of bytes in the place of a tree of some fifty small ones. (transfer full) */
static GVariant *
take_block (GVariant *properties)
{
  GVariant *block = g_variant_ref_sink (properties);

  g_variant_get_data (block);
  return block;
}

static void
change (PtlObjects *self, Object *object, GVariant *block)
{
  g_autoptr (GVariant) before = g_steal_pointer (&object->properties);

  object->properties = block;
  if (self->started && !g_variant_equal (before, block))
    tell_changed (self, object, before);
}

static void
add (PtlObjects *self, const char *path, GDBusInterfaceInfo *interface, GVariant *block)
{
  static const GDBusInterfaceVTable vtable = { NULL, get_property, NULL, { NULL } };
  Object *object = g_new0 (Object, 1);

  object->connection = g_object_ref (self->connection);
  object->path = g_strdup (path);
  object->interface = interface;
  object->properties = block;
  object->id = g_dbus_connection_register_object (self->connection, path, interface, &vtable, object, NULL, NULL);
  g_hash_table_insert (self->objects, object->path, object);
  tell_added (self, object);
}

void
ptl_objects_put (PtlObjects *self, const char *path, GDBusInterfaceInfo *interface, GVariant *properties)
{
  Object *object = g_hash_table_lookup (self->objects, path);

  if (object != NULL)
    change (self, object, take_block (properties));
  else
    add (self, path, interface, take_block (properties));
}

void
ptl_objects_remove (PtlObjects *self, const char *path)
{
  gpointer object;

  if (!g_hash_table_steal_extended (self->objects, path, NULL, &object))
    return;
  tell_removed (self, object);
  object_free (object);
}

gboolean
ptl_objects_has (PtlObjects *self, const char *path)
{
  return g_hash_table_contains (self->objects, path);
}

const char *
ptl_objects_get_text (PtlObjects *self, const char *path, const char *property)
{
  const Object *object = g_hash_table_lookup (self->objects, path);
  const char *text = NULL;

  if (object != NULL)
    g_variant_lookup (object->properties, property, "&s", &text);
  return text;
}

GPtrArray *
ptl_objects_dup_paths (PtlObjects *self, const GDBusInterfaceInfo *interface)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  const Object *object;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &object))
    if (object->interface == interface)
      g_ptr_array_add (paths, g_strdup (object->path));
  return paths;
}

/* ---- Its life ---- */

void
ptl_objects_start (PtlObjects *self)
{
  self->started = TRUE;
}

void
ptl_objects_end (PtlObjects *self)
{
  self->started = FALSE;
  g_hash_table_remove_all (self->objects);
  if (self->manager_id != 0)
    g_dbus_connection_unregister_object (self->connection, self->manager_id);
  self->manager_id = 0;
}

static void
ptl_objects_finalize (GObject *object)
{
  PtlObjects *self = PTL_OBJECTS (object);

  ptl_objects_end (self);
  g_hash_table_unref (self->objects);
  g_free (self->path);
  g_object_unref (self->connection);
  G_OBJECT_CLASS (ptl_objects_parent_class)->finalize (object);
}

static void
ptl_objects_class_init (PtlObjectsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_objects_finalize;
}

static void
ptl_objects_init (PtlObjects *self)
{
  self->objects = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) object_free);
}

static const char manager_xml[]
    = "<node><interface name='" MANAGER "'>"
      "<method name='GetManagedObjects'><arg name='objects' type='a{oa{sa{sv}}}' direction='out'/></method>"
      "<signal name='InterfacesAdded'><arg name='object' type='o'/><arg name='interfaces' type='a{sa{sv}}'/></signal>"
      "<signal name='InterfacesRemoved'><arg name='object' type='o'/><arg name='interfaces' type='as'/></signal>"
      "</interface></node>";

static gboolean
export_manager (PtlObjects *self, GError **error)
{
  static const GDBusInterfaceVTable vtable = { on_call, NULL, NULL, { NULL } };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (manager_xml, NULL);

  self->manager_id = g_dbus_connection_register_object (self->connection, self->path, node->interfaces[0], &vtable,
                                                        self, NULL, error);
  return self->manager_id != 0;
}

PtlObjects *
ptl_objects_new (GDBusConnection *connection, const char *path, GError **error)
{
  g_autoptr (PtlObjects) self = g_object_new (PTL_TYPE_OBJECTS, NULL);

  self->connection = g_object_ref (connection);
  self->path = g_strdup (path);
  return export_manager (self, error) ? g_steal_pointer (&self) : NULL;
}
