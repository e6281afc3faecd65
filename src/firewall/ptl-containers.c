/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-containers.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#define ANSWER_MAX_BYTES (1024 * 1024)
#define SILENCE_S 1
#define DEADLINE_US (2 * G_USEC_PER_SEC)
/* The host is not looked up: the session connects to the socket alone. */
#define QUESTION "http://localhost/containers/json"

/* @deadline_us: of the monotonic clock; an engine that drips is left. */
static GByteArray *
read_all (GInputStream *input, gint64 deadline_us, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 buffer[16384];
  gssize n;

  while ((n = g_input_stream_read (input, buffer, sizeof buffer, NULL, error)) > 0)
    {
      g_byte_array_append (bytes, buffer, (guint) n);
      if (bytes->len <= ANSWER_MAX_BYTES && g_get_monotonic_time () < deadline_us)
        continue;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "too long");
      return NULL;
    }
  return n == 0 ? g_steal_pointer (&bytes) : NULL;
}

static GByteArray *
ask (const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (SoupSession) session
      = soup_session_new_with_options ("remote-connectable", address, "timeout", SILENCE_S, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", QUESTION);
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  g_autoptr (GInputStream) input = NULL;

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  input = soup_session_send (session, message, NULL, error);
  if (input == NULL)
    return NULL;
  if (soup_message_get_status (message) != SOUP_STATUS_OK)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the engine refuses");
      return NULL;
    }
  return read_all (input, deadline_us, error);
}

static char *
describe_unseen (const char *name, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    /* Translators: %s is Docker or Podman */
    return g_strdup_printf (_("What %s publishes past the firewall cannot be seen without an administrator's rights."), name);
  /* Translators: %s is Docker or Podman */
  return g_strdup_printf (_("%s does not tell what it publishes past the firewall."), name);
}

/* Adds the containers of one engine to @containers. Gives a sentence where it does not tell. (transfer full) */
static char *
list_of (const char *name, const char *path, GPtrArray *containers)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) answer = NULL;
  g_autoptr (GPtrArray) found = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  answer = ask (path, &error);
  if (answer != NULL)
    found = ptl_containers_read ((const char *) answer->data, answer->len, &error);
  /* Its file is left where it does not run any more. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return NULL;
  if (found == NULL)
    return describe_unseen (name, error);
  for (guint i = 0; i < found->len; i++)
    ((PtlContainer *) found->pdata[i])->engine = g_intern_string (name);
  g_ptr_array_extend_and_steal (containers, g_steal_pointer (&found));
  return NULL;
}

GPtrArray *
ptl_containers_list (const char *const *sockets, char ***unseen)
{
  g_autofree char *own = g_build_filename (g_get_user_runtime_dir (), "podman", "podman.sock", NULL);
  const char *const usual[] = { "Docker", "/run/docker.sock", "Podman", "/run/podman/podman.sock", "Podman", own, NULL };
  GPtrArray *containers = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_container_free);
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

  if (sockets == NULL)
    sockets = usual;
  for (guint i = 0; sockets[i] != NULL && sockets[i + 1] != NULL; i += 2)
    {
      g_autofree char *line = list_of (sockets[i], sockets[i + 1], containers);

      if (line != NULL)
        g_strv_builder_add (lines, line);
    }
  if (unseen != NULL)
    *unseen = g_strv_builder_end (lines);
  return containers;
}

void
ptl_containers_look (const char *const *sockets, PtlFirewallView *view)
{
  g_auto (GStrv) unseen = NULL;
  g_autoptr (GPtrArray) containers = ptl_containers_list (sockets, &unseen);
  const PtlContainer *found = ptl_containers_find (containers, view->protocol, view->first, view->last);

  if (found != NULL)
    {
      g_free (view->container);
      view->container = g_strdup_printf ("%s: %s", found->engine, found->name);
      return;
    }
  for (guint i = 0; unseen[i] != NULL; i++)
    {
      g_free (view->unseen);
      view->unseen = g_strdup (unseen[i]);
    }
}
