/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-notifier.h"

#include "core/ptl-text.h"

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"
#define INTERFACE NAME
#define APP_ID "io.github.portolan.Portolan"
#define SUMMARY_MAX_CHARS 200
/* What starts with the session may be slow to answer; nobody waits for it. */
#define TIMEOUT_MS 10000

/* One notification. While a call for it is under way what comes next waits, so that it can replace
 * the former. */
typedef struct
{
  PtlNotifier *notifier; /* held while @busy */
  char *tag;
  guint32 id; /* 0 = not known yet */
  gboolean busy;
  gboolean waiting;
  gboolean withdrawn;
  char *summary;
  char *body;
  char **actions;
} Entry;

struct _PtlNotifier
{
  GObject parent;
  GDBusConnection *connection;
  GCancellable *cancellable;
  GHashTable *entries; /* tag -> Entry */
  guint action_id;
  guint closed_id;
  guint owner_id;
  gboolean knows_server;
  gboolean has_markup;
  gboolean has_actions;
};

G_DEFINE_FINAL_TYPE (PtlNotifier, ptl_notifier, G_TYPE_OBJECT)

static guint action_signal;

static void send_next (Entry *entry);

static void
entry_clear_texts (Entry *self)
{
  g_clear_pointer (&self->summary, g_free);
  g_clear_pointer (&self->body, g_free);
  g_clear_pointer (&self->actions, g_strfreev);
}

static void
entry_free (Entry *self)
{
  entry_clear_texts (self);
  g_free (self->tag);
  g_free (self);
}

static void
call (PtlNotifier *self,
      const char *method,
      GVariant *arguments,
      const char *reply,
      GAsyncReadyCallback callback,
      gpointer data)
{
  g_dbus_connection_call (self->connection, NAME, PATH, INTERFACE, method, arguments,
                          G_VARIANT_TYPE (reply), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS,
                          self->cancellable, callback, data);
}

static void
close_notification (PtlNotifier *self, guint32 id)
{
  call (self, "CloseNotification", g_variant_new ("(u)", id), "()", NULL, NULL);
}

static Entry *
find_by_id (PtlNotifier *self, guint32 id)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (((Entry *) entry)->id == id && id != 0)
      return entry;
  return NULL;
}

/* The call for @entry is over: what came meanwhile is done now. */
static void
end_call (Entry *entry)
{
  g_autoptr (PtlNotifier) self = g_steal_pointer (&entry->notifier);

  entry->busy = FALSE;
  if (self->connection == NULL)
    {
      g_hash_table_remove (self->entries, entry->tag);
      return;
    }
  if (entry->withdrawn && entry->id != 0)
    close_notification (self, entry->id);
  if (entry->withdrawn)
    entry->id = 0;
  entry->withdrawn = FALSE;
  if (entry->waiting)
    {
      entry->notifier = g_object_ref (self);
      send_next (entry);
    }
  else if (entry->id == 0)
    g_hash_table_remove (self->entries, entry->tag);
}

static void
on_notified (GObject *source, GAsyncResult *result, gpointer data)
{
  Entry *entry = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_variant_get (reply, "(u)", &entry->id);
  else
    g_debug ("No notification: %s", error->message);
  end_call (entry);
}

static GVariant *
make_arguments (Entry *entry)
{
  static const char *const none[] = { NULL };
  PtlNotifier *self = entry->notifier;
  g_autofree char *body
      = self->has_markup ? g_markup_escape_text (entry->body, -1) : g_strdup (entry->body);
  const char *const *actions = self->has_actions ? (const char *const *) entry->actions : none;
  GVariantBuilder hints;

  g_variant_builder_init (&hints, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&hints, "{sv}", "desktop-entry", g_variant_new_string (APP_ID));
  g_variant_builder_add (&hints, "{sv}", "urgency", g_variant_new_byte (1));
  return g_variant_new ("(susss^asa{sv}i)", "Portolan", entry->id, APP_ID, entry->summary, body,
                        actions, &hints, -1);
}

static void
notify (Entry *entry)
{
  entry->waiting = FALSE;
  call (entry->notifier, "Notify", make_arguments (entry), "(u)", on_notified, entry);
  entry_clear_texts (entry);
}

static void
on_capabilities (GObject *source, GAsyncResult *result, gpointer data)
{
  Entry *entry = data;
  PtlNotifier *self = entry->notifier;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree const char **capabilities = NULL;

  if (reply == NULL)
    {
      g_debug ("No notification server: %s", error->message);
      entry->waiting = FALSE;
      end_call (entry);
      return;
    }
  g_variant_get (reply, "(^a&s)", &capabilities);
  self->knows_server = TRUE;
  self->has_markup = g_strv_contains ((const char *const *) capabilities, "body-markup");
  self->has_actions = g_strv_contains ((const char *const *) capabilities, "actions");
  if (entry->waiting)
    notify (entry);
  else
    end_call (entry);
}

/* Takes over the reference in @entry. */
static void
send_next (Entry *entry)
{
  entry->busy = TRUE;
  if (entry->notifier->knows_server)
    notify (entry);
  else
    call (entry->notifier, "GetCapabilities", NULL, "(as)", on_capabilities, entry);
}

void
ptl_notifier_send (PtlNotifier *self,
                   const char *tag,
                   const char *summary,
                   const char *body,
                   const char *const *actions)
{
  static const char *const none[] = { NULL };
  Entry *entry;

  g_return_if_fail (PTL_IS_NOTIFIER (self) && tag != NULL);
  if (self->connection == NULL)
    return;
  entry = g_hash_table_lookup (self->entries, tag);
  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->tag = g_strdup (tag);
      g_hash_table_insert (self->entries, entry->tag, entry);
    }
  entry_clear_texts (entry);
  entry->summary = ptl_text_make_safe (summary, -1, SUMMARY_MAX_CHARS);
  entry->body = g_utf8_make_valid (body != NULL ? body : "", -1);
  entry->actions = g_strdupv ((char **) (actions != NULL ? actions : none));
  entry->waiting = TRUE;
  if (entry->busy)
    return;
  entry->notifier = g_object_ref (self);
  send_next (entry);
}

void
ptl_notifier_withdraw (PtlNotifier *self, const char *tag)
{
  Entry *entry;

  g_return_if_fail (PTL_IS_NOTIFIER (self) && tag != NULL);
  entry = g_hash_table_lookup (self->entries, tag);
  if (entry == NULL)
    return;
  entry->waiting = FALSE;
  if (entry->busy)
    {
      entry->withdrawn = TRUE;
      return;
    }
  close_notification (self, entry->id);
  g_hash_table_remove (self->entries, tag);
}

void
ptl_notifier_open_window (PtlNotifier *self, const char *action)
{
  g_return_if_fail (PTL_IS_NOTIFIER (self));
  if (self->connection == NULL)
    return;
  g_dbus_connection_call (self->connection, APP_ID, "/io/github/portolan/Portolan",
                          "org.freedesktop.Application", "ActivateAction",
                          g_variant_new ("(sav@a{sv})", action, NULL, g_variant_new ("a{sv}", NULL)),
                          NULL, G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, self->cancellable, NULL, NULL);
}

/* The window's preference, looked up when it is needed, a few times a day: so that a worker on a machine without a window
 * needs no settings, and one with does not keep them loaded. */
gboolean
ptl_notifier_is_wanted (const char *key)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
      source != NULL ? g_settings_schema_source_lookup (source, APP_ID, TRUE) : NULL;
  g_autoptr (GSettings) settings = NULL;

  if (schema == NULL || !g_settings_schema_has_key (schema, key))
    return TRUE;
  settings = g_settings_new_full (schema, NULL, NULL);
  return g_settings_get_boolean (settings, key);
}

static void
on_action (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *arguments,
           gpointer data)
{
  g_autoptr (PtlNotifier) self = g_object_ref (data);
  g_autofree char *tag = NULL;
  const char *key;
  Entry *entry;
  guint32 id;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(us)")))
    return;
  g_variant_get (arguments, "(u&s)", &id, &key);
  entry = find_by_id (self, id);
  if (entry == NULL)
    return;
  tag = g_strdup (entry->tag);
  g_signal_emit (self, action_signal, 0, tag, key);
}

static void
forget (PtlNotifier *self, Entry *entry)
{
  entry->id = 0;
  if (!entry->busy)
    g_hash_table_remove (self->entries, entry->tag);
}

static void
on_closed (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *arguments,
           gpointer data)
{
  PtlNotifier *self = data;
  Entry *entry;
  guint32 id;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(uu)")))
    return;
  g_variant_get_child (arguments, 0, "u", &id);
  entry = find_by_id (self, id);
  if (entry != NULL)
    forget (self, entry);
}

/* Another server: it knows none of the ids, and may be able to do other things. */
static void
on_owner_changed (GDBusConnection *connection,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant *arguments,
                  gpointer data)
{
  PtlNotifier *self = data;
  g_autoptr (GList) entries = g_hash_table_get_values (self->entries);

  self->knows_server = FALSE;
  for (GList *l = entries; l != NULL; l = l->next)
    if (((Entry *) l->data)->id != 0)
      forget (self, l->data);
}

static void
subscribe (PtlNotifier *self)
{
  self->action_id
      = g_dbus_connection_signal_subscribe (self->connection, NAME, INTERFACE, "ActionInvoked",
                                            PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_action, self,
                                            NULL);
  self->closed_id
      = g_dbus_connection_signal_subscribe (self->connection, NAME, INTERFACE, "NotificationClosed",
                                            PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_closed, self,
                                            NULL);
  self->owner_id
      = g_dbus_connection_signal_subscribe (self->connection, "org.freedesktop.DBus",
                                            "org.freedesktop.DBus", "NameOwnerChanged",
                                            "/org/freedesktop/DBus", NAME, G_DBUS_SIGNAL_FLAGS_NONE,
                                            on_owner_changed, self, NULL);
}

static void
ptl_notifier_dispose (GObject *object)
{
  PtlNotifier *self = PTL_NOTIFIER (object);

  if (self->connection != NULL)
    {
      g_dbus_connection_signal_unsubscribe (self->connection, self->action_id);
      g_dbus_connection_signal_unsubscribe (self->connection, self->closed_id);
      g_dbus_connection_signal_unsubscribe (self->connection, self->owner_id);
    }
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (ptl_notifier_parent_class)->dispose (object);
}

static void
ptl_notifier_finalize (GObject *object)
{
  PtlNotifier *self = PTL_NOTIFIER (object);

  g_hash_table_unref (self->entries);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (ptl_notifier_parent_class)->finalize (object);
}

static void
ptl_notifier_class_init (PtlNotifierClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ptl_notifier_dispose;
  G_OBJECT_CLASS (class)->finalize = ptl_notifier_finalize;
  action_signal = g_signal_new ("action", PTL_TYPE_NOTIFIER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
ptl_notifier_init (PtlNotifier *self)
{
  self->cancellable = g_cancellable_new ();
  self->entries
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
}

PtlNotifier *
ptl_notifier_new (GDBusConnection *connection)
{
  PtlNotifier *self = g_object_new (PTL_TYPE_NOTIFIER, NULL);

  g_set_object (&self->connection, connection);
  if (connection != NULL)
    subscribe (self);
  return self;
}
