/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-names-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"
#include "secret/ptl-secret.h"
#include "worker/ptl-store-names.h"

#define SHOWN_CHARS 60

G_DEFINE_FINAL_TYPE (PtlNames, ptl_names, G_TYPE_OBJECT)

enum
{
  ADDED,
  CHANGED,
  REMOVED,
  STOPPED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

void
ptl_names_emit_changed (PtlNames *self, const char *id)
{
  g_signal_emit (self, signals[CHANGED], 0, id);
}

void
ptl_names_emit_stopped (PtlNames *self, const char *id)
{
  g_signal_emit (self, signals[STOPPED], 0, id);
}

/* ---- Looking ---- */

guint
ptl_names_get_n_names (PtlNames *self)
{
  return g_hash_table_size (self->followers);
}

static int
by_hostname (gconstpointer a, gconstpointer b)
{
  const PtlDynamicName *const *x = a, *const *y = b;

  return strcmp ((*x)->hostname, (*y)->hostname);
}

GPtrArray *
ptl_names_list (PtlNames *self)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  PtlFollower *follower;

  g_hash_table_iter_init (&iter, self->followers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &follower))
    g_ptr_array_add (names, follower->name);
  g_ptr_array_sort (names, by_hostname);
  return names;
}

static PtlFollower *
find_by_hostname (PtlNames *self, const char *hostname)
{
  GHashTableIter iter;
  PtlFollower *follower;

  g_hash_table_iter_init (&iter, self->followers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &follower))
    if (g_ascii_strcasecmp (follower->name->hostname, hostname) == 0)
      return follower;
  return NULL;
}

PtlFollower *
ptl_names_get_follower (PtlNames *self, const char *id_or_name, GError **error)
{
  PtlFollower *follower = g_hash_table_lookup (self->followers, id_or_name);
  g_autofree char *shown = NULL;

  if (follower == NULL)
    follower = find_by_hostname (self, id_or_name);
  if (follower != NULL)
    return follower;
  shown = ptl_text_make_safe (id_or_name, -1, SHOWN_CHARS);
  ptl_error_set (error, PTL_ERROR_NOT_FOUND, _ ("Look at the list of names."),
                 /* Translators: %s is what was given */
                 _ ("There is no dynamic name “%s”."), shown);
  return NULL;
}

const PtlDynamicName *
ptl_names_find (PtlNames *self, const char *id_or_name, GError **error)
{
  PtlFollower *follower = ptl_names_get_follower (self, id_or_name, error);

  return follower != NULL ? follower->name : NULL;
}

PtlNameCourse
ptl_names_get_course (PtlNames *self, const char *id)
{
  PtlFollower *follower = g_hash_table_lookup (self->followers, id);
  PtlNameCourse course = { "waiting", "", "", 0 };

  if (follower == NULL)
    return course;
  course = (PtlNameCourse){ follower->state, follower->name->message, follower->name->advice,
                            follower->next_try };
  /* A family that cannot be followed is said wherever nothing worse is. */
  if (follower->no_address == NULL || *course.message != '\0')
    return course;
  course.message = follower->why_not;
  course.advice = follower->what_to_do;
  return course;
}

const char *
ptl_names_find_for (PtlNames *self, const PtlRule *rule)
{
  const char *host = rule->public_endpoint != NULL ? rule->public_endpoint->host : NULL;
  g_autoptr (GPtrArray) names = NULL;

  /* Where a relay listens is not what a name leads to. */
  if (host == NULL || ptl_names_get_n_names (self) == 0 || rule->kind == PTL_KIND_TUNNEL
      || !ptl_rule_is_living (rule))
    return NULL;
  names = ptl_names_list (self);
  for (guint i = 0; i < names->len; i++)
    {
      const PtlDynamicName *name = names->pdata[i];

      if ((name->ipv4 && g_ascii_strcasecmp (host, name->published_ipv4) == 0)
          || (name->ipv6 && g_ascii_strcasecmp (host, name->published_ipv6) == 0))
        return name->hostname;
    }
  return NULL;
}

/* ---- Keeping ---- */

gboolean
ptl_names_write (PtlNames *self,
                 const PtlDynamicName *name,
                 const char *who,
                 const char *what,
                 const char *result,
                 const char *detail,
                 GError **error)
{
  return ptl_store_begin (self->store, error) && ptl_store_put_name (self->store, name, error)
         && ptl_store_add_event (self->store, who, what, "", result, detail, error)
         && ptl_store_commit (self->store, error);
}

void
ptl_names_put_follower (PtlNames *self, PtlDynamicName *name)
{
  PtlFollower *follower = g_new0 (PtlFollower, 1);

  follower->names = self;
  follower->name = name;
  follower->alarm = ptl_alarm_new (self->clock);
  follower->state = "waiting";
  g_hash_table_insert (self->followers, g_strdup (name->id), follower);
  ptl_address_source_set_followed (self->source, TRUE);
  /* Whoever sees it sees at once what is under way. */
  ptl_follower_consider (follower);
  g_signal_emit (self, signals[ADDED], 0, name->id);
}

void
ptl_names_load (PtlNames *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = ptl_store_list_names (self->store, &error);

  if (names == NULL)
    {
      g_message ("The dynamic names could not be read: %s", error->message);
      return;
    }
  for (guint i = 0; i < names->len; i++)
    ptl_names_put_follower (self, ptl_dynamic_name_copy (names->pdata[i]));
}

static gboolean
write_removal (PtlNames *self, const PtlDynamicName *name, const char *who, GError **error)
{
  return ptl_store_begin (self->store, error)
         && ptl_store_delete_name (self->store, name->id, error)
         && ptl_store_add_event (self->store, who, "remove-name", "", "ok", name->hostname, error)
         && ptl_store_commit (self->store, error);
}

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  /* It leads nowhere now: that it stays in the keyring is no reason to keep the name. */
  if (!ptl_secret_clear_finish (result, &error))
    g_message ("The password of a name that was removed stays in the keyring: %s", error->message);
}

gboolean
ptl_names_remove (PtlNames *self, const char *id_or_name, const char *who, GError **error)
{
  PtlFollower *follower = ptl_names_get_follower (self, id_or_name, error);
  g_autofree char *id = NULL;

  if (follower == NULL || !write_removal (self, follower->name, who, error))
    return FALSE;
  id = g_strdup (follower->name->id);
  ptl_secret_clear_async (PTL_SECRET_NAME, id, NULL, on_cleared, NULL);
  g_hash_table_remove (self->followers, id);
  ptl_address_source_set_followed (self->source, ptl_names_get_n_names (self) > 0);
  g_signal_emit (self, signals[REMOVED], 0, id);
  return TRUE;
}

void
ptl_names_update_async (PtlNames *self,
                        const char *id_or_name,
                        const char *who,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  PtlFollower *follower = ptl_names_get_follower (self, id_or_name, &error);

  if (follower != NULL)
    {
      ptl_address_source_refresh (self->source);
      ptl_follower_force (follower, who, task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

gboolean
ptl_names_update_finish (PtlNames *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- Life ---- */

static void
consider_all (PtlNames *self)
{
  GHashTableIter iter;
  gpointer follower;

  g_hash_table_iter_init (&iter, self->followers);
  while (g_hash_table_iter_next (&iter, NULL, &follower))
    ptl_follower_consider (follower);
}

static void
ptl_names_dispose (GObject *object)
{
  PtlNames *self = PTL_NAMES (object);

  g_hash_table_remove_all (self->followers);
  g_clear_object (&self->source);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_names_parent_class)->dispose (object);
}

static void
ptl_names_finalize (GObject *object)
{
  g_hash_table_unref (PTL_NAMES (object)->followers);
  G_OBJECT_CLASS (ptl_names_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, PTL_TYPE_NAMES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                       G_TYPE_STRING);
}

static void
ptl_names_class_init (PtlNamesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_names_dispose;
  G_OBJECT_CLASS (klass)->finalize = ptl_names_finalize;
  signals[ADDED] = new_signal ("added");
  signals[CHANGED] = new_signal ("changed");
  signals[REMOVED] = new_signal ("removed");
  signals[STOPPED] = new_signal ("stopped");
}

static void
ptl_names_init (PtlNames *self)
{
  self->followers
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) ptl_follower_free);
}

PtlNames *
ptl_names_new (PtlClock *clock, PtlStore *store, PtlAddressSource *source)
{
  PtlNames *self = g_object_new (PTL_TYPE_NAMES, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->source = g_object_ref (source);
  g_signal_connect_object (source, "changed", G_CALLBACK (consider_all), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "notify::state", G_CALLBACK (consider_all), self,
                           G_CONNECT_SWAPPED);
  return self;
}
