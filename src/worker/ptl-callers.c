/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-callers.h"

#include <glib/gi18n-lib.h>
#include <pwd.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"

/* A person's scripts may open a thousand rules at once; a program gone wild may not go on like that. */
#define BUCKET_SIZE 2000.0
#define BUCKET_PER_SECOND 200.0
#define SHOWN_CHARS 40

typedef struct
{
  PtlCallers *owner;
  char *sender;
  char *who;      /* NULL while the bus is being asked */
  GArray *waiting; /* of Waiting */
  guint watch_id;
  double tokens;
  gint64 filled_boot_us;
} Caller;

typedef struct
{
  PtlCallersFunc func;
  gpointer user_data;
} Waiting;

struct _PtlCallers
{
  GObject parent;

  GDBusConnection *connection;
  PtlClock *clock;
  GCancellable *cancellable;
  GHashTable *callers; /* sender -> Caller */
  guint filter_id;
};

G_DEFINE_FINAL_TYPE (PtlCallers, ptl_callers, G_TYPE_OBJECT)

static guint changed_signal;

/* ---- One caller ---- */

static void
tell_waiting (Caller *caller, const char *who)
{
  g_autoptr (GArray) waiting = g_steal_pointer (&caller->waiting);

  for (guint i = 0; waiting != NULL && i < waiting->len; i++)
    {
      Waiting *one = &g_array_index (waiting, Waiting, i);

      one->func (who, one->user_data);
    }
}

static void
caller_free (Caller *caller)
{
  tell_waiting (caller, NULL);
  if (caller->watch_id != 0)
    g_dbus_connection_signal_unsubscribe (caller->owner->connection, caller->watch_id);
  g_free (caller->sender);
  g_free (caller->who);
  g_free (caller);
}

static void
on_owner_changed (GDBusConnection *connection,
                  const char *bus,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant *parameters,
                  gpointer data)
{
  PtlCallers *self = data;
  const char *name, *owner;

  g_variant_get (parameters, "(&s&s&s)", &name, NULL, &owner);
  if (*owner == '\0' && g_hash_table_remove (self->callers, name))
    g_signal_emit (self, changed_signal, 0);
}

static char *
read_program (guint32 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/comm", pid);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  g_strchomp (text);
  return ptl_text_make_safe (text, -1, SHOWN_CHARS);
}

static char *
describe (GVariant *credentials)
{
  g_autofree char *program = NULL;
  const struct passwd *entry;
  guint32 uid = G_MAXUINT32, pid = 0;
  g_autofree char *user = NULL;

  g_variant_lookup (credentials, "UnixUserID", "u", &uid);
  g_variant_lookup (credentials, "ProcessID", "u", &pid);
  entry = getpwuid (uid);
  user = entry != NULL ? ptl_text_make_safe (entry->pw_name, -1, SHOWN_CHARS)
                       : g_strdup_printf ("%u", uid);
  program = pid != 0 ? read_program (pid) : NULL;
  if (program == NULL)
    return g_strdup_printf ("user %s", user);
  return g_strdup_printf ("user %s (%s)", user, program);
}

typedef struct
{
  PtlCallers *owner;
  char *sender;
} Question;

static void
on_credentials (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  g_autoptr (PtlCallers) self = question->owner;
  g_autofree char *sender = question->sender;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  Caller *caller = g_hash_table_lookup (self->callers, sender);
  g_autoptr (GVariant) credentials = NULL;

  g_free (question);
  if (caller == NULL)
    return;
  if (reply == NULL)
    {
      /* It went before its going could be watched. */
      g_hash_table_remove (self->callers, sender);
      g_signal_emit (self, changed_signal, 0);
      return;
    }
  credentials = g_variant_get_child_value (reply, 0);
  caller->who = describe (credentials);
  tell_waiting (caller, caller->who);
}

static Caller *
add_caller (PtlCallers *self, const char *sender)
{
  Caller *caller = g_hash_table_lookup (self->callers, sender);
  Question *question;

  if (caller != NULL)
    return caller;
  caller = g_new0 (Caller, 1);
  caller->owner = self;
  caller->sender = g_strdup (sender);
  caller->tokens = BUCKET_SIZE;
  caller->filled_boot_us = ptl_clock_get_boot_us (self->clock);
  caller->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  caller->watch_id = g_dbus_connection_signal_subscribe (
      self->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
      "/org/freedesktop/DBus", sender, G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, self, NULL);
  g_hash_table_insert (self->callers, caller->sender, caller);

  question = g_new0 (Question, 1);
  question->owner = g_object_ref (self);
  question->sender = g_strdup (sender);
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "GetConnectionCredentials",
                          g_variant_new ("(s)", sender), G_VARIANT_TYPE ("(a{sv})"),
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, on_credentials, question);
  g_signal_emit (self, changed_signal, 0);
  return caller;
}

/* ---- Who only looks ---- */

/* Shared with the filter, which runs in GDBus' own thread. */
typedef struct
{
  GWeakRef owner;
  GMainContext *context;
} Filter;

static void
filter_free (gpointer data)
{
  Filter *filter = data;

  g_weak_ref_clear (&filter->owner);
  g_main_context_unref (filter->context);
  g_free (filter);
}

typedef struct
{
  PtlCallers *owner;
  char *sender;
} Seen;

static void
seen_free (gpointer data)
{
  Seen *seen = data;

  g_object_unref (seen->owner);
  g_free (seen->sender);
  g_free (seen);
}

static gboolean
on_seen (gpointer data)
{
  Seen *seen = data;

  if (!g_cancellable_is_cancelled (seen->owner->cancellable))
    add_caller (seen->owner, seen->sender);
  return G_SOURCE_REMOVE;
}

/* A window that only lists objects and waits for signals calls the object manager alone, which tells nobody. So every
 * incoming call is looked at, and only looked at. */
static GDBusMessage *
look (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  Filter *filter = data;
  const char *sender = g_dbus_message_get_sender (message);
  Seen *seen;
  PtlCallers *owner;

  if (!incoming || sender == NULL ||
      g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;
  owner = g_weak_ref_get (&filter->owner);
  if (owner == NULL)
    return message;
  seen = g_new0 (Seen, 1);
  seen->owner = owner;
  seen->sender = g_strdup (sender);
  g_main_context_invoke_full (filter->context, G_PRIORITY_DEFAULT, on_seen, seen, seen_free);
  return message;
}

/* ---- The face ---- */

guint
ptl_callers_get_n_callers (PtlCallers *self)
{
  return g_hash_table_size (self->callers);
}

gboolean
ptl_callers_is_there (PtlCallers *self, const char *sender)
{
  return g_hash_table_contains (self->callers, sender);
}

void
ptl_callers_identify (PtlCallers *self, const char *sender, PtlCallersFunc func, gpointer user_data)
{
  Caller *caller = add_caller (self, sender);
  Waiting waiting = { func, user_data };

  if (caller->who != NULL)
    func (caller->who, user_data);
  else
    g_array_append_val (caller->waiting, waiting);
}

gboolean
ptl_callers_spend (PtlCallers *self, const char *sender, GError **error)
{
  Caller *caller = g_hash_table_lookup (self->callers, sender);
  gint64 now = ptl_clock_get_boot_us (self->clock);

  if (caller == NULL)
    return TRUE;
  caller->tokens += (double) MAX (now - caller->filled_boot_us, 0) / G_USEC_PER_SEC * BUCKET_PER_SECOND;
  caller->tokens = MIN (caller->tokens, BUCKET_SIZE);
  caller->filled_boot_us = now;
  if (caller->tokens < 1.0)
    {
      ptl_error_set (error, PTL_ERROR_BUSY, _("Wait a few seconds and try again."),
                     _("This program asks for too many changes at once."));
      return FALSE;
    }
  caller->tokens -= 1.0;
  return TRUE;
}

static void
ptl_callers_dispose (GObject *object)
{
  PtlCallers *self = PTL_CALLERS (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->filter_id != 0)
    g_dbus_connection_remove_filter (self->connection, self->filter_id);
  self->filter_id = 0;
  g_clear_pointer (&self->callers, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_callers_parent_class)->dispose (object);
}

static void
ptl_callers_class_init (PtlCallersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_callers_dispose;
  changed_signal = g_signal_new ("changed", PTL_TYPE_CALLERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ptl_callers_init (PtlCallers *self)
{
  self->cancellable = g_cancellable_new ();
  self->callers =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) caller_free);
}

PtlCallers *
ptl_callers_new (GDBusConnection *connection, PtlClock *clock)
{
  PtlCallers *self = g_object_new (PTL_TYPE_CALLERS, NULL);
  Filter *filter = g_new0 (Filter, 1);

  self->connection = g_object_ref (connection);
  self->clock = g_object_ref (clock);
  g_weak_ref_init (&filter->owner, self);
  filter->context = g_main_context_ref_thread_default ();
  self->filter_id = g_dbus_connection_add_filter (connection, look, filter, filter_free);
  return self;
}
