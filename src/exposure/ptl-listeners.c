/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-listeners.h"

#include <glib/gi18n-lib.h>

#include "ptl-listener-containers.h"
#include "ptl-process.h"
#include "ptl-sock-diag.h"
#include "ptl-socket-owners.h"

PtlListener *
ptl_listener_new (void)
{
  PtlListener *self = g_new0 (PtlListener, 1);

  self->address = g_strdup ("");
  self->user = g_strdup ("");
  self->process = g_strdup ("");
  self->unit = g_strdup ("");
  self->container = g_strdup ("");
  return self;
}

PtlListener *
ptl_listener_copy (const PtlListener *self)
{
  PtlListener *copy = g_memdup2 (self, sizeof *self);

  copy->address = g_strdup (self->address);
  copy->user = g_strdup (self->user);
  copy->process = g_strdup (self->process);
  copy->unit = g_strdup (self->unit);
  copy->container = g_strdup (self->container);
  return copy;
}

void
ptl_listener_free (PtlListener *self)
{
  if (!self)
    return;
  g_free (self->address);
  g_free (self->user);
  g_free (self->process);
  g_free (self->unit);
  g_free (self->container);
  g_free (self);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const PtlListener *first = *(PtlListener *const *) a, *second = *(PtlListener *const *) b;
  int order = (int) first->port - (int) second->port;

  if (order == 0)
    order = (int) first->protocol - (int) second->protocol;
  if (order == 0)
    order = g_strcmp0 (first->address, second->address);
  if (order == 0)
    order = first->pid < second->pid ? -1 : first->pid > second->pid;
  return order;
}

/* A program may have several sockets for one port, one per thread (SO_REUSEPORT). To who looks at the list that is one
 * listener. */
static GPtrArray *
pick (GPtrArray *sorted)
{
  GPtrArray *picked = g_ptr_array_new ();

  for (guint i = 0; i < sorted->len; i++)
    {
      PtlListener *const *pair = (PtlListener *const *)(gpointer) &sorted->pdata[i - MIN (i, 1)];

      if (i == 0 || compare (&pair[0], &pair[1]) != 0 || pair[0]->uid != pair[1]->uid)
        g_ptr_array_add (picked, sorted->pdata[i]);
    }
  return picked;
}

/* ---- What is known already ---- */

static gboolean
is_same (const PtlListener *socket, const PtlListener *known)
{
  return socket->protocol == known->protocol && socket->port == known->port && socket->uid == known->uid &&
         g_str_equal (socket->address, known->address) && (known->pid == 0 || ptl_process_is_there (known->pid));
}

/* What the kernel serves by itself (WireGuard, NFS) is in no program's hands, and has no inode. */
static void
describe_kernel (PtlListener *listener)
{
  g_free (listener->process);
  listener->process = g_strdup ("kernel");
  g_free (listener->user);
  listener->user = ptl_process_dup_user (listener->uid);
}

/* Takes from @before what it knew of the sockets that are there still. Gives the others (transfer container). */
static GPtrArray *
recall (GPtrArray *sockets, const PtlListenersView *before)
{
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);
  GPtrArray *fresh = g_ptr_array_new ();

  for (guint i = 0; before != NULL && i < before->sockets->len; i++)
    {
      PtlListener *one = before->sockets->pdata[i];

      g_hash_table_insert (known, GUINT_TO_POINTER (one->inode), one);
    }
  for (guint i = 0; i < sockets->len; i++)
    {
      PtlListener *one = sockets->pdata[i];
      const PtlListener *former = g_hash_table_lookup (known, GUINT_TO_POINTER (one->inode));

      if (one->inode == 0)
        {
          describe_kernel (one);
          continue;
        }
      if (former == NULL || !is_same (one, former))
        {
          g_ptr_array_add (fresh, one);
          continue;
        }
      sockets->pdata[i] = ptl_listener_copy (former);
      ptl_listener_free (one);
    }
  return fresh;
}

/* ---- What could not be seen ---- */

static char *
describe_unknown (guint n)
{
  if (ptl_process_is_sandboxed ())
    return g_strdup (_("Portolan runs in a Flatpak, which hides the other programs of this computer: their ports are "
                       "seen, their names are not."));
  /* Translators: %u is a number of listeners */
  return g_strdup_printf (ngettext ("The program of %u listener cannot be told: that takes an administrator’s rights, or "
                                    "it runs in a container.",
                                    "The programs of %u listeners cannot be told: that takes an administrator’s rights, "
                                    "or they run in containers.",
                                    n),
                          n);
}

static void
note_unseen (PtlListenersView *self)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_autofree char *unknown = NULL;

  for (guint i = 0; i < self->listeners->len; i++)
    self->n_unknown += *((PtlListener *) self->listeners->pdata[i])->process == '\0';
  if (self->n_unknown > 0)
    {
      unknown = describe_unknown (self->n_unknown);
      g_strv_builder_add (lines, unknown);
    }
  g_strv_builder_addv (lines, (const char **) self->engines);
  self->unseen = g_strv_builder_end (lines);
}

/* Takes over both. @engines: (nullable) */
static PtlListenersView *
view_new (GPtrArray *sockets, char **engines)
{
  PtlListenersView *self = g_atomic_rc_box_new0 (PtlListenersView);

  self->sockets = sockets;
  self->engines = engines != NULL ? engines : g_new0 (char *, 1);
  g_ptr_array_sort (self->sockets, compare);
  self->listeners = pick (self->sockets);
  note_unseen (self);
  return self;
}

/* ---- The face ---- */

PtlListenersView *
ptl_listeners_look (const PtlListenersView *before, GError **error)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_listener_free);
  g_autoptr (GPtrArray) fresh = NULL;
  g_auto (GStrv) engines = NULL;

  if (!ptl_sock_diag_list (sockets, error))
    return NULL;
  fresh = recall (sockets, before);
  if (fresh->len > 0)
    {
      ptl_socket_owners_find (fresh);
      engines = ptl_listener_containers_find (fresh, NULL);
    }
  /* They were not asked this time: what they did not tell is not known still. */
  if (engines == NULL && before != NULL)
    engines = g_strdupv (before->engines);
  return view_new (g_steal_pointer (&sockets), g_steal_pointer (&engines));
}

static void
view_clear (gpointer data)
{
  PtlListenersView *self = data;

  g_ptr_array_unref (self->listeners);
  g_ptr_array_unref (self->sockets);
  g_strfreev (self->unseen);
  g_strfreev (self->engines);
}

PtlListenersView *
ptl_listeners_view_ref (PtlListenersView *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ptl_listeners_view_unref (PtlListenersView *self)
{
  g_atomic_rc_box_release_full (self, view_clear);
}

gboolean
ptl_listeners_view_equal (const PtlListenersView *a, const PtlListenersView *b)
{
  if (a->listeners->len != b->listeners->len)
    return FALSE;
  for (guint i = 0; i < a->listeners->len; i++)
    {
      const PtlListener *one = a->listeners->pdata[i], *other = b->listeners->pdata[i];

      if (one->inode != other->inode || one->pid != other->pid || one->port != other->port ||
          !g_str_equal (one->process, other->process) || !g_str_equal (one->container, other->container))
        return FALSE;
    }
  return TRUE;
}

GPtrArray *
ptl_listeners_list (GError **error)
{
  g_autoptr (PtlListenersView) view = ptl_listeners_look (NULL, error);
  GPtrArray *listeners;

  if (view == NULL)
    return NULL;
  listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_listener_free);
  for (guint i = 0; i < view->listeners->len; i++)
    g_ptr_array_add (listeners, ptl_listener_copy (view->listeners->pdata[i]));
  return listeners;
}
