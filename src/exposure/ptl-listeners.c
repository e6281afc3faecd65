/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-listeners.h"

#include "ptl-sock-diag.h"
#include "ptl-socket-owners.h"

void
ptl_listener_free (PtlListener *self)
{
  if (!self)
    return;
  g_free (self->address);
  g_free (self->process);
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

/* A program may have several sockets for one port, one per thread (SO_REUSEPORT). To who looks at
 * the list that is one listener. */
static void
drop_duplicates (GPtrArray *sorted)
{
  for (guint i = sorted->len; i > 1; i--)
    {
      PtlListener *const *pair = (PtlListener *const *)(gpointer) &sorted->pdata[i - 2];

      if (compare (&pair[0], &pair[1]) == 0 && pair[0]->uid == pair[1]->uid)
        g_ptr_array_remove_index (sorted, i - 1);
    }
}

GPtrArray *
ptl_listeners_list (GError **error)
{
  g_autoptr (GPtrArray) listeners
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_listener_free);

  if (!ptl_sock_diag_list (listeners, error))
    return NULL;
  ptl_socket_owners_find (listeners);
  g_ptr_array_sort (listeners, compare);
  drop_duplicates (listeners);
  return g_steal_pointer (&listeners);
}
