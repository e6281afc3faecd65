/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-names-private.h"

#include <glib/gi18n-lib.h>

#include "secret/ptl-secret.h"

#define NAMES_MAX 100

typedef struct
{
  PtlDynamicName *name; /* as it is to be */
  char *secret;         /* NULL = as it is */
  char *who;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  ptl_dynamic_name_free (change->name);
  ptl_secret_free (change->secret);
  g_free (change->who);
  g_free (change);
}

static gboolean
check_unique (PtlNames *self, const PtlDynamicName *name, GError **error)
{
  PtlFollower *other = ptl_names_get_follower (self, name->hostname, NULL);

  if (other == NULL || g_str_equal (other->name->id, name->id))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Edit the one that there is."),
                 /* Translators: %s is a name like home.example.org */
                 _ ("“%s” is in the list of names already."), name->hostname);
  return FALSE;
}

static gboolean
check (PtlNames *self, const PtlDynamicName *name, GError **error)
{
  return ptl_dynamic_name_validate (name, error) && check_unique (self, name, error);
}

/* What the keyring's own window calls it. (transfer full) */
static char *
dup_label (const PtlDynamicName *name)
{
  /* Translators: shown in the keyring; %s is a name like home.example.org */
  return g_strdup_printf (_ ("Portolan: dynamic name %s"), name->hostname);
}

/* ---- Adding ---- */

static gboolean
finish_add (PtlNames *self, Change *change, GError **error)
{
  PtlDynamicName *name = change->name;

  if (!check_unique (self, name, error)
      || !ptl_names_write (self, name, change->who, "add-name", "ok", name->hostname, error))
    return FALSE;
  change->name = NULL;
  ptl_names_put_follower (self, name);
  return TRUE;
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!ptl_secret_clear_finish (result, &error))
    g_message ("A password that is not used stays in the keyring: %s", error->message);
}

static void
complete_add (GTask *task)
{
  PtlNames *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autofree char *id = g_strdup (change->name->id);
  GError *error = NULL;

  if (finish_add (self, change, &error))
    {
      g_task_return_pointer (task, g_steal_pointer (&id), g_free);
      return;
    }
  if (*change->secret != '\0')
    ptl_secret_clear_async (PTL_SECRET_NAME, id, NULL, on_undone, NULL);
  g_task_return_error (task, error);
}

static void
on_add_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (ptl_secret_store_finish (result, &error))
    complete_add (task);
  else
    g_task_return_error (task, error);
}

static Change *
new_change (const PtlDynamicName *before,
            GVariant *request,
            const char *who,
            gboolean is_new,
            GError **error)
{
  Change *change = g_new0 (Change, 1);

  change->name = before != NULL ? ptl_dynamic_name_copy (before) : ptl_dynamic_name_new ();
  change->who = g_strdup (who);
  if (ptl_dynamic_name_apply (change->name, request, is_new, error))
    {
      ptl_dynamic_name_settle (change->name);
      g_variant_lookup (request, "Secret", "s", &change->secret);
      return change;
    }
  change_free (change);
  return NULL;
}

static gboolean
check_new (PtlNames *self, Change *change, GError **error)
{
  if (ptl_names_get_n_names (self) >= NAMES_MAX)
    {
      /* Translators: %d is a number */
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Remove one that is not needed any more."),
                     _ ("There are %d dynamic names already: more are not kept."), NAMES_MAX);
      return FALSE;
    }
  if (change->secret == NULL)
    change->secret = g_strdup ("");
  return check (self, change->name, error)
         && ptl_dynamic_name_validate_secret (change->name, change->secret, error);
}

void
ptl_names_add_async (PtlNames *self,
                     GVariant *request,
                     const char *who,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  Change *change = new_change (NULL, request, who, TRUE, &error);
  g_autofree char *label = NULL;

  if (change != NULL)
    g_task_set_task_data (task, change, change_free);
  if (change == NULL || !check_new (self, change, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_free (change->name->id);
  change->name->id = g_uuid_string_random ();
  if (*change->secret == '\0')
    {
      complete_add (task);
      g_object_unref (task);
      return;
    }
  label = dup_label (change->name);
  ptl_secret_store_async (PTL_SECRET_NAME, change->name->id, label, change->secret, NULL, on_add_stored, task);
}

char *
ptl_names_add_finish (PtlNames *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- Editing ---- */

static void
clear_text (char **text)
{
  g_free (*text);
  *text = g_strdup ("");
}

/* What came of it under the old terms is over; a provider's wish to be waited for is not. */
static void
reset_course (PtlDynamicName *after, const PtlDynamicName *before)
{
  gboolean same = ptl_dynamic_name_is_same_place (after, before);

  if (!same || !after->ipv4)
    clear_text (&after->published_ipv4);
  if (!same || !after->ipv6)
    clear_text (&after->published_ipv6);
  if (!same)
    after->last_update = 0;
  if (same && after->told_to_wait)
    return;
  after->stopped = after->told_to_wait = FALSE;
  after->not_before = 0;
  after->tries = 0;
  clear_text (&after->message);
  clear_text (&after->advice);
}

static void
put_in_place (PtlFollower *follower, Change *change)
{
  ptl_follower_cancel (follower);
  ptl_dynamic_name_free (follower->name);
  follower->name = g_steal_pointer (&change->name);
  ptl_follower_consider (follower);
  ptl_names_emit_changed (follower->names, follower->name->id);
}

/* The keyring said no: the store gets back what was there. */
static void
take_back (PtlNames *self, PtlFollower *follower, const char *who)
{
  g_autoptr (GError) error = NULL;

  if (!ptl_names_write (self, follower->name, who, "edit-name", "failed", follower->name->hostname,
                        &error))
    g_message ("An edit of a name could not be taken back: %s", error->message);
}

static void
complete_edit (GTask *task, GError *error)
{
  PtlNames *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  PtlFollower *follower = g_hash_table_lookup (self->followers, change->name->id);

  if (error == NULL && follower == NULL)
    error = ptl_error_new (PTL_ERROR_NOT_FOUND, NULL, _ ("The name was removed meanwhile."));
  if (error == NULL)
    put_in_place (follower, change);
  else if (follower != NULL)
    take_back (self, follower, change->who);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_edit_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  ptl_secret_store_finish (result, &error);
  complete_edit (task, error);
}

static void
on_edit_cleared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  ptl_secret_clear_finish (result, &error);
  complete_edit (task, error);
}

/* Another provider gets a secret of its own: never the one that this one was told. */
static gboolean
check_edit (PtlNames *self, const PtlDynamicName *before, Change *change, GError **error)
{
  if (!g_str_equal (before->provider, change->name->provider) && change->secret == NULL)
    change->secret = g_strdup ("");
  return check (self, change->name, error)
         && (change->secret == NULL
             || ptl_dynamic_name_validate_secret (change->name, change->secret, error));
}

static void
put_secret (GTask *task, Change *change)
{
  g_autofree char *label = dup_label (change->name);

  if (change->secret == NULL)
    {
      complete_edit (task, NULL);
      g_object_unref (task);
    }
  else if (*change->secret == '\0')
    ptl_secret_clear_async (PTL_SECRET_NAME, change->name->id, NULL, on_edit_cleared, task);
  else
    ptl_secret_store_async (PTL_SECRET_NAME, change->name->id, label, change->secret, NULL, on_edit_stored,
                                 task);
}

void
ptl_names_edit_async (PtlNames *self,
                      const char *id_or_name,
                      GVariant *changes,
                      const char *who,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  PtlFollower *follower = ptl_names_get_follower (self, id_or_name, &error);
  Change *change
      = follower != NULL ? new_change (follower->name, changes, who, FALSE, &error) : NULL;

  if (change != NULL)
    g_task_set_task_data (task, change, change_free);
  if (change != NULL && check_edit (self, follower->name, change, &error))
    {
      reset_course (change->name, follower->name);
      if (ptl_names_write (self, change->name, who, "edit-name", "ok", change->name->hostname,
                           &error))
        {
          put_secret (task, change);
          return;
        }
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

gboolean
ptl_names_edit_finish (PtlNames *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
