/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-secret.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

#include "core/ptl-error.h"

/* A question to the person may stand on the screen; whoever asked us waits two minutes. */
#define DEADLINE_SECONDS 100

#define SCHEMA(name)                                                                               \
  {                                                                                                \
    name, SECRET_SCHEMA_NONE, { { "id", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } }, 0, 0, 0,  \
        0, 0, 0, 0, 0,                                                                             \
  }

static const SecretSchema schemas[PTL_N_SECRETS] = {
  [PTL_SECRET_NAME] = SCHEMA ("io.github.portolan.Portolan.Ddns"),
  [PTL_SECRET_RECORD] = SCHEMA ("io.github.portolan.Portolan.Exposure"),
};

/* ---- Errors ---- */

static gboolean
is_no_service (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_EXEC_FAILED)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_CHILD_EXITED)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_FAILED)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_FILE_INVALID);
}

static GError *
locked (void)
{
  return ptl_error_new (PTL_ERROR_STATE,
                        _ ("Unlock it (with “Passwords and Keys”, or by logging in anew), then "
                           "try again."),
                        _ ("The keyring that holds the password is locked."));
}

/* @error: (transfer full) */
static GError *
map_error (GError *error, gboolean timed_out)
{
  g_autoptr (GError) owned = error;

  if (timed_out)
    return ptl_error_new (PTL_ERROR_TIMED_OUT,
                          _ ("Answer the question that it asks, and try again."),
                          _ ("The keyring was not unlocked in time."));
  if (is_no_service (error))
    return ptl_error_new (PTL_ERROR_FAILED,
                          _ ("Install GNOME Keyring or KWallet, and log in anew. Without one "
                             "Portolan keeps no passwords."),
                          _ ("There is no keyring (Secret Service) in this session to keep the "
                             "password in."));
  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    return locked ();
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return ptl_error_new (PTL_ERROR_CANCELLED, NULL, _ ("It was cancelled."));
  /* What the service says need not be for eyes. */
  g_dbus_error_strip_remote_error (error);
  g_message ("The keyring: %s", error->message);
  return ptl_error_new (PTL_ERROR_FAILED, _ ("Look whether it is set up and unlocked."),
                        _ ("The keyring did not do what it was asked to."));
}

/* ---- A call with an end ---- */

typedef struct
{
  GCancellable *deadline;
  guint source;
  gulong cancelled_id;
} Wait;

static void
on_cancelled (GCancellable *cancellable, GCancellable *deadline)
{
  g_cancellable_cancel (deadline);
}

static gboolean
on_deadline (gpointer data)
{
  Wait *wait = data;

  wait->source = 0;
  g_cancellable_cancel (wait->deadline);
  return G_SOURCE_REMOVE;
}

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  g_clear_handle_id (&wait->source, g_source_remove);
  g_object_unref (wait->deadline);
  g_free (wait);
}

static GTask *
new_task (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Wait *wait = g_new0 (Wait, 1);

  g_task_set_check_cancellable (task, FALSE);
  /* What libsecret agreed on with a service is void once that was started anew, and it does not
   * notice. */
  secret_service_disconnect ();
  wait->deadline = g_cancellable_new ();
  wait->source = g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, wait);
  if (cancellable != NULL)
    wait->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                                g_object_ref (wait->deadline), g_object_unref);
  g_task_set_task_data (task, wait, wait_free);
  return task;
}

static GCancellable *
get_deadline (GTask *task)
{
  return ((Wait *) g_task_get_task_data (task))->deadline;
}

/* The call has come back; TRUE where its time was over. */
static gboolean
end_wait (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (wait->cancelled_id != 0)
    g_cancellable_disconnect (cancellable, wait->cancelled_id);
  wait->cancelled_id = 0;
  return g_cancellable_is_cancelled (wait->deadline) && !g_cancellable_is_cancelled (cancellable);
}

/* @error: (transfer full) */
static void
fail (GTask *task, GError *error)
{
  gboolean timed_out = end_wait (task);

  g_task_return_error (task, map_error (error, timed_out));
}

/* ---- Store ---- */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (secret_password_store_finish (result, &error))
    {
      end_wait (task);
      g_task_return_boolean (task, TRUE);
    }
  else
    fail (task,
          error != NULL ? error : g_error_new_literal (SECRET_ERROR, SECRET_ERROR_IS_LOCKED, ""));
}

void
ptl_secret_store_async (PtlSecretKind kind,
                        const char *id,
                        const char *label,
                        const char *secret,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = new_task (cancellable, callback, user_data);

  secret_password_store (&schemas[kind], SECRET_COLLECTION_DEFAULT, label, secret,
                         get_deadline (task), on_stored, task, "id", id, NULL);
}

gboolean
ptl_secret_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- Look up ---- */

static void
on_retrieved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (SecretValue) value
      = secret_retrievable_retrieve_secret_finish (SECRET_RETRIEVABLE (source), result, &error);
  const char *text = value != NULL ? secret_value_get_text (value) : NULL;

  if (error != NULL)
    fail (task, error);
  else if (text == NULL)
    {
      end_wait (task);
      g_task_return_error (task, locked ());
    }
  else
    {
      end_wait (task);
      g_task_return_pointer (task, g_strdup (text), (GDestroyNotify) ptl_secret_free);
    }
}

static void
not_found (GTask *task)
{
  end_wait (task);
  g_task_return_new_error (task, PTL_ERROR, PTL_ERROR_NOT_FOUND, "%s\n%s",
                           _ ("The password is not in the keyring any more."), _ ("Give it anew."));
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GList *items = secret_password_search_finish (result, &error);

  if (error != NULL)
    fail (task, error);
  else if (items == NULL)
    not_found (task);
  else
    secret_retrievable_retrieve_secret (items->data, get_deadline (task), on_retrieved,
                                        g_object_ref (task));
  g_list_free_full (items, g_object_unref);
}

void
ptl_secret_lookup_async (PtlSecretKind kind,
                         const char *id,
                         gboolean ask,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = new_task (cancellable, callback, user_data);
  SecretSearchFlags flags = ask ? SECRET_SEARCH_UNLOCK : SECRET_SEARCH_NONE;

  secret_password_search (&schemas[kind], flags, get_deadline (task), on_searched, task, "id", id,
                          NULL);
}

char *
ptl_secret_lookup_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ptl_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/* ---- Clear ---- */

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  secret_password_clear_finish (result, &error);
  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  end_wait (task);
  g_task_return_boolean (task, TRUE);
}

void
ptl_secret_clear_async (PtlSecretKind kind,
                        const char *id,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = new_task (cancellable, callback, user_data);

  secret_password_clear (&schemas[kind], get_deadline (task), on_cleared, task, "id", id, NULL);
}

gboolean
ptl_secret_clear_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
