/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-listener-containers.h"

#include <string.h>

#include "firewall/ptl-containers.h"

#define SHORT_ID_DIGITS 12

/* The programs by which engines hold the ports that their containers publish; of another user's the name is not known. */
static gboolean
may_publish (const PtlListener *listener)
{
  static const char *const proxies[]
      = { "", "docker-proxy", "rootlesskit", "rootlessport", "conmon", "slirp4netns", "pasta", "pasta.avx2", NULL };

  return g_strv_contains (proxies, listener->process);
}

static gboolean
any_may_be_theirs (GPtrArray *listeners)
{
  for (guint i = 0; i < listeners->len; i++)
    {
      const PtlListener *listener = listeners->pdata[i];

      if (*listener->container != '\0' || may_publish (listener))
        return TRUE;
    }
  return FALSE;
}

static gboolean
publishes (const PtlContainer *container, const PtlListener *listener)
{
  for (guint i = 0; i < container->ports->len; i++)
    {
      const PtlPublishedPort *port = &g_array_index (container->ports, PtlPublishedPort, i);
      gboolean everywhere = ptl_listen_scope_of (port->ip) == PTL_LISTEN_SCOPE_EVERY;

      if (port->port == listener->port && port->protocol == listener->protocol &&
          (everywhere ? listener->scope == PTL_LISTEN_SCOPE_EVERY : strcmp (port->ip, listener->address) == 0))
        return TRUE;
    }
  return FALSE;
}

/* Ids are told whole by control groups and by engines. */
static gboolean
is_of (const PtlContainer *container, const PtlListener *listener)
{
  if (*listener->container != '\0')
    return strcmp (container->id, listener->container) == 0;
  return may_publish (listener) && publishes (container, listener);
}

/* An id that nobody has a name for is told as engines do, in short. */
static void
shorten_id (PtlListener *listener)
{
  if (strlen (listener->container) == 64 && strspn (listener->container, "0123456789abcdef") == 64)
    listener->container[SHORT_ID_DIGITS] = '\0';
}

void
ptl_listener_containers_join (GPtrArray *listeners, GPtrArray *containers)
{
  for (guint i = 0; i < listeners->len; i++)
    {
      PtlListener *listener = listeners->pdata[i];
      gboolean found = FALSE;

      for (guint k = 0; !found && k < containers->len; k++)
        {
          const PtlContainer *container = containers->pdata[k];

          found = is_of (container, listener);
          if (!found)
            continue;
          g_free (listener->container);
          listener->container = g_strdup (container->name);
        }
      if (!found)
        shorten_id (listener);
    }
}

char **
ptl_listener_containers_find (GPtrArray *listeners, const char *const *sockets)
{
  g_auto (GStrv) unseen = NULL;
  g_autoptr (GPtrArray) containers = NULL;

  if (!any_may_be_theirs (listeners))
    return NULL;
  containers = ptl_containers_list (sockets, &unseen);
  ptl_listener_containers_join (listeners, containers);
  return g_steal_pointer (&unseen);
}
